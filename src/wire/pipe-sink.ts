// SPDX-License-Identifier: Apache-2.0
import { constants, openSync } from "node:fs";
import { SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import { fileInfo } from "../native/memory.ts";
import { writeFd } from "../native/pipe.ts";
import { Watch, WRITABLE } from "../native/watch.ts";
import { ByteQueue } from "./byte-queue.ts";
import { SINK_QUEUE_LIMIT, SINK_STALL_TIMEOUT } from "./limits.ts";
import { EAGAIN } from "./transport.ts";

/** Writes data to where a program wants it (clipboards, primary selections, drag and drop), in the course of time. */
export class PipeSink {
  readonly #fd: Fd;
  /** Null for files, which can always be written. */
  readonly #watch: Watch | null;
  readonly #queue = new ByteQueue();
  readonly #changed: () => void;
  #hungUp = false;
  #stalled: NodeJS.Timeout | null = null;

  /**
   * @param raw what the program gave, which stays its owner's
   * @param changed called when it is no longer full, and when it is closed
   * @throws SystemError (EMFILE)
   */
  constructor(raw: number, changed: () => void) {
    this.#fd = openForWriting(raw);
    this.#changed = changed;
    this.#watch = watchIfPossible(this.#fd, () => this.#write());
  }

  /** Whether everything is written, or nobody reads any more. */
  get closed(): boolean {
    return !this.#fd.open;
  }

  /** Whether nothing more should be added for now. */
  get full(): boolean {
    return this.#queue.length > SINK_QUEUE_LIMIT;
  }

  /** Adds data, which is thrown away if the reader is gone: its sender goes on. */
  add(data: Uint8Array): void {
    if (this.closed || data.length === 0) return;
    this.#queue.append(Buffer.from(data.buffer, data.byteOffset, data.length), 0, data.length);
    if (this.#watch !== null) this.#watch.set(WRITABLE);
    // A file takes part of it when its disk gets full, and fails after that.
    else while (this.#queue.length > 0) this.#write();
    if (this.full) this.#stalled ??= setTimeout(() => this.close(), SINK_STALL_TIMEOUT);
  }

  /** Nothing more will be added: it ends once everything is written. */
  hangUp(): void {
    this.#hungUp = true;
    if (this.#queue.length === 0) this.close();
  }

  /** Ends it; what has not been written is lost. */
  close(): void {
    if (this.closed) return;
    this.#clearStalled();
    this.#queue.clear();
    this.#watch?.close();
    this.#fd.close();
    this.#changed();
  }

  #write(): void {
    const wasFull = this.full;
    const result = writeFd(this.#fd.raw, this.#queue.bytes, this.#queue.offset, this.#queue.length);
    if (result === EAGAIN && this.#watch !== null) return;
    if (result <= 0) return this.close();
    this.#queue.consume(result);
    if (this.#queue.length === 0) {
      if (this.#hungUp) return this.close();
      this.#watch?.set(0);
    }
    this.#stalled?.refresh();
    if (!wasFull || this.full) return;
    this.#clearStalled();
    this.#changed();
  }

  #clearStalled(): void {
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.#stalled = null;
  }
}

/**
 * An open file of our own for what a program gave us. Its own one may be in blocking mode, and that is not ours to
 * change: other processes may write to it, too.
 */
function openForWriting(raw: number): Fd {
  if (fileInfo(raw).kind === "fifo") {
    try {
      return new Fd(openSync(`/proc/self/fd/${raw}`, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // Its reader is gone, or it was made by another user: writing will tell.
    }
  }
  return new Fd(raw).duplicate();
}

function watchIfPossible(fd: Fd, onWritable: () => void): Watch | null {
  try {
    return new Watch(fd.raw, onWritable);
  } catch (error) {
    if (error instanceof SystemError && error.code === "EPERM") return null;
    fd.close();
    throw error;
  }
}
