// SPDX-License-Identifier: Apache-2.0
/** Connections of which the compositor knows that they are a sandbox's (wp_security_context_v1). */

import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { Logger } from "../log/logger.ts";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { connectThrough, foresee, privateSocketNear } from "../native/outside.ts";
import { pipe } from "../native/pipe.ts";
import { FdQueue } from "../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import type { HostConnector } from "./connector.ts";
import { hostBy, unixHost } from "./unix.ts";

/** The identity of a sandbox, as reported to a compositor. */
export interface SandboxIdentity {
  /** The name of what makes the sandbox. */
  readonly engine: string;
  /** The name of what runs in it. */
  readonly appId: string;
  /** The name of this one among those that run it. */
  readonly instanceId: string;
}

const MANAGER = "wp_security_context_manager_v1";

/** The most bytes that a compositor may send before it answers. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Connects to a compositor through a security context, which is made with the first connection, and again when the compositor
 * was started anew. A compositor that offers none is connected to as it is.
 */
export class SecuredHost implements Disposable {
  readonly #path: string;
  readonly #connectPlainly: HostConnector;
  readonly #identity: SandboxIdentity;
  readonly #log: Logger;
  /** Null while there is none; a promise of null where the compositor offers none. */
  #context: Promise<SecurityContext | null> | null = null;
  #isTold = false;
  readonly #ending = new AbortController();

  /** @param path of the compositor's socket */
  constructor(path: string, identity: SandboxIdentity, log: Logger) {
    this.#path = path;
    this.#connectPlainly = unixHost(path);
    for (const folder of [dirname(path), tmpdir()]) foresee({ kind: "private-socket", path: folder });
    this.#identity = identity;
    this.#log = log;
  }

  /** Connects as `unixHost` does; rejects also when the compositor refuses the context. */
  readonly connect: HostConnector = async (signal) => {
    for (let isFirst = true; ; isFirst = false) {
      const opening = this.#context ?? this.#open();
      const context = await unlessAborted(opening, signal);
      if (context === null) return this.#connectPlainly(signal);
      try {
        return await context.connect(signal);
      } catch (error) {
        // It went with its compositor.
        if (!isFirst || !(error instanceof SystemError) || error.code !== "ECONNREFUSED") throw error;
        context.close();
        this.#forget(opening);
      }
    }
  };

  /** The compositor takes no more connections; those that it has stay. */
  [Symbol.dispose](): void {
    this.#ending.abort();
    void this.#context?.then((context) => context?.close()).catch(() => {});
    this.#context = null;
  }

  /** Makes the context for all who wait for it: that one of them leaves does not end it. */
  #open(): Promise<SecurityContext | null> {
    const opening = SecurityContext.create(this.#path, this.#identity, this.#ending.signal);
    this.#context = opening;
    opening.then(
      (context) => {
        if (context !== null) return;
        // The next one asks again: another compositor may be there by then.
        this.#forget(opening);
        if (this.#isTold) return;
        this.#isTold = true;
        this.#log.info("the compositor knows no security contexts, and so takes the programs for ordinary ones");
      },
      () => this.#forget(opening),
    );
    return opening;
  }

  /** Has the next connection make a context anew, unless another one has done so already. */
  #forget(opening: Promise<SecurityContext | null>): void {
    if (this.#context === opening) this.#context = null;
  }
}

/** What the promise gives, for one who may leave before. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new Error("nobody waits any more"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** A socket on which the compositor accepts clients as a sandbox's. */
class SecurityContext {
  readonly #socket: Fd;
  /** The descriptor for the life of the context: while it is open the compositor accepts. */
  readonly #lifetime: Fd;

  private constructor(socket: Fd, lifetime: Fd) {
    this.#socket = socket;
    this.#lifetime = lifetime;
  }

  /** Null when the compositor offers none. */
  static async create(path: string, identity: SandboxIdentity, signal: AbortSignal): Promise<SecurityContext | null> {
    using client = new SmallClient(await unixHost(path)(signal), signal);
    const manager = (await client.globals()).find((global) => global.interface === MANAGER);
    if (manager === undefined) return null;
    const [hangUp, lifetime] = pipe();
    using end = hangUp;
    const [socket, listening] = orClose(lifetime, () => privateSocketNear(dirname(path)));
    using listener = listening;
    const context = new SecurityContext(socket, lifetime);
    try {
      await client.createContext(manager.name, identity, listener, end);
      return context;
    } catch (error) {
      context.close();
      throw error;
    }
  }

