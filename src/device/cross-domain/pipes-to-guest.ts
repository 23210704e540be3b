// SPDX-License-Identifier: Apache-2.0
import { FIRST_READ_PIPE, MAX_CHANNEL_SIZE } from "../../cross-domain/protocol.ts";
import type { Fd } from "../../native/fd.ts";
import { pipe } from "../../native/pipe.ts";
import type { Share } from "../gpu/budget.ts";
import { MAX_CONTEXT_PIPES } from "../limits.ts";
import { type Channel, readRoom, writeRead } from "./commands.ts";
import { PipeToGuest } from "./guest-pipe.ts";

/** The buffer for a pipe's data, from one turn's read to its write into a channel. */
const readBuffer = Buffer.alloc(MAX_CHANNEL_SIZE);

/** The pipes of one context of which the guest gets what programs on the host write into them. They take turns. */
export class PipesToGuest {
  readonly #pipes = new Set<PipeToGuest>();
  readonly #descriptors: Share;
  readonly #onReady: () => void;
  #next = FIRST_READ_PIPE;

  /** @param onReady called when one has something to read */
  constructor(descriptors: Share, onReady: () => void) {
    this.#descriptors = descriptors;
    this.#onReady = onReady;
  }

  /** Makes a pipe, whose id the guest has guessed. @returns its write end; null for a wrong guess, or one pipe too many */
  open(id: number): Fd | null {
    const expected = this.#next++;
    if (id !== expected || this.#pipes.size >= MAX_CONTEXT_PIPES || !this.#descriptors.tryTake(1)) return null;
    const before = this.#pipes.size;
    try {
      const [read, write] = pipe();
      try {
        this.#pipes.add(new PipeToGuest(id, read, this.#onReady));
        return write;
      } catch (error) {
        write.close();
        throw error;
      }
    } finally {
      if (this.#pipes.size === before) this.#descriptors.giveBack(1);
    }
  }

  /** Writes what the next one has into a channel of that size; @returns false if none has anything. */
  readInto(channel: Channel, size: number): boolean {
    const buffer = readBuffer.subarray(0, readRoom(size));
    for (const one of this.#pipes) {
      if (!one.ready) continue;
      const count = one.read(buffer);
      if (count === null) continue;
      writeRead(channel, one.id, buffer.subarray(0, count), count === 0);
      if (count === 0) {
        this.#close(one);
      } else {
        // At the end of the row, so that all pipes have their turn.
        this.#pipes.delete(one);
        this.#pipes.add(one);
      }
      return true;
    }
    return false;
  }

  close(): void {
    for (const one of this.#pipes) this.#close(one);
  }

  #close(one: PipeToGuest): void {
    one.close();
    this.#pipes.delete(one);
    this.#descriptors.giveBack(1);
  }
}
