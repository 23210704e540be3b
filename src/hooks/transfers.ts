// SPDX-License-Identifier: Apache-2.0
/** The policy for what programs copy, mark and drag. */

import { LimitedTransfers } from "../clipboard/limited-transfers.ts";
import type { Fd } from "../native/fd.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

type Field = "clipboard" | "primary" | "dragAndDrop";

/** An offer to a client. It is hidden from the client until its use is known, as `in` may be denied. */
interface Offer {
  field: Field | null;
  readonly types: string[];
  actions: number | null;
  /** Shows the offer to the client; null once that is done, or for an offer that was shown at once. */
  reveal: (() => void) | null;
}

/** A source of data that a client offers. Its types are sent once its use is known, as they may depend on that. */
interface Source {
  field: Field | null;
  readonly types: string[];
}

interface Transfer {
  readonly client: Client;
  readonly mimeType: string;
  readonly fd: Fd;
}

type OfferName =
  | "wl_data_offer"
  | "zwp_primary_selection_offer_v1"
  | "gtk_primary_selection_offer"
  | "ext_data_control_offer_v1"
  | "zwlr_data_control_offer_v1";

type SourceName =
  | "wl_data_source"
  | "zwp_primary_selection_source_v1"
  | "gtk_primary_selection_source"
  | "ext_data_control_source_v1"
  | "zwlr_data_control_source_v1";

const what: Readonly<Record<Field, readonly [into: string, out: string]>> = {
  clipboard: ["pasting what others have copied", "copying for others"],
  primary: ["pasting what others have marked", "marking for others"],
  dragAndDrop: ["dropping what others drag", "dragging to others"],
};

const fields: readonly Field[] = ["clipboard", "primary", "dragAndDrop"];

/** Whether a type may pass. */
function passes({ types }: TransferPolicy, mimeType: string): boolean {
  return (
    types === null ||
    types.some((type) => (type.endsWith("*") ? mimeType.startsWith(type.slice(0, -1)) : mimeType === type))
  );
}

