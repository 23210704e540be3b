// SPDX-License-Identifier: Apache-2.0
import { Command, IdentifierType } from "../cross-domain/protocol.ts";
import type { Logger } from "../log/logger.ts";
import { SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import { FdQueue } from "../wire/fd-queue.ts";
import { MAX_UNCLAIMED_FDS } from "../wire/limits.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import { hostMemory } from "./blobs.ts";
import { ChannelReader, type HostMessage } from "./channel-reader.ts";
import { encodeSend, encodeWrite, type Identifier, type ReceivedIdentifier } from "./commands.ts";
import type { GuestGpuContext } from "./context.ts";
import { HostPipes } from "./host-pipes.ts";
import { HostMemoryError, type ImageAllocator } from "./images.ts";
import { LINGER_IDLE_TIMEOUT, LINGER_TIMEOUT, MAX_SEND_DATA } from "./limits.ts";
import { type Outgoing, OutgoingFds, UnsendableError } from "./outgoing.ts";

/** The peer takes no more (asm-generic/errno-base). */
const EPIPE = -32;

/**
 * The stream to the host's compositor through a context of a virtio-gpu device. Descriptors are descriptors at this
 * end: what the host has instead is made of them, and they of that, on the way.
 *
 * That the compositor has gone is seen when the host says so. Hosts whose worker for the context has died say nothing
 * ever after, which is what a compositor with nothing to say does, too. Only another connection shows the difference
 * (relay/host-watch.ts). Nothing that is known to kill the worker may be asked of the host.
 */
export class VirtioTransport implements Transport {
  readonly isSocket = false;
  /** Memory that this connection's compositor can map. */
  readonly images: ImageAllocator;
  /**
   * Resolves when all is over: after `close`, and when what was written into pipes has got to its place. That has a
   * limit of time.
   */
  readonly closed: Promise<void>;
  #resolveClosed: () => void = () => {};
  readonly #context: GuestGpuContext;
  readonly #log: Logger;
  readonly #reader: ChannelReader;
  readonly #pipes: HostPipes;
  readonly #outgoing: OutgoingFds;
  #onReadable: () => void = () => {};
  #onWritable: () => void = () => {};
  #watchesReadable = false;
  #watchesWritable = false;
  /** Whether a call of these is due, which is then made from the event loop. */
  #tick: NodeJS.Immediate | null = null;
  /** The part of the message in the channel page that is not received yet. */
  #start = 0;
  #end = 0;
  /** The descriptors of that message. */
  readonly #fds = new FdQueue();
  /** Whether there is something to receive. */
  #ready = false;
  #ended = false;
  /** Why the connection is of no more use; `receive` throws it. */
  #failure: unknown = null;
  /** Whether the next message waits until a slow reader of a pipe has caught up. */
  #held = false;
  /** Whether `send` has refused, and nothing has changed since. */
  #blocked = false;
  /** Whether the owner has closed this. */
  #abandoned = false;
  /** Ends the connection when only pipes are left of it, and they make no progress, or take too long. */
  #idle: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;

  /** @param context on which the host has reached its compositor (connect.ts); it closes it */
  constructor(context: GuestGpuContext, images: ImageAllocator, log: Logger) {
    this.#context = context;
    this.images = images;
    this.#log = log;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#pipes = new HostPipes(
      context,
      () => this.#guard(() => this.#pipesChanged()),
      (error) => this.#fail(error),
    );
    this.#outgoing = new OutgoingFds(context, images, (error) => {
      if (error !== null) this.#fail(error);
      this.#unblock();
    });
    this.#reader = new ChannelReader(
      context,
      (message) => this.#arrived(message),
      (error) => this.#fail(error),
    );
    context.onProgress = () => {
      this.#linger();
      this.#pipes.resume();
      this.#unblock();
    };
    this.#guard(() => this.#reader.next());
  }

  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number {
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended) return 0;
    if (!this.#ready) return EAGAIN;
    while (this.#fds.length > 0) fds.push(this.#fds.shift());
    const count = Math.min(length, this.#end - this.#start);
    bytes.set(this.#context.channel.bytes.subarray(this.#start, this.#start + count), offset);
    this.#start += count;
    if (this.#start < this.#end) return count;
    try {
      this.#next();
    } catch (error) {
      this.#fail(error);
    }
    return count;
  }

  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number {
    if (this.#failure !== null || this.#ended || this.#abandoned) return EPIPE;
    if (this.#context.room < 1) return this.#block();
    try {
      if (count === 0) return this.#submit(bytes, offset, length, []);
      const raws = Array.from({ length: count }, (_, i) => fds.peek(i));
      const sinks = raws.map((_, i) => fds.isSink(i));
      const outgoing = this.#outgoing.resolve(raws, sinks);
      if (outgoing === null) return this.#block();
      try {
        return this.#submit(bytes, offset, length, this.#identify(outgoing));
      } finally {
        this.#outgoing.release(outgoing);
        this.#outgoing.sent(raws);
      }
    } catch (error) {
      // Thrown by the next `receive`, whose callers expect that anything may happen.
      this.#fail(error);
      return EPIPE;
    } finally {
      this.#reader.pollSoon();
    }
  }

  listen(onReadable: () => void, onWritable: () => void): void {
    this.#onReadable = onReadable;
    this.#onWritable = onWritable;
  }

  watch(readable: boolean, writable: boolean): void {
    this.#watchesReadable = readable;
    this.#watchesWritable = writable;
    this.#schedule();
  }

  /** Does nothing: the host's end of the stream cannot be closed in one direction. */
  shutdownWrite(): void {}

  /**
   * Ends the channel for its owner, at once. Pipes that are not done go on for a while, since between local programs
   * they would not depend on the connection. A program that ends when it has written all relies on that.
   */
  close(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#watchesReadable = this.#watchesWritable = false;
    if (this.#tick !== null) clearImmediate(this.#tick);
    this.#outgoing.close();
    this.#fds.clear();
    if (!this.#pipes.open || this.#failure !== null || this.#ended) return this.#finish();
    this.#deadline = setTimeout(() => this.#finish(), LINGER_TIMEOUT);
    this.#linger();
    if (this.#ready) this.#guard(() => this.#next());
  }

  /** Gives pipes that outlive their program more time. */
  #linger(): void {
    if (this.#deadline === null) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#finish(), LINGER_IDLE_TIMEOUT);
  }

  #finish(): void {
    if (this.#context.closed) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#reader.close();
    this.#context.close();
    this.#pipes.close();
    this.#fds.clear();
    this.#resolveClosed();
  }

  // To the host.

  /**
   * Gives each descriptor a number, and sorts them into SENDs. A pipe gets a SEND of its own. Its number is the one
   * that the host is expected to give. If anything before it in the same command failed, all later ones would be
   * wrong.
   */
  #identify(outgoing: readonly Outgoing[]): Identifier[][] {
    const groups: Identifier[][] = [];
    let blobs: Identifier[] | null = null;
    for (const one of outgoing) {
      if (one.kind === "sink") {
        groups.push([{ id: this.#pipes.addSink(one.raw), type: IdentifierType.readPipe }]);
        blobs = null;
        continue;
      }
      if (blobs === null) {
        blobs = [];
        groups.push(blobs);
      }
      blobs.push({ id: one.resource, type: IdentifierType.blob });
    }
    return groups;
  }

  /** Sends all descriptors and at least one byte; @returns how many bytes. */
  #submit(bytes: Uint8Array, offset: number, length: number, groups: readonly Identifier[][]): number {
    let sent = 0;
    for (let i = 0; i < groups.length; i++) {
      // A SEND without data would lose its descriptors, so each but the last takes a single byte.
      const isLast = i === groups.length - 1;
      const size = isLast ? Math.min(length - sent, MAX_SEND_DATA) : 1;
      if (size < 1 || sent + size > length) throw new UnsendableError("more descriptors than bytes to send with them");
      this.#context.submit(encodeSend(groups[i] as Identifier[], bytes, offset + sent, size));
      sent += size;
    }
    while (sent < length && this.#context.room > 0) {
      const size = Math.min(length - sent, MAX_SEND_DATA);
      this.#context.submit(encodeSend([], bytes, offset + sent, size));
      sent += size;
    }
    return sent;
  }

  #block(): number {
    this.#blocked = true;
    return EAGAIN;
  }

  #unblock(): void {
    this.#blocked = false;
    this.#schedule();
  }

  // From the host.

  #arrived(message: HostMessage): void {
    this.#linger();
    if (message.command === Command.receive) {
      const { identifiers, start, end } = message;
      // Nobody wants it any more, and what the host keeps for us it drops with the context.
      if (this.#abandoned) return start === end && identifiers.length === 0 ? this.#finish() : this.#next();
      this.#start = start;
      this.#end = end;
      if (identifiers.length === 0) return this.#deliver(start === end);
      if (this.#fds.length + identifiers.length > MAX_UNCLAIMED_FDS) {
        throw new ProtocolError(
          `more than ${MAX_UNCLAIMED_FDS} file descriptors of the host that belong to no message`,
        );
      }
      for (const identifier of identifiers) this.#fds.push(this.#descriptor(identifier));
      // Mapping memory blocks until the host has put it into the window, so nobody gets it earlier.
      const hasMemory = identifiers.some(({ type }) => type === IdentifierType.blob);
      if (!hasMemory) return this.#deliver(false);
      this.#context.settled().then(
        () => this.#guard(() => this.#deliver(false)),
        (error) => this.#fail(error),
      );
      return;
    }
    if (message.command === Command.read) {
      const { id, hangUp, start, end } = message;
      this.#pipes.received(id, this.#context.channel.bytes.subarray(start, end), hangUp);
    } else {
      this.#log.warn(`the host has sent a message of the unknown kind ${message.number}, which is passed over`);
    }
    this.#next();
  }

  /** Passes on what has arrived. Descriptors that came without any byte go with the next ones. */
  #deliver(isEnd: boolean): void {
    if (this.#abandoned || (this.#start === this.#end && !isEnd)) return this.#next();
    this.#ready = true;
    this.#ended = isEnd;
    this.#run();
  }

  #next(): void {
    this.#ready = false;
    this.#held = this.#pipes.full;
    if (!this.#held) this.#reader.next();
  }

  #pipesChanged(): void {
    if (this.#abandoned && !this.#pipes.open) this.#finish();
    else if (this.#held) this.#next();
  }

  /** A descriptor for what the host has; always one, since messages count on it. Throws a SystemError (EMFILE). */
  #descriptor({ id, type, size }: ReceivedIdentifier): number {
    try {
      // Hosts with rutabaga 0.1.71 call the write end of a pipe so, too. It may really be an empty file: wlroots
      // sends /dev/null when there is no keymap. Then a pipe is as good, and the host forgets the file when it is
      // hung up.
      if (type === IdentifierType.writePipe || (type === IdentifierType.blob && size === 0)) {
        return this.#pipes.addSource(id);
      }
      if (type === IdentifierType.blob) return hostMemory(this.#context.file, id, size).take();
      this.#log.warn(`the host has sent a descriptor of the unknown kind ${type}; a program gets /dev/null instead`);
    } catch (error) {
      if (!(error instanceof SystemError || error instanceof UnsendableError)) throw error;
      this.#log.warn(
        `a descriptor of the host is lost (${size} bytes: ${error.message}; in use: ${this.images.count} images with ` +
          `${this.images.bytes} bytes); a program gets /dev/null instead`,
      );
      // Whatever it is, the host then has no more use for it.
      this.#context.submit(encodeWrite(id, 0, true));
    }
    return Fd.openFile("/dev/null", "r+").take();
  }

  // To the owner.

  #guard(action: () => void): void {
    try {
      if (!this.#context.closed) action();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the connection with an error, which the owner gets from `receive`. */
  #fail(error: unknown): void {
    if (this.#failure !== null || this.#context.closed) return;
    if (this.#abandoned) return this.#finish();
    const isExpected =
      error instanceof UnsendableError || error instanceof HostMemoryError || error instanceof SystemError;
    this.#failure = isExpected ? new ProtocolError(error.message, DisplayError.implementation) : error;
    this.#schedule();
  }

  get #isDue(): boolean {
    return (
      (this.#watchesReadable && (this.#ready || this.#failure !== null)) || (this.#watchesWritable && !this.#blocked)
    );
  }

  #schedule(): void {
    if (this.#tick !== null || !this.#isDue) return;
    this.#tick = setImmediate(() => {
      this.#tick = null;
      this.#run();
    });
  }

  /** Makes the calls that are due; as long as they are, they are made again, as for any descriptor. */
  #run(): void {
    // As for a socket: writable first, since it empties queues. Either call may close this.
    if (this.#watchesWritable && !this.#blocked) this.#onWritable();
    if (this.#watchesReadable && (this.#ready || this.#failure !== null)) this.#onReadable();
    this.#schedule();
  }
}
