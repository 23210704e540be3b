// SPDX-License-Identifier: Apache-2.0
import type { FlightRecorder } from "./flight-recorder.ts";
import { type Level, messageLine, type Style, textLine } from "./line.ts";
import type { MessageFilter } from "./message-filter.ts";
import { readMessage } from "./message-text.ts";
import { HEADER, isMessage, Kind, type RecordAt, recordAt, recordText } from "./record.ts";
import { Passage } from "./trace.ts";

/** A record, and where it lies. */
type Place = RecordAt & { readonly words: Uint32Array };

/**
 * The lines for records.
 *
 * @param parts arrays of whole records
 * @param filter which messages; null for all
 */
export function* dumpLines(
  recorder: FlightRecorder,
  parts: readonly Uint32Array[],
  style: Style,
  filter: MessageFilter | null,
): Generator<string> {
  for (const record of recordsIn(parts)) {
    const line = lineFor(recorder, record, style, filter);
    if (line !== null) yield line;
  }
}

/** The lines for the last messages of one session, as they were between it and us; of all sessions without one. */
export function lastMessages(recorder: FlightRecorder, count: number, style: Style, session?: number): string[] {
  const records = [...recordsIn(recorder.ring.snapshot())].filter(
    ({ kind, session: number }) =>
      (kind === Passage.fromClient || kind === Passage.toClient) && (session === undefined || number === session),
  );
  return records.slice(-count).map((record) => lineFor(recorder, record, style, null) ?? "");
}

function* recordsIn(parts: readonly Uint32Array[]): Generator<Place> {
  for (const words of parts) {
    for (let place = 0; ; ) {
      const record = recordAt(words, place, words.length);
      if (record === null) break;
      yield { ...record, words };
      place = record.end;
    }
  }
}

function lineFor(recorder: FlightRecorder, record: Place, style: Style, filter: MessageFilter | null): string | null {
  const { kind, session, time, place, end, words } = record;
  const tape = recorder.tape(session);
  if (!isMessage(kind)) {
    const level = kind === Kind.opened || kind === Kind.closed ? Kind.info : (kind as Level);
    const text =
      level === kind ? recordText(words, record) : `${tape?.name} has ${kind === Kind.opened ? "connected" : "gone"}`;
    return textLine(style, level, text, time);
  }
  const type = tape?.protocol.at(words[place + HEADER] as number);
  const start = place + HEADER + 1;
  const isRequest = kind === Passage.fromClient || kind === Passage.toHost;
  const message = type?.[isRequest ? "requests" : "events"][(words[start + 1] as number) & 0xffff];
  if (tape === undefined || type === undefined || message === undefined) return null;
  if (filter !== null && !filter.shows(type, message, words[start] as number)) return null;
  const read = readMessage(tape.protocol, type, message, words, start, end);
  return messageLine(style, { time, client: tape.name, passage: kind, message: read });
}
