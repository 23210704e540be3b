// SPDX-License-Identifier: Apache-2.0
import type { Scope } from "./proxied.ts";

interface Timer {
  readonly delay: number;
  readonly callback: () => void;
  due: number;
  refresh(): Timer;
}

/**
 * Takes the place of setTimeout until the test ends: time passes only when a test says so. Node's own mock timers do
 * not know `refresh`.
 */
export class Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  constructor(scope: Scope) {
    const { setTimeout, clearTimeout } = globalThis;
    const fakes = {
      setTimeout: (callback: () => void, delay: number): Timer => {
        const timer: Timer = {
          delay,
          callback,
          due: this.#now + delay,
          refresh: () => {
            timer.due = this.#now + delay;
            this.#timers.add(timer);
            return timer;
          },
        };
        return timer.refresh();
      },
      clearTimeout: (timer: unknown) => void this.#timers.delete(timer as Timer),
    };
    Object.assign(globalThis, fakes);
    scope.after(async () => void Object.assign(globalThis, { setTimeout, clearTimeout }));
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers].sort((a, b) => a.due - b.due)) {
      if (timer.due > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}
