// SPDX-License-Identifier: Apache-2.0

/**
 * Makes a text from a peer fit for a line of a log. Control characters could pass for lines of ours, steer a terminal
 * or turn the order of letters around. They become escapes such as `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/**
 * Does the same for a text that may have several lines. All but the first begin with blanks, as no line of ours does.
 */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n  ");
}

/** JSON on one line, without characters that steer a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
