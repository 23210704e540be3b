// SPDX-License-Identifier: Apache-2.0
import { type Border, refusalText, type TransferField } from "../../clipboard/border.ts";
import type { ClientDevice, DeviceInterface } from "../../clipboard/client-device.ts";
import { type Clipboards, isOpen, isTold, type SelectionField } from "../../clipboard/clipboard.ts";
import { ClientCopy, type Copy, type SourceInterface } from "../../clipboard/copy.ts";
import type { Fd } from "../../native/fd.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import { MAX_TYPE_CHARACTERS, MAX_TYPES } from "../../policy/transfer-limits.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedEvent, HookedMessage, HookedRequest } from "../../relay/hooked-message.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { isFree } from "./host-offers.ts";

/** A source of data that a client offers. The host learns its types once its use is known, as they may depend on that. */
interface Source {
  field: TransferField | null;
  readonly types: string[];
  characters: number;
  /** The selection that the source is, or the drag. */
  copy: Copy | null;
}

/** What programs have copied, marked or drag, as far as others may have it. */
export class ClientSources {
  readonly #guard: PolicyGuard;
  readonly #realm: Clipboards;
  readonly #border: Border;
  /** Finds the device of an object, where we know of one. */
  readonly #deviceOf: (object: WlObject) => ClientDevice | undefined;
  readonly #sources = new WeakMap<WlObject, Source>();
  /** Clients that have copied something. */
  readonly #copiers = new WeakSet<Client>();

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

  /** A source has one type more. */
  readonly offer = (message: HookedMessage<{ mime_type: string }>): void => {
    const { client, object, args } = message;
    const source = this.#sourceOf(object);
    if (source.field !== null) {
      const policy = this.#guard.policy[source.field];
      if (policy.out === "deny" || !isTold(policy, args.mime_type)) message.drop();
      return;
    }
    if (isFree(this.#guard)) return;
    message.drop();
    source.characters += args.mime_type.length;
    if (source.types.length < MAX_TYPES && source.characters <= MAX_TYPE_CHARACTERS) source.types.push(args.mime_type);
    else this.#guard.refuse(client, "clipboard", `more than ${MAX_TYPES} types, or longer ones, of one thing`);
  };

  /** The hook of the request that makes a source the selection. */
  select(
    field: SelectionField,
  ): (message: HookedMessage<{ source: WlObject<SourceInterface> | null }, DeviceInterface>) => void {
    return (message) => {
      const { client, object, args } = message;
      const policy = this.#guard.policy[field];
      const clipboard = this.#realm[field];
      if (args.source === null) {
        clipboard.removeOf(client);
        if (policy.out === "deny") message.drop();
        return;
      }
      const source = this.#sourceOf(args.source);
      source.field = field;
      if (isOpen(policy)) return this.#tellTypes(client, args.source, field);
      const isOnHost = policy.out !== "deny";
      if (isOnHost) this.#tellTypes(client, args.source, field);
      else message.drop();
      if (this.#deviceOf(object)?.mayCopy !== true) {
        // As compositors do: who has never had the keyboard cannot have copied anything.
        if (!isOnHost) client.sendEvent(args.source, "cancelled", {});
        return;
      }
      if (!isOnHost) this.#guard.refuse(client, field, refusalText[field].out);
      source.copy = new ClientCopy(client, args.source, source.types, isOnHost);
      clipboard.set(source.copy);
      this.#endWith(client);
    };
  }

  /** A client begins to drag something. */
  readonly drag = ({ client, args: { source: object } }: HookedRequest<"wl_data_device", "start_drag">): void => {
    if (object === null) return;
    const policy = this.#guard.policy.dragAndDrop;
    const source = this.#sourceOf(object);
    source.field = "dragAndDrop";
    this.#tellTypes(client, object, "dragAndDrop");
    if (isOpen(policy)) return;
    if (policy.out === "deny") this.#guard.refuse(client, "dragAndDrop", refusalText.dragAndDrop.out);
    source.copy = new ClientCopy(client, object, source.types, true);
    this.#realm.drag = { copy: source.copy, accepted: null };
    this.#endWith(client);
  };

  /** The host says in which type what is dragged would be taken. */
  readonly accepted = (message: HookedEvent<"wl_data_source", "target">): void => {
    if (message.args.mime_type !== this.#realm.marker) return;
    const { drag } = this.#realm;
    const isThis = drag !== null && drag.copy === this.#sources.get(message.object)?.copy;
    message.change({ mime_type: isThis ? drag.accepted : null });
  };

  /** Others want the data of a source. */
  readonly send = (message: HookedMessage<{ mime_type: string; fd: Fd }, SourceInterface>): void => {
    const { client, object, args } = message;
    const { mime_type: mimeType, fd: target } = args;
    const field = this.#sources.get(object)?.field ?? null;
    const transfer = { client, subject: object, mimeType, target };
    if (mimeType === this.#realm.marker) return message.drop();
    if (field !== null && this.#border.asks(field, "out")) {
      message.drop();
      const go = (fd: Fd): void => client.sendEvent(object, "send", { mime_type: mimeType, fd });
      return void this.#border.passWithConsent(transfer, field, "out", go);
    }
    const next = this.#border.pass(transfer, field, "out");
    if (next === null) message.drop();
    else if (next !== target) message.change({ fd: next });
  };

  /** A source is of no use any more. */
  readonly forget = ({ object }: { object: WlObject }): void => {
    const source = this.#sources.get(object);
    if (source?.copy == null) return;
    this.#realm.clipboard.remove(source.copy);
    this.#realm.primary.remove(source.copy);
    if (this.#realm.drag?.copy === source.copy) this.#realm.drag = null;
    source.copy = null;
  };

  #sourceOf(object: WlObject): Source {
    let source = this.#sources.get(object);
    if (source === undefined) {
      source = { field: null, types: [], characters: 0, copy: null };
      this.#sources.set(object, source);
    }
    return source;
  }

  /** What a client has copied or drags ends with it. */
  #endWith(client: Client): void {
    if (this.#copiers.has(client)) return;
    this.#copiers.add(client);
    client.onEnded(() => this.#realm.removeOf(client));
  }

  /** Tells the host of a source's types, as far as they may pass. */
  #tellTypes(client: Client, object: WlObject<SourceInterface>, field: TransferField): void {
    const { types } = this.#sourceOf(object);
    const policy = this.#guard.policy[field];
    const passing = policy.out === "deny" ? [] : types.filter((type) => isTold(policy, type));
    if (!isOpen(policy)) passing.push(this.#realm.marker);
    for (const mime_type of passing) client.sendRequest(object, "offer", { mime_type });
  }
}
