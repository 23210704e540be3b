// SPDX-License-Identifier: Apache-2.0

import { closeReceived } from "../native/blocking.ts";
import type { Fd } from "../native/fd.ts";
import { ReceivedFd } from "../native/received-fd.ts";

/**
 * Descriptors in the order in which they travel. The queue owns them: whatever is still in it when it is cleared is
 * closed. They are bare numbers here, so that forwarding one allocates nothing.
 */
export class FdQueue {
  /** The descriptors. One that is a sink stands as its complement, which is below 0. */
  #fds: number[] = [];
  #head = 0;
  #total = 0;

  /** The number of descriptors that the queue has taken so far. */
  get total(): number {
    return this.#total;
  }

  get length(): number {
    return this.#fds.length - this.#head;
  }

  /** Takes ownership of a descriptor. */
  push(raw: number, isSink = false): void {
    this.#fds.push(isSink ? ~raw : raw);
    this.#total++;
  }

  /** The descriptor at a place in the queue, which stays its owner. */
  peek(index: number): number {
    const entry = this.#fds[this.#head + index] as number;
    return entry < 0 ? ~entry : entry;
  }

  /** Whether the receiver of the descriptor at a place is known to write data into it, whatever kind of file it is. */
  isSink(index: number): boolean {
    return (this.#fds[this.#head + index] as number) < 0;
  }

  /** Gives the first descriptor to the caller; throws RangeError when there is none. */
  shift(): number {
    if (this.#head === this.#fds.length) throw new RangeError("no descriptor in the queue");
    const raw = this.peek(0);
    this.#head++;
    if (this.#head === this.#fds.length) {
      this.#fds.length = 0;
      this.#head = 0;
    } else if (this.#head === 512) {
      this.#fds.splice(0, 512);
      this.#head = 0;
    }
    return raw;
  }

  /** Gives the first descriptor to the caller as an owner object. */
  take(): Fd {
    return new ReceivedFd(this.shift(), this);
  }

  /** Closes the first `count` descriptors. */
  closeFirst(count: number): void {
    for (let i = 0; i < count; i++) closeReceived(this.shift(), this);
  }

  /** Closes all of them. */
  clear(): void {
    this.closeFirst(this.length);
  }
}
