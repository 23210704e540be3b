// SPDX-License-Identifier: Apache-2.0
import { X11ClosedError, type X11Error } from "../codec/errors.ts";

/** Whoever waits for a request. */
type Waiter =
  | {
      /** Gets the reply. */
      readonly reply: (bytes: Buffer, start: number, length: number) => void;
      readonly failed: (reason: Error) => void;
    }
  | {
      /** Called, for a request without a reply, when a later one was handled. */
      readonly done: () => void;
      readonly failed: (reason: Error) => void;
    };

type Expected = Waiter & { readonly sequence: number };

/**
 * The requests that were sent and not answered yet, and their numbers. The wire carries the lower 16 bits of a number.
 * Since answers and events come in order, and often enough, the rest follows from the one before.
 */
export class Answers {
  /** The requests in the order of their numbers; those before `#first` are done. */
  #expected: Expected[] = [];
  #first = 0;
  /** The number of the last request that was sent; the first is 1. */
  sent = 0;
  /** The number of the last request that the server is known to have come to. */
  received = 0;

  /** How many are waited for. */
  get length(): number {
    return this.#expected.length - this.#first;
  }

  /** Waits for the request that was sent last. */
  expect(waiter: Waiter): void {
    this.#expected.push({ ...waiter, sequence: this.sent });
  }

  /** Whether anybody waits for that request, all before it being answered. */
  isExpected(sequence: number): boolean {
    return this.#peek()?.sequence === sequence;
  }

  /**
   * Takes note of a number on the wire, and with it of earlier requests' success; returns the whole number. Throws an
   * Error for a number that no request has.
   */
  widen(wire: number): number {
    const full = this.received + ((wire - this.received) & 0xffff);
    if (full > this.sent) throw new Error(`the X server answers request ${full} of ${this.sent}`);
    this.received = full;
    for (let one = this.#peek(); one !== undefined && one.sequence < full; one = this.#peek()) {
      this.#shift();
      if ("done" in one) one.done();
      else one.failed(new Error(`the X server has not answered request ${one.sequence}`));
    }
    return full;
  }

  /** Hands out a reply, if anybody waits for it. Throws what reading it throws. */
  replied(sequence: number, bytes: Buffer, start: number, length: number): void {
    const one = this.#peek();
    if (one?.sequence !== sequence || !("reply" in one)) return;
    // It stays the first until it is read: if that fails, the connection ends, and it with it.
    one.reply(bytes, start, length);
    this.#shift();
  }

  /** Hands out an error. Returns whether anybody waited for the request. */
  refused(error: X11Error): boolean {
    const one = this.#peek();
    if (one?.sequence !== error.sequence) return false;
    this.#shift();
    one.failed(error);
    return true;
  }

  /** Ends all that is waited for. */
  close(reason: string): void {
    const rest = this.#expected.slice(this.#first);
    this.#expected = [];
    this.#first = 0;
    for (const one of rest) one.failed(new X11ClosedError(reason));
  }

  #peek(): Expected | undefined {
    return this.#expected[this.#first];
  }

  #shift(): void {
    this.#first += 1;
    // Moving the rest costs as much as was taken, so that each costs the same however many there are.
    if (this.#first * 2 >= this.#expected.length) {
      this.#expected.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
