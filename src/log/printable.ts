// SPDX-License-Identifier: Apache-2.0

/**
 * A text from somebody else, made fit for a line of a log: without control characters, which could pass for lines of
 * ours or steer a terminal. They become escapes such as `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
