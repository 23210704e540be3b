// SPDX-License-Identifier: Apache-2.0
import type { X11Event } from "../codec/events.ts";
import { EVENTS_PER_TURN } from "./limits.ts";

/** Handles an event. While its promise is pending, later events wait. */
export type EventHandler = (event: X11Event) => void | Promise<void>;

/**
 * Gives events to a handler in order, one at a time. After some it lets the event loop turn. X clients can send as many
 * as they like. A host that is asked for something by each may end a connection that does not take its answers.
 */
export class EventQueue {
  #handler: EventHandler | null = null;
  readonly #failed: (reason: Error) => void;
  readonly #delivered: () => void;
  #waiting: X11Event[] = [];
  #first = 0;
  #busy = false;
  #closed = false;
  /** How many are still to be given before the event loop turns. */
  #left = EVENTS_PER_TURN;
  #isResting = false;

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

  /** Whether the queue lets the event loop turn, and the handler is not busy. */
  get isResting(): boolean {
    return this.#isResting;
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
    while (handler !== null && !this.#busy && !this.#isResting && this.#first < this.#waiting.length) {
      if (this.#left-- === 0) return this.#rest();
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

  #rest(): void {
    this.#isResting = true;
    setImmediate(() => {
      this.#isResting = false;
      this.#left = EVENTS_PER_TURN;
      this.#deliver();
      this.#delivered();
    });
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
