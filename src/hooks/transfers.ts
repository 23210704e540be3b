// SPDX-License-Identifier: Apache-2.0
/** The policy for what programs copy, mark and drag. */
import { Border, refusalText, type TransferField, transferFields } from "../clipboard/border.ts";
import { ClientDevice, type DeviceInterface, type OfferInterface } from "../clipboard/client-device.ts";
import { Clipboards, isOpen, passes, type SelectionField } from "../clipboard/clipboard.ts";
import { ClientCopy, type Copy, type SourceInterface } from "../clipboard/copy.ts";
import { HostOffer } from "../clipboard/host-offer.ts";
import { Keyboards } from "../clipboard/keyboards.ts";
import type { Fd } from "../native/fd.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** The most types of one source that are kept, and the most characters of them. */
const MAX_TYPES = 256;
const MAX_TYPE_CHARACTERS = 16 * 1024;

/** An offer of the host's. It is hidden from the client until its use is known, as that may be denied. */
interface Offer {
  field: TransferField | null;
  /** Null for one that the client sees. */
  hidden: HostOffer | null;
  /** Tells the client of it. */
  readonly announce: () => void;
  /** The program's drag that it is of; null for what is from others. */
  drag: Copy | null;
}

/** A source of data that a client offers. The host learns its types once its use is known, as they may depend on that. */
interface Source {
  field: TransferField | null;
  readonly types: string[];
  characters: number;
  /** The selection that the source is, or the drag. */
  copy: Copy | null;
  /** The type of the drag that its receiver accepts. */
  accepted: string | null;
}

/**
 * Lets pass what the policy lets pass. Where not everything passes by itself, programs have a clipboard among themselves,
 * which we serve, and drags among themselves, of which others see nothing.
 */