/** Lets pass what the policy lets pass, in both directions. */
export function transfers(guard: PolicyGuard): Hooks {
  const offers = new WeakMap<WlObject, Offer>();
  const sources = new WeakMap<WlObject, Source>();
  /** Devices over which something is dragged that they must not know of. */
  const hiddenDrags = new WeakSet<WlObject>();
  const limited = new LimitedTransfers();

  const isRestricted = (direction: "in" | "out"): boolean =>
    fields.some((field) => guard.policy[field][direction] === "deny" || guard.policy[field].types !== null);

  /** A new offer. @param name what the client takes it for. @param announce tells the client of it */
  const offered = (
    message: { client: Client; drop(): void },
    object: WlObject<OfferName>,
    announce: () => void,
  ): void => {
    const offer: Offer = { field: null, types: [], actions: null, reveal: null };
    offers.set(object, offer);
    if (!isRestricted("in")) return;
    message.drop();
    const { client } = message;
    object.listener = ((event: { signature: { name: string }; args: Record<string, unknown> }) => {
      if (event.signature.name === "offer") offer.types.push(event.args["mime_type"] as string);
      else if (event.signature.name === "source_actions") offer.actions = event.args["source_actions"] as number;
    }) as (message: never) => void;
    offer.reveal = () => {
      object.listener = null;
      announce();
      const policy = guard.policy[offer.field ?? "clipboard"];
      for (const type of offer.types) if (passes(policy, type)) client.sendEvent(object, "offer", { mime_type: type });
      if (offer.actions !== null)
        client.sendEvent(object as WlObject<"wl_data_offer">, "source_actions", { source_actions: offer.actions });
    };
  };

  /**
   * Notes that the use of an offer has become known.
   *
   * @returns whether the client may see the offer
   */
  const told = (client: Client, object: WlObject<OfferName> | null, field: Field): boolean => {
    const offer = object === null ? undefined : offers.get(object);
    if (object === null || offer === undefined) return true;
    offer.field = field;
    if (guard.policy[field].in === "deny") {
      guard.refuse(client, field, what[field][0]);
      if (offer.reveal !== null) {
        object.listener = null;
        client.sendRequest(object, "destroy", {});
      }
      return false;
    }
    offer.reveal?.();
    offer.reveal = null;
    return true;
  };

  /** Whether data may pass, or what has to be put in its place: a pipe that ends in time. Null for nothing. */
  const pass = ({ client, mimeType, fd }: Transfer, field: Field | null, direction: "in" | "out"): Fd | null => {
    // What is not known to be anything is refused if anything is.
    const relevant = field === null ? fields : [field];
    const refusing = relevant.find(
      (one) => guard.policy[one][direction] === "deny" || !passes(guard.policy[one], mimeType),
    );
    if (refusing !== undefined) {
      guard.refuse(client, refusing, `${what[refusing][direction === "in" ? 0 : 1]} as ${mimeType}`);
      return null;
    }
    const maxSize = Math.min(...relevant.map((one) => guard.policy[one].maxSize));
    if (!Number.isFinite(maxSize)) return fd;
    const refuse = (reason: string): void => guard.refuse(client, field ?? "clipboard", reason);
    return limited.begin(client, fd, maxSize, refuse);
  };

  const received = (message: {
    client: Client;
    object: WlObject;
    args: { mime_type: string; fd: Fd };
    drop(): void;
    change(changes: { fd: Fd }): void;
  }): void => {
    const { mime_type: mimeType, fd } = message.args;
    const field = offers.get(message.object)?.field ?? null;
    const next = pass({ client: message.client, mimeType, fd }, field, "in");
    if (next === null) message.drop();
    else if (next !== fd) message.change({ fd: next });
  };

  const sent: typeof received = (message) => {
    const { mime_type: mimeType, fd } = message.args;
    const field = sources.get(message.object)?.field ?? null;
    const next = pass({ client: message.client, mimeType, fd }, field, "out");
    if (next === null) message.drop();
    else if (next !== fd) message.change({ fd: next });
  };

  /** A source has one type more. */
  const typed = (message: { object: WlObject; args: { mime_type: string }; drop(): void }): void => {
    const { object, args } = message;
    let source = sources.get(object);
    if (source === undefined) {
      source = { field: null, types: [] };
      sources.set(object, source);
    }
    if (source.field !== null) {
      if (!passes(guard.policy[source.field], args.mime_type)) message.drop();
    } else if (isRestricted("out")) {
      message.drop();
      source.types.push(args.mime_type);
    }
  };

  /**
   * Notes that the use of a source has become known.
   *
   * @returns whether that use is allowed
   */
  const used = (client: Client, object: WlObject<SourceName> | null, field: Field): boolean => {
    if (object === null) return true;
    if (guard.policy[field].out === "deny") {
      guard.refuse(client, field, what[field][1]);
      client.sendEvent(object, "cancelled", {});
      return false;
    }
    const source = sources.get(object) ?? { field: null, types: [] };
    sources.set(object, source);
    source.field = field;
    for (const type of source.types.splice(0))
      if (passes(guard.policy[field], type)) client.sendRequest(object, "offer", { mime_type: type });
    return true;
  };

  type Selecting = { client: Client; args: { source: WlObject<SourceName> | null }; drop(): void };
  const setSelection =
    (field: Field) =>
    (message: Selecting): void => {
      if (!used(message.client, message.args.source, field)) message.drop();
    };
  type Selected = { client: Client; args: { id: WlObject<OfferName> | null }; change(changes: { id: null }): void };
  const selection =
    (field: Field) =>
    (message: Selected): void => {
      if (!told(message.client, message.args.id, field)) message.change({ id: null });
    };
  const hidden = (message: { object: WlObject; drop(): void }): void => {
    if (hiddenDrags.has(message.object)) message.drop();
  };

  const source = { offer: typed };
  const sending = { send: sent };
  const receiving = { receive: received };
  return {
    stage: "policy",
    requests: {
      wl_data_device: {
        set_selection: setSelection("clipboard"),
        start_drag(message) {
          if (!used(message.client, message.args.source, "dragAndDrop")) message.drop();
        },
      },
      zwp_primary_selection_device_v1: { set_selection: setSelection("primary") },
      gtk_primary_selection_device: { set_selection: setSelection("primary") },
      ext_data_control_device_v1: {
        set_selection: setSelection("clipboard"),
        set_primary_selection: setSelection("primary"),
      },
      zwlr_data_control_device_v1: {
        set_selection: setSelection("clipboard"),
        set_primary_selection: setSelection("primary"),
      },
      wl_data_source: source,
      zwp_primary_selection_source_v1: source,
      gtk_primary_selection_source: source,
      ext_data_control_source_v1: source,
      zwlr_data_control_source_v1: source,
      wl_data_offer: receiving,
      zwp_primary_selection_offer_v1: receiving,
      gtk_primary_selection_offer: receiving,
      ext_data_control_offer_v1: receiving,
      zwlr_data_control_offer_v1: receiving,
    },
    events: {
      wl_data_device: {
        data_offer(message) {
          const { client, object, args } = message;
          offered(message, args.id, () => client.sendEvent(object, "data_offer", { id: args.id }));
        },
        selection: selection("clipboard"),
        enter(message) {
          if (told(message.client, message.args.id, "dragAndDrop")) return void hiddenDrags.delete(message.object);
          hiddenDrags.add(message.object);
          message.drop();
        },
        motion: hidden,
        drop: hidden,
        leave(message) {
          if (hiddenDrags.delete(message.object)) message.drop();
        },
      },
      zwp_primary_selection_device_v1: {
        data_offer(message) {
          const { client, object } = message;
          const { offer } = message.args;
          offered(message, offer, () => client.sendEvent(object, "data_offer", { offer }));
        },
        selection: selection("primary"),
      },
      ext_data_control_device_v1: {
        data_offer(message) {
          const { client, object, args } = message;
          const announce = (): void => client.sendEvent(object, "data_offer", { id: args.id });
          offered(message, args.id, announce);
        },
        selection: selection("clipboard"),
        primary_selection: selection("primary"),
      },
      zwlr_data_control_device_v1: {
        data_offer(message) {
          const { client, object, args } = message;
          const announce = (): void => client.sendEvent(object, "data_offer", { id: args.id });
          offered(message, args.id, announce);
        },
        selection: selection("clipboard"),
        primary_selection: selection("primary"),
      },
      wl_data_source: sending,
      zwp_primary_selection_source_v1: sending,
      ext_data_control_source_v1: sending,
      zwlr_data_control_source_v1: sending,
    },
  };
}
