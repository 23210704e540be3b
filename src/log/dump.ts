// SPDX-License-Identifier: Apache-2.0
import type { FlightRecorder } from "./flight-recorder.ts";
import { type Level, messageLine, type Style, textLine } from "./line.ts";
import type { MessageFilter } from "./message-filter.ts";
import { readMessage } from "./message-text.ts";
import { isMessage, Kind, type RecordAt, recordsIn, recordText } from "./record.ts";
import { Passage } from "./trace.ts";

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
  for (const words of parts) {
    for (const record of recordsIn(words)) {
      const line = lineFor(recorder, record, style, filter);
      if (line !== null) yield line;
    }
  }
}

/** The lines for the last messages of one session, as they were between it and us; of all sessions without one. */
export function lastMessages(recorder: FlightRecorder, count: number, style: Style, session?: number): string[] {
  const parts = recorder.ring.snapshot();
  const records = parts
    .flatMap((words) => [...recordsIn(words)])
    .filter(
      ({ kind, session: number }) =>
        (kind === Passage.fromClient || kind === Passage.toClient) && (session === undefined || number === session),
    );
  return records.slice(-count).map((record) => lineFor(recorder, record, style, null) ?? "");
}

function lineFor(
  recorder: FlightRecorder,
  record: RecordAt,
  style: Style,
  filter: MessageFilter | null,
): string | null {
  const { kind, session, time, place, end, words } = record;
  const tape = recorder.tape(session);
  if (!isMessage(kind)) {
    const level = kind === Kind.opened || kind === Kind.closed ? Kind.info : (kind as Level);
    const text =
      level === kind ? recordText(record) : `${tape?.name} has ${kind === Kind.opened ? "connected" : "gone"}`;
    return textLine(style, level, text, time);
  }
  const type = tape?.protocol.at(record.type);
  const isRequest = kind === Passage.fromClient || kind === Passage.toHost;
  const message = type?.[isRequest ? "requests" : "events"][(words[place + 1] as number) & 0xffff];
  if (tape === undefined || type === undefined || message === undefined) return null;
  if (filter !== null && !filter.shows(type, message, words[place] as number)) return null;
  const read = readMessage(tape.protocol, type, message, words, place, end);
  return messageLine(style, { time, client: tape.name, passage: kind, message: read });
}
