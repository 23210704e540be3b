// SPDX-License-Identifier: Apache-2.0
/**
 * The relation of X pixels to the host's logical pixels. X knows no scaled outputs. Where the host enlarges windows, X
 * programs get so many more pixels for the same place, and draw them one to one.
 */

/** The host's scales are multiples of 1/120 (fractional-scale-v1). */
const DENOMINATOR = 120;

/** One factor for all windows and outputs of an X server, which may change while it runs. */
export class Scale {
  #numerator = DENOMINATOR;
  readonly #listeners = new Set<() => void>();

  /** X pixels for each logical one: 1 or more. */
  get factor(): number {
    return this.#numerator / DENOMINATOR;
  }

  /** Takes the nearest that a host can have, and reports it to its listeners, if it is another one than before. */
  set factor(factor: number) {
    const numerator = Math.round(factor * DENOMINATOR);
    if (numerator === this.#numerator) return;
    this.#numerator = numerator;
    for (const listener of this.#listeners) listener();
  }

  /** Called when the factor has changed. @returns what ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A length or a place of the host's, in X pixels. A compositor rounds the sizes of windows in the same way. */
  toX(logical: number): number {
    return Math.round((logical * this.#numerator) / DENOMINATOR);
  }

  /** A place or an offset of X, in whole logical pixels. */
  toHost(pixels: number): number {
    return Math.round((pixels * DENOMINATOR) / this.#numerator);
  }

  /**
   * The size, in whole logical pixels, at which to show so many X pixels. It is the one that makes exactly as many on
   * the host's screen, or if no size does that, as near below as can be. A size that came from `toX` comes back. 0
   * stays 0, and nothing else becomes 0.
   */
  sizeToHost(pixels: number): number {
    const nearest = this.toHost(pixels);
    if (this.toX(nearest) === pixels) return nearest;
    return Math.max(Math.floor((pixels * DENOMINATOR) / this.#numerator), 1);
  }
}
