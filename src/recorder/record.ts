// SPDX-License-Identifier: Apache-2.0
/**
 * What the flight recorder's ring and the files of `--record` are made of: records, words of the machine's own byte
 * order. The first word of each is
 *
 *     kind | length << 4 | interface << 19     the length counts words, this one included
 *
 * Whose they are and when they were is said once for all that follow, by a turn. docs/recording.md describes them for
 * other programs.
 */
import type { TracePoint } from "./trace.ts";

/** The kinds of records. */
export const Kind = {
  /** A message, by its TracePoint: its words as they were on the wire. Its interface is the one with that index. */
  fromClient: 1,
  toHost: 2,
  fromHost: 3,
  toClient: 4,
  /** The session (0 for none) and the time of what follows: seconds since 1970, microseconds. */
  turn: 5,
  /** A text each: its bytes, then they, in UTF-8. First a session's begin, with the client's name, and its end. */
  opened: 6,
  closed: 7,
  error: 8,
  warning: 9,
  info: 10,
  debug: 11,
  /** The name of the interface with that index; in files only. */
  interface: 12,
  /** A protocol that the user added, as JSON of a ProtocolTable; in files only. */
  protocol: 13,
  /** The number of messages that could not be written; in files only. */
  lost: 14,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Words of a turn: the first, session, seconds, microseconds. */
export const TURN = 4;

/** The most interfaces that a record can name; the generated tables have some hundred. */
export const MAX_INTERFACES: number = 1 << 13;

/** Bytes that a ring of records must have, so that the longest one fits into a part of it. */
export const MIN_RING_SIZE: number = 16 * 1024;

/** The first word of a record. */
export function recordHead(kind: Kind, length: number, type: number): number {
  return (kind | (length << 4) | (type << 19)) >>> 0;
}

/** Whether a record is a message. */
export function isMessage(kind: number): kind is TracePoint {
  return kind >= Kind.fromClient && kind <= Kind.toClient;
}

/** A record, and where it lies. */
export interface RecordAt {
  readonly kind: number;
  /** The index of its interface; 0 for what has none. */
  readonly type: number;
  readonly session: number;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  readonly words: Uint32Array;
  /** The place where the record's content begins, and the one where it ends. */
  readonly offset: number;
  readonly end: number;
}

/** The records in words that begin with a whole one, except for turns; ends at one that is not whole. */
export function* recordsIn(words: Uint32Array): Generator<RecordAt> {
  let session = 0;
  let time = 0;
  for (let offset = 0; offset < words.length; ) {
    const head = words[offset] as number;
    const kind = head & 15;
    const end = offset + ((head >>> 4) & 0x7fff);
    if (end <= offset || end > words.length) return;
    if (kind === Kind.turn) {
      session = words[offset + 1] as number;
      time = (words[offset + 2] as number) * 1000 + (words[offset + 3] as number) / 1000;
    } else {
      yield { kind, type: head >>> 19, session, time, words, offset: offset + 1, end };
    }
    offset = end;
  }
}

/** The text of a record that has one. */
export function recordText({ words, offset, end }: RecordAt): string {
  const length = Math.min(words[offset] ?? 0, Math.max(end - offset - 1, 0) << 2);
  return Buffer.from(words.buffer, words.byteOffset + ((offset + 1) << 2), length).toString();
}
