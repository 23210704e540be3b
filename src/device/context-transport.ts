// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type { Fd } from "../native/fd.ts";
import type { FdQueue } from "../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import type { Backlog } from "./command-fences.ts";
import { MAX_READY_INPUT } from "./limits.ts";

/** What one SEND of the guest carried. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly fds: readonly Fd[];
  /** How many bytes have been received. */
  taken: number;
}

/** Where a transport delivers what the session sends to the guest. */
export interface GuestSink {
  /**
   * Sends bytes to the guest, and with them descriptors, of which it makes copies.
   *
   * @returns how many bytes were taken, or EAGAIN as long as the guest has no room for an event
   */
  deliver(bytes: Uint8Array, fds: readonly number[]): number;
  /** The session has taken some of what the guest sent. */
  taken(): void;
  /** The session has ended the connection. */
  ended(): void;
}

/** The client's end of a session whose client is in the guest. */
export class ContextTransport implements Transport, Backlog {
  readonly #sink: GuestSink;
  readonly #chunks: Chunk[] = [];
  /** Bytes that the session has not taken yet. */
  waiting = 0;
  #onReadable: () => void = () => {};
  #onWritable: () => void = () => {};
  #readable = false;
  #writable = false;
  #guestGone = false;
  #closed = false;

  constructor(sink: GuestSink) {
    this.#sink = sink;
  }

  get full(): boolean {
    return this.waiting > MAX_READY_INPUT;
  }

  /** Takes over what the guest has sent. The bytes are copied. */
  push(bytes: Uint8Array, fds: readonly Fd[]): void {
    if (this.#closed) {
      for (const fd of fds) fd.close();
      return;
    }
    this.#chunks.push({ bytes: bytes.slice(), fds, taken: 0 });
    this.waiting += bytes.length;
  }

  /** Lets the session handle what has come, as far as it wants to. */
  wakeReader(): void {
    while (this.#readable && !this.#closed && (this.#chunks.length > 0 || this.#guestGone)) this.#onReadable();
  }

  /** Lets the session send what waits, now that the guest has room again. */
  wakeWriter(): void {
    if (this.#writable && !this.#closed) this.#onWritable();
  }

  /** The guest has ended the context: what it sent before still counts, and then comes the end. */
  hangUp(): void {
    this.#guestGone = true;
    this.wakeReader();
    // A session that does not read at the moment learns it from what it sends, as from a socket that hangs up.
    this.wakeWriter();
  }

  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return this.#guestGone ? 0 : EAGAIN;
    if (chunk.taken === 0) for (const fd of chunk.fds) fds.push(fd.take());
    const count = Math.min(length, chunk.bytes.length - chunk.taken);
    bytes.set(chunk.bytes.subarray(chunk.taken, chunk.taken + count), offset);
    chunk.taken += count;
    this.waiting -= count;
    if (chunk.taken === chunk.bytes.length) this.#chunks.shift();
    this.#sink.taken();
    return count;
  }

  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number {
    if (this.#guestGone) return -constants.errno.EPIPE;
    const raw = Array.from({ length: count }, (_, i) => fds.peek(i));
    return this.#sink.deliver(bytes.subarray(offset, offset + length), raw);
  }

  listen(onReadable: () => void, onWritable: () => void): void {
    this.#onReadable = onReadable;
    this.#onWritable = onWritable;
  }

  watch(readable: boolean, writable: boolean): void {
    const resumed = readable && !this.#readable;
    this.#readable = readable;
    this.#writable = writable;
    // Not at once: whoever calls is in the middle of something.
    if (resumed && (this.#chunks.length > 0 || this.#guestGone)) setImmediate(() => this.wakeReader());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.waiting = 0;
    for (const { fds, taken } of this.#chunks.splice(0)) if (taken === 0) for (const fd of fds) fd.close();
    this.#sink.ended();
  }
}