  connect(signal: AbortSignal): Promise<Transport> {
    return hostBy(() => connectThrough(this.#socket))(signal);
  }

  close(): void {
    this.#socket.close();
    this.#lifetime.close();
  }
}

/** What `make` returns; when it throws, the descriptor is closed. */
function orClose<T>(fd: Fd, make: () => T): T {
  try {
    return make();
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** Ids of the objects that a small client has. */
const DISPLAY = 1;
const REGISTRY = 2;
const FIRST_CALLBACK = 3;
const MANAGER_OBJECT = 4;
const CONTEXT_OBJECT = 5;
const SECOND_CALLBACK = 6;

interface NamedGlobal {
  readonly name: number;
  readonly interface: string;
}

/** A client of a compositor that wants nothing but a security context. */
class SmallClient implements Disposable {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  readonly #globals: NamedGlobal[] = [];
  #received: Buffer = Buffer.alloc(0);
  #bytes = 0;
  #answered: (callback: number) => void = () => {};
  #failed: (error: Error) => void = () => {};

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
    transport.listen(
      () => {
        try {
          this.#receive();
        } catch (error) {
          this.#failed(error as Error);
        }
      },
      () => {},
    );
    transport.watch(true, false);
  }

  async globals(): Promise<readonly NamedGlobal[]> {
    await this.#ask([message(DISPLAY, 1, word(REGISTRY)), message(DISPLAY, 0, word(FIRST_CALLBACK))], FIRST_CALLBACK);
    return this.#globals;
  }

  /** Resolves once the compositor has it. The descriptors stay the caller's. */
  async createContext(manager: number, identity: SandboxIdentity, listener: Fd, end: Fd): Promise<void> {
    const requests = [
      message(REGISTRY, 0, word(manager), text(MANAGER), word(1), word(MANAGER_OBJECT)),
      message(MANAGER_OBJECT, 1, word(CONTEXT_OBJECT)),
      message(CONTEXT_OBJECT, 1, text(identity.engine)),
      message(CONTEXT_OBJECT, 2, text(identity.appId)),
      message(CONTEXT_OBJECT, 3, text(identity.instanceId)),
      message(CONTEXT_OBJECT, 4),
      message(DISPLAY, 0, word(SECOND_CALLBACK)),
    ];
    await this.#ask(requests, SECOND_CALLBACK, [listener.raw, end.raw]);
  }

  [Symbol.dispose](): void {
    this.#transport.close();
  }

  /** @param fds what is sent with the requests */
  async #ask(requests: readonly Buffer[], callback: number, fds: readonly number[] = []): Promise<void> {
    const bytes = Buffer.concat(requests);
    const queue = new FdQueue();
    for (const fd of fds) queue.push(fd);
    const answer = new Promise<void>((resolve, reject) => {
      this.#failed = reject;
      this.#answered = (id) => id === callback && resolve();
    });
    // What was sent stays the caller's, and so is not the queue's to close.
    if (this.#transport.send(bytes, 0, bytes.length, queue, fds.length) !== bytes.length)
      throw new Error("the compositor takes no requests");
    // A compositor that is only stopped is waited for, as clients do.
    await unlessAborted(answer, this.#signal);
  }

  #receive(): void {
    const part = Buffer.alloc(16 * 1024);
    const fds = new FdQueue();
    const count = this.#transport.receive(part, 0, part.length, fds);
    fds.clear();
    if (count === EAGAIN) return;
    if (count <= 0) throw new Error("the compositor has closed the connection");
    this.#bytes += count;
    if (this.#bytes > MAX_ANSWER_BYTES) throw new Error("the compositor says too much");
    this.#received = Buffer.concat([this.#received, part.subarray(0, count)]);
    while (this.#received.length >= 8) {
      const size = this.#received.readUInt16LE(6);
      if (size < 8) throw new Error("the compositor does not speak Wayland");
      if (this.#received.length < size) return;
      const event = this.#received.subarray(0, size);
      this.#received = this.#received.subarray(size);
      this.#event(event);
    }
  }

  #event(event: Buffer): void {
    const object = event.readUInt32LE(0);
    const opcode = event.readUInt16LE(4);
    if (object === DISPLAY && opcode === 0)
      throw new Error(`the compositor refuses a security context: ${textAt(event, 16)}`);
    if (object === REGISTRY && opcode === 0)
      this.#globals.push({ name: event.readUInt32LE(8), interface: textAt(event, 12) });
    if (object === FIRST_CALLBACK || object === SECOND_CALLBACK) this.#answered(object);
  }
}

function word(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function text(value: string): Buffer {
  const length = Buffer.byteLength(value) + 1;
  const bytes = Buffer.alloc(4 + Math.ceil(length / 4) * 4);
  bytes.writeUInt32LE(length);
  bytes.write(value, 4);
  return bytes;
}

function textAt(event: Buffer, offset: number): string {
  return event.toString("utf8", offset + 4, offset + 3 + event.readUInt32LE(offset));
}

function message(object: number, opcode: number, ...args: readonly Buffer[]): Buffer {
  const body = Buffer.concat(args);
  return Buffer.concat([word(object), word(((8 + body.length) << 16) | opcode), body]);
}
