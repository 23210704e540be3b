// SPDX-License-Identifier: Apache-2.0

import { ReceivedFd } from "../native/received-fd.ts";
import type { TransferPolicy } from "../policy/policy.ts";
import { MAX_OFFERS } from "../policy/transfer-limits.ts";
import type { Client } from "../relay/client.ts";
import { onEvents, onRequests } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { type Clipboard, type Clipboards, isOpen, type SelectionField } from "./clipboard.ts";
import type { Copy } from "./copy.ts";
import type { HostDoor } from "./host-door.ts";
import type { HostOffer } from "./host-offer.ts";
import type { HostSource, SourceEvents } from "./host-selection.ts";
import { Keyboards } from "./keyboards.ts";

/** The interfaces of devices by which clients copy and paste. */
export type DeviceInterface =
  | "wl_data_device"
  | "zwp_primary_selection_device_v1"
  | "gtk_primary_selection_device"
  | "ext_data_control_device_v1"
  | "zwlr_data_control_device_v1";

/** How each of them offers things: the interface of its offers, and the name of the argument that announces one. */
const offerOf: Readonly<Record<DeviceInterface, readonly [offer: OfferInterface, argument: "id" | "offer"]>> = {
  wl_data_device: ["wl_data_offer", "id"],
  zwp_primary_selection_device_v1: ["zwp_primary_selection_offer_v1", "offer"],
  gtk_primary_selection_device: ["gtk_primary_selection_offer", "offer"],
  ext_data_control_device_v1: ["ext_data_control_offer_v1", "id"],
  zwlr_data_control_device_v1: ["zwlr_data_control_offer_v1", "id"],
};

export type OfferInterface =
  | "wl_data_offer"
  | "zwp_primary_selection_offer_v1"
  | "gtk_primary_selection_offer"
  | "ext_data_control_offer_v1"
  | "zwlr_data_control_offer_v1";

/** The state of one selection of a device. */
interface Shown {
  /** What the client was told: a copy of its realm's, null for nothing; undefined while it has heard nothing of us. */
  copy: Copy | null | undefined;
  /** The host's offer, which the client does not see. */
  hidden: HostOffer | null;
  /** Whether the host has told the client anything of it. */
  isKnown: boolean;
}

/**
 * A client's device, to which we offer what was copied in its realm. One that follows the keyboard is a way to the host's
 * selection, too.
 */
export class ClientDevice implements HostDoor {
  readonly client: Client;
  readonly #object: WlObject<DeviceInterface>;
  /** The manager that the client has made it with. */
  readonly #manager: WlObject;
  readonly #seat: WlObject<"wl_seat">;
  readonly #realm: Clipboards;
  readonly #policy: (field: SelectionField) => TransferPolicy;
  readonly #fields: ReadonlyMap<SelectionField, Shown>;
  readonly #isControl: boolean;
  readonly #ends: (() => void)[] = [];
  #isWatching = false;
  /** Whether the client may know what was copied: always, where it needs no keyboard for that. */
  #isActive: boolean;
  #wasActive: boolean;
  #isScheduled = false;
  static readonly #offers = new WeakMap<Client, { count: number }>();

