// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contrastRatio, parseColor, pixelOf, textColorOn } from "../../../src/frame/color.ts";

const BLACK = { red: 0, green: 0, blue: 0 };
const WHITE = { red: 255, green: 255, blue: 255 };

describe("a color", () => {
  it("is read with one digit for each part, or two", () => {
    assert.deepEqual(parseColor("#c3f"), { red: 0xcc, green: 0x33, blue: 0xff });
    assert.deepEqual(parseColor("#C0ffEE"), { red: 0xc0, green: 0xff, blue: 0xee });
    for (const text of ["", "#", "c33", "#cc33", "#cc33ff00", "#ggg", "red", " #c33", "#c33\n"]) {
      assert.equal(parseColor(text), null, text);
    }
  });

  it("is a pixel that nothing shows through", () => {
    assert.equal(pixelOf({ red: 0x12, green: 0x34, blue: 0xff }), 0xff1234ff);
  });
});

describe("the contrast of two colors", () => {
  it("is from 1 to 21, whichever comes first, as WCAG says", () => {
    assert.equal(contrastRatio(WHITE, WHITE), 1);
    assert.equal(Math.round(contrastRatio(BLACK, WHITE) * 100), 2100);
    assert.equal(contrastRatio(WHITE, BLACK), contrastRatio(BLACK, WHITE));
    assert.equal(contrastRatio({ red: 0x77, green: 0x77, blue: 0x77 }, WHITE).toFixed(2), "4.48");
    assert.equal(contrastRatio({ red: 0xcc, green: 0x33, blue: 0x33 }, WHITE).toFixed(2), "5.14");
  });

  it("of text with what it stands on is never less than 4.5", () => {
    const steps = Array.from({ length: 18 }, (_, index) => index * 15);
    for (const red of steps) {
      for (const green of steps) {
        for (const blue of steps) {
          const color = { red, green, blue };
          assert.ok(contrastRatio(textColorOn(color), color) >= 4.5, JSON.stringify(color));
        }
      }
    }
  });
});
