// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type { Fd } from "../../native/fd.ts";
import { readFd, writeFd } from "../../native/pipe.ts";
import { READABLE, Watch, WRITABLE } from "../../native/watch.ts";
import { ByteQueue } from "../../wire/byte-queue.ts";
import type { DataQueue } from "../gpu/command-fences.ts";
import { MAX_READY_PIPE } from "../limits.ts";
import type { Backlog } from "./backlog.ts";

const { EAGAIN } = constants.errno;

/** What poll(2) promises room for: a write of no more never blocks once the pipe is writable (PIPE_BUF, pipe(7)). */
const MAX_WRITE = 4096;

/** A pipe whose data goes to the guest: somebody on the host writes into the other end. */
export class PipeToGuest {
  readonly id: number;
  readonly #fd: Fd;
  readonly #watch: Watch;
  #ready = false;

  /** Becomes the owner of `fd`, the read end. `onReady` is told when there is something to read. Throws a SystemError. */
  constructor(id: number, fd: Fd, onReady: () => void) {
    this.id = id;
    this.#fd = fd;
    this.#watch = Watch.owned(fd, () => {
      // Once until it is read: the guest decides when that is.
      this.#watch.set(0);
      this.#ready = true;
      onReady();
    });
    this.#watch.set(READABLE);
  }

  /** Whether `read` is worth a call. */
  get ready(): boolean {
    return this.#ready;
  }

  /** @returns how many bytes were read; 0 at the end or when the pipe is broken; null when there is nothing yet. */
  read(buffer: Uint8Array): number | null {
    this.#ready = false;
    const count = readFd(this.#fd.raw, buffer, 0, buffer.length);
    this.#watch.set(READABLE);
    return count === -EAGAIN ? null : Math.max(count, 0);
  }

  close(): void {
    this.#watch.close();
    this.#fd.close();
  }
}

/** What is told of a pipe. */
export interface PipeEvents {
  /** Less waits than before. */
  written(): void;
  /** Once: the last byte is written, or nobody reads. */
  closed(): void;
}

/** A pipe into which the guest writes, while somebody on the host reads from the other end. */
export class PipeFromGuest implements DataQueue {
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #queue = new ByteQueue();
  readonly #backlog: Backlog;
  readonly #events: PipeEvents;
  #hangUp = false;

  /**
   * Becomes the owner of `fd`, the write end. Throws a SystemError.
   *
   * @param backlog counts what waits here
   */
  constructor(fd: Fd, backlog: Backlog, events: PipeEvents) {
    this.#fd = fd;
    this.#backlog = backlog;
    this.#events = events;
    this.#watch = Watch.owned(fd, () => this.#write());
  }

  /** Bytes that nobody has taken yet. */
  get length(): number {
    return this.#queue.length;
  }

  get full(): boolean {
    return this.#queue.length > MAX_READY_PIPE;
  }

  /** Writes data of the guest, in the course of time, and then closes if it has hung up. */
  write(data: Uint8Array, hangUp: boolean): void {
    if (!this.#fd.open) return;
    this.#queue.append(Buffer.from(data.buffer, data.byteOffset, data.byteLength), 0, data.length);
    this.#backlog.add(data.length);
    this.#hangUp ||= hangUp;
    this.#settle();
  }

  close(): void {
    if (!this.#fd.open) return;
    this.#watch.close();
    this.#fd.close();
    this.#backlog.add(-this.#queue.length);
    this.#queue.clear();
    this.#events.written();
    this.#events.closed();
  }

  #write(): void {
    const { bytes, offset, length } = this.#queue;
    if (length > 0) {
      const count = writeFd(this.#fd.raw, bytes, offset, Math.min(length, MAX_WRITE));
      // EPIPE: the reader has what it wanted. Nothing tells the guest, who may go on writing to nobody.
      if (count < 0 && count !== -EAGAIN) return this.close();
      if (count > 0) {
        this.#queue.consume(count);
        this.#backlog.add(-count);
        this.#events.written();
      }
    }
    this.#settle();
  }

  #settle(): void {
    if (this.#queue.length === 0 && this.#hangUp) this.close();
    else this.#watch.set(this.#queue.length > 0 ? WRITABLE : 0);
  }
}
