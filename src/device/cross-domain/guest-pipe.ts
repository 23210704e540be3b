// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type { Fd } from "../../native/fd.ts";
import { readFd } from "../../native/pipe.ts";
import { READABLE, Watch } from "../../native/watch.ts";
import { FdWriter } from "../../wire/fd-writer.ts";
import type { DataQueue } from "../gpu/command-fences.ts";
import { MAX_READY_PIPE } from "../limits.ts";
import type { Backlog } from "./backlog.ts";

const { EAGAIN } = constants.errno;

/** A pipe whose data goes to the guest: a program on the host writes into the other end. */
export class PipeToGuest {
  readonly id: number;
  readonly #fd: Fd;
  readonly #watch: Watch;
  #ready = false;

  /** Becomes the owner of `fd`, the read end. `onReady` is called when there is something to read. Throws a SystemError. */
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

/** Listens to what happens to a pipe. */
export interface PipeEvents {
  /** Less waits than before. */
  written(): void;
  /** Once: the last byte is written, or nobody reads. */
  closed(): void;
}

/** A descriptor that a program on the host wants data in, which the guest writes. */
export class PipeFromGuest implements DataQueue {
  readonly #writer: FdWriter;
  readonly #backlog: Backlog;

  /**
   * @param raw stays its owner's
   * @param owner on whose behalf; see `FdWriter`
   * @param backlog counts what waits here
   * @throws SystemError (EMFILE)
   */
  constructor(raw: number, owner: object, backlog: Backlog, events: PipeEvents) {
    this.#backlog = backlog;
    this.#writer = new FdWriter(raw, owner, {
      written: (count) => {
        backlog.add(-count);
        events.written();
      },
      closed: (lost) => {
        backlog.add(-lost);
        events.written();
        events.closed();
      },
    });
  }

  /** Bytes that nobody has taken yet. */
  get length(): number {
    return this.#writer.length;
  }

  get full(): boolean {
    return this.length > MAX_READY_PIPE;
  }

  /** Writes data of the guest, in the course of time, and then closes if it has hung up. */
  write(data: Uint8Array, hangUp: boolean): void {
    if (!this.#writer.open) return;
    this.#backlog.add(data.length);
    this.#writer.add(data);
    // Nothing reports to the guest a reader that has what it wanted, so it may go on writing to nobody.
    if (hangUp) this.#writer.hangUp();
  }

  close(): void {
    this.#writer.close();
  }
}
