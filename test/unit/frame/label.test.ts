// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { parseColor, pixelOf } from "../../../src/frame/color.ts";
import { Font } from "../../../src/frame/font.ts";
import { LABEL_HEIGHT, type PaintedLabel, paintLabel } from "../../../src/frame/label.ts";
import { loadTextLibraries } from "../../../src/frame/load-libraries.ts";
import { TextPainter } from "../../../src/frame/text-painter.ts";
import { testFont } from "../../support/test-font.ts";

const RED = 0xffcc3333;
const WHITE = 0xffffffff;

let painter: TextPainter;

before(async () => {
  const font = Font.read(await loadTextLibraries(), testFont(), 0);
  assert.ok(font);
  painter = new TextPainter(font);
});

function paint(text: string, options: { color?: string; maxWidth?: number; scale?: number } = {}): PaintedLabel | null {
  const { color = "#c33", maxWidth = 300, scale = 120 } = options;
  const parsed = parseColor(color);
  assert.ok(parsed);
  return paintLabel({ text, color: parsed }, LABEL_HEIGHT, maxWidth, scale, painter);
}

describe("a frame's label", () => {
  it("is as wide as its text and stands on the frame's color, in white or black, whichever is to be read", () => {
    for (const [color, ink] of [
      ["#c33", 0xffffffff],
      ["#fd0", 0xff000000],
      ["#808080", 0xff000000],
      ["#000", 0xffffffff],
    ] as const) {
      const label = paint("ab", { color });
      assert.ok(label);
      const { picture, width } = label;
      assert.equal(width, 2 * 13 + 2 * 8);
      assert.deepEqual([picture.width, picture.height], [42, LABEL_HEIGHT]);
      assert.equal(picture.pixels[0], pixelOf(parseColor(color) ?? assert.fail()));
      assert.ok(picture.pixels.includes(ink), color);
      assert.ok(
        picture.pixels.every((pixel) => pixel >>> 24 === 255),
        "nothing shows through",
      );
    }
  });

  it("has whole pixels at each scale, and a size that its surface can have", () => {
    for (const [scale, width, height] of [
      [120, 42, 20],
      [150, 53, 25],
      [180, 65, 30],
      [240, 84, 40],
    ] as const) {
      const label = paint("ab", { scale });
      assert.ok(label);
      const { picture } = label;
      assert.deepEqual([picture.width, picture.height], [width, height]);
      assert.equal(picture.width, Math.round((label.width * scale) / 120));
      // The text has room around it on each side.
      const isPlain = (from: number, to: number): boolean => picture.pixels.subarray(from, to).every((p) => p === RED);
      assert.ok(
        isPlain(0, picture.width * 2) && isPlain(picture.pixels.length - 2 * picture.width, picture.pixels.length),
      );
      assert.ok(picture.pixels.includes(WHITE));
    }
  });

  it("is cut to the width of its edge, and left out where not one letter has room, or it has none", () => {
    assert.equal(paint("abcdefg", { maxWidth: 80 })?.width, 4 * 13 + 2 * 8);
    assert.equal(paint("abcdefg", { maxWidth: 30 }), null);
    assert.equal(paint("abcdefg", { maxWidth: 0 }), null);
    assert.equal(paint(""), null);
    assert.equal(paint("\u202e\n "), null);
  });
});
