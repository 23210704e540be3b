// SPDX-License-Identifier: Apache-2.0
import { closeSync, write, writeSync } from "node:fs";
import { counted } from "../log/counted.ts";
import type { Logger } from "../log/logger.ts";
import { openPrivateFile } from "../log/private-file.ts";
import type { ProtocolTable } from "../protocol/table.ts";
import type { Interface } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import type { Observer, SessionTrace } from "./flight-recorder.ts";
import { Kind, MAX_INTERFACES, recordHead, TURN } from "./record.ts";
import type { TracePoint } from "./trace.ts";

/** The beginning of a file: "wlrecord", and the version of the format. */
export const FILE_HEADER: readonly number[] = [0x65726c77, 0x64726f63, 1, 0];

/** Words that are written at once. */
const CHUNK = 64 * 1024;

/** Chunks that may wait for the disk; what comes when there are more is counted, and lost. */
const MAX_WAITING = 64;

/** Milliseconds after which what was recorded is written, be it ever so little. */
const WRITE_AFTER = 100;

/** Records everything that sessions do into a file. Never waits for the disk. */
export class Recording implements Observer {
  readonly #path: string;
  readonly #fd: number;
  readonly #log: Logger;
  #chunk = new Uint32Array(CHUNK);
  #offset = 0;
  /** Full chunks, the first of which is being written. */
  readonly #waiting: Buffer[] = [];
  /**
   * The place in the file of the first chunk. Writes name their place, so that what is being written when we end can
   * be written again.
   */
  #position = 0;
  #isWriting = false;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #session = -1;
  #time = -1;
  #lost = 0;
  readonly #indices = new Map<Interface, number>();

  /**
   * @param tables of protocols that the user added
   * @throws UserError when the file cannot be written
   */
  constructor(path: string, tables: readonly ProtocolTable[], log: Logger) {
    this.#path = path;
    this.#log = log;
    this.#fd = openPrivateFile(path, "anew");
    this.#chunk.set(FILE_HEADER);
    this.#offset = FILE_HEADER.length;
    for (const table of tables) this.#text(Kind.protocol, 0, JSON.stringify(table));
  }

  opened(sessionTrace: SessionTrace): void {
    this.#event(Kind.opened, sessionTrace, sessionTrace.name);
  }

  onMessage(sessionTrace: SessionTrace, point: TracePoint, { type, words, offset, end }: WireMessage): void {
    const index = this.#indices.get(type) ?? this.#define(type);
    this.#turn(sessionTrace);
    const length = 1 + end - offset;
    if (!this.#reserve(length)) return;
    const chunk = this.#chunk;
    let cursor = this.#offset;
    chunk[cursor++] = recordHead(point, length, index);
    for (let i = offset; i < end; i++) chunk[cursor++] = words[i] as number;
    this.#offset = cursor;
  }

  closed(sessionTrace: SessionTrace): void {
    this.#event(Kind.closed, sessionTrace, "");
  }

  /** Writes what is left, and closes the file. A second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    // What is missing is said in one more chunk.
    while (this.#offset > 0 && !this.#isClosed) this.#pass();
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    try {
      for (const bytes of this.#waiting) {
        for (let offset = 0; offset < bytes.length; ) {
          offset += writeSync(this.#fd, bytes, offset, bytes.length - offset, this.#position + offset);
        }
        this.#position += bytes.length;
      }
    } catch (error) {
      this.#complain(error as Error);
    }
    if (!this.#isWriting) closeSync(this.#fd);
  }

  /** Records an event of a session. It is never lost: all that follows needs it. */
  #event(kind: Kind, sessionTrace: SessionTrace, text: string): void {
    if (this.#offset + 2 * TURN + textLength(text) > CHUNK) this.#pass();
    this.#turn(sessionTrace);
    this.#text(kind, 0, text);
  }

  #turn(sessionTrace: SessionTrace): void {
    const { number, now } = sessionTrace;
    if ((number === this.#session && now === this.#time) || !this.#reserve(TURN)) return;
    const seconds = Math.floor(now / 1000);
    this.#chunk.set(
      [recordHead(Kind.turn, TURN, 0), number, seconds, Math.round((now - seconds * 1000) * 1000)],
      this.#offset,
    );
    this.#offset += TURN;
    this.#session = number;
    this.#time = now;
  }

  #define(type: Interface): number {
    const index = this.#indices.size;
    if (index >= MAX_INTERFACES) throw new Error(`more than ${MAX_INTERFACES} interfaces cannot be recorded`);
    this.#indices.set(type, index);
    this.#text(Kind.interface, index, type.name);
    return index;
  }

  #text(kind: Kind, type: number, text: string): void {
    const bytes = Buffer.from(text);
    const length = textLength(text);
    // Not lost either, for the same reason.
    if (this.#offset + length > CHUNK) this.#pass();
    this.#chunk.set([recordHead(kind, length, type), bytes.length], this.#offset);
    bytes.copy(Buffer.from(this.#chunk.buffer), (this.#offset + 2) << 2);
    this.#offset += length;
    this.#arm();
  }

  /** Makes place for a record; false when none can be had. */
  #reserve(length: number): boolean {
    if (this.#isClosed) return false;
    if (this.#offset + length + TURN > CHUNK) {
      if (this.#waiting.length >= MAX_WAITING) {
        this.#lost++;
        return false;
      }
      this.#pass();
    }
    this.#arm();
    return true;
  }

  #tellLoss(): void {
    this.#chunk.set([recordHead(Kind.lost, 2, 0), this.#lost], this.#offset);
    this.#offset += 2;
    this.#log.warn(
      `${this.#path}: the disk is too slow: ${counted(this.#lost, "message was", "messages were")} not recorded`,
    );
    this.#lost = 0;
    this.#arm();
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#waiting.length < MAX_WAITING) this.#pass();
      else this.#arm();
    }, WRITE_AFTER).unref();
  }

  /** Passes what was recorded on to the disk. */
  #pass(): void {
    if (this.#offset === 0 || this.#isClosed) return;
    this.#waiting.push(Buffer.from(this.#chunk.buffer, 0, this.#offset << 2));
    this.#chunk = new Uint32Array(CHUNK);
    this.#offset = 0;
    if (this.#lost > 0) this.#tellLoss();
    if (!this.#isWriting) this.#write(0);
  }

  #write(from: number): void {
    const bytes = this.#waiting[0];
    if (bytes === undefined) return;
    this.#isWriting = true;
    write(this.#fd, bytes, from, bytes.length - from, this.#position + from, (error, count) => {
      this.#isWriting = false;
      // It has been written again meanwhile.
      if (this.#isClosed) return closeSync(this.#fd);
      if (error !== null) return this.#giveUp(error);
      if (from + count < bytes.length) return this.#write(from + count);
      this.#waiting.shift();
      this.#position += bytes.length;
      this.#write(0);
    });
  }

  #giveUp(error: Error): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    closeSync(this.#fd);
    this.#complain(error);
  }

  #complain(error: Error): void {
    this.#log.warn(`${this.#path}: nothing more is recorded: ${error.message}`);
  }
}

/** Words of a record with that text. */
function textLength(text: string): number {
  return 2 + ((Buffer.byteLength(text) + 3) >>> 2);
}
