// SPDX-License-Identifier: Apache-2.0
import { Coverage } from "./coverage.ts";
import type { Font, TextLine } from "./font.ts";
import type { Mask } from "./picture.ts";
import { ELLIPSIS, shownText } from "./shown-text.ts";

/** Bytes of painted lines that are kept. */
const MAX_KEPT = 2 * 1024 * 1024;
/** Painted lines that are kept, however small. */
const MAX_LINES = 200;

const nothing: Mask = { width: 0, height: 0, alphas: new Uint8Array(0) };

/** Paints lines of text. */
export class TextPainter {
  readonly #font: Font;
  /** The lines that were painted last, the latest at the end. */
  readonly #lines = new Map<string, Mask>();
  #kept = 0;

  constructor(font: Font) {
    this.#font = font;
  }

  /**
   * Paints what is to be seen of a text, cut at its end if there is no room. The height of the mask is the same for all
   * texts of a size.
   *
   * @param size of the text in pixels
   * @param maxWidth in pixels
   */
  paint(text: string, size: number, maxWidth: number): Mask {
    const shown = shownText(text);
    if (shown === "" || maxWidth <= 0) return nothing;
    const key = `${size} ${shown}`;
    const whole = this.#find(key);
    if (whole !== undefined && whole.width <= maxWidth) return whole;
    const cutKey = `${maxWidth} ${key}`;
    const cut = this.#find(cutKey);
    if (cut !== undefined) return cut;
    const room = (maxWidth * this.#font.unitsPerEm) / size;
    const line = this.#font.layOut(shown);
    const fits = line.width <= room;
    const mask = this.#draw(fits ? line : this.#cut(shown, room), size);
    this.#keep(fits ? key : cutKey, mask);
    return mask;
  }

  #find(key: string): Mask | undefined {
    const mask = this.#lines.get(key);
    if (mask === undefined) return undefined;
    this.#lines.delete(key);
    this.#lines.set(key, mask);
    return mask;
  }

  /** Sets the longest beginning of a text that fits with an ellipsis; nothing if not even one character does. */
  #cut(text: string, room: number): TextLine {
    // It is cut between what a reader takes for characters.
    const ends = [...new Intl.Segmenter().segment(text)].map(({ index }) => index);
    let fitting: TextLine = { glyphs: [], width: 0 };
    let low = 1;
    let high = ends.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const line = this.#font.layOut(text.slice(0, ends[middle]).trimEnd() + ELLIPSIS);
      if (line.width <= room) fitting = line;
      if (line.width <= room) low = middle + 1;
      else high = middle - 1;
    }
    return fitting;
  }

  #draw({ glyphs, width }: TextLine, size: number): Mask {
    if (glyphs.length === 0) return nothing;
    const factor = size / this.#font.unitsPerEm;
    // Letters that stand on whole pixels are sharp.
    const baseline = Math.ceil(this.#font.ascent * factor);
    const coverage = new Coverage(Math.ceil(width * factor), baseline + Math.ceil(this.#font.descent * factor));
    for (const { id, x, y } of glyphs) this.#font.draw(coverage, id, size, x * factor, baseline - y * factor);
    return coverage.toMask();
  }

  #keep(key: string, mask: Mask): void {
    if (mask.alphas.length > MAX_KEPT) return;
    this.#lines.set(key, mask);
    this.#kept += mask.alphas.length;
    for (const [oldest, { alphas }] of this.#lines) {
      if (this.#kept <= MAX_KEPT && this.#lines.size <= MAX_LINES) break;
      this.#lines.delete(oldest);
      this.#kept -= alphas.length;
    }
  }
}
