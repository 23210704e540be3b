// SPDX-License-Identifier: Apache-2.0
import type { X11Event } from "../codec/events.ts";

/** Handles an event. While its promise is pending, later events wait. */
export type EventHandler = (event: X11Event) => void | Promise<void>;

/** Gives events to a handler in order, one at a time. */
export class EventQueue {
  #handler: EventHandler | null = null;
  readonly #failed: (reason: Error) => void;
  readonly #delivered: () => void;
  #waiting: X11Event[] = [];
  #first = 0;
  #busy = false;
  #closed = false;

  /**
   * @param failed called with what the handler throws
   * @param delivered called when fewer events wait
   */
  constructor(failed: (reason: Error) => void, delivered: () => void) {
    this.#failed = failed;
    this.#delivered = delivered;
  }

  /** How many events wait. */
  get length(): number {
    return this.#waiting.length - this.#first;
  }

  /** Events that came before there is a handler have waited for it. */
  setHandler(handler: EventHandler): void {
    this.#handler = handler;
    this.#busy = true;
    this.#later();
  }

  push(event: X11Event): void {
    if (this.#closed) return;
    this.#waiting.push(event);
    this.#deliver();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#first = 0;
  }

  #deliver(): void {
    const handler = this.#handler;
    while (handler !== null && !this.#busy && this.#first < this.#waiting.length) {
      const event = this.#waiting[this.#first++] as X11Event;
      if (this.#first * 2 >= this.#waiting.length) {
        this.#waiting.splice(0, this.#first);
        this.#first = 0;
      }
      this.#busy = true;
      try {
        const result = handler(event);
        if (result === undefined) this.#busy = false;
        else result.then(() => this.#later(), this.#failed);
      } catch (error) {
        this.#failed(error as Error);
      }
    }
  }

  /** Goes on when all promises that were settled meanwhile have had their effects. */
  #later(): void {
    process.nextTick(() => {
      this.#busy = false;
      this.#deliver();
      this.#delivered();
    });
  }
}
