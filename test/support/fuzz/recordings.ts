// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TracePoint } from "../../../src/recorder/trace.ts";
import { RecordedSessions } from "../../../src/trace/recording-reader.ts";
import type { Message } from "../../../src/wire/signature.ts";

/** A message that one end of a connection sent. */
export interface Part {
  readonly from: "client" | "host";
  readonly bytes: Buffer;
  /** The size of the file of each descriptor that went with the part, as far as the message names it. */
  readonly files: readonly number[];
}

/**
 * The messages of a real program and its compositor through the proxy (with `--record`, on a headless weston), in their
 * order.
 */
export interface Conversation {
  readonly name: string;
  readonly parts: readonly Part[];
}

const FOLDER: string = fileURLToPath(new URL("../../../../test/recordings/", import.meta.url));

/** All that are kept in test/recordings: of an ordinary proxy, or of one that does what it does in a VM. */
export function conversations(kind: "direct" | "guest"): Conversation[] {
  const folder = join(FOLDER, kind);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, parts: partsOf(new RecordedSessions(join(folder, name))) }));
}

/**
 * Returns the parts of the session in which most is said: before the program, the test that made the recording looked
 * for the socket.
 */
function partsOf(recorded: RecordedSessions): Part[] {
  const all = recorded.sessions.map((session) => partsOfSession(recorded, session));
  return all.reduce((most, parts) => (parts.length > most.length ? parts : most));
}

function partsOfSession(recorded: RecordedSessions, session: number): Part[] {
  const parts: Part[] = [];
  for (const record of recorded.records()) {
    if (record.session !== session || (record.kind !== TracePoint.fromClient && record.kind !== TracePoint.fromHost))
      continue;
    const from = record.kind === TracePoint.fromClient ? "client" : "host";
    const words = record.words.slice(record.offset, record.end);
    const type = recorded.type(record);
    const messages = from === "client" ? type?.requests : type?.events;
    const message = messages?.[(words[1] as number) & 0xffff];
    parts.push({ from, bytes: Buffer.from(words.buffer), files: message === undefined ? [] : filesOf(message, words) });
  }
  return parts;
}

/** Returns the sizes of the files that programs map, which the message names behind them: pools, keymaps, tables. */
function filesOf(message: Message, words: Uint32Array): number[] {
  const size = ["create_pool", "keymap", "format_table"].includes(message.name) ? (words.at(-1) as number) : 0;
  return Array.from({ length: message.fds }, () => size);
}
