// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { UserError } from "../errors.ts";
import { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { ProtocolTable } from "../protocol/table.ts";
import { Kind, type RecordAt, recordsIn, recordText } from "../recorder/record.ts";
import { FILE_HEADER } from "../recorder/recording.ts";
import type { Interface } from "../wire/signature.ts";
import type { RecordNames } from "./dump.ts";

/** A file that `--record` wrote. */
export class RecordedSessions implements RecordNames {
  readonly protocolOfAll: ProtocolRegistry = new ProtocolRegistry();
  /** In their order. */
  readonly records: readonly RecordAt[];
  readonly #types: (Interface | undefined)[] = [];
  readonly #names = new Map<number, string>();

  /** @throws UserError when the file cannot be read, or is none */
  constructor(path: string) {
    const words = readWords(path);
    const records: RecordAt[] = [];
    for (const record of recordsIn(words)) {
      if (record.kind === Kind.protocol) this.protocolOfAll.add(JSON.parse(recordText(record)) as ProtocolTable);
      else if (record.kind === Kind.interface) this.#types[record.type] = this.protocolOfAll.get(recordText(record));
      else records.push(record);
      if (record.kind === Kind.opened) this.#names.set(record.session, recordText(record));
    }
    this.records = records;
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
}

function readWords(path: string): Uint32Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
  if (FILE_HEADER.some((word, i) => words[i] !== word)) {
    throw new UserError(`${path} is no recording of --record, or one of another version or byte order`);
  }
  return words.subarray(FILE_HEADER.length);
}
