// SPDX-License-Identifier: Apache-2.0
import { timeOfDay } from "../native/clock.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import { Kind, recordHead, TURN } from "./record.ts";
import type { TracePoint } from "./trace.ts";

/** Parts of the ring: when it is full, the oldest part is given up at once, and with it 1/16 of what is known. */
const PARTS = 16;

/** Words of a message that are kept: the long ones are texts, of which the beginning says most. */
const MAX_MESSAGE = 64;

/** Bytes of a text that are kept. */
const MAX_TEXT = 480;

/**
 * The latest records, in memory that was allocated before. Recording a message copies its words and nothing else: no
 * object is made, no clock is read, no name is looked up. A record never crosses from one part into another, so that
 * nothing has to be kept about single records.
 */
export class Ring {
  readonly #words: Uint32Array;
  readonly #partSize: number;
  /** The ends of each part's records. */
  readonly #ends = new Int32Array(PARTS);
  #part = 0;
  #offset = 0;
  #limit: number;
  /** Whose the turn is that was recorded last; -1 for none that counts. */
  #session = -1;
  #seconds = 0;
  #microseconds = 0;
  /** The number of parts that were begun: what was recorded 16 parts ago is gone. */
  #begun = 0;

  /** @param size in bytes, at least MIN_RING_SIZE; or 0, when nothing is kept */
  constructor(size: number) {
    this.#partSize = Math.floor(size / 4 / PARTS);
    this.#words = new Uint32Array(this.#partSize * PARTS);
    this.#limit = this.#partSize;
  }

  /** Reads the clock for all records up to the next call. */
  tick(): void {
    const now = timeOfDay();
    this.#seconds = Math.floor(now / 1000);
    this.#microseconds = Math.floor((now - this.#seconds * 1000) * 1000);
    this.#session = -1;
  }

  /** The time when the clock was last read, in milliseconds since 1970. */
  get now(): number {
    return this.#seconds * 1000 + this.#microseconds / 1000;
  }

  /** A number that says how old something is, for `isGone`. */
  get age(): number {
    return this.#begun;
  }

  /** Whether all that was recorded at such an age has been given up. */
  isGone(age: number): boolean {
    return this.isOff || this.#begun >= age + PARTS;
  }

  /** Whether the ring keeps nothing. */
  get isOff(): boolean {
    return this.#partSize === 0;
  }

  /** Records a message up to an index behind its words. */
  message(point: TracePoint, session: number, { type, words, offset }: WireMessage, end: number): void {
    if (this.#partSize === 0) return;
    const last = end - offset > MAX_MESSAGE ? offset + MAX_MESSAGE : end;
    const length = 1 + last - offset;
    if (session !== this.#session || this.#offset + length > this.#limit) this.#beginTurn(session, length);
    const ring = this.#words;
    let cursor = this.#offset;
    this.#offset = cursor + length;
    ring[cursor++] = point | (length << 4) | (type.index << 19);
    for (let i = offset; i < last; i++) ring[cursor++] = words[i] as number;
  }

  text(kind: Kind, session: number, text: string): void {
    if (this.#partSize === 0) return;
    const length = 2 + ((Math.min(Buffer.byteLength(text), MAX_TEXT) + 3) >>> 2);
    this.#beginTurn(session, length);
    const ring = this.#words;
    const offset = this.#offset;
    this.#offset += length;
    ring[offset] = recordHead(kind, length, 0);
    // Cuts between letters.
    ring[offset + 1] = Buffer.from(ring.buffer, (offset + 2) << 2, (length - 2) << 2).write(text);
  }

  /** Copies of all records, the oldest first, as arrays of whole records. */
  snapshot(): Uint32Array[] {
    this.#ends[this.#part] = this.#offset;
    const copies: Uint32Array[] = [];
    for (let i = 1; i <= PARTS; i++) {
      const part = (this.#part + i) % PARTS;
      const start = part * this.#partSize;
      const end = this.#ends[part] as number;
      if (end > start) copies.push(this.#words.slice(start, end));
    }
    return copies;
  }

  /** Forgets all records. */
  clear(): void {
    this.#ends.fill(0);
    this.#nextPart();
    this.#ends.fill(0);
  }

  /** Says whose the next records are, and makes place for one of that length. */
  #beginTurn(session: number, length: number): void {
    if (this.#offset + TURN + length > this.#limit) this.#nextPart();
    const ring = this.#words;
    const offset = this.#offset;
    this.#offset += TURN;
    ring[offset] = recordHead(Kind.turn, TURN, 0);
    ring[offset + 1] = session;
    ring[offset + 2] = this.#seconds;
    ring[offset + 3] = this.#microseconds;
    this.#session = session;
  }

  #nextPart(): void {
    this.#ends[this.#part] = this.#offset;
    this.#part = (this.#part + 1) % PARTS;
    this.#offset = this.#part * this.#partSize;
    this.#limit = this.#offset + this.#partSize;
    this.#begun++;
    this.#session = -1;
  }
}