  /** @param policy the policy that counts for a selection now */
  constructor(
    client: Client,
    object: WlObject<DeviceInterface>,
    manager: WlObject,
    seat: WlObject<"wl_seat">,
    realm: Clipboards,
    policy: (field: SelectionField) => TransferPolicy,
  ) {
    this.client = client;
    this.#object = object;
    this.#manager = manager;
    this.#realm = realm;
    this.#policy = policy;
    this.#isControl = object.is("ext_data_control_device_v1") || object.is("zwlr_data_control_device_v1");
    this.#isActive = this.#wasActive = this.#isControl;
    const shown = (): Shown => ({ copy: undefined, hidden: null, isKnown: false });
    const fields: SelectionField[] = this.#field === null ? ["clipboard", "primary"] : [this.#field];
    this.#fields = new Map(fields.map((field) => [field, shown()]));
    for (const field of fields) this.#ends.push(realm[field].onChanged(() => this.#show()));
    this.#seat = seat;
    if (fields.some((field) => !isOpen(policy(field)))) this.#watchKeyboard();
    this.#ends.push(client.onEnded(() => this.close()));
    if (this.#isControl) this.#schedule();
  }

  /** Whether one of the client's windows has had the keyboard, so that it may copy. */
  get mayCopy(): boolean {
    return this.#wasActive;
  }

  /** Whether the host has told the client what was copied until now, so that what it tells next is news. */
  isInformed(field: SelectionField): boolean {
    return this.#isActive && this.#fields.get(field)?.isKnown === true;
  }

  /** Notes that the client has got the keyboard, or has lost it. */
  focused(hasKeyboard: boolean): void {
    this.#isActive = hasKeyboard;
    this.#wasActive ||= hasKeyboard;
    if (hasKeyboard) {
      this.#selection?.doors.add(this);
      return this.#show();
    }
    this.#selection?.doors.delete(this);
    // Its offers are void then, so that it has to get new ones.
    for (const shown of this.#fields.values()) {
      shown.copy = undefined;
      shown.isKnown = false;
    }
  }

  /** The host has told the client what others have copied, which stays hidden. The client hears of its realm's copy. */
  hide(field: SelectionField, offer: HostOffer | null): void {
    const shown = this.#fields.get(field);
    shown?.hidden?.destroy();
    if (shown !== undefined) {
      shown.hidden = offer;
      shown.isKnown = true;
    }
    this.#watchKeyboard();
    if (!this.#isControl) this.focused(true);
    else this.#show();
    this.#selection?.used(this, null);
  }

  /** The client sees the host's offer from now on. */
  revealed(field: SelectionField): void {
    const shown = this.#fields.get(field);
    if (shown === undefined) return;
    shown.hidden?.destroy();
    shown.hidden = null;
    shown.copy = undefined;
    shown.isKnown = true;
    if (!this.#isControl) this.#isActive = this.#wasActive = true;
  }

  get offer(): HostOffer | null {
    return (this.#field === null ? null : this.#fields.get(this.#field)?.hidden) ?? null;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const client = this.client;
    const [name, request] = this.#isPrimary
      ? (["zwp_primary_selection_source_v1", "create_source"] as const)
      : (["wl_data_source", "create_data_source"] as const);
    // The protocols have the same messages here, so that the types of one do for all.
    const source = client.createObject(name, this.#manager.version) as WlObject<"wl_data_source">;
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd),
      cancelled: () => events.cancelled(),
    });
    client.sendRequest(this.#manager as WlObject<"wl_data_device_manager">, request as "create_data_source", {
      id: source,
    });
    for (const mime_type of mimeTypes) client.sendRequest(source, "offer", { mime_type });
    client.sendRequest(this.#object as WlObject<"wl_data_device">, "set_selection", { source, serial });
    return { destroy: () => client.sendRequest(source, "destroy", {}) };
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#selection?.doors.delete(this);
    for (const shown of this.#fields.values()) {
      // Nobody else knows of it, so that the host would have it as long as the client is there.
      shown.hidden?.destroy();
      shown.hidden = null;
    }
  }

  /** The selection that it is for by the keyboard; null where it is for both, at any time. */
  get #field(): SelectionField | null {
    if (this.#isControl) return null;
    return this.#isPrimary ? "primary" : "clipboard";
  }

  get #isPrimary(): boolean {
    return !this.#object.is("wl_data_device");
  }

  /** What programs have of that selection. */
  get #selection(): Clipboard | null {
    return this.#field === null ? null : this.#realm[this.#field];
  }

  /** Learns when the client has the keyboard. Only who needs that pays for a keyboard more. */
  #watchKeyboard(): void {
    if (this.#isWatching || this.#isControl || this.#seat.clientGone) return;
    this.#isWatching = true;
    this.#ends.push(
      Keyboards.of(this.client).listen(this.#seat, {
        focused: (hasKeyboard) => this.focused(hasKeyboard),
        pressed: (serial) => this.#selection?.used(this, serial),
      }),
    );
  }

  /** Shows a new copy soon, and only the last of several. */
  #schedule(): void {
    if (this.#isScheduled || !this.#isActive) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#show();
    });
  }

  #show(): void {
    if (!this.#isActive || this.#object.clientGone || this.#ends.length === 0) return;
    for (const [field, shown] of this.#fields) {
      const policy = this.#policy(field);
      if (isOpen(policy)) continue;
      const { copy } = this.#realm[field];
      // Where programs have no copy, they may have the host's, of which it tells them itself.
      if (copy === shown.copy || (copy === null && policy.in !== "deny" && shown.copy === undefined)) continue;
      const offer = copy === null ? null : this.#offer(copy);
      if (copy !== null && offer === null) continue;
      shown.copy = copy;
      this.#select(field, offer);
    }
  }

  /** Makes an offer known to the client; null when it has too many. */
  #offer(copy: Copy): WlObject<OfferInterface> | null {
    const client = this.client;
    const offers = ClientDevice.#offers.get(client) ?? { count: 0 };
    ClientDevice.#offers.set(client, offers);
    if (offers.count >= MAX_OFFERS) return null;
    offers.count++;
    const device = this.#object;
    const [name, argument] = offerOf[device.interfaceName];
    const offer = client.createObject<OfferInterface>(name, device.version);
    onRequests<OfferInterface>(offer, {
      receive: ({ mime_type: mimeType, fd }) => {
        const target = new ReceivedFd(fd.take(), client);
        if (copy.types.includes(mimeType)) copy.send(mimeType, target);
        else target.close();
      },
      destroy: () => {
        offers.count--;
        if (offers.count === MAX_OFFERS - 1) this.#schedule();
      },
    });
    client.sendEvent(device as WlObject<"wl_data_device">, "data_offer", { [argument]: offer } as never);
    for (const mime_type of copy.types) client.sendEvent(offer as WlObject<"wl_data_offer">, "offer", { mime_type });
    return offer;
  }

  #select(field: SelectionField, offer: WlObject<OfferInterface> | null): void {
    const event = this.#isControl && field === "primary" ? "primary_selection" : "selection";
    this.client.sendEvent(this.#object as WlObject<"ext_data_control_device_v1">, event, { id: offer as never });
  }
}
