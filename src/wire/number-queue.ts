// SPDX-License-Identifier: Apache-2.0

/** A place from which on what has left the queue is cut off. */
const CUT_AT = 512;

/**
 * Numbers, the first to come being the first to leave. An empty queue keeps the array for the next ones: to set an array's
 * length takes V8 longer than all else that is done here.
 */
export class NumberQueue {
  readonly #numbers: number[] = [];
  #head = 0;
  #tail = 0;

  get length(): number {
    return this.#tail - this.#head;
  }

  push(value: number): void {
    this.#numbers[this.#tail++] = value;
  }

  /** The number at a place, counted from the first. */
  at(index: number): number {
    return this.#numbers[this.#head + index] as number;
  }

  /** Takes the first `count` out, which are no more than there are. */
  drop(count: number): void {
    this.#head += count;
    if (this.#head === this.#tail) {
      this.#head = this.#tail = 0;
    } else if (this.#head >= CUT_AT) {
      this.#numbers.splice(0, this.#head);
      this.#tail -= this.#head;
      this.#head = 0;
    }
  }
}
