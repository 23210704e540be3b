// SPDX-License-Identifier: Apache-2.0
import { Socket } from "node:net";
import { socketPair } from "../../src/native/socket.ts";
import { type ConnectionOptions, X11Connection } from "../../src/x11/client/connection.ts";
import { patiently } from "./inbox.ts";

/** A request as it came: all its bytes, and its number. */
export interface FakeRequest {
  readonly opcode: number;
  readonly bytes: Buffer;
  readonly sequence: number;
}

const QUERY_EXTENSION = 98;
const GET_INPUT_FOCUS = 43;

/** Extensions by the server's names for them: the major opcode is followed by the first event and the first error. */
type Extensions = Readonly<Record<string, readonly [opcode: number, event: number, error: number]>>;

/** The extensions that tests refer to, and that the server has unless it is given others. */
export const fakeExtensions: Extensions = {
  "BIG-REQUESTS": [133, 0, 0],
  XFIXES: [138, 87, 140],
  SYNC: [134, 83, 134],
  RANDR: [140, 89, 147],
};

/**
 * The server's end of an X11 connection, written by hand so that it shares no code with what it tests. It answers what
 * every connection asks at first, and GetInputFocus until told not to; the rest is up to the test.
 */
export class FakeXServer {
  /** The requests that came and that the server did not answer by itself. */
  readonly requests: FakeRequest[] = [];
  /** The number of the last request. */
  sequence = 0;
  /** Told at once of each request that came and was not answered by itself. */
  onRequest: (request: FakeRequest) => void = () => {};
  /** Answer GetInputFocus at once. */
  answersFocus = true;
  /** The request on which it dies. */
  diesAt: number = Number.POSITIVE_INFINITY;
  /** The first bytes that came. */
  hello: Buffer | undefined;
  /** Resolves when the connection is closed, from either end. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #extensions: Extensions;
  #received = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(fd: number, extensions: Extensions = fakeExtensions) {
    this.#extensions = extensions;
    this.#socket = new Socket({ fd, readable: true, writable: true });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    // A client that leaves without reading all.
    this.#socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.on("close", () => resolve()));
  }

  /** A server and an open connection to it, both of which the test has to close. */
  static async connect(options: ConnectionOptions = {}): Promise<{ server: FakeXServer; x: X11Connection }> {
    const [ours, theirs] = socketPair();
    const server = new FakeXServer(theirs.take());
    const x = await X11Connection.open(ours, options);
    return { server, x };
  }

  /** Waits until `count` requests came that it did not answer. */
  async has(count: number): Promise<readonly FakeRequest[]> {
    const missing = (why: string): Error => new Error(`${this.requests.length} of ${count} requests came: ${why}`);
    while (this.requests.length < count) {
      await patiently(new Promise<void>((resolve) => this.#waiting.push(resolve)), missing);
    }
    return this.requests;
  }

  /** Sends packets at once. */
  send(...packets: Buffer[]): void {
    this.#socket.write(Buffer.concat(packets));
  }

  /** Stops reading, so that the connection fills up. */
  stopReading(): void {
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  /** Hangs up. */
  close(): Promise<void> {
    this.#socket.destroy();
    return this.closed;
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (this.hello === undefined) {
      if (this.#received.length < 12) return;
      this.hello = this.#received.subarray(0, 12);
      this.#received = this.#received.subarray(12);
      this.send(setupReply());
    }
    let at = 0;
    for (;;) {
      const length = requestLength(this.#received.subarray(at));
      if (length === 0 || length > this.#received.length - at) break;
      this.#request(this.#received.subarray(at, at + length));
      at += length;
    }
    this.#received = this.#received.subarray(at);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #request(bytes: Buffer): void {
    this.sequence += 1;
    const opcode = bytes.readUInt8(0);
    const minor = bytes.readUInt8(1);
    const { sequence } = this;
    if (sequence >= this.diesAt) {
      this.#socket.destroy();
    } else if (opcode === QUERY_EXTENSION) {
      const name = bytes.toString("latin1", 8, 8 + bytes.readUInt16LE(4));
      const [major, event, error] = this.#extensions[name] ?? [0, 0, 0];
      this.send(reply(sequence, 0, [[major > 0 ? 1 : 0, major, event, error]]));
    } else if (opcode === 133) {
      this.send(reply(sequence, 0, [4_194_303]));
    } else if (minor === 0 && opcode > 127) {
      // SYNC's versions are bytes, the others' are words.
      this.send(reply(sequence, 0, opcode === 134 ? [[3, 1, 0, 0]] : [opcode === 138 ? 6 : 1, opcode === 138 ? 0 : 6]));
    } else if (opcode === GET_INPUT_FOCUS && this.answersFocus) {
      this.send(reply(sequence, 1, [1]));
    } else {
      const request = { opcode, bytes, sequence };
      this.requests.push(request);
      this.onRequest(request);
    }
  }
}

function requestLength(bytes: Buffer): number {
  if (bytes.length < 8) return bytes.length >= 4 && bytes.readUInt16LE(2) === 1 ? 4 : 0;
  return 4 * (bytes.readUInt16LE(2) || bytes.readUInt32LE(4));
}

/** The words of a packet; four numbers in a list are the bytes of one word. */
type Words = readonly (number | readonly number[])[];

function words(list: Words): Buffer {
  return Buffer.concat(
    list.map((word) => {
      if (typeof word !== "number") return Buffer.from(word);
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(word | 0);
      return bytes;
    }),
  );
}

function packet(type: number, detail: number, sequence: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(type, 0);
  head.writeUInt8(detail, 1);
  head.writeUInt16LE(sequence & 0xffff, 2);
  const bytes = Buffer.concat([head, rest]);
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, 32 - bytes.length))]);
}

/** A reply with words behind its length, and more bytes behind those of the least size. */
export function reply(sequence: number, detail: number, body: Words, more: Buffer = Buffer.alloc(0)): Buffer {
  const rest = Buffer.concat([words([more.length / 4]), words(body)]);
  return Buffer.concat([packet(1, detail, sequence, rest), more]);
}

/** An error for the request with those opcodes. */
export function error(sequence: number, code: number, value: number, major: number, minor = 0): Buffer {
  return packet(0, code, sequence, words([value, [minor & 0xff, minor >> 8, major, 0]]));
}

/** An event with words behind its head. */
export function event(type: number, sequence: number, body: Words, detail = 0): Buffer {
  return packet(type, detail, sequence, words(body));
}

/** A root window of 1920x1080 at depth 24, ids from 0x200000, requests of 65535 words. */
function setupReply(): Buffer {
  const vendor = Buffer.from("fake\0\0\0\0").subarray(0, 4);
  const fixed = Buffer.alloc(40);
  fixed.writeUInt8(1, 0);
  fixed.writeUInt16LE(11, 2);
  fixed.writeUInt32LE(0x20_0000, 12);
  fixed.writeUInt32LE(0x1f_ffff, 16);
  fixed.writeUInt16LE(vendor.length, 24);
  fixed.writeUInt16LE(0xffff, 26);
  fixed.writeUInt8(1, 28);
  fixed.writeUInt8(1, 29);
  const format = Buffer.from([24, 32, 32, 0, 0, 0, 0, 0]);
  const screen = Buffer.alloc(40);
  screen.writeUInt32LE(0x50d, 0);
  screen.writeUInt16LE(1920, 20);
  screen.writeUInt16LE(1080, 22);
  screen.writeUInt32LE(0x21, 32);
  screen.writeUInt8(24, 38);
  const all = Buffer.concat([fixed, vendor, format, screen]);
  all.writeUInt16LE((all.length - 8) / 4, 6);
  return all;
}
