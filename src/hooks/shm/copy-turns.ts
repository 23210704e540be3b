// SPDX-License-Identifier: Apache-2.0

/** Milliseconds for which clients' pixels are copied until everybody else has a turn, and the part of all time it may take. */
const TURN = 4;
const MAX_PART = 1 / 2;

/** Bytes that are copied between two looks at the clock. */
export const PIECE: number = 1024 * 1024;

/** A copy that is made in pieces. */
export interface Copy {
  readonly finished: boolean;
  /** Copies a piece of at most so many bytes; what it throws ends the copy. */
  step(limit: number): void;
}

interface Waiting {
  readonly copy: Copy;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The copies of all clients, none of which may hold up the others. What fits into the time of a turn of the event
 * loop is copied at once, and then nothing is allocated. The rest is copied in later turns: a piece of one copy, then
 * a piece of the next, and so on, over and over. Each turn ends when its time is over.
 */
export class CopyTurns {
  readonly #waiting: Waiting[] = [];
  /** The beginning of the present turn, and the time that was spent on copies in it. */
  #begun = Number.NEGATIVE_INFINITY;
  #spent = 0;

  /** Makes a copy. @returns what resolves when it is finished; undefined when it is already. Throws what a step throws */
  run(copy: Copy): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#copyNow(copy)) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ copy, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(this.#nextTurn);
    });
  }

  /** @returns whether it is finished */
  #copyNow(copy: Copy): boolean {
    const start = performance.now();
    if (start - this.#begun > TURN / MAX_PART) {
      this.#begun = start;
      this.#spent = 0;
    }
    const end = start + TURN - this.#spent;
    let now = start;
    while (!copy.finished && now < end) {
      copy.step(PIECE);
      now = performance.now();
    }
    this.#spent += now - start;
    return copy.finished;
  }

  readonly #nextTurn = (): void => {
    this.#begun = performance.now();
    let now = this.#begun;
    for (; this.#waiting.length > 0 && now < this.#begun + TURN; now = performance.now()) {
      const next = this.#waiting.shift() as Waiting;
      try {
        // It may have been given up meanwhile.
        if (!next.copy.finished) next.copy.step(PIECE);
        if (next.copy.finished) next.resolve();
        else this.#waiting.push(next);
      } catch (error) {
        next.reject(error);
      }
    }
    this.#spent = now - this.#begun;
    if (this.#waiting.length > 0) setImmediate(this.#nextTurn);
  };
}
