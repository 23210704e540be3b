// SPDX-License-Identifier: Apache-2.0
import { MAX_REQUEST_SIZE } from "../wire/limits.ts";

/**
 * The most bytes that a title may take up of a message, in UTF-8. The header, the string's length and its NUL come on
 * top. So does the object that the title is for, where the message is not the window's own.
 */
export const MAX_TITLE_BYTES: number = MAX_REQUEST_SIZE - 8 - 4 - 4 - 1;

/** Characters that are written from right to left, by the blocks which Unicode reserves for such scripts. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Marks, embeddings, overrides and isolates, which change the order of what stands around them. */
const ORDER_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Control characters and ends of lines: such an end also ends an isolate. */
const LINE_CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const LEFT_TO_RIGHT_MARK = "\u200e";

/** Bytes of the three above. */
const CONTROLS_BYTES = 9;

/**
 * Puts a tag in front of a title, where it stays whatever the title is. Nothing in the title changes the order of the
 * characters around it. A script that is written from right to left is kept in a part of its own.
 */
export function tagTitle(tag: string, title: string): string {
  const text = title.replace(ORDER_CONTROLS, "").replace(LINE_CONTROLS, " ");
  const mark = clampUtf8(tag, MAX_TITLE_BYTES);
  const room = MAX_TITLE_BYTES - Buffer.byteLength(mark);
  // Text that runs from left to right needs none of it, and so it stays what rules and scripts compare it with.
  if (!RIGHT_TO_LEFT.test(mark + text) || room < CONTROLS_BYTES) return mark + clampUtf8(text, room);
  // Pango takes the direction of a line from its first letter, be it in an isolate.
  const lead = /\p{L}/u.test(mark) ? "" : LEFT_TO_RIGHT_MARK;
  return lead + mark + FIRST_STRONG_ISOLATE + clampUtf8(text, room - CONTROLS_BYTES) + POP_ISOLATE;
}

/** The longest beginning of a text that takes up no more than `maxBytes` as UTF-8 and ends with a whole character. */
export function clampUtf8(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Bytes 0b10xxxxxx continue a character.
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
