// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import type { FdQueue } from "../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";

/** The connection of a client that exists in a recording only: gives what is played, and takes whatever is sent. */
export class PlayedTransport implements Transport {
  readonly isSocket = false;
  readonly #messages: { readonly bytes: Buffer; readonly fds: readonly Fd[] }[] = [];
  #onReadable: () => void = () => {};
  #isWatched = false;
  #isEnded = false;
  #isClosed = false;

  /** How many messages nobody has received yet. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** Gives a message, and its descriptors, which are handed over. */
  give(bytes: Buffer, fds: readonly Fd[]): void {
    if (this.#isClosed) for (const fd of fds) fd.close();
    else this.#messages.push({ bytes, fds });
    this.#wake();
  }

  /** Ends the stream behind what was given. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  receive(bytes: Uint8Array, offset: number, _length: number, fds: FdQueue): number {
    const message = this.#messages.shift();
    if (message === undefined) return this.#isEnded ? 0 : EAGAIN;
    bytes.set(message.bytes, offset);
    for (const fd of message.fds) fds.push(fd.take());
    return message.bytes.length;
  }

  send(_bytes: Uint8Array, _offset: number, length: number): number {
    return length;
  }

  listen(onReadable: () => void): void {
    this.#onReadable = onReadable;
  }

  watch(readable: boolean): void {
    this.#isWatched = readable;
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    for (const { fds } of this.#messages.splice(0)) for (const fd of fds) fd.close();
  }

  #wake(): void {
    if (!this.#isWatched || (this.#messages.length === 0 && !this.#isEnded)) return;
    setImmediate(() => {
      if (!this.#isWatched || this.#isClosed || (this.#messages.length === 0 && !this.#isEnded)) return;
      this.#onReadable();
      this.#wake();
    });
  }
}
