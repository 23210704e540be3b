// SPDX-License-Identifier: Apache-2.0
import { Border, refusalText } from "../../clipboard/border.ts";
import { type Clipboard, Clipboards, isOpen, isTold, type SelectionField } from "../../clipboard/clipboard.ts";
import type { Copy } from "../../clipboard/copy.ts";
import type { HostDoor } from "../../clipboard/host-door.ts";
import type { HostOffer } from "../../clipboard/host-offer.ts";
import type { HostSelection, HostSource, SelectionOffer, SourceEvents } from "../../clipboard/host-selection.ts";
import { pipe } from "../../native/pipe.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { TransferPolicy } from "../../policy/policy.ts";
import type { WmContext } from "../base/wm-context.ts";
import { passingOffer, passingSend } from "./passing.ts";
import { XCopy } from "./x-copy.ts";

/** A selection as the policy lets X clients have it: with the host, or with the Wayland clients of their realm. */
export class GuardedSelection implements HostSelection {
  readonly #context: Pick<WmContext, "client" | "input">;
  readonly #guard: PolicyGuard;
  readonly #field: SelectionField;
  readonly #host: HostSelection<HostOffer>;
  readonly #realm: Clipboards;
  readonly #border: Border;
  /** The types with which the X clients' copy in the realm was offered; null while that is not theirs. */
  #own: { readonly copy: Copy; readonly mimeTypes: readonly string[] } | null = null;
  /** The host's offer, which X clients do not see. */
  #hidden: HostOffer | null = null;
  /** The way to the host's selection for what a command moves. */
  readonly #door: HostDoor;
  #listener: (offer: SelectionOffer | null) => void = (offer) => offer?.destroy();
  readonly #ends: (() => void)[];

  constructor(
    context: Pick<WmContext, "client" | "input">,
    guard: PolicyGuard,
    field: SelectionField,
    host: HostSelection<HostOffer>,
  ) {
    this.#context = context;
    this.#guard = guard;
    this.#field = field;
    this.#host = host;
    this.#realm = Clipboards.for(guard);
    this.#border = new Border(guard, this.#realm);
    const hidden = (): HostOffer | null => this.#hidden;
    this.#door = {
      client: context.client,
      get offer() {
        return hidden();
      },
      set: (mimeTypes, serial, events) => host.set(mimeTypes, serial, events),
    };
    host.onSelection((offer) => this.#hostChanged(offer));
    this.#ends = [this.#clipboard.onChanged(() => this.#realmChanged()), context.input.onSerial(() => this.#used())];
  }

  get isFocusBound(): boolean {
    return this.#policy.out !== "deny" && this.#host.isFocusBound;
  }

  onSelection(listener: (offer: SelectionOffer | null) => void): void {
    this.#listener = listener;
    if (this.#clipboard.copy !== null) this.#realmChanged();
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const policy = this.#policy;
    if (isOpen(policy)) return this.#setHost(mimeTypes, serial, events);
    const copy = new XCopy(mimeTypes, events);
    if (policy.out === "deny") this.#guard.refuse(this.#context.client, this.#field, refusalText[this.#field].out);
    const source = policy.out === "deny" ? null : this.#setHost([...mimeTypes, this.#realm.marker], serial, events);
    this.#own = { copy, mimeTypes };
    this.#clipboard.set(copy);
    return {
      destroy: () => {
        source?.destroy();
        this.#clipboard.remove(copy);
      },
    };
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#clipboard.doors.delete(this.#door);
    if (this.#own !== null) this.#clipboard.remove(this.#own.copy);
    this.#listener = (offer) => offer?.destroy();
  }

  get #policy(): TransferPolicy {
    return this.#guard.policy[this.#field];
  }

  get #clipboard(): Clipboard {
    return this.#realm[this.#field];
  }

  #setHost(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const passing = mimeTypes.filter((type) => isTold(this.#policy, type));
    const send = passingSend(this.#context.client, this.#border, this.#field, events);
    return this.#host.set(passing, serial, { send, cancelled: () => events.cancelled() });
  }

  #hostChanged(offer: HostOffer | null): void {
    const policy = this.#policy;
    const isOurs = offer?.mimeTypes.includes(this.#realm.marker) ?? false;
    this.#hidden?.destroy();
    this.#hidden = null;
    if (isOpen(policy)) return this.#listener(offer === null ? null : this.#passing(offer));
    if (isOurs) return offer?.destroy();
    if (policy.in === "deny") {
      if (offer !== null) this.#guard.refuse(this.#context.client, this.#field, refusalText[this.#field].in);
      this.#hidden = offer;
      return this.#used();
    }
    const { copy } = this.#clipboard;
    if (offer === null) return copy === null ? this.#listener(null) : undefined;
    const types = offer.mimeTypes.join();
    const isNews = copy === null || policy.out !== "deny" || types !== this.#clipboard.othersTypes;
    this.#clipboard.othersTypes = types;
    if (!isNews) return offer.destroy();
    this.#own = null;
    this.#clipboard.set(null);
    this.#listener(this.#passing(offer));
  }

  #passing(offer: HostOffer): SelectionOffer {
    return passingOffer(this.#context.client, this.#border, this.#field, this.#policy, offer);
  }

  #realmChanged(): void {
    if (isOpen(this.#policy)) return;
    const { copy } = this.#clipboard;
    if (copy === null) {
      // Then X clients may have the host's, of which that has told us.
      if (this.#policy.in === "deny" || this.#own !== null) this.#listener(null);
      this.#own = null;
      return;
    }
    const isOwn = copy === this.#own?.copy;
    if (!isOwn) this.#own = null;
    this.#listener({
      mimeTypes: isOwn ? (this.#own?.mimeTypes ?? []) : copy.types,
      receive: (mimeType) => {
        const [read, write] = pipe();
        copy.send(mimeType, write);
        return read;
      },
      destroy() {},
    });
  }

  #used(): void {
    const { hasKeyboard, serial } = this.#context.input;
    if (hasKeyboard) this.#clipboard.doors.add(this.#door);
    else this.#clipboard.doors.delete(this.#door);
    if (hasKeyboard) this.#clipboard.used(this.#door, serial);
  }
}