export function transfers(guard: PolicyGuard): Hooks {
  const realm = Clipboards.for(guard);
  const border = new Border(guard, realm);
  const offers = new WeakMap<WlObject, Offer>();
  const sources = new WeakMap<WlObject, Source>();
  const devices = new WeakMap<WlObject, ClientDevice>();
  /** Devices over which something is dragged that they must not know of. */
  const hiddenDrags = new WeakSet<WlObject>();
  const policyOf = (field: SelectionField): TransferPolicy => guard.policy[field];
  /** Clients that have copied something. */
  const copiers = new WeakSet<Client>();

  /** Whether nothing is to be kept back: then offers and types pass as they come. */
  const isFree = (): boolean =>
    transferFields.every((field) => isOpen(guard.policy[field]) && guard.policy[field].types === null);

  // What the host offers.

  const offered = (
    message: { client: Client; drop(): void },
    object: WlObject<Exclude<OfferInterface, "gtk_primary_selection_offer">>,
    announce: () => void,
  ): void => {
    const offer: Offer = { field: null, hidden: null, announce, drag: null };
    offers.set(object, offer);
    if (isFree()) return;
    message.drop();
    offer.hidden = new HostOffer(message.client, object);
  };

  /** Shows an offer to the client, with those of its types that may pass. */
  const reveal = (client: Client, offer: Offer, field: TransferField): void => {
    const { hidden } = offer;
    offer.hidden = null;
    offer.field = field;
    if (hidden === null) return;
    const object = hidden.object as WlObject<"wl_data_offer">;
    object.listener = null;
    offer.announce();
    const types =
      offer.drag?.types ??
      hidden.mimeTypes.filter((type) => passes(guard.policy[field], type) && !type.startsWith(realm.marker));
    for (const mime_type of types) client.sendEvent(object, "offer", { mime_type });
    if (hidden.actions !== 0) client.sendEvent(object, "source_actions", { source_actions: hidden.actions });
  };

  const isOurs = (offer: Offer): boolean => offer.hidden?.mimeTypes.includes(realm.marker) ?? false;

  /** Whether an offer holds what was copied after the copy that programs have among themselves. */
  const isNews = (device: ClientDevice, field: SelectionField, types: string): boolean => {
    const clipboard = realm[field];
    if (clipboard.copy === null || guard.policy[field].out !== "deny") return true;
    // Before a client gets the keyboard, hosts tell it again what they have had.
    return device.isInformed(field) || types !== clipboard.othersTypes;
  };

  type Selected = {
    client: Client;
    object: WlObject;
    args: { id: WlObject | null };
    change(changes: { id: null }): void;
    drop(): void;
  };
  const selection =
    (field: SelectionField) =>
    (message: Selected): void => {
      const { client, object, args } = message;
      const offer = args.id === null ? undefined : offers.get(args.id);
      const policy = guard.policy[field];
      const device = devices.get(object);
      if (isOpen(policy) || device === undefined) {
        if (offer !== undefined) reveal(client, offer, field);
        return device?.revealed(field);
      }
      const clipboard = realm[field];
      if (offer !== undefined && isOurs(offer) && clipboard.copy === null) {
        // Another program has taken the copy back meanwhile.
        message.drop();
        return device.hide(field, offer.hidden);
      }
      if (offer?.hidden && !isOurs(offer) && policy.in !== "deny") {
        const types = offer.hidden.mimeTypes.join();
        const isNew = isNews(device, field, types);
        clipboard.othersTypes = types;
        if (isNew) {
          clipboard.set(null);
          reveal(client, offer, field);
          return device.revealed(field);
        }
      }
      if (offer === undefined) clipboard.othersTypes = "";
      if (offer === undefined && policy.in !== "deny" && clipboard.copy === null) return device.revealed(field);
      if (offer !== undefined && !isOurs(offer) && policy.in === "deny")
        guard.refuse(client, field, refusalText[field].in);
      message.drop();
      device.hide(field, offer?.hidden ?? null);
    };

  type Receiving = {
    client: Client;
    object: WlObject<OfferInterface>;
    args: { mime_type: string; fd: Fd };
    drop(): void;
    change(changes: { fd: Fd }): void;
  };
  const receive = (message: Receiving): void => {
    const { client, object, args } = message;
    const { mime_type: mimeType, fd: target } = args;
    const { field = null, drag = null } = offers.get(object) ?? {};
    if (drag !== null) {
      message.drop();
      const own = new ReceivedFd(target.take(), client);
      return drag.types.includes(mimeType) ? drag.send(mimeType, own) : own.close();
    }
    const transfer = { client, subject: object, mimeType, target };
    if (field !== null && border.asks(field, "in")) {
      message.drop();
      const go = (fd: Fd): void => {
        // The client may have got another offer, and have destroyed this one, before the user has answered.
        if (object.clientGone) fd.close();
        else client.sendRequest(object, "receive", { mime_type: mimeType, fd });
      };
      return void border.passWithConsent(transfer, field, "in", go);
    }
    const next = border.pass(transfer, field, "in");
    if (next === null) message.drop();
    else if (next !== target) message.change({ fd: next });
  };

  // What programs offer.

  const sourceOf = (object: WlObject): Source => {
    let source = sources.get(object);
    if (source === undefined) {
      source = { field: null, types: [], characters: 0, copy: null, accepted: null };
      sources.set(object, source);
    }
    return source;
  };

  /** What a client has copied or drags ends with it. */
  const endWith = (client: Client): void => {
    if (copiers.has(client)) return;
    copiers.add(client);
    client.onEnded(() => realm.removeOf(client));
  };

  /** A source has one type more. */
  const offer = (message: { client: Client; object: WlObject; args: { mime_type: string }; drop(): void }): void => {
    const { object, args } = message;
    const source = sourceOf(object);
    if (source.field !== null) {
      const policy = guard.policy[source.field];
      if (policy.out === "deny" || !passes(policy, args.mime_type)) message.drop();
      return;
    }
    if (isFree()) return;
    message.drop();
    source.characters += args.mime_type.length;
    if (source.types.length < MAX_TYPES && source.characters <= MAX_TYPE_CHARACTERS) source.types.push(args.mime_type);
    else guard.refuse(message.client, "clipboard", `more than ${MAX_TYPES} types, or longer ones, of one thing`);
  };

  /** Tells the host of a source's types, as far as they may pass. */
  const tellTypes = (client: Client, object: WlObject<SourceInterface>, field: TransferField): void => {
    const { types } = sourceOf(object);
    const policy = guard.policy[field];
    const passing = policy.out === "deny" ? [] : types.filter((type) => passes(policy, type));
    if (!isOpen(policy)) passing.push(realm.marker);
    for (const mime_type of passing) client.sendRequest(object, "offer", { mime_type });
  };

  type Selecting = {
    client: Client;
    object: WlObject<DeviceInterface>;
    args: { source: WlObject<SourceInterface> | null };
    drop(): void;
  };
  const setSelection =
    (field: SelectionField) =>
    (message: Selecting): void => {
      const { client, object, args } = message;
      const policy = guard.policy[field];
      const clipboard = realm[field];
      if (args.source === null) {
        clipboard.removeOf(client);
        if (policy.out === "deny") message.drop();
        return;
      }
      const source = sourceOf(args.source);
      source.field = field;
      if (isOpen(policy)) return tellTypes(client, args.source, field);
      const isOnHost = policy.out !== "deny";
      if (isOnHost) tellTypes(client, args.source, field);
      else message.drop();
      if (devices.get(object)?.mayCopy !== true) {
        // As compositors do: who has never had the keyboard cannot have copied anything.
        if (!isOnHost) client.sendEvent(args.source, "cancelled", {});
        return;
      }
      if (!isOnHost) guard.refuse(client, field, refusalText[field].out);
      source.copy = new ClientCopy(client, args.source, source.types, isOnHost);
      clipboard.set(source.copy);
      endWith(client);
    };

  const forget = ({ object }: { object: WlObject }): void => {
    const source = sources.get(object);
    if (source?.copy == null) return;
    realm.clipboard.remove(source.copy);
    realm.primary.remove(source.copy);
    if (realm.drag === source.copy) realm.drag = null;
    source.copy = null;
  };

  type Sending = {
    client: Client;
    object: WlObject<SourceInterface>;
    args: { mime_type: string; fd: Fd };
    drop(): void;
    change(changes: { fd: Fd }): void;
  };
  const send = (message: Sending): void => {
    const { client, object, args } = message;
    const { mime_type: mimeType, fd: target } = args;
    const field = sources.get(object)?.field ?? null;
    const transfer = { client, subject: object, mimeType, target };
    if (mimeType === realm.marker) return message.drop();
    if (field !== null && border.asks(field, "out")) {
      message.drop();
      const go = (fd: Fd): void => client.sendEvent(object, "send", { mime_type: mimeType, fd });
      return void border.passWithConsent(transfer, field, "out", go);
    }
    const next = border.pass(transfer, field, "out");
    if (next === null) message.drop();
    else if (next !== target) message.change({ fd: next });
  };

  // Devices.

  type Making = {
    client: Client;
    object: WlObject;
    args: { id: WlObject<DeviceInterface>; seat: WlObject<"wl_seat"> };
    after(callback: () => void): void;
  };
  const getDevice = (message: Making): void => {
    const { client, object: manager, args } = message;
    message.after(() => {
      devices.set(args.id, new ClientDevice(client, args.id, manager, args.seat, realm, policyOf));
    });
  };
  const gone = ({ object }: { object: WlObject }): void => devices.get(object)?.close();

  const announcing =
    (argument: "id" | "offer") =>
    (message: { client: Client; object: WlObject; args: object; drop(): void }): void => {
      const object = (message.args as Record<string, WlObject<"wl_data_offer">>)[argument] as WlObject<"wl_data_offer">;
      const device = message.object as WlObject<"wl_data_device">;
      offered(message, object, () => message.client.sendEvent(device, "data_offer", { [argument]: object } as never));
    };

  const hidden = (message: { object: WlObject; drop(): void }): void => {
    if (hiddenDrags.has(message.object)) message.drop();
  };

  const sourceRequests = { offer, destroy: forget };
  const sourceEvents = { send, cancelled: forget };
  const receiving = { receive };
  const controlRequests = {
    set_selection: setSelection("clipboard"),
    set_primary_selection: setSelection("primary"),
    destroy: gone,
  };
  const controlEvents = {
    data_offer: announcing("id"),
    selection: selection("clipboard"),
    primary_selection: selection("primary"),
  };
  const primaryRequests = { set_selection: setSelection("primary"), destroy: gone };
  return {
    stage: "policy",
    requests: {
      wl_seat: {
        release: ({ client, object }) => Keyboards.of(client).released(object),
      },
      wl_data_device_manager: { get_data_device: getDevice },
      zwp_primary_selection_device_manager_v1: { get_device: getDevice },
      gtk_primary_selection_device_manager: { get_device: getDevice },
      ext_data_control_manager_v1: { get_data_device: getDevice },
      zwlr_data_control_manager_v1: { get_data_device: getDevice },
      wl_data_device: {
        set_selection: setSelection("clipboard"),
        release: gone,
        start_drag({ client, args: { source: object } }) {
          if (object === null) return;
          const source = sourceOf(object);
          source.field = "dragAndDrop";
          tellTypes(client, object, "dragAndDrop");
          if (isOpen(guard.policy.dragAndDrop)) return;
          source.copy = new ClientCopy(client, object, source.types, true);
          realm.drag = source.copy;
          endWith(client);
        },
      },
      zwp_primary_selection_device_v1: primaryRequests,
      gtk_primary_selection_device: primaryRequests,
      ext_data_control_device_v1: controlRequests,
      zwlr_data_control_device_v1: controlRequests,
      wl_data_source: sourceRequests,
      zwp_primary_selection_source_v1: sourceRequests,
      gtk_primary_selection_source: sourceRequests,
      ext_data_control_source_v1: sourceRequests,
      zwlr_data_control_source_v1: sourceRequests,
      wl_data_offer: {
        receive,
        accept(message) {
          const { drag } = offers.get(message.object) ?? {};
          if (!(drag instanceof ClientCopy)) return;
          const { mime_type: mimeType } = message.args;
          sourceOf(drag.source).accepted = mimeType;
          // The host knows the drag by this type alone.
          if (mimeType !== null) message.change({ mime_type: realm.marker });
        },
      },
      zwp_primary_selection_offer_v1: receiving,
      gtk_primary_selection_offer: receiving,
      ext_data_control_offer_v1: receiving,
      zwlr_data_control_offer_v1: receiving,
    },
    events: {
      wl_seat: {
        capabilities: ({ client, object, args }) => Keyboards.of(client).capabilities(object, args.capabilities),
      },
      wl_data_device: {
        data_offer: announcing("id"),
        selection: selection("clipboard"),
        enter(message) {
          const { client, object, args } = message;
          const entered = args.id === null ? undefined : offers.get(args.id);
          hiddenDrags.delete(object);
          if (entered === undefined) return;
          if (isOurs(entered)) entered.drag = realm.drag;
          if (entered.drag !== null || guard.policy.dragAndDrop.in !== "deny")
            return reveal(client, entered, "dragAndDrop");
          guard.refuse(client, "dragAndDrop", refusalText.dragAndDrop.in);
          entered.hidden?.destroy();
          hiddenDrags.add(object);
          message.drop();
        },
        motion: hidden,
        drop: hidden,
        leave(message) {
          if (hiddenDrags.delete(message.object)) message.drop();
        },
      },
      zwp_primary_selection_device_v1: {
        data_offer: announcing("offer"),
        selection: selection("primary"),
      },
      ext_data_control_device_v1: controlEvents,
      zwlr_data_control_device_v1: controlEvents,
      wl_data_source: {
        ...sourceEvents,
        target(message) {
          if (message.args.mime_type !== realm.marker) return;
          message.change({ mime_type: sources.get(message.object)?.accepted ?? null });
        },
      },
      zwp_primary_selection_source_v1: sourceEvents,
      ext_data_control_source_v1: sourceEvents,
      zwlr_data_control_source_v1: sourceEvents,
    },
  };
}
