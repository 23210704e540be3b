// SPDX-License-Identifier: Apache-2.0
import type { OutputQueue } from "../wire/output-queue.ts";
import { receiveWords } from "../wire/receive-buffer.ts";
import type { Message } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Words of each event that is merged, header included. */
const MOTION = 5;
const RELATIVE_MOTION = 8;
const FRAME = 2;

/** The place of the last event of some kind in a client's queue. */
interface Waiting {
  object: WlObject;
  position: number;
}

/**
 * Merges pointer motions that a slow client has not taken yet. The pointer's new position replaces the old one,
 * relative motions add up, and a frame that ends nothing new is left out. Only motions at the very end of the queue are
 * merged, so that no event changes its place.
 */
export class MotionMerge {
  readonly #output: OutputQueue;
  /** Stream position behind the events that are remembered; if the queue goes on, something else came after them. */
  #end = -1;
  #motion: Waiting | null = null;
  #relative: Waiting | null = null;
  #frame: Waiting | null = null;

  constructor(output: OutputQueue) {
    this.#output = output;
  }

  /** @returns whether the event in the receive buffer was merged; if not, it is to be forwarded now. */
  merge(object: WlObject, message: Message, offset: number): boolean {
    const kind = `${object.hostInterface.name}.${message.name}`;
    // What was forwarded in this turn has to be in the queue to be found there.
    this.#output.settle();
    if (this.#output.position !== this.#end) this.#motion = this.#relative = this.#frame = null;
    const next: Waiting = { object, position: this.#output.position };
    let words: number;
    if (kind === "wl_pointer.motion") {
      const waiting = this.#find(this.#motion, object, MOTION);
      if (waiting) {
        waiting.set(receiveWords.subarray(offset + 2, offset + MOTION), 2);
        return true;
      }
      this.#motion = next;
      // The frames that wait all lie before it.
      this.#frame = null;
      words = MOTION;
    } else if (kind === "zwp_relative_pointer_v1.relative_motion") {
      const waiting = this.#find(this.#relative, object, RELATIVE_MOTION);
      if (waiting) {
        waiting.set(receiveWords.subarray(offset + 2, offset + 4), 2);
        for (let i = 4; i < RELATIVE_MOTION; i++) {
          waiting[i] = (waiting[i] as number) + (receiveWords[offset + i] as number);
        }
        return true;
      }
      this.#relative = next;
      this.#frame = null;
      words = RELATIVE_MOTION;
    } else if (kind === "wl_pointer.frame") {
      if (this.#find(this.#frame, object, FRAME)) return true;
      this.#frame = next;
      words = FRAME;
    } else {
      return false;
    }
    this.#end = next.position + (words << 2);
    return false;
  }

  #find(waiting: Waiting | null, object: WlObject, words: number): Uint32Array | null {
    return waiting?.object === object ? this.#output.queued(waiting.position, words << 2) : null;
  }
}
