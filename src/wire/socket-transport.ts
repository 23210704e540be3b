// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { closeAllReceived } from "../native/blocking.ts";
import { exchangedFds, prepareExchange, receiveInto, sendFrom } from "../native/exchange.ts";
import type { Fd } from "../native/fd.ts";
import { receive, send, shutdown } from "../native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../native/watch.ts";
import { DisplayError, ProtocolError } from "./errors.ts";
import type { FdQueue } from "./fd-queue.ts";
import { receiveBuffer, receiveMemory } from "./receive-buffer.ts";
import { EAGAIN, type Transport } from "./transport.ts";

prepareExchange(receiveMemory);

/** The descriptors that have come, or are to go. */
const fdsOfExchange = exchangedFds.subarray(1);

/** What `receive` returns when the limit of open files did not let all descriptors in. */
const EMFILE = -constants.errno.EMFILE;

/** Takes what nobody wants any more. */
const unread = new Uint8Array(16 * 1024);

/** A connected Unix stream socket, non-blocking, which it owns. */
export class SocketTransport implements Transport {
  readonly isSocket = true;
  readonly #fd: Fd;
  readonly #raw: number;
  #onEvents: ((events: number) => unknown) | null = null;
  #watch: Watch | null = null;
  #watched = 0;
  /** The peer has closed its end, or the connection is broken: nothing is left to be read. */
  #ended = false;

  constructor(fd: Fd) {
    this.#fd = fd;
    this.#raw = fd.raw;
  }

  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number {
    const result =
      bytes === receiveBuffer
        ? receiveInto(this.#raw, offset, length)
        : receive(this.#raw, bytes, offset, length, exchangedFds);
    if (result > 0) {
      const count = exchangedFds[0] as number;
      for (let i = 1; i <= count; i++) fds.push(exchangedFds[i] as number);
    } else if (result === EMFILE) {
      throw new ProtocolError("file descriptors are lost: too many files are open", DisplayError.implementation);
    } else if (result !== EAGAIN) {
      this.#ended = true;
    }
    return result;
  }

  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number {
    for (let i = 0; i < count; i++) fdsOfExchange[i] = fds.peek(i);
    if (bytes === receiveBuffer) return sendFrom(this.#raw, offset, length, count);
    return send(this.#raw, bytes, offset, length, fdsOfExchange, count);
  }

  listen(onReadable: () => unknown, onWritable: () => void): void {
    this.#onEvents = (events) => {
      if (events === READABLE) return onReadable();
      // Writable first: it empties queues, and so may allow reading again. Either call may close this transport.
      if (events & WRITABLE) onWritable();
      if (events & READABLE && this.#watched & READABLE) onReadable();
      return false;
    };
  }

  watch(readable: boolean, writable: boolean): void {
    const wanted = (readable ? READABLE : 0) | (writable ? WRITABLE : 0);
    if (wanted === this.#watched) return;
    this.#watched = wanted;
    if (this.#watch !== null) this.#watch.set(wanted);
    else if (this.#onEvents !== null) this.#watch = new Watch(this.#raw, this.#onEvents, wanted);
  }

  close(): void {
    this.#watched = 0;
    this.#watch?.close();
    this.#watch = this.#onEvents = null;
    if (!this.#ended) this.#drain();
    this.#fd.close();
  }

  /** Lets the peer read to the end what was sent, and then shows it the end of the stream. */
  #drain(): void {
    // A socket that is closed with unread input resets the connection. libwayland's clients then report the reset
    // instead of the error that they were sent. Half a shutdown would do for them, but some wait for the hang-up (mpv).
    shutdown(this.#raw);
    while (receive(this.#raw, unread, 0, unread.length, exchangedFds) > 0) {
      closeAllReceived(fdsOfExchange, exchangedFds[0] as number, this);
    }
  }
}
