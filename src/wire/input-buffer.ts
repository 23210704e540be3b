// SPDX-License-Identifier: Apache-2.0
import { ByteQueue } from "./byte-queue.ts";
import { FdQueue } from "./fd-queue.ts";
import { RECEIVE_SIZE } from "./limits.ts";
import { receiveBuffer } from "./receive-buffer.ts";
import type { Transport } from "./transport.ts";

/**
 * The bytes that have arrived from one peer and were not handled yet. They are the beginning of a message whose rest is
 * still to come, or everything behind a message that waits for an asynchronous hook.
 */
export class InputBuffer {
  readonly #transport: Transport;
  readonly #kept = new ByteQueue();
  /** The number of kept bytes that `takeOut` has looked through, and how many of those `resume` has loaded. */
  #seen = 0;
  #seenOfLoaded = 0;
  /** Descriptors that no message has claimed yet. */
  readonly fds: FdQueue = new FdQueue();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The number of bytes that wait. */
  get length(): number {
    return this.#kept.length;
  }

  /**
   * Receives once, behind what is kept, which is no more than an incomplete message. All then lies at the start of the
   * receive buffer and is the caller's until `keep`; `loaded` says how many bytes that are.
   *
   * @returns what `Transport.receive` returned.
   */
  receive(): number {
    const kept = this.#kept.length;
    this.#unload(kept);
    const result = this.#transport.receive(receiveBuffer, kept, RECEIVE_SIZE, this.fds);
    this.loaded = kept + Math.max(result, 0);
    return result;
  }

  /** The number of bytes in the receive buffer after `receive` or `resume`. */
  loaded = 0;

  /** Receives once without handling anything: the bytes wait behind those that wait already. */
  hold(): number {
    const result = this.#transport.receive(receiveBuffer, 0, RECEIVE_SIZE, this.fds);
    if (result > 0) this.#kept.append(receiveBuffer, 0, result);
    this.loaded = 0;
    return result;
  }

  /** Puts the next waiting bytes into the receive buffer, as `receive` does. */
  resume(): void {
    const count = Math.min(this.#kept.length, receiveBuffer.length);
    this.#unload(count);
    this.loaded = count;
  }

  /**
   * Looks through the messages that wait and that it has not seen before.
   *
   * @param take says whether to take one out: then it is handled, and `keep` will not give it back
   */
  takeOut(take: (bytes: Buffer, offset: number, size: number) => boolean): void {
    const { bytes, offset, length } = this.#kept;
    const end = offset + length;
    let at = offset + this.#seen;
    let kept = at;
    while (end - at >= 8) {
      const size = bytes.readUInt16LE(at + 6);
      // What is wrong with it is for others to say, in its turn.
      if (size < 8 || (size & 3) !== 0 || at + size > end) break;
      if (!take(bytes, at, size)) {
        if (kept !== at) bytes.copyWithin(kept, at, at + size);
        kept += size;
      }
      at += size;
    }
    this.#seen = kept - offset;
    if (kept === at) return;
    bytes.copyWithin(kept, at, end);
    this.#kept.truncate(at - kept);
  }

  /** Keeps the part of the loaded bytes that could not be handled, in front of whatever is kept already. */
  keep(start: number): void {
    const end = this.loaded;
    this.loaded = 0;
    if (start === end) return;
    this.#seen = Math.max(this.#seenOfLoaded - start, 0);
    // Behind loaded bytes something is kept only when `resume` took them from it.
    if (this.#kept.length > 0) this.#kept.unconsume(end - start);
    else this.#kept.append(receiveBuffer, start, end);
  }

  clear(): void {
    this.#kept.clear();
    this.#seen = 0;
    this.fds.clear();
    this.loaded = 0;
  }

  #unload(count: number): void {
    this.#seenOfLoaded = this.#seen;
    this.#seen = Math.max(this.#seen - count, 0);
    if (count === 0) return;
    const { bytes, offset } = this.#kept;
    bytes.copy(receiveBuffer, 0, offset, offset + count);
    this.#kept.consume(count);
  }
}
