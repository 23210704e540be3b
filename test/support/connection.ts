// SPDX-License-Identifier: Apache-2.0

import { native } from "../../src/native/binding.ts";
import type { Fd } from "../../src/native/fd.ts";
import { ReceivedFd } from "../../src/native/received-fd.ts";
import { receive, send } from "../../src/native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../src/native/watch.ts";
import type { Packet } from "./codec.ts";

const EAGAIN = -11;
const SHUT_WR = 1;
const NO_FDS = new Int32Array(0);
/** How much is put together for one call: many small ones would fill the socket's buffer with the kernel's overhead. */
const CHUNK = 32 * 1024;

/** Whom a connection tells what came. */
export interface ConnectionEvents {
  /** More bytes; @returns how many are left for later, because their message is not complete. */
  received(bytes: Buffer): number;
  /** The other end has closed; a reset means that it had not read everything. */
  ended(reset: boolean): void;
}

/** A socket of a fake peer. Everything sent in one turn leaves together; what the kernel does not take follows later. */
export class Connection {
  /** Descriptors that came and belong to no message yet. */
  readonly fds: Fd[] = [];
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #events: ConnectionEvents;
  readonly #buffer = Buffer.alloc(CHUNK);
  readonly #fdsIn = new Int32Array(29);
  readonly #output: Packet[] = [];
  #input: Buffer = Buffer.alloc(0);
  #reading = true;
  #flushing = false;
  #drained: (() => void)[] = [];

  constructor(fd: Fd, events: ConnectionEvents) {
    this.#fd = fd;
    this.#events = events;
    this.#watch = new Watch(fd.raw, (which) => {
      if (which & WRITABLE) this.flush();
      if (which & READABLE && this.#reading) this.#receive();
    });
    this.#update();
  }

  get open(): boolean {
    return this.#fd.open;
  }

  /** Bytes that the kernel has not taken yet. */
  get pending(): number {
    return this.#output.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Chooses whether to read. */
  set reading(value: boolean) {
    this.#reading = value;
    this.#update();
  }

  write(packet: Packet): void {
    if (!this.open) {
      for (const fd of packet.fds) fd.close();
      return;
    }
    this.#output.push(packet);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  /** Resolves when the kernel has taken everything, or the connection is closed. */
  async drained(): Promise<void> {
    this.flush();
    if (this.#output.length > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  flush(): void {
    while (this.open && this.#output.length > 0) {
      const { bytes, fds } = this.#takeChunk();
      const sent = send(this.#fd.raw, bytes, 0, bytes.length, rawOf(fds), fds.length);
      if (sent === EAGAIN) {
        this.#output.unshift({ bytes, fds });
        break;
      }
      for (const fd of fds) fd.close();
      // The other end is gone; reading will tell.
      if (sent < 0) this.#dropOutput();
      else if (sent < bytes.length) this.#output.unshift({ bytes: bytes.subarray(sent), fds: [] });
    }
    this.#update();
    if (this.#output.length === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Says that nothing more will be sent. */
  shutdown(): void {
    this.flush();
    native.shutdown(this.#fd.raw, SHUT_WR);
  }

  /** Sends what the kernel takes, and closes. */
  close(): void {
    if (!this.open) return;
    this.flush();
    this.#dropOutput();
    this.#watch.close();
    this.#fd.close();
    for (const fd of this.fds.splice(0)) fd.close();
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** The next packet, together with those behind it that bring no descriptors. */
  #takeChunk(): Packet {
    const { bytes, fds } = this.#output[0] as Packet;
    let count = 1;
    let length = bytes.length;
    for (let next = this.#output[1]; next && next.fds.length === 0 && length < CHUNK; next = this.#output[count]) {
      length += next.bytes.length;
      count++;
    }
    const taken = this.#output.splice(0, count);
    return count === 1 ? { bytes, fds } : { bytes: Buffer.concat(taken.map((one) => one.bytes)), fds };
  }

  #dropOutput(): void {
    for (const { fds } of this.#output.splice(0)) for (const fd of fds) fd.close();
  }

  #update(): void {
    if (this.open) this.#watch.set((this.#reading ? READABLE : 0) | (this.#output.length > 0 ? WRITABLE : 0));
  }

  #receive(): void {
    const count = receive(this.#fd.raw, this.#buffer, 0, CHUNK, this.#fdsIn);
    if (count === EAGAIN) return;
    if (count <= 0) {
      this.#events.ended(count < 0);
      return;
    }
    for (let i = 1; i <= (this.#fdsIn[0] as number); i++) this.fds.push(new ReceivedFd(this.#fdsIn[i] as number, this));
    const input = Buffer.concat([this.#input, this.#buffer.subarray(0, count)]);
    const left = this.#events.received(input);
    this.#input = input.subarray(input.length - left);
  }
}

function rawOf(fds: readonly Fd[]): Int32Array {
  return fds.length === 0 ? NO_FDS : Int32Array.from(fds, (fd) => fd.raw);
}
