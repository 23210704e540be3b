// SPDX-License-Identifier: Apache-2.0
import { CHANNEL_WAYLAND, MAX_CHANNEL_SIZE } from "../../cross-domain/protocol.ts";
import { pageSize } from "../../native/memory.ts";
import type { Fence, Resource } from "../gpu/context.ts";
import type { Channel, Init } from "./commands.ts";

/**
 * The memory that a guest gives its connection: a page for answers, and the channel for events. The guest has one channel
 * page, and so gets one event for each fence by which it waits.
 */
export class EventChannel {
  readonly #attached: ReadonlyMap<number, Resource>;
  readonly #fences: Fence[] = [];
  #init: Init | null = null;
  #closed = false;

  /** @param attached the resources of the context, by id; kept up to date by others */
  constructor(attached: ReadonlyMap<number, Resource>) {
    this.#attached = attached;
  }

  /** Takes what the guest gives in INIT, once; false if that is of no use. */
  open(init: Init): boolean {
    const { queryRing, channelRing, channelSize, channelType } = init;
    if (this.#init !== null || channelType !== CHANNEL_WAYLAND || channelSize > MAX_CHANNEL_SIZE) return false;
    if (this.#memory(queryRing, pageSize) === null || this.#memory(channelRing, channelSize) === null) return false;
    this.#init = init;
    return true;
  }

  /** Whether the guest has given it memory. */
  get isOpen(): boolean {
    return this.#init !== null;
  }

  /** Whether the guest waits for an event. */
  get isAwaited(): boolean {
    return this.#fences.length > 0;
  }

  /** Bytes of an event. */
  get size(): number {
    return this.#init?.channelSize ?? 0;
  }

  /** The page for answers; null while there is none. */
  get answerPage(): Uint8Array | null {
    return this.#init === null ? null : (this.#memory(this.#init.queryRing, pageSize)?.[0] ?? null);
  }

  /** The channel, for the next event; null while the guest waits for none. */
  free(): Channel | null {
    if (this.#closed || !this.isAwaited || this.#init === null) return null;
    return this.#memory(this.#init.channelRing, this.#init.channelSize);
  }

  /** The guest waits for one more event. */
  hold(fence: Fence): void {
    this.#fences.push(fence);
  }

  /** Tells the guest that an event is in the channel. */
  complete(): void {
    this.#fences.shift()?.complete();
  }

  /** The guest waits no more. */
  close(): void {
    this.#closed = true;
    this.#fences.length = 0;
  }

  /** The memory of a ring of which `size` bytes are used; null when it has none, is not that large, or is none now. */
  #memory(id: number, size: number): Channel | null {
    const resource = this.#attached.get(id);
    if (resource === undefined || size < pageSize || size > resource.size) return null;
    return startsWithPage(resource.pieces) ? resource.pieces : null;
  }
}

function startsWithPage(pieces: readonly Uint8Array[]): pieces is Channel {
  return pieces[0] !== undefined && pieces[0].length >= pageSize;
}
