// SPDX-License-Identifier: Apache-2.0
/**
 * What the flight recorder's ring and the files of `--record` are made of: records, words of the machine's own byte
 * order. docs/recording.md describes them for other programs.
 *
 *     0  kind | length << 8     the length counts words, these included
 *     1  session                0: none
 *     2  seconds                since 1970
 *     3  microseconds
 *     4  …                      what the kind says
 */
import type { Passage } from "./trace.ts";

/** What a record tells. */
export const Kind = {
  /** A message, by its Passage: [4] the interface's index, then its words as they were on the wire. */
  fromClient: 1,
  toHost: 2,
  fromHost: 3,
  toClient: 4,
  /** A text each: [4] its bytes, then they, in UTF-8. First a session's begin, with the client's name. */
  opened: 5,
  closed: 6,
  error: 7,
  warning: 8,
  info: 9,
  debug: 10,
  /** In files only: the name of the interface whose index stands in place of the session. */
  interface: 11,
  /** In files only: a protocol that the user added, as JSON of a ProtocolTable. */
  protocol: 12,
  /** In files only: [4] how many records could not be written. */
  lost: 13,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Words before what the kind says. */
export const HEADER = 4;

/** Whether a record is a message. */
export function isMessage(kind: number): kind is Passage {
  return kind >= Kind.fromClient && kind <= Kind.toClient;
}

/** Which words of an array are a record, and its first four. */
export interface RecordAt {
  readonly kind: number;
  readonly session: number;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  readonly place: number;
  readonly end: number;
}

/** Reads the head of a record; null when what is there is no whole record. */
export function recordAt(words: Uint32Array, place: number, limit: number): RecordAt | null {
  if (place + HEADER > limit) return null;
  const head = words[place] as number;
  const end = place + (head >>> 8);
  if (end < place + HEADER || end > limit) return null;
  return {
    kind: head & 0xff,
    session: words[place + 1] as number,
    time: (words[place + 2] as number) * 1000 + (words[place + 3] as number) / 1000,
    place,
    end,
  };
}

/** The text of a record that has one. */
export function recordText(words: Uint32Array, { place, end }: RecordAt): string {
  const length = Math.min(words[place + HEADER] ?? 0, (end - place - HEADER - 1) << 2);
  return Buffer.from(words.buffer, words.byteOffset + ((place + HEADER + 1) << 2), Math.max(length, 0)).toString();
}

/** How many words a record with that many bytes of text takes. */
export function textRecordLength(bytes: number): number {
  return HEADER + 1 + ((bytes + 3) >>> 2);
}
