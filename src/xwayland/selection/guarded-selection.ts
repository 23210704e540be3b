// SPDX-License-Identifier: Apache-2.0
import { Border } from "../../clipboard/border.ts";
import { type Clipboard, Clipboards, isOpen, passes, type SelectionField } from "../../clipboard/clipboard.ts";
import type { Copy } from "../../clipboard/copy.ts";
import type { HostDoor } from "../../clipboard/host-door.ts";
import type { HostOffer } from "../../clipboard/host-offer.ts";
import type { HostSelection, HostSource, SelectionOffer, SourceEvents } from "../../clipboard/host-selection.ts";
import type { Fd } from "../../native/fd.ts";
import { pipe } from "../../native/pipe.ts";
import { ReceivedFd } from "../../native/received-fd.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { TransferPolicy } from "../../policy/policy.ts";
import type { Client } from "../../relay/client.ts";
import type { WmContext } from "../base/wm-context.ts";

/** What the types begin with that mark what is ours. */
const MARKER = "application/x-wayland-proxy-";

/** Something that an X client has copied, for the Wayland clients of its realm. */
class XCopy implements Copy {
  readonly types: readonly string[];
  readonly #events: SourceEvents;

  constructor(types: readonly string[], events: SourceEvents) {
    this.types = types.filter((type) => !type.startsWith(MARKER));
    this.#events = events;
  }

  send(mimeType: string, target: Fd): void {
    this.#events.send(mimeType, target.raw);
    target.close();
  }

  replaced(): void {
    this.#events.cancelled();
  }
}

/** A selection as the policy lets X clients have it: with the host, or with the Wayland clients of their realm. */
export class GuardedSelection implements HostSelection, HostDoor {
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
    host.onSelection((offer) => this.#hostChanged(offer));
    this.#ends = [
      // What asks for it is to be done with that first.
      this.#clipboard.onChanged(() => queueMicrotask(() => this.#realmChanged())),
      context.input.onSerial(() => this.#used()),
    ];
  }

  get isFocusBound(): boolean {
    return this.#policy.out !== "deny" && this.#host.isFocusBound;
  }

  get client(): Client {
    return this.#context.client;
  }

  get offer(): HostOffer | null {
    return this.#hidden;
  }

  onSelection(listener: (offer: SelectionOffer | null) => void): void {
    this.#listener = listener;
    if (this.#clipboard.copy !== null) this.#realmChanged();
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const policy = this.#policy;
    if (isOpen(policy)) return this.#setHost(mimeTypes, serial, events);
    const copy = new XCopy(mimeTypes, events);
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
    this.#realm.doors.delete(this);
    if (this.#own !== null) this.#clipboard.remove(this.#own.copy);
    this.#listener = (offer) => offer?.destroy();
  }

  get #policy(): TransferPolicy {
    return this.#guard.policy[this.#field];
  }

  get #clipboard(): Clipboard {
    return this.#realm[this.#field];
  }

  #setHost(mimeTypes: readonly string[], serial: number, { send, cancelled }: SourceEvents): HostSource {
    const { client } = this.#context;
    const subject = {};
    const passing = mimeTypes.filter((type) => type.startsWith(MARKER) || passes(this.#policy, type));
    return this.#host.set(passing, serial, {
      send: (mimeType, fd) => {
        const go = (target: Fd): void => {
          send(mimeType, target.raw);
          target.close();
        };
        this.#pass({ client, subject, mimeType, target: ReceivedFd.duplicateOf(fd, client) }, "out", go);
      },
      cancelled,
    });
  }

  #pass(transfer: Parameters<Border["pass"]>[0], direction: "in" | "out", go: (target: Fd) => void): void {
    if (this.#border.asks(this.#field, direction))
      return void this.#border.passWithConsent(transfer, this.#field, direction, go);
    const next = this.#border.pass(transfer, this.#field, direction);
    if (next === null) transfer.target.close();
    else go(next);
  }

  #hostChanged(offer: HostOffer | null): void {
    const policy = this.#policy;
    const isOurs = offer?.mimeTypes.includes(this.#realm.marker) ?? false;
    this.#hidden?.destroy();
    this.#hidden = null;
    if (isOpen(policy)) return this.#listener(offer === null ? null : this.#limited(offer));
    if (isOurs) return offer?.destroy();
    if (policy.in === "deny") {
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
    this.#listener(this.#limited(offer));
  }

  /** What of an offer of the host's may pass. */
  #limited(offer: HostOffer): SelectionOffer {
    const { client } = this.#context;
    return {
      mimeTypes: offer.mimeTypes.filter((type) => type.startsWith(MARKER) || passes(this.#policy, type)),
      receive: (mimeType) => {
        const [read, target] = pipe();
        this.#pass({ client, subject: offer, mimeType, target }, "in", (next) => offer.send(mimeType, next));
        return read;
      },
      destroy: () => offer.destroy(),
    };
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
    if (this.#field !== "clipboard") return;
    const { hasKeyboard, serial } = this.#context.input;
    if (hasKeyboard) this.#realm.doors.add(this);
    else this.#realm.doors.delete(this);
    if (hasKeyboard) this.#realm.used(this, serial);
  }
}
