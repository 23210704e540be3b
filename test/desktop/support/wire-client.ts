// SPDX-License-Identifier: Apache-2.0

import type { Fd } from "../../../src/native/fd.ts";
import { connectUnix, receive, send } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { patience } from "../../support/eventually.ts";
import { scaled } from "../../support/patience.ts";

/** An argument of a request: an int, uint or object id, or a string. */
export type Word = number | string;

/** What to do with an event: its opcode and its arguments' bytes. */
export type Listener = (opcode: number, body: DataView) => void;

/** A global that the compositor announced. */
export interface Global {
  readonly name: number;
  readonly interface: string;
  readonly version: number;
}

const displayId = 1;
const registryId = 2;

/** Reads a Wayland string at a place in a message's body. */
function readString(body: DataView, at: number): string {
  const length = body.getUint32(at, true);
  return Buffer.from(body.buffer, body.byteOffset + at + 4, length - 1).toString("utf8");
}

/** Promise.withResolvers, which Node has since 22. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

function encode(object: number, opcode: number, words: readonly Word[]): Buffer {
  const parts = words.map((word) => {
    if (typeof word === "number") {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(word | 0);
      return bytes;
    }
    const text = Buffer.from(`${word}\0`);
    const bytes = Buffer.alloc(4 + ((text.length + 3) & ~3));
    bytes.writeUInt32LE(text.length);
    text.copy(bytes, 4);
    return bytes;
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(object);
  head.writeUInt32LE(((body.length + 8) << 16) | opcode, 4);
  return Buffer.concat([head, body]);
}

/**
 * A Wayland client of a few lines, independent of the code under test above the system calls: for what no program does
 * (virtual input) and for asking whether a socket answers. Ids are never reused.
 */
export class WireClient {
  /** The globals on offer now. */
  readonly globals: Map<number, Global> = new Map();
  /** Names of globals that were removed, in that order. */
  readonly removed: number[] = [];
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #listeners = new Map<number, Listener>();
  readonly #buffer = Buffer.alloc(65536);
  readonly #fds = new Int32Array(29);
  readonly #waiting = new Set<(error: Error) => void>();
  #filled = 0;
  #lastId = registryId;
  #failure: Error | undefined;

  /** Connects to a compositor's socket and asks for its globals; throws a SystemError when nobody listens. */
  constructor(path: string) {
    this.#fd = connectUnix(path);
    this.#watch = new Watch(this.#fd.raw, () => this.#read());
    this.#watch.set(READABLE);
    this.on(displayId, (opcode, body) => {
      if (opcode === 0) this.#fail(new Error(`wl_display.error: ${readString(body, 8)}`));
    });
    this.on(registryId, (opcode, body) => this.#onGlobal(opcode, body));
    this.request(displayId, 1, [registryId]);
  }

  newId(): number {
    this.#lastId++;
    return this.#lastId;
  }

  on(object: number, listener: Listener): void {
    this.#listeners.set(object, listener);
  }

  /** Sends a request at once; throws when the socket does not take it whole. */
  request(object: number, opcode: number, words: readonly Word[] = [], fd?: Fd): void {
    if (this.#failure) throw this.#failure;
    const bytes = encode(object, opcode, words);
    if (fd) this.#fds[0] = fd.raw;
    const sent = send(this.#fd.raw, bytes, 0, bytes.length, this.#fds, fd ? 1 : 0);
    if (sent !== bytes.length) throw new Error(`the compositor's socket took ${sent} of ${bytes.length} bytes`);
  }

  /** Binds the global of an interface and returns its id; throws when it is not on offer. */
  bind(name: string, version: number): number {
    const global = [...this.globals.values()].find((candidate) => candidate.interface === name);
    if (global === undefined) throw new Error(`the compositor offers no ${name}`);
    const id = this.newId();
    this.request(registryId, 0, [global.name, name, Math.min(version, global.version), id]);
    return id;
  }

  /** Resolves once the compositor has handled all requests so far; rejects when it takes too long or hangs up. */
  async roundTrip(): Promise<void> {
    const callback = this.newId();
    const { promise, resolve, reject } = withResolvers();
    const timer = setTimeout(
      () => reject(new Error("the compositor does not answer wl_display.sync")),
      scaled(patience),
    );
    this.#waiting.add(reject);
    this.on(callback, () => resolve());
    try {
      this.request(displayId, 0, [callback]);
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(reject);
      this.#listeners.delete(callback);
    }
  }

  close(): void {
    this.#fail(new Error("the connection was closed"));
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#watch.close();
    this.#fd.close();
    for (const reject of this.#waiting) reject(error);
  }

  #onGlobal(opcode: number, body: DataView): void {
    const name = body.getUint32(0, true);
    if (opcode === 1) {
      this.globals.delete(name);
      this.removed.push(name);
      return;
    }
    const version = body.getUint32(body.byteLength - 4, true);
    this.globals.set(name, { name, interface: readString(body, 4), version });
  }

  #read(): void {
    const count = receive(this.#fd.raw, this.#buffer, this.#filled, this.#buffer.length - this.#filled, this.#fds);
    if (count === 0) this.#fail(new Error("the compositor closed the connection"));
    if (count <= 0) return;
    this.#filled += count;
    let at = 0;
    while (this.#failure === undefined && this.#filled - at >= 8) {
      const size = this.#buffer.readUInt16LE(at + 6);
      if (this.#filled - at < size) break;
      const body = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + at + 8, size - 8);
      this.#listeners.get(this.#buffer.readUInt32LE(at))?.(this.#buffer.readUInt16LE(at + 4), body);
      at += size;
    }
    this.#buffer.copy(this.#buffer, 0, at, this.#filled);
    this.#filled -= at;
  }
}

/** Whether a compositor answers on a socket: false while nobody listens, an error when the answer is not what it must be. */
export async function answers(path: string): Promise<boolean> {
  let client: WireClient;
  try {
    client = new WireClient(path);
  } catch {
    return false;
  }
  try {
    await client.roundTrip();
    return true;
  } finally {
    client.close();
  }
}
