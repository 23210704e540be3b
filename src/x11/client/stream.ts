// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { SystemError } from "../../native/errors.ts";
import type { Fd } from "../../native/fd.ts";
import { receive, send } from "../../native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../native/watch.ts";
import { ByteQueue } from "../../wire/byte-queue.ts";
import { FLUSH_SIZE, MAX_PACKET, MAX_WAITING_OUTPUT, RECEIVE_SIZE } from "./limits.ts";

/** Listens to a stream. */
export interface StreamOwner {
  /** How long the packet is whose first `available` bytes lie at `start`; 0 while that cannot be said. */
  packetLength(bytes: Buffer, start: number, available: number): number;
  /**
   * Handles a packet, whose bytes are there during the call only.
   * @returns false to get it once more, after `resume`.
   */
  packet(bytes: Buffer, start: number, length: number): boolean;
  /** Nothing comes any more. Called once, and not after `close`. */
  ended(reason: Error): void;
}

const EAGAIN = -constants.errno.EAGAIN;

/** The X server sends no descriptors to a client that uses no DRI3 or MIT-SHM. */
const noFds = new Int32Array(29);

/** A connected socket, which it owns: cuts what comes into packets, and sends what goes once each turn. */
export class PacketStream {
  readonly #fd: Fd;
  readonly #owner: StreamOwner;
  readonly #watch: Watch;
  #input: Buffer = Buffer.allocUnsafeSlow(RECEIVE_SIZE);
  #start = 0;
  #end = 0;
  readonly #output = new ByteQueue();
  /** A flush is due at the end of this turn, or when the socket can take more. */
  #flushing = false;
  #blocked = false;
  #reading = true;
  #closed = false;

  /** Becomes the owner of `fd`. Throws a SystemError when it cannot be watched; it is closed then. */
  constructor(fd: Fd, owner: StreamOwner) {
    this.#fd = fd;
    this.#owner = owner;
    this.#watch = Watch.owned(fd, (events) => {
      if (events & WRITABLE) this.#flush();
      if (events & READABLE && this.#reading && !this.#closed) this.#receive();
    });
    this.#watch.set(READABLE);
  }

  /** Sends bytes, which are copied, with all others of this turn. */
  write(bytes: Buffer, length: number): void {
    if (this.#closed) return;
    this.#output.append(bytes, 0, length);
    if (this.#output.length > MAX_WAITING_OUTPUT) {
      this.#fail(new Error("the X server has stopped reading"));
    } else if (this.#blocked) {
      return;
    } else if (this.#output.length >= FLUSH_SIZE) {
      this.#flush();
    } else if (!this.#flushing) {
      this.#flushing = true;
      // After all that this turn's promises set in motion.
      process.nextTick(() => this.#flush());
    }
  }

  /** Goes on with the packets that are there. */
  resume(): void {
    if (!this.#closed) this.#handle();
  }

  /** Chooses whether anything is received, not even the end of the connection. */
  setReading(wanted: boolean): void {
    if (wanted === this.#reading) return;
    this.#reading = wanted;
    this.#rewatch();
  }

  /** Sends what the socket takes, and closes it. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#fd.close();
  }

  #receive(): void {
    if (this.#start > 0) {
      this.#input.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const result = receive(this.#fd.raw, this.#input, this.#end, this.#input.length - this.#end, noFds);
    if (result > 0) {
      this.#end += result;
      this.#handle();
    } else if (result !== EAGAIN) {
      this.#fail(result === 0 ? new Error("the X server has ended") : new SystemError("recvmsg", -result, "X server"));
    }
  }

  #handle(): void {
    while (this.#start < this.#end) {
      const available = this.#end - this.#start;
      const length = this.#owner.packetLength(this.#input, this.#start, available);
      if (length > MAX_PACKET) return this.#fail(new Error(`the X server sends a packet of ${length} bytes`));
      if (length === 0 || length > available) return this.#reserve(length);
      if (!this.#owner.packet(this.#input, this.#start, length)) return;
      // It may have closed this stream.
      if (this.#closed) return;
      this.#start += length;
    }
    this.#start = this.#end = 0;
    if (this.#input.length > RECEIVE_SIZE) this.#input = Buffer.allocUnsafeSlow(RECEIVE_SIZE);
  }

  /** Makes the buffer large enough for a packet that has begun. */
  #reserve(length: number): void {
    if (length <= this.#input.length) return;
    const larger = Buffer.allocUnsafeSlow(length);
    this.#input.copy(larger, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#input = larger;
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#closed) return;
    this.#blocked = false;
    while (this.#output.length > 0 && !this.#blocked) {
      const { bytes, offset, length } = this.#output;
      const result = send(this.#fd.raw, bytes, offset, length, noFds, 0);
      if (result >= 0) this.#output.consume(result);
      else if (result === EAGAIN) this.#blocked = true;
      else return this.#fail(new SystemError("sendmsg", -result, "X server"));
    }
    this.#rewatch();
  }

  #rewatch(): void {
    this.#watch.set((this.#reading ? READABLE : 0) | (this.#blocked ? WRITABLE : 0));
  }

  #fail(reason: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#output.clear();
    this.#watch.close();
    this.#fd.close();
    this.#owner.ended(reason);
  }
}
