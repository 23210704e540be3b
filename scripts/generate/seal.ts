// SPDX-License-Identifier: Apache-2.0
/** Generated files carry a checksum of themselves, so that a change by hand is found without what they were made from. */
import { createHash } from "node:crypto";

const LINE = /^\/\/ sha256 of the rest: (?<sum>[0-9a-f]{64})\n/;

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The text with its checksum in a line before it. */
export function seal(text: string): string {
  return `// sha256 of the rest: ${sumOf(text)}\n${text}`;
}

/** Whether a sealed text is what was sealed. */
export function isIntact(sealed: string): boolean {
  const match = LINE.exec(sealed);
  return match !== null && sumOf(sealed.slice(match[0].length)) === match.groups?.["sum"];
}
