// SPDX-License-Identifier: Apache-2.0
import { FdQueue } from "../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";

/** A global that a compositor offers to its clients. */
export interface Global {
  readonly interface: string;
  readonly version: number;
}

const DISPLAY = 1;
const REGISTRY = 2;
const CALLBACK = 3;
const HEADER_BYTES = 8;
/** A compositor that announces more than this has other troubles than ours. */
const MAX_BYTES = 1024 * 1024;

/** wl_display.get_registry and wl_display.sync, with which every client begins. */
const REQUESTS = Uint32Array.of(DISPLAY, (12 << 16) | 1, REGISTRY, DISPLAY, (12 << 16) | 0, CALLBACK);

/**
 * Asks a compositor for its globals, as a client would that does nothing else, and closes the connection.
 *
 * @param limit milliseconds to wait for its answer
 * @throws Error that says how it failed
 */
export async function listGlobals(transport: Transport, limit: number): Promise<Global[]> {
  const fds = new FdQueue();
  let timer: NodeJS.Timeout | undefined;
  try {
    const bytes = Buffer.from(REQUESTS.buffer);
    if (transport.send(bytes, 0, bytes.length, fds, 0) !== bytes.length) throw new Error("it takes no requests");
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`it has not answered for ${limit / 1000} s`)), limit);
      const answer = new Answer();
      const read = (): void => {
        try {
          if (answer.receive(transport, fds)) resolve(answer.globals);
        } catch (error) {
          reject(error);
        }
      };
      transport.listen(read, () => {});
      transport.watch(true, false);
    });
  } finally {
    clearTimeout(timer);
    transport.close();
    fds.clear();
  }
}

/** The part of the answer that has come. */
class Answer {
  readonly globals: Global[] = [];
  readonly #bytes = Buffer.alloc(MAX_BYTES);
  #filled = 0;
  #read = 0;

  /** Reads what there is; @returns whether that was all. */
  receive(transport: Transport, fds: FdQueue): boolean {
    const count = transport.receive(this.#bytes, this.#filled, MAX_BYTES - this.#filled, fds);
    if (count === EAGAIN) return false;
    if (count <= 0) throw new Error("it has closed the connection");
    this.#filled += count;
    while (this.#filled - this.#read >= HEADER_BYTES) {
      const size = this.#bytes.readUInt16LE(this.#read + 6);
      if (size < HEADER_BYTES) throw new Error("it does not speak Wayland");
      if (this.#filled - this.#read < size) break;
      if (this.#event(this.#bytes.subarray(this.#read, this.#read + size))) return true;
      this.#read += size;
    }
    return false;
  }

  /** Handles an event; @returns whether it is the last. */
  #event(message: Buffer): boolean {
    const object = message.readUInt32LE(0);
    const opcode = message.readUInt16LE(4);
    if (object === DISPLAY && opcode === 0) throw new Error("it has answered with an error");
    if (object === REGISTRY && opcode === 0) {
      const name = message.toString(
        "latin1",
        HEADER_BYTES + 8,
        HEADER_BYTES + 7 + message.readUInt32LE(HEADER_BYTES + 4),
      );
      this.globals.push({ interface: name, version: message.readUInt32LE(message.length - 4) });
    }
    return object === CALLBACK;
  }
}
