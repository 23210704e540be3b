// SPDX-License-Identifier: Apache-2.0
import { counted } from "../log/counted.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { FlightRecorder } from "../recorder/flight-recorder.ts";
import { isMessage, Kind, type RecordAt, recordsIn, recordText } from "../recorder/record.ts";
import { TracePoint } from "../recorder/trace.ts";
import type { Interface } from "../wire/signature.ts";
import { WireMessage } from "../wire/wire-message.ts";
import { isLevel, messageLine, type Style, textLine } from "./line.ts";
import type { MessageFilter } from "./message-filter.ts";
import { readMessage } from "./message-text.ts";

/** The message of the record that is being written. */
const recorded = new WireMessage(new Uint32Array());

/** The names that the numbers in records stand for. */
export interface RecordNames {
  client(session: number): string | undefined;
  protocol(session: number): ProtocolRegistry | undefined;
  type(record: RecordAt): Interface | undefined;
}

/** The names that the flight recorder has for them. */
function namesOf(recorder: FlightRecorder): RecordNames {
  return {
    client: (session) => recorder.sessionTrace(session)?.name,
    protocol: (session) => recorder.sessionTrace(session)?.protocol,
    type: ({ session, type }) => recorder.sessionTrace(session)?.protocol.at(type),
  };
}

/** The lines for records; a filter says which messages, and null all. */
export function* dumpLines(
  names: RecordNames,
  records: Iterable<RecordAt>,
  style: Style,
  filter: MessageFilter | null,
): Generator<string> {
  for (const record of records) {
    const line = lineFor(names, record, style, filter);
    if (line !== null) yield line;
  }
}

/** The lines for what the flight recorder had at a time. */
export function* ringLines(
  recorder: FlightRecorder,
  parts: readonly Uint32Array[],
  style: Style,
  filter: MessageFilter | null,
): Generator<string> {
  const names = namesOf(recorder);
  for (const words of parts) yield* dumpLines(names, recordsIn(words), style, filter);
}

/** The lines for the last messages of one session, as they were between it and us; of all sessions without one. */
export function lastMessages(recorder: FlightRecorder, count: number, style: Style, session?: number): string[] {
  const parts = recorder.ring.snapshot();
  const records = parts
    .flatMap((words) => [...recordsIn(words)])
    .filter(
      ({ kind, session: number }) =>
        (kind === TracePoint.fromClient || kind === TracePoint.toClient) &&
        (session === undefined || number === session),
    );
  return records.slice(-count).map((record) => lineFor(namesOf(recorder), record, style, null) ?? "");
}

function lineFor(names: RecordNames, record: RecordAt, style: Style, filter: MessageFilter | null): string | null {
  const { kind, session, time, offset, end, words } = record;
  const client = names.client(session) ?? "";
  switch (kind) {
    case Kind.opened:
      return textLine(style, Kind.info, `${client} has connected`, time);
    case Kind.closed:
      return textLine(style, Kind.info, `${client} has gone`, time);
    case Kind.lost:
      return textLine(
        style,
        Kind.warning,
        `${counted(offset < end ? (words[offset] as number) : 0, "message is", "messages are")} missing here`,
        time,
      );
  }
  if (isLevel(kind)) return textLine(style, kind, recordText(record), time);
  if (!isMessage(kind)) return null;
  const protocol = names.protocol(session);
  const type = names.type(record);
  const isRequest = kind === TracePoint.fromClient || kind === TracePoint.toHost;
  const header = offset + 1 < end ? (words[offset + 1] as number) : 0xffff;
  const message = type?.[isRequest ? "requests" : "events"][header & 0xffff];
  if (protocol === undefined || type === undefined || message === undefined) return null;
  const wire = recorded.show(type, message, words, offset, end);
  if (filter !== null && !filter.shows(wire)) return null;
  return messageLine(style, { time, client, point: kind, message: readMessage(protocol, wire) });
}
