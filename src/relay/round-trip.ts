// SPDX-License-Identifier: Apache-2.0
import { now } from "../native/clock.ts";

/** The times that a client has waited for an answer to `wl_display.sync`, in milliseconds. */
export interface RoundTripTimes {
  /** The number of times that were measured. */
  readonly count: number;
  readonly last: number;
  readonly mean: number;
  readonly max: number;
}

/**
 * Measures how long the host takes to answer a client. The time runs from the turn in which the client's
 * `wl_display.sync` came in to the turn in which the answer did. One request is measured at a time, so that this costs
 * two comparisons for a message.
 */
export class RoundTrip {
  /** The host's id of the `wl_callback` that is waited for; 0 for none. */
  callback = 0;
  #begun = 0;
  #count = 0;
  #sum = 0;
  #last = 0;
  #max = 0;

  begin(callback: number): void {
    this.callback = callback;
    this.#begun = now();
  }

  end(): void {
    this.callback = 0;
    this.#last = now() - this.#begun;
    this.#sum += this.#last;
    this.#max = Math.max(this.#max, this.#last);
    this.#count++;
  }

  get times(): RoundTripTimes {
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return { count: this.#count, last: this.#last, mean, max: this.#max };
  }
}
