// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync } from "node:fs";
import type { Fd } from "../../src/native/fd.ts";
import type { FdQueue } from "../../src/wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../../src/wire/transport.ts";

/** The bytes and descriptors that one call of `send` took. */
export interface Sent {
  readonly bytes: Buffer;
  /** Inodes of the files whose descriptors went with it. */
  readonly inodes: readonly number[];
}

/** A transport without a kernel: a test decides what each call of `receive` and `send` gives and takes. */
export class MemoryTransport implements Transport {
  readonly isSocket = false;
  readonly sent: Sent[] = [];
  /** How many of so many bytes the next send takes; an error if negative. */
  takes: (length: number) => number = (length) => length;
  watched = { readable: false, writable: false };
  open = true;
  /** Whether the stream ends behind what was given. */
  ended = false;
  readonly #chunks: { bytes: Buffer; fds: readonly Fd[] }[] = [];
  #readable: () => void = () => {};
  #writable: () => void = () => {};

  /** Lets one call of `receive` get these bytes, and the descriptors, which are handed over. */
  give(bytes: Buffer, fds: readonly Fd[] = []): void {
    this.#chunks.push({ bytes, fds });
  }

  /** Calls back as the event loop would while there is something to receive, but only so many times. */
  deliver(times: number = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < times && this.open && this.watched.readable; i++) {
      if (this.#chunks.length === 0 && !this.ended) return;
      this.#readable();
    }
  }

  /** Calls back because `send` may take more. */
  drain(): void {
    if (this.open && this.watched.writable) this.#writable();
  }

  /** How much was given and not received, in bytes and calls. */
  get waiting(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes.length, this.#chunks.length);
  }

  /** Everything that was sent. */
  get stream(): Buffer {
    return Buffer.concat(this.sent.map(({ bytes }) => bytes));
  }

  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return this.ended ? 0 : EAGAIN;
    const taken = chunk.bytes.subarray(0, length);
    bytes.set(taken, offset);
    for (const fd of chunk.fds) fds.push(fd.take());
    if (taken.length < chunk.bytes.length) this.#chunks[0] = { bytes: chunk.bytes.subarray(length), fds: [] };
    else this.#chunks.shift();
    return taken.length;
  }

  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number {
    const result = this.takes(length);
    if (result < 0) return result;
    const inodes = Array.from({ length: count }, (_, i) => fstatSync(fds.peek(i)).ino);
    this.sent.push({ bytes: Buffer.from(bytes.subarray(offset, offset + result)), inodes });
    return result;
  }

  listen(onReadable: () => void, onWritable: () => void): void {
    this.#readable = onReadable;
    this.#writable = onWritable;
  }

  watch(readable: boolean, writable: boolean): void {
    this.watched = { readable, writable };
  }

  close(): void {
    this.open = false;
    for (const { fds } of this.#chunks.splice(0)) for (const fd of fds) closeSync(fd.take());
  }
}
