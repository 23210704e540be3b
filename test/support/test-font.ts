// SPDX-License-Identifier: Apache-2.0
import type { Mask } from "../../src/frame/picture.ts";

/**
 * The letters of the font. Each is a bar as high as its place in this list says, so that a picture can be read again. All
 * are one em wide.
 */
const LETTERS = "…abcdefgABC1()אבגدж";

const UNITS_PER_EM = 1000;
/** The height of the first letter; each further one is so much higher. */
const STEP = 40;

/** A font of bars, in the format of TrueType. */
export function testFont(): Uint8Array {
  const characters = [...LETTERS].map((letter, index) => ({ code: letter.charCodeAt(0), glyph: index + 2 }));
  // The glyph of what is missing, and the blank; then the letters.
  const glyphs = [box(20 * STEP), new Uint8Array(0), ...[...LETTERS].map((_, index) => box((index + 1) * STEP))];
  const offsets = [0];
  for (const { length } of glyphs) offsets.push((offsets.at(-1) ?? 0) + length);
  const table = {
    "OS/2": new Uint8Array(78),
    cmap: characterMap([{ code: 0x20, glyph: 1 }, ...characters]),
    glyf: Buffer.concat(glyphs),
    head: words(
      1,
      0,
      1,
      0,
      0,
      0,
      0x5f0f,
      0x3cf5,
      0,
      UNITS_PER_EM,
      ...Array(8).fill(0),
      0,
      0,
      1000,
      1000,
      0,
      8,
      2,
      1,
      0,
    ),
    hhea: words(1, 0, 850, -150, 0, ...Array(12).fill(0), 1),
    hmtx: words(UNITS_PER_EM, ...glyphs.map(() => 100)),
    loca: Buffer.concat(offsets.map((offset) => words(offset >> 16, offset & 0xffff))),
    maxp: words(1, 0, glyphs.length, 4, 1, ...Array(11).fill(0)),
  };
  const entries = Object.entries(table);
  let offset = 12 + 16 * entries.length;
  const directory = entries.map(([tag, { length }]) => {
    const entry = Buffer.alloc(16);
    entry.write(tag, "latin1");
    entry.writeUInt32BE(offset, 8);
    entry.writeUInt32BE(length, 12);
    offset += length;
    return entry;
  });
  return Buffer.concat([words(1, 0, entries.length, 0, 0, 0), ...directory, ...Object.values(table)]);
}

/** The text in a mask of this font's letters, as somebody sees it from the left to the right. */
export function readText({ width, height, alphas }: Mask, size: number): string {
  let text = "";
  for (let left = 0; left < width; left += size) {
    const column = left + size / 2;
    const rows = Array.from({ length: height }, (_, y) => alphas[y * width + column] === 255).filter(Boolean).length;
    text += rows === 0 ? " " : (LETTERS[Math.round((rows / size) * (UNITS_PER_EM / STEP)) - 1] ?? "?");
  }
  return text;
}

/** A glyph: a bar on the line, with some room on both sides. */
function box(height: number): Uint8Array {
  const [left, right] = [100, 900];
  const outline = words(1, left, 0, right, height, 3, 0);
  // Four points, all of which are on the outline, and given by two bytes for each coordinate.
  const points = words(left, 0, right - left, 0, 0, height, 0, -height);
  return Buffer.concat([outline, Buffer.from([1, 1, 1, 1]), points]);
}

/** A cmap of format 4, with a segment for each character. */
function characterMap(characters: readonly { code: number; glyph: number }[]): Uint8Array {
  const segments = [...characters].sort((one, other) => one.code - other.code);
  const ends = [...segments.map(({ code }) => code), 0xffff];
  const deltas = [...segments.map(({ code, glyph }) => (glyph - code) & 0xffff), 1];
  const count = ends.length;
  const map = words(4, 16 + 8 * count, 0, 2 * count, 0, 0, 0, ...ends, 0, ...ends, ...deltas, ...Array(count).fill(0));
  return Buffer.concat([words(0, 1, 3, 1, 0, 12), map]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, 2 * index);
  return bytes;
}
