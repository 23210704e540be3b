// SPDX-License-Identifier: Apache-2.0
import { ByteQueue } from "./byte-queue.ts";
import { FdQueue } from "./fd-queue.ts";
import { MAX_FDS_PER_SEND } from "./limits.ts";
import { NumberQueue } from "./number-queue.ts";
import { receiveBuffer } from "./receive-buffer.ts";
import { EAGAIN, ETOOMANYREFS, type Transport } from "./transport.ts";

/**
 * The result of a flush; `crowded` means that too many descriptors are in flight and no event will say when to go on.
 */
export type FlushResult = "sent" | "blocked" | "crowded" | "broken";

/**
 * The bytes and descriptors on their way to one peer. Messages that were rewritten in the receive buffer are sent
 * from there. As long as they lie side by side they form one run. Only what the transport does not take is copied
 * into a queue.
 */
export class OutputQueue {
  readonly #transport: Transport;
  /** The run: a range of the receive buffer, behind everything in the queue. */
  #runStart = 0;
  #runEnd = 0;
  readonly #queue = new ByteQueue();
  readonly #fds = new FdQueue();
  /** The stream position, for each descriptor, at which its message starts. */
  readonly #fdPositions = new NumberQueue();
  /** Stream position of the first byte that is not sent yet. */
  #sent = 0;
  #broken = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The number of bytes that wait. */
  get length(): number {
    return this.#queue.length + this.#runEnd - this.#runStart;
  }

  /** Whether no bytes wait. */
  get isEmpty(): boolean {
    return this.#runStart === this.#runEnd && this.#queue.length === 0;
  }

  /** The number of descriptors that wait. */
  get fds(): number {
    return this.#fdPositions.length;
  }

  /** Stream position behind the last message: where the next one will start. */
  get position(): number {
    return this.#sent + this.length;
  }

  /** Adds a message that lies in the receive buffer. It must stay there unchanged until the next `settle` or `flush`. */
  forward(start: number, end: number): void {
    if (this.#broken) return;
    if (this.#runStart === this.#runEnd) {
      this.#runStart = start;
      this.#runEnd = end;
      return;
    }
    // Messages between the run and this one were not forwarded, so their bytes can be overwritten.
    if (start !== this.#runEnd) receiveBuffer.copyWithin(this.#runEnd, start, end);
    this.#runEnd += end - start;
  }

  /** Adds a message from elsewhere, copying it. */
  append(bytes: Buffer, start: number, end: number): void {
    if (this.#broken) return;
    this.settle();
    this.#queue.append(bytes, start, end);
  }

  /** Takes over a descriptor that belongs to the message which is added next. For `isSink` see `FdQueue.isSink`. */
  addFd(raw: number, isSink: boolean): void {
    this.#fds.push(raw, isSink);
    this.#fdPositions.push(this.position);
    if (this.#broken) this.#clear();
  }

  /** Copies what still lies in the receive buffer, before other code uses that. */
  settle(): void {
    if (this.#runStart === this.#runEnd) return;
    this.#queue.append(receiveBuffer, this.#runStart, this.#runEnd);
    this.#runStart = this.#runEnd = 0;
  }

  /**
   * Returns the words of a message that waits in the queue, for rewriting. Returns null when its first byte may have
   * been sent already, or when it is not in the queue yet.
   *
   * @param position the position in the stream at which the message starts
   */
  queued(position: number, length: number): Uint32Array | null {
    const offset = position - this.#sent;
    // A message at the very front may be half sent: positions count bytes, so a later one is whole.
    if (offset < 0 || offset + length > this.#queue.length) return null;
    const { bytes } = this.#queue;
    const start = bytes.byteOffset + this.#queue.offset + offset;
    return (start & 3) === 0 ? new Uint32Array(bytes.buffer, start, length >>> 2) : null;
  }

  /** Sends as much as the transport takes. */
  flush(): FlushResult {
    while (!this.isEmpty) {
      const queued = this.#queue.length > 0;
      const from = queued ? this.#queue.bytes : receiveBuffer;
      const offset = queued ? this.#queue.offset : this.#runStart;
      let length = queued ? this.#queue.length : this.#runEnd - this.#runStart;

      // As many messages at once as their descriptors allow. Sending a descriptor early is right, late is fatal.
      let count = 0;
      while (count < this.#fdPositions.length && this.#fdPositions.at(count) - this.#sent < length) {
        if (++count <= MAX_FDS_PER_SEND) continue;
        length = this.#fdPositions.at(count - 1) - this.#sent;
        count = 0;
        while (this.#fdPositions.at(count) - this.#sent < length) count++;
        break;
      }

      const result = this.#transport.send(from, offset, length, this.#fds, count);
      if (result < 0) {
        if (result === EAGAIN || result === ETOOMANYREFS) {
          this.settle();
          return result === EAGAIN ? "blocked" : "crowded";
        }
        this.close();
        return "broken";
      }
      if (count > 0) {
        this.#fds.closeFirst(count);
        this.#fdPositions.drop(count);
      }
      this.#sent += result;
      if (queued) this.#queue.consume(result);
      else this.#runStart += result;
    }
    this.#runStart = this.#runEnd = 0;
    return this.#broken ? "broken" : "sent";
  }

  /** Throws away whatever waits, closes its descriptors, and does so with what comes from now on. */
  close(): void {
    this.#broken = true;
    this.#clear();
  }

  #clear(): void {
    this.#sent = this.position;
    this.#runStart = this.#runEnd = 0;
    this.#queue.clear();
    this.#fds.clear();
    this.#fdPositions.drop(this.#fdPositions.length);
  }
}
