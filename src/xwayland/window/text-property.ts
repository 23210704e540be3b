// SPDX-License-Identifier: Apache-2.0
import type { Property } from "../../x11/client/properties.ts";

/** The encoding of a property's bytes. */
export type Encoding = "utf8" | "compound" | "latin1";

/** The sequences that switch to UTF-8 and back (X.org's extension of compound text). */
const UTF8 = "\x1b%G";
const BACK = "\x1b%@";

/** The text of a property up to its first NUL; empty if it is none. */
export function readText(property: Property | null, encoding: Encoding): string {
  if (property?.format !== 8) return "";
  const bytes = Buffer.from(property.bytes);
  return decode(bytes, encoding).replace(/\0[\s\S]*/, "");
}

function decode(bytes: Buffer, encoding: Encoding): string {
  if (encoding !== "compound") return bytes.toString(encoding);
  // Those who write in other character sets than Latin 1 and UTF-8 have _NET_WM_NAME, too.
  return bytes
    .toString("latin1")
    .split(UTF8)
    .map((part, i) => {
      if (i === 0) return withoutEscapes(part);
      const [utf8 = "", ...rest] = part.split(BACK);
      return Buffer.from(utf8, "latin1").toString("utf8") + withoutEscapes(rest.join(""));
    })
    .join("");
}

/** Without the sequences of ISO 2022 that name character sets: ESC, any of SP to /, and one of 0 to ~. */
function withoutEscapes(text: string): string {
  return text
    .split("\x1b")
    .map((part, i) => (i === 0 ? part : part.replace(/^[ -/]*[0-~]/, "")))
    .join("");
}
