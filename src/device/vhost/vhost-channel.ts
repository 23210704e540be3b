// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../../native/fd.ts";
import { receive, send } from "../../native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../native/watch.ts";
import { FDS_IN_FLIGHT_RETRY, MAX_FDS_PER_SEND } from "../../wire/limits.ts";
import { EAGAIN, ETOOMANYREFS } from "../../wire/transport.ts";
import { MAX_VHOST_PAYLOAD } from "../limits.ts";

/** The header of each message: request, flags, size of the payload (vhost-user specification, "Header"). */
const HEADER_SIZE = 12;
const VERSION = 1;
const VERSION_MASK = 3;
const REPLY = 4;
const NEED_REPLY = 8;

/** A message that came. */
export interface VhostMessage {
  readonly request: number;
  /** Whether it answers one of ours. */
  readonly reply: boolean;
  /** Whether it wants an answer even if it has none of its own (REPLY_ACK). */
  readonly needReply: boolean;
  /** Valid until the next message. */
  readonly payload: Buffer;
  /** The descriptors that came with the message; whoever wants one takes it, the rest is closed. */
  readonly fds: readonly Fd[];
}

/** Listens to a channel. */
export interface VhostChannelEvents {
  message(message: VhostMessage): void;
  /** The peer is gone, or (then there is a reason) sends what is no message. The channel is to be closed. */
  ended(reason: string | null): void;
}

/** A message on its way out. */
interface Outgoing {
  readonly bytes: Buffer;
  readonly fd: Fd | null;
  offset: number;
}

const fdsIn = new Int32Array(1 + MAX_FDS_PER_SEND);
const fdOut = new Int32Array(1);

/** A socket that carries vhost-user messages, in either role. Never blocks; reads one message a turn. */
export class VhostChannel {
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #events: VhostChannelEvents;
  readonly #input: Buffer = Buffer.alloc(HEADER_SIZE + MAX_VHOST_PAYLOAD);
  #received = 0;
  #fds: Fd[] = [];
  readonly #output: Outgoing[] = [];
  #retry: NodeJS.Timeout | null = null;
  #open = true;

  /** Becomes the owner of `fd`. Throws a SystemError when it cannot be watched; it is closed then. */
  constructor(fd: Fd, events: VhostChannelEvents) {
    this.#fd = fd;
    this.#events = events;
    this.#watch = Watch.owned(fd, (which) => {
      if (which & WRITABLE) this.#flush();
      if (which & READABLE && this.#open) this.#receive();
    });
    this.#watch.set(READABLE);
  }

  /** Sends a request of ours, which is to be answered; `fd` is closed when it has gone. */
  request(request: number, payload: Buffer, fd: Fd | null): void {
    this.#send(request, VERSION | NEED_REPLY, payload, fd);
  }

  /** Answers a request. */
  reply(request: number, payload: Buffer): void {
    this.#send(request, VERSION | REPLY, payload, null);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#watch.close();
    this.#fd.close();
    for (const { fd } of this.#output.splice(0)) fd?.close();
    this.#dropFds();
  }

  #send(request: number, flags: number, payload: Buffer, fd: Fd | null): void {
    if (!this.#open) {
      fd?.close();
      return;
    }
    const bytes = Buffer.alloc(HEADER_SIZE + payload.length);
    bytes.writeUInt32LE(request, 0);
    bytes.writeUInt32LE(flags, 4);
    bytes.writeUInt32LE(payload.length, 8);
    payload.copy(bytes, HEADER_SIZE);
    this.#output.push({ bytes, fd, offset: 0 });
    if (this.#output.length === 1) this.#flush();
  }

  #flush(): void {
    for (let next = this.#output[0]; next && this.#open; next = this.#output[0]) {
      const withFd = next.fd !== null && next.offset === 0;
      if (withFd) fdOut[0] = (next.fd as Fd).raw;
      const length = next.bytes.length - next.offset;
      const sent = send(this.#fd.raw, next.bytes, next.offset, length, fdOut, withFd ? 1 : 0);
      if (sent === ETOOMANYREFS) {
        this.#retry ??= setTimeout(() => {
          this.#retry = null;
          this.#flush();
        }, FDS_IN_FLIGHT_RETRY);
        return;
      }
      if (sent === EAGAIN) {
        // A peer that does not read its answers is not read either.
        this.#watch.set(WRITABLE);
        return;
      }
      if (sent < 0) {
        // The peer is gone: reading tells, after what it sent before.
        for (const { fd } of this.#output.splice(0)) fd?.close();
        break;
      }
      next.offset += sent;
      if (next.offset < next.bytes.length) continue;
      next.fd?.close();
      this.#output.shift();
    }
    if (this.#open) this.#watch.set(READABLE);
  }

  #receive(): void {
    // Never beyond the end of a message, since that is where descriptors belong to the next one.
    const wanted = this.#wanted();
    const count = receive(this.#fd.raw, this.#input, this.#received, wanted - this.#received, fdsIn);
    if (count === EAGAIN) return;
    if (count <= 0) {
      this.#events.ended(count === 0 && this.#received === 0 ? null : "the connection broke");
      return;
    }
    for (let i = 1; i <= (fdsIn[0] as number); i++) this.#fds.push(new Fd(fdsIn[i] as number));
    this.#received += count;
    if (this.#received < wanted) return;
    if (this.#received === HEADER_SIZE && !this.#headerIsGood()) return;
    if (this.#received === this.#wanted()) this.#deliver();
    else this.#receive();
  }

  #wanted(): number {
    return this.#received < HEADER_SIZE ? HEADER_SIZE : HEADER_SIZE + this.#input.readUInt32LE(8);
  }

  #headerIsGood(): boolean {
    const version = this.#input.readUInt32LE(4) & VERSION_MASK;
    const size = this.#input.readUInt32LE(8);
    const good = version === VERSION && size <= MAX_VHOST_PAYLOAD;
    if (!good) this.#events.ended(`a message of version ${version} with ${size} bytes`);
    return good;
  }

  #deliver(): void {
    const flags = this.#input.readUInt32LE(4);
    const payload = this.#input.subarray(HEADER_SIZE, this.#received);
    this.#received = 0;
    this.#events.message({
      request: this.#input.readUInt32LE(0),
      reply: (flags & REPLY) !== 0,
      needReply: (flags & NEED_REPLY) !== 0,
      payload,
      fds: this.#fds,
    });
    this.#dropFds();
  }

  #dropFds(): void {
    for (const fd of this.#fds.splice(0)) fd.close();
  }
}
