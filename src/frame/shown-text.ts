// SPDX-License-Identifier: Apache-2.0

/** Texts may be as long as messages. Of a longer one, no more than that is looked at, in UTF-16 units. */
const MAX_UNITS = 2_000;
/** So many characters are shown, which are more than fit on a line of the widest screens. */
const MAX_CHARACTERS = 300;

/** What ends a text that is not shown as a whole. */
export const ELLIPSIS = "…";

/** Characters that show nothing, but order, join or hide others. Two that Persian and Indic words need stay. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Blanks of all kinds, ends of lines, and control characters. */
const BLANKS = /[\s\p{Cc}\p{Z}\u2800]+/gu;

/**
 * What is to be seen of a text from somebody else, on one line. Nothing in it can reverse the order of others, hide them or
 * push them away.
 */
export function shownText(text: string): string {
  const cleaned = text.slice(0, MAX_UNITS).replace(INVISIBLE, "").replace(BLANKS, " ").trim();
  const isLonger = text.length > MAX_UNITS || cleaned.length > MAX_CHARACTERS;
  return isLonger ? `${beginning(cleaned, MAX_CHARACTERS)}${ELLIPSIS}` : cleaned;
}

function beginning(text: string, units: number): string {
  const part = text.slice(0, units);
  // Not the first half of a character.
  return /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part;
}
