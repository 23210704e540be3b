// SPDX-License-Identifier: Apache-2.0
import { type Border, refusalText, type TransferField, transferFields } from "../../clipboard/border.ts";
import type { ClientDevice, OfferInterface } from "../../clipboard/client-device.ts";
import { type Clipboards, type Drag, isOpen, isTold, type SelectionField } from "../../clipboard/clipboard.ts";
import { HostOffer } from "../../clipboard/host-offer.ts";
import type { Fd } from "../../native/fd.ts";
import { ReceivedFd } from "../../native/received-fd.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedEvent, HookedMessage, HookedRequest } from "../../relay/hooked-message.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** An offer of the host's. It is hidden from the client until its use is known, as that may be denied. */
interface Offer {
  field: TransferField | null;
  /** Null for one that the client sees. */
  hidden: HostOffer | null;
  /** Tells the client of it. */
  readonly announce: () => void;
  /** The program's drag that it is of; null for what is from others. */
  drag: Drag | null;
}

/** Whether nothing is to be kept back: then offers and types pass as they come. */
export function isFree({ policy }: PolicyGuard): boolean {
  return transferFields.every((field) => isOpen(policy[field]) && policy[field].types === null);
}

/** What others have copied, marked or drag, as far as programs may have it. */
export class HostOffers {
  readonly #guard: PolicyGuard;
  readonly #realm: Clipboards;
  readonly #border: Border;
  /** Finds the device of an object, where we know of one. */
  readonly #deviceOf: (object: WlObject) => ClientDevice | undefined;
  readonly #offers = new WeakMap<WlObject, Offer>();
  /** Devices over which something is dragged that they must not know of. */
  readonly #hiddenDrags = new WeakSet<WlObject>();

  constructor(
    guard: PolicyGuard,
    realm: Clipboards,
    border: Border,
    deviceOf: (object: WlObject) => ClientDevice | undefined,
  ) {
    this.#guard = guard;
    this.#realm = realm;
    this.#border = border;
    this.#deviceOf = deviceOf;
  }

