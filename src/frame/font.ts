// SPDX-License-Identifier: Apache-2.0
import type { Coverage } from "./coverage.ts";
import type { PathCommand, ShapingFont, TextLibraries } from "./load-libraries.ts";
import { visualRuns } from "./visual-runs.ts";

/** A glyph of a line of text, in units of which the font has `unitsPerEm` in its size. */
interface PlacedGlyph {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

/** A line of text, ready to be drawn, in units of the font. */
export interface TextLine {
  readonly glyphs: readonly PlacedGlyph[];
  readonly width: number;
}

/** Outlines that are kept; a font has thousands, of which a desktop shows some hundred. */
const MAX_OUTLINES = 2_000;

/** A font in memory. */
export class Font {
  readonly unitsPerEm: number;
  /** How far letters reach above the line that they stand on, and below it. */
  readonly ascent: number;
  readonly descent: number;
  readonly #libraries: TextLibraries;
  readonly #font: ShapingFont;
  readonly #outlines = new Map<number, readonly PathCommand[]>();

  /** Reads a file's font of that index; null if it has no Latin letters, or is none at all. */
  static read(libraries: TextLibraries, bytes: Uint8Array, index: number): Font | null {
    const font = libraries.readFont(bytes, index);
    const letter = font.nominalGlyph(0x41);
    if (letter === undefined || font.glyphToJson(letter).length === 0) return null;
    return new Font(libraries, font);
  }

  private constructor(libraries: TextLibraries, font: ShapingFont) {
    this.#libraries = libraries;
    this.#font = font;
    this.unitsPerEm = font.face.upem;
    const { ascender, descender } = font.hExtents();
    this.ascent = ascender;
    this.descent = -descender;
  }

  /** Sets a text in its visual order. Its direction is that of its first letter (Unicode's bidirectional algorithm). */
  layOut(text: string): TextLine {
    const glyphs: PlacedGlyph[] = [];
    let width = 0;
    for (const { start, end, isRightToLeft } of visualRuns(this.#libraries, text)) {
      const run = this.#shape(text, start, end, isRightToLeft);
      for (const { id, x, y } of run.glyphs) glyphs.push({ id, x: x + width, y });
      width += run.width;
    }
    return { glyphs, width };
  }

  /** Finds the glyphs of a part of a text in one direction; what is around it decides on the forms of letters. */
  #shape(text: string, start: number, end: number, isRightToLeft: boolean): TextLine {
    const { leftToRight, rightToLeft } = this.#libraries;
    const buffer = this.#libraries.createBuffer();
    buffer.addText(text, start, end - start);
    buffer.guessSegmentProperties();
    buffer.setDirection(isRightToLeft ? rightToLeft : leftToRight);
    this.#libraries.shape(this.#font, buffer);
    const positions = buffer.getGlyphPositions();
    let width = 0;
    const glyphs = buffer.getGlyphInfos().map(({ codepoint: id }, index) => {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
      const glyph = { id, x: width + xOffset, y: yOffset };
      width += xAdvance;
      return glyph;
    });
    return { glyphs, width };
  }

  /** Adds a glyph's outline. @param size of the text in pixels @param x of its origin @param y of the line that it stands on */
  draw(coverage: Coverage, id: number, size: number, x: number, y: number): void {
    const factor = size / this.unitsPerEm;
    for (const { type, values } of this.#outlineOf(id)) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = values.map((value, index) =>
        index % 2 === 0 ? x + value * factor : y - value * factor,
      );
      if (type === "M") coverage.moveTo(x1, y1);
      else if (type === "L") coverage.lineTo(x1, y1);
      else if (type === "Q") coverage.quadraticTo(x1, y1, x2, y2);
      else if (type === "C") coverage.cubicTo(x1, y1, x2, y2, x3, y3);
      else coverage.close();
    }
    coverage.close();
  }

  #outlineOf(id: number): readonly PathCommand[] {
    let outline = this.#outlines.get(id);
    if (outline === undefined) {
      if (this.#outlines.size >= MAX_OUTLINES) this.#outlines.clear();
      outline = this.#font.glyphToJson(id);
      this.#outlines.set(id, outline);
    }
    return outline;
  }
}
