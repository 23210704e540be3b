// SPDX-License-Identifier: Apache-2.0
import type { Meaning } from "./number-text.ts";

/** Types of text, and which numbers are no mere numbers. */
const texts: ReadonlySet<string | undefined> = new Set(["STRING", "UTF8_STRING", "COMPOUND_TEXT"]);
const meaningOf: Readonly<Record<string, Meaning>> = {
  ATOM: ["atom"],
  WINDOW: ["id"],
  PIXMAP: ["id"],
  CURSOR: ["id"],
  COLORMAP: ["id"],
};

/** Properties that say something of a window. The contents of selections travel in others, and are nobody's business. */
const descriptive = /^_?(NET_)?WM_/;

/**
 * A property's value, for people; of what is no description of a window, texts and bytes are counted only. A number or a
 * text is shown by `show`.
 *
 * @param property its name, and `type` that of its type, if these are known
 */
export function propertyText(
  bytes: Uint8Array,
  format: number,
  { property = "", type = "" }: { readonly property?: string | undefined; readonly type?: string | undefined },
  show: (value: string | readonly number[], meaning: Meaning) => string,
): string {
  const { buffer, byteOffset, length } = bytes;
  const view = new DataView(buffer, byteOffset, length);
  if (format === 32) {
    const words = Array.from({ length: length >> 2 }, (_, index) => view.getUint32(index * 4, true));
    return show(words, meaningOf[type] ?? []);
  }
  if (format === 8 && texts.has(type) && descriptive.test(property)) {
    return show(Buffer.from(buffer, byteOffset, length).toString(type === "UTF8_STRING" ? "utf8" : "latin1"), []);
  }
  return `${length} bytes`;
}
