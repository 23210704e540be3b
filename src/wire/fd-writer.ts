// SPDX-License-Identifier: Apache-2.0
import { BlockingFile } from "../native/blocking-file.ts";
import type { Fd } from "../native/fd.ts";
import { fileInfo } from "../native/memory.ts";
import { reopenPipe } from "../native/outside.ts";
import { writeFd } from "../native/pipe.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import { send } from "../native/socket.ts";
import { Watch, WRITABLE } from "../native/watch.ts";
import { ByteQueue } from "./byte-queue.ts";
import { EAGAIN } from "./transport.ts";

/** Listens to what happens to a writer. */
export interface WriterEvents {
  /** Called when so many of the waiting bytes are written. */
  written(count: number): void;
  /** Once: everything is written, or nobody takes any more, and so many bytes that still waited are lost. */
  closed(lost: number): void;
}

/** The most that is written to a file at once, so that it can be seen to make progress. */
const FILE_STEP: number = 64 * 1024;

const noFds = new Int32Array(0);

/**
 * Writes data into a descriptor that a peer has passed to us, in the course of time, and never blocks. Pipes and
 * sockets are written to directly, whatever mode they are in, and anything else away from the event loop. A descriptor
 * that cannot be written to counts as a reader that has gone.
 */
export class FdWriter {
  readonly #queue = new ByteQueue();
  readonly #events: WriterEvents;
  readonly #way: Direct | BlockingFile;
  #hungUp = false;
  #open = true;
  /** Whether a write to a file is underway. */
  #busy = false;

  /**
   * @param raw the descriptor that the peer has passed, which stays its owner's
   * @param owner the one that this counts for: the writes that one owner has underway in files are limited
   * @throws SystemError (EMFILE)
   */
  constructor(raw: number, owner: object, events: WriterEvents) {
    this.#events = events;
    this.#way = wayTo(raw, owner, () => this.#proceed());
  }

  /** Whether data that is added will still be written. */
  get open(): boolean {
    return this.#open;
  }

  /** The number of bytes that wait. */
  get length(): number {
    return this.#queue.length;
  }

  /** Adds data, a copy of which is kept; none if nobody takes it. */
  add(data: Uint8Array): void {
    if (!this.#open || data.length === 0) return;
    this.#queue.append(Buffer.from(data.buffer, data.byteOffset, data.length), 0, data.length);
    this.#settle();
  }

  /** Nothing more will be added: it ends once everything is written. */
  hangUp(): void {
    this.#hungUp = true;
    this.#settle();
  }

  /** Ends it; what has not been written is lost. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const lost = this.#queue.length;
    this.#queue.clear();
    this.#way.close();
    this.#events.closed(lost);
  }

  #settle(): void {
    if (!this.#open) return;
    if (this.#queue.length === 0 && this.#hungUp) this.close();
    else if (this.#way instanceof Direct) this.#way.wait(this.#queue.length > 0);
    else if (!this.#busy && this.#queue.length > 0) void this.#writeFile(this.#way);
  }

  /** A pipe or socket takes more. */
  #proceed(): void {
    if (!(this.#way instanceof Direct)) return;
    const { bytes, offset, length } = this.#queue;
    const count = length === 0 ? 0 : this.#way.write(bytes, offset, length);
    if (count === EAGAIN) return;
    if (count < 0) return this.close();
    this.#took(count);
  }

  async #writeFile(file: BlockingFile): Promise<void> {
    this.#busy = true;
    const { bytes, offset, length } = this.#queue;
    const count = Math.min(length, FILE_STEP);
    const failed = await file.write(bytes.subarray(offset, offset + count)).then(
      () => false,
      () => true,
    );
    this.#busy = false;
    if (failed) this.close();
    else if (this.#open) this.#took(count);
  }

  #took(count: number): void {
    this.#queue.consume(count);
    if (count > 0) this.#events.written(count);
    this.#settle();
  }
}

/** A pipe or socket that is written to from the event loop. */
class Direct {
  readonly #fd: Fd;
  readonly #isSocket: boolean;
  readonly #watch: Watch;

  /** Becomes the owner of `fd`. Throws a SystemError. */
  constructor(fd: Fd, isSocket: boolean, onWritable: () => void) {
    this.#fd = fd;
    this.#isSocket = isSocket;
    this.#watch = Watch.owned(fd, onWritable);
  }

  /** Writes as write(2) does; an error is returned as -errno. */
  write(bytes: Buffer, offset: number, length: number): number {
    return this.#isSocket
      ? send(this.#fd.raw, bytes, offset, length, noFds, 0)
      : writeFd(this.#fd.raw, bytes, offset, length);
  }

  wait(forRoom: boolean): void {
    this.#watch.set(forRoom ? WRITABLE : 0);
  }

  close(): void {
    this.#watch.close();
    this.#fd.close();
  }
}

function wayTo(raw: number, owner: object, onWritable: () => void): Direct | BlockingFile {
  const { kind, access } = fileInfo(raw);
  if (kind === "socket") return new Direct(ReceivedFd.duplicateOf(raw, owner), true, onWritable);
  const pipe = kind === "fifo" && access !== "read" ? reopened(raw) : null;
  return pipe === null
    ? new BlockingFile(ReceivedFd.duplicateOf(raw, owner), owner)
    : new Direct(pipe, false, onWritable);
}

/**
 * Opens a pipe a second time, for an open file of our own. The given one may be in blocking mode, and that is not
 * ours to change. Other processes may write to it, too, and change it back. Returns null when that is impossible. The
 * pipe's reader may be gone, or the pipe may be another user's. Or it has a name, in a file system that may be asked
 * whether we may open it.
 */
function reopened(raw: number): Fd | null {
  try {
    return reopenPipe(raw, "write");
  } catch {
    return null;
  }
}
