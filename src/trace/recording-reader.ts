// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { UserError } from "../errors.ts";
import { printable } from "../log/printable.ts";
import { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { ProtocolTable } from "../protocol/table.ts";
import { tableFromJson } from "../protocol/table-json.ts";
import { Kind, type RecordAt, recordsIn, recordText } from "../recorder/record.ts";
import { FILE_HEADER } from "../recorder/recording.ts";
import type { Interface } from "../wire/signature.ts";
import type { RecordNames } from "./dump.ts";

/** Sessions of one recording. A desktop has some hundred programs a day. */
const MAX_SESSIONS = 65_536;

/** Interfaces that a recording does not describe anew: the relay itself is built on them. */
const foundations: ReadonlySet<string> = new Set(["wl_display", "wl_registry", "wl_callback"]);

/**
 * A file that the recorder wrote, or that is said to be one: nothing in it is believed. What makes no sense is left
 * out, or refused with a UserError.
 */
export class RecordedSessions implements RecordNames {
  readonly protocolOfAll: ProtocolRegistry;
  readonly #words: Uint32Array;
  readonly #types: (Interface | undefined)[] = [];
  readonly #names = new Map<number, string>();

  /** @throws UserError when the file cannot be read, is no recording, or is damaged */
  constructor(path: string) {
    this.#words = readWords(path);
    this.protocolOfAll = this.#protocols(path);
    for (const record of recordsIn(this.#words)) {
      if (record.kind === Kind.interface) this.#types[record.type] = this.protocolOfAll.get(recordText(record));
      if (record.kind !== Kind.opened) continue;
      this.#names.set(record.session, printable(recordText(record)));
      if (this.#names.size > MAX_SESSIONS) throw new UserError(`${path} has more than ${MAX_SESSIONS} sessions`);
    }
  }

  /** The records of what happened, in its order. */
  *records(): Generator<RecordAt> {
    for (const record of recordsIn(this.#words)) {
      if (record.kind !== Kind.protocol && record.kind !== Kind.interface) yield record;
    }
  }

  /** The numbers of its sessions. */
  get sessions(): number[] {
    return [...this.#names.keys()];
  }

  client(session: number): string {
    return this.#names.get(session) ?? `session ${session}`;
  }

  protocol(): ProtocolRegistry {
    return this.protocolOfAll;
  }

  type(record: RecordAt): Interface | undefined {
    return this.#types[record.type];
  }

  /** All at once, since they may name each other's interfaces. */
  #protocols(path: string): ProtocolRegistry {
    const tables: ProtocolTable[] = [];
    for (const record of recordsIn(this.#words)) {
      if (record.kind !== Kind.protocol) continue;
      const table = tableFromJson(recordText(record));
      if (table === null) throw new UserError(`${path} is damaged: a protocol in it is none`);
      tables.push({ ...table, interfaces: table.interfaces.filter(({ name }) => !foundations.has(name)) });
    }
    try {
      return new ProtocolRegistry(...tables);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${path} is damaged: ${printable(error.message)}`);
    }
  }
}

function readWords(path: string): Uint32Array {
  let bytes: Buffer;
  try {
    // Of a device or a pipe there may be no end.
    if (!statSync(path).isFile()) throw new UserError(`${path} is not a file`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const start = bytes.byteOffset;
  const words =
    start % Uint32Array.BYTES_PER_ELEMENT === 0
      ? new Uint32Array(bytes.buffer, start, bytes.length >>> 2)
      : new Uint32Array(bytes.buffer.slice(start, start + (bytes.length & ~3)));
  if (FILE_HEADER.some((word, i) => words[i] !== word)) {
    throw new UserError(`${path} is no recording, or one of another version or byte order`);
  }
  return words.subarray(FILE_HEADER.length);
}
