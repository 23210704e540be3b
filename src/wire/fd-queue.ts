// SPDX-License-Identifier: Apache-2.0

import { closeAllReceived } from "../native/blocking.ts";
import type { Fd } from "../native/fd.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import { MAX_FDS_PER_SEND } from "./limits.ts";
import { NumberQueue } from "./number-queue.ts";

/** Descriptors that are to be closed. */
const leaving = new Int32Array(MAX_FDS_PER_SEND);

/**
 * Descriptors in the order in which they travel. The queue owns them: whatever is still in it when it is cleared is
 * closed. They are bare numbers here, so that forwarding one allocates nothing.
 */
export class FdQueue {
  /** The descriptors. One that is a sink stands as its complement, which is below 0. */
  readonly #fds = new NumberQueue();
  #total = 0;

  /** The number of descriptors that the queue has taken so far. */
  get total(): number {
    return this.#total;
  }

  get length(): number {
    return this.#fds.length;
  }

  /** Takes ownership of a descriptor. */
  push(raw: number, isSink = false): void {
    this.#fds.push(isSink ? ~raw : raw);
    this.#total++;
  }

  /** The descriptor at a place in the queue, which stays its owner. */
  peek(index: number): number {
    const entry = this.#fds.at(index);
    return entry < 0 ? ~entry : entry;
  }

  /** Whether the receiver of the descriptor at a place is known to write data into it, whatever kind of file it is. */
  isSink(index: number): boolean {
    return this.#fds.at(index) < 0;
  }

  /** Gives the first descriptor to the caller; throws RangeError when there is none. */
  shift(): number {
    if (this.#fds.length === 0) throw new RangeError("no descriptor in the queue");
    const raw = this.peek(0);
    this.#fds.drop(1);
    return raw;
  }

  /** Gives the first descriptor to the caller as an owner object. */
  take(): Fd {
    return new ReceivedFd(this.shift(), this);
  }

  /** Closes the first `count` descriptors. */
  closeFirst(count: number): void {
    for (let rest = count; rest > 0; ) {
      const some = Math.min(rest, leaving.length);
      for (let i = 0; i < some; i++) leaving[i] = this.shift();
      closeAllReceived(leaving, some, this);
      rest -= some;
    }
  }

  /** Closes all of them. */
  clear(): void {
    this.closeFirst(this.length);
  }
}
