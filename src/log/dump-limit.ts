// SPDX-License-Identifier: Apache-2.0
import { counted } from "./counted.ts";

/** Milliseconds for which a reason for a dump is not one again. */
const INTERVAL_MS = 60_000;

/** Reasons that count at once: whoever makes programs fail can make up new ones. */
const MAX_REASONS = 8;

/** Sees to it that what fails again and again writes no more than one dump for each reason and minute. */
export class DumpLimit {
  readonly #now: () => number;
  /**
   * The times at which each reason led to a dump, in the last minute. What clients do counts apart from defects of
   * ours.
   */
  readonly #failures = new Map<string, number>();
  readonly #defects = new Map<string, number>();
  #leftOut = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Whether something that failed for that reason is worth a dump. Numbers in it do not make it another one. Clients cannot
   * use up the dumps of defects.
   */
  allows(reason: string, isDefect: boolean): boolean {
    const now = this.#now();
    const dumped = isDefect ? this.#defects : this.#failures;
    for (const [known, time] of dumped) if (now - time >= INTERVAL_MS) dumped.delete(known);
    const key = reason.replace(/\d+/g, "0");
    if (dumped.has(key) || dumped.size >= MAX_REASONS) {
      this.#leftOut++;
      return false;
    }
    dumped.set(key, now);
    return true;
  }

  /** The sentence about dumps that were left out since the last call; empty for none. */
  takeLeftOut(): string {
    const text = this.#leftOut === 0 ? "" : `${counted(this.#leftOut, "failure")} before it left no dump`;
    this.#leftOut = 0;
    return text;
  }
}