  /** The hook of the event that makes an offer, which is an argument of that name. */
  announced(
    argument: "id" | "offer",
  ): (message: { client: Client; object: WlObject; args: object; drop(): void }) => void {
    return (message) => {
      const { client } = message;
      const object = (message.args as Record<string, WlObject<"wl_data_offer">>)[argument] as WlObject<"wl_data_offer">;
      const device = message.object as WlObject<"wl_data_device">;
      const announce = (): void => client.sendEvent(device, "data_offer", { [argument]: object } as never);
      const offer: Offer = { field: null, hidden: null, announce, drag: null };
      this.#offers.set(object, offer);
      if (isFree(this.#guard)) return;
      message.drop();
      offer.hidden = new HostOffer(client, object);
    };
  }

  /** The hook of the event that says what is selected. */
  selected(field: SelectionField): (message: HookedMessage<{ id: WlObject | null }>) => void {
    return (message) => {
      const { client, object, args } = message;
      const offer = args.id === null ? undefined : this.#offers.get(args.id);
      if (object.clientGone) {
        message.drop();
        return offer?.hidden?.destroy();
      }
      const policy = this.#guard.policy[field];
      const device = this.#deviceOf(object);
      if (isOpen(policy) || device === undefined) {
        if (offer !== undefined) this.#reveal(client, offer, field);
        return device?.revealed(field);
      }
      const clipboard = this.#realm[field];
      const isOurs = offer !== undefined && this.#isOurs(offer);
      if (isOurs && clipboard.copy === null) {
        // Another program has taken the copy back meanwhile.
        message.drop();
        return device.hide(field, offer.hidden);
      }
      if (offer?.hidden && !isOurs && policy.in !== "deny") {
        const types = offer.hidden.mimeTypes.join();
        const isNew = this.#isNews(device, field, types);
        clipboard.othersTypes = types;
        if (isNew) {
          clipboard.set(null);
          this.#reveal(client, offer, field);
          return device.revealed(field);
        }
      }
      if (offer === undefined) clipboard.othersTypes = "";
      if (offer === undefined && policy.in !== "deny" && clipboard.copy === null) return device.revealed(field);
      if (offer !== undefined && !isOurs && policy.in === "deny")
        this.#guard.refuse(client, field, refusalText[field].in);
      message.drop();
      device.hide(field, offer?.hidden ?? null);
    };
  }

  /** A client wants the data of an offer. */
  readonly receive = (message: HookedMessage<{ mime_type: string; fd: Fd }, OfferInterface>): void => {
    const { client, object, args } = message;
    const { mime_type: mimeType, fd: target } = args;
    const { field = null, drag = null } = this.#offers.get(object) ?? {};
    if (drag !== null) {
      message.drop();
      const own = new ReceivedFd(target.take(), client);
      return drag.copy.types.includes(mimeType) ? drag.copy.send(mimeType, own) : own.close();
    }
    const transfer = { client, subject: object, mimeType, target };
    if (field !== null && this.#border.asks(field, "in")) {
      message.drop();
      const go = (fd: Fd): void => {
        // The client may have got another offer, and have destroyed this one, before the user has answered.
        if (object.clientGone) fd.close();
        else client.sendRequest(object, "receive", { mime_type: mimeType, fd });
      };
      return void this.#border.passWithConsent(transfer, field, "in", go);
    }
    const next = this.#border.pass(transfer, field, "in");
    if (next === null) message.drop();
    else if (next !== target) message.change({ fd: next });
  };

  /** A client says in which type it would take what is dragged over it. */
  readonly accept = (message: HookedRequest<"wl_data_offer", "accept">): void => {
    const { drag } = this.#offers.get(message.object) ?? {};
    if (!drag) return;
    const { mime_type: mimeType } = message.args;
    drag.accepted = mimeType;
    // The host knows the drag by this type alone.
    if (mimeType !== null) message.change({ mime_type: this.#realm.marker });
  };

  /** Something is dragged into a window. */
  readonly entered = (message: HookedEvent<"wl_data_device", "enter">): void => {
    const { client, object, args } = message;
    const entered = args.id === null ? undefined : this.#offers.get(args.id);
    this.#hiddenDrags.delete(object);
    if (entered === undefined) return;
    if (object.clientGone) {
      message.drop();
      return entered.hidden?.destroy();
    }
    if (this.#isOurs(entered)) entered.drag = this.#realm.drag;
    if (entered.drag !== null || this.#guard.policy.dragAndDrop.in !== "deny")
      return this.#reveal(client, entered, "dragAndDrop");
    this.#guard.refuse(client, "dragAndDrop", refusalText.dragAndDrop.in);
    entered.hidden?.destroy();
    this.#hiddenDrags.add(object);
    message.drop();
  };

  /** It is moved over the window, or dropped. */
  readonly moved = (message: { object: WlObject; drop(): void }): void => {
    if (this.#hiddenDrags.has(message.object)) message.drop();
  };

  /** It leaves the window. */
  readonly left = (message: { object: WlObject; drop(): void }): void => {
    if (this.#hiddenDrags.delete(message.object)) message.drop();
  };

  /** Shows an offer to the client, with those of its types that may pass. */
  #reveal(client: Client, offer: Offer, field: TransferField): void {
    const { hidden } = offer;
    offer.hidden = null;
    offer.field = field;
    if (hidden === null) return;
    const object = hidden.object as WlObject<"wl_data_offer">;
    object.listener = null;
    offer.announce();
    const { policy } = this.#guard;
    const types =
      offer.drag?.copy.types ??
      hidden.mimeTypes.filter((type) => isTold(policy[field], type) && type !== this.#realm.marker);
    for (const mime_type of types) client.sendEvent(object, "offer", { mime_type });
    if (hidden.actions !== 0) client.sendEvent(object, "source_actions", { source_actions: hidden.actions });
  }

  #isOurs(offer: Offer): boolean {
    return offer.hidden?.mimeTypes.includes(this.#realm.marker) ?? false;
  }

  /** Whether an offer holds what was copied after the copy that programs have among themselves. */
  #isNews(device: ClientDevice, field: SelectionField, types: string): boolean {
    const clipboard = this.#realm[field];
    if (clipboard.copy === null || this.#guard.policy[field].out !== "deny") return true;
    // Before a client gets the keyboard, hosts tell it again what they have had.
    return device.isInformed(field) || types !== clipboard.othersTypes;
  }
}
