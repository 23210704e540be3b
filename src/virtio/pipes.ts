// SPDX-License-Identifier: Apache-2.0
/**
 * The two ends of pipes that lead to the host: clipboards, primary selections, drag and drop. What goes through them is
 * copied by commands, in both directions without waiting.
 */
import { constants, openSync } from "node:fs";
import { SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import { fileInfo } from "../native/memory.ts";
import { readFd, writeFd } from "../native/pipe.ts";
import { READABLE, Watch, WRITABLE } from "../native/watch.ts";
import { ByteQueue } from "../wire/byte-queue.ts";
import { EAGAIN } from "../wire/transport.ts";
import { commandBytes, encodeWrite, WRITE_DATA_OFFSET } from "./commands.ts";
import type { Context } from "./context.ts";
import { MAX_WRITE_DATA, ROOM_FOR_REQUESTS, SINK_QUEUE_LIMIT, SINK_STALL_TIMEOUT } from "./limits.ts";

/** Reads what a local program writes into a pipe, and writes it into the host's. */
export class PipeSource {
  readonly #id: number;
  readonly #context: Context;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #ended: (error: unknown) => void;

  /**
   * @param id of the pipe on the host
   * @param fd the local pipe's read end, which becomes the source's
   * @param ended called once the host was told of the end, with null; or with what submitting a command threw
   * @throws SystemError when it cannot be watched; it is closed then
   */
  constructor(id: number, fd: Fd, context: Context, ended: (error: unknown) => void) {
    this.#id = id;
    this.#fd = fd;
    this.#context = context;
    this.#ended = ended;
    this.#watch = Watch.owned(fd, () => this.#readable());
    this.resume();
  }

  /** Goes on reading if the context has room. */
  resume(): void {
    this.#watch.set(this.#context.room > ROOM_FOR_REQUESTS ? READABLE : 0);
  }

  /** Ends it without a word to the host, whose end of the pipe is closed with the context. */
  close(): void {
    this.#watch.close();
    this.#fd.close();
  }

  #readable(): void {
    const count = readFd(this.#fd.raw, commandBytes, WRITE_DATA_OFFSET, MAX_WRITE_DATA);
    if (count === EAGAIN) return;
    const isOver = count <= 0;
    if (isOver) this.close();
    try {
      this.#context.submit(encodeWrite(this.#id, Math.max(count, 0), isOver));
    } catch (error) {
      this.close();
      return this.#ended(error);
    }
    if (isOver) this.#ended(null);
    else this.resume();
  }
}

/** Writes what the host sends through a pipe to where a local program wants it. */
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

  /** Adds data, which is thrown away if the reader is gone: nothing can tell that to the host. */
  add(data: Uint8Array): void {
    if (this.closed || data.length === 0) return;
    this.#queue.append(Buffer.from(data.buffer, data.byteOffset, data.length), 0, data.length);
    if (this.#watch !== null) this.#watch.set(WRITABLE);
    // A file takes part of it when its disk gets full, and fails after that.
    else while (this.#queue.length > 0) this.#write();
    if (this.full) this.#stalled ??= setTimeout(() => this.close(), SINK_STALL_TIMEOUT);
  }

  /** The host's end is closed: so is ours, once everything is written. */
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
