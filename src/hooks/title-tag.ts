// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";
import { MAX_REQUEST_SIZE } from "../wire/limits.ts";

/** What a title may take up of a message, in UTF-8: its header, the string's length and its NUL come on top. */
export const MAX_TITLE_BYTES: number = MAX_REQUEST_SIZE - 8 - 4 - 1;

/** Puts a text in front of every window title, so that the host's user sees where a window comes from. */
export function titleTag(tag: string): Hooks {
  return {
    requests: {
      xdg_toplevel: {
        set_title(message) {
          message.change({ title: clampUtf8(tag + message.args.title, MAX_TITLE_BYTES) });
        },
      },
    },
  };
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
