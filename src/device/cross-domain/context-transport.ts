// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type { Fd } from "../../native/fd.ts";
import type { FdQueue } from "../../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../../wire/transport.ts";
import type { Share } from "../gpu/budget.ts";
import type { DataQueue } from "../gpu/command-fences.ts";
import type { HostMemory } from "../gpu/host-memory.ts";
import { MAX_READY_INPUT, MAX_TURN_MS } from "../limits.ts";
import type { Backlog } from "./backlog.ts";

/** The content of one SEND of the guest. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly fds: readonly Fd[];
  /** The memory that some of these are for, held. */
  readonly memories: readonly HostMemory[];
  /** How many bytes have been received. */
  taken: number;
}

/** Bytes that a chunk takes beside its data: a flood of single bytes must not be cheap. */
const CHUNK_OVERHEAD = 512;

/** A descriptor that the session sends, and whether its message says that it is to be written into. */
export interface SentFd {
  readonly raw: number;
  readonly isSink: boolean;
}

/** The receiver of what the session sends to the guest. */
export interface GuestSink {
  /**
   * Sends bytes to the guest, and with them descriptors, of which it makes copies.
   *
   * @returns how many bytes were taken, or EAGAIN as long as the guest has no room for an event
   */
  deliver(bytes: Uint8Array, fds: readonly SentFd[]): number;
  /** The session has taken some of what the guest sent. */
  taken(): void;
  /** The session has ended the connection. */
  ended(): void;
}

/** The client's end of a session whose client is in the guest. */
export class ContextTransport implements Transport, DataQueue {
  readonly isSocket = false;
  readonly #sink: GuestSink;
  readonly #backlog: Backlog;
  readonly #descriptors: Share;
  readonly #chunks: Chunk[] = [];
  /**
   * The queue to which the session's descriptors went, and the memory that they may be for, held until none is left
   * there.
   */
  #handedTo: FdQueue | null = null;
  readonly #handed: HostMemory[] = [];
  #waiting = 0;
  #fds = 0;
  #onReadable: () => void = () => {};
  #onWritable: () => void = () => {};
  #readable = false;
  #writable = false;
  #guestGone = false;
  #closed = false;
  /** Whether the session goes on reading in a later turn of the event loop. */
  #postponed = false;

  /** @param descriptors what those that wait here count for */
  constructor(sink: GuestSink, backlog: Backlog, descriptors: Share) {
    this.#sink = sink;
    this.#backlog = backlog;
    this.#descriptors = descriptors;
  }

  /** Bytes that the session has not taken yet, with what it takes to keep them. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Descriptors that the session has not taken yet. */
  get fds(): number {
    return this.#fds;
  }

  get full(): boolean {
    return this.waiting > MAX_READY_INPUT;
  }

  /**
   * Takes over what the guest has sent, unless it has sent too many descriptors. The bytes are copied.
   *
   * @param memories what the descriptors are for, to be held while they wait
   * @returns false when those were too many, which are closed then
   */
  push(bytes: Uint8Array, fds: readonly Fd[], memories: readonly HostMemory[]): boolean {
    const isOver = this.#closed || this.#guestGone;
    if (isOver || !this.#descriptors.tryTake(fds.length)) {
      for (const fd of fds) fd.close();
      return isOver;
    }
    for (const memory of memories) memory.hold();
    this.#chunks.push({ bytes: bytes.slice(), fds, memories, taken: 0 });
    this.#count(bytes.length + CHUNK_OVERHEAD, fds.length);
    return true;
  }

  /** Lets the session handle what has come, as far as it wants to; what takes long waits until others had their turn. */
  wakeReader(): void {
    if (this.#postponed) return;
    const end = performance.now() + MAX_TURN_MS;
    while (this.#isRead && this.#chunks.length > 0) {
      this.#onReadable();
      if (this.#handedTo?.length === 0) this.#releaseHanded();
      if (performance.now() >= end) return this.#postpone();
    }
    if (this.#isRead && this.#guestGone) this.#onReadable();
  }

  /** Lets the session send what waits, now that the guest takes events again. */
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

  /** The guest is cut off: for the session comes the end, at once. */
  cutOff(): void {
    this.#drop();
    this.hangUp();
  }

  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return this.#guestGone ? 0 : EAGAIN;
    if (chunk.taken === 0) {
      for (const fd of chunk.fds) fds.push(fd.take());
      this.#handedTo = fds;
      this.#handed.push(...chunk.memories);
      this.#forgetFds(chunk);
    }
    const count = Math.min(length, chunk.bytes.length - chunk.taken);
    bytes.set(chunk.bytes.subarray(chunk.taken, chunk.taken + count), offset);
    chunk.taken += count;
    const isDone = chunk.taken === chunk.bytes.length;
    if (isDone) this.#chunks.shift();
    this.#count(-count - (isDone ? CHUNK_OVERHEAD : 0), 0);
    this.#sink.taken();
    return count;
  }

  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number {
    if (this.#guestGone) return -constants.errno.EPIPE;
    const sent = Array.from({ length: count }, (_, i) => ({ raw: fds.peek(i), isSink: fds.isSink(i) }));
    return this.#sink.deliver(bytes.subarray(offset, offset + length), sent);
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
    if (resumed && (this.#chunks.length > 0 || this.#guestGone)) this.#postpone();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.#releaseHanded();
    this.#sink.ended();
  }

  get #isRead(): boolean {
    return this.#readable && !this.#closed;
  }

  /** The session has handled every message that a descriptor came with: whoever keeps the memory now counts it itself. */
  #releaseHanded(): void {
    for (const memory of this.#handed.splice(0)) memory.release();
  }

  #postpone(): void {
    if (this.#postponed) return;
    this.#postponed = true;
    setImmediate(() => {
      this.#postponed = false;
      this.wakeReader();
    });
  }

  /** Throws away what waits. */
  #drop(): void {
    for (const chunk of this.#chunks.splice(0)) {
      if (chunk.taken > 0) continue;
      for (const fd of chunk.fds) fd.close();
      for (const memory of chunk.memories) memory.release();
      this.#forgetFds(chunk);
    }
    this.#count(-this.#waiting, 0);
  }

  /** The descriptors of a chunk wait here no more. */
  #forgetFds({ fds }: Chunk): void {
    this.#descriptors.giveBack(fds.length);
    this.#count(0, -fds.length);
  }

  #count(bytes: number, fds: number): void {
    this.#waiting += bytes;
    this.#fds += fds;
    this.#backlog.add(bytes);
  }
}
