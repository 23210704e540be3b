// SPDX-License-Identifier: Apache-2.0
import { MAX_BODY, WINDOW } from "../channel/frame.ts";

/** A stream of a program that goes to the host, as far as the host has granted it. */
export class Output {
  readonly #send: (bytes: Buffer) => void;
  /** Told whether more is wanted. */
  readonly #flow: (more: boolean) => void;
  #granted = WINDOW;
  #waiting: Buffer[] = [];
  #drained: (() => void) | null = null;

  constructor(send: (bytes: Buffer) => void, flow: (more: boolean) => void) {
    this.#send = send;
    this.#flow = flow;
  }

  /** How many bytes may be sent at once. */
  get room(): number {
    return this.#waiting.length > 0 ? 0 : this.#granted;
  }

  /** Sends bytes, at once or when they are granted. */
  write(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#sendWaiting();
  }

  grant(bytes: number): void {
    this.#granted += bytes;
    this.#sendWaiting();
    if (this.room > 0) this.#flow(true);
  }

  /** Resolves when everything is sent. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  #sendWaiting(): void {
    for (let first = this.#waiting[0]; first !== undefined && this.#granted > 0; first = this.#waiting[0]) {
      const count = Math.min(first.length, this.#granted, MAX_BODY);
      this.#send(first.subarray(0, count));
      this.#granted -= count;
      if (count === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(count);
    }
    if (this.#waiting.length === 0) this.#drained?.();
    if (this.room === 0) this.#flow(false);
  }
}
