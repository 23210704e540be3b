// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Font } from "../../../src/frame/font.ts";
import { loadTextLibraries } from "../../../src/frame/load-libraries.ts";
import { TextPainter } from "../../../src/frame/text-painter.ts";
import { paintSide, placeOf, type Side, type TitleBarLook } from "../../../src/title-bars/bar-picture.ts";
import {
  actionAt,
  BAR_HEIGHT,
  buttonsOf,
  type DecoratedWindow,
  MARGIN,
  partsOf,
} from "../../../src/title-bars/parts.ts";
import { testFont } from "../../support/test-font.ts";

const sides: readonly Side[] = ["top", "left", "right", "bottom"];

const window: DecoratedWindow = {
  width: 400,
  height: 200,
  buttons: ["minimize", "maximize", "close"],
  isMaximized: false,
  hasMargin: true,
  isResizable: true,
};

const look: TitleBarLook = { ...window, title: "abc", isActive: true, isDark: false, hovered: null, pressed: null };

let painter: TextPainter;

before(async () => {
  const font = Font.read(await loadTextLibraries(), testFont(), 0);
  assert.ok(font);
  painter = new TextPainter(font);
});

/** What a pointer does at a place, in a word. */
function at(x: number, y: number, change: Partial<DecoratedWindow> = {}): string {
  const action = actionAt(partsOf({ ...window, ...change }), x, y);
  if (action?.kind === "button") return action.button;
  return action?.kind === "resize" ? `resize ${action.edge}` : (action?.kind ?? "nothing");
}

describe("a pointer on a title bar", () => {
  it("moves the window, or presses the buttons, which stand at the right", () => {
    assert.equal(at(100, -10), "move");
    assert.equal(at(0, -1), "move");
    assert.equal(at(382, -16), "close");
    assert.equal(at(350, -16), "maximize");
    assert.equal(at(318, -16), "minimize");
    assert.equal(at(100, 10), "nothing");
    assert.equal(at(350, -16, { buttons: ["close"] }), "move");
    assert.equal(at(382, -16, { buttons: ["close"] }), "close");
  });

  it("resizes by each edge and corner, around the window and at the top of the bar", () => {
    for (const [x, y, edge] of [
      [-4, -36, 5],
      [10, -36, 5],
      [-4, -15, 5],
      [200, -36, 1],
      [200, -30, 1],
      [404, -36, 9],
      [404, 100, 8],
      [404, 205, 10],
      [385, 205, 10],
      [200, 207, 2],
      [-8, 207, 6],
      [-8, 100, 4],
    ] as const) {
      assert.equal(at(x, y), `resize ${edge}`, `${x}, ${y}`);
    }
    assert.equal(at(200, 208), "nothing");
    assert.equal(at(-9, 100), "nothing");
  });

  it("does not resize what is maximized, or has one size alone", () => {
    for (const change of [{ hasMargin: false }, { isResizable: false }]) {
      assert.equal(at(200, -30, change), "move");
      assert.equal(at(200, 205, change), "nothing");
      assert.equal(at(-4, -36, change), "nothing");
    }
  });

  it("finds the close button last of all in a narrow window, and all parts inside of it", () => {
    assert.deepEqual(
      buttonsOf({ ...window, width: 80 }).map(({ action }) => action.button),
      ["maximize", "close"],
    );
    assert.deepEqual(
      buttonsOf({ ...window, width: 40 }).map(({ action }) => action.button),
      ["close"],
    );
    assert.deepEqual(buttonsOf({ ...window, width: 39 }), []);
    for (const width of [1, 20, 40, 80, 400]) {
      for (const part of partsOf({ ...window, width, height: 1 })) {
        assert.ok(part.x >= -MARGIN && part.x + part.width <= width + MARGIN, `${width}`);
        assert.ok(part.width > 0 && part.height > 0);
      }
    }
  });
});

describe("the picture of a title bar", () => {
  it("has sides that meet around the content, and only the bar when the window is maximized", () => {
    assert.deepEqual(
      sides.map((side) => placeOf(side, window)),
      [
        { x: -8, y: -40, width: 416, height: 40 },
        { x: -8, y: 0, width: 8, height: 200 },
        { x: 400, y: 0, width: 8, height: 200 },
        { x: -8, y: 200, width: 416, height: 8 },
      ],
    );
    const maximized = { ...look, isMaximized: true, hasMargin: false };
    assert.deepEqual(placeOf("top", maximized), { x: 0, y: -32, width: 400, height: BAR_HEIGHT });
    for (const side of sides.slice(1)) assert.equal(paintSide(side, maximized, 120, painter).pixels.length, 0);
  });

  it("has whole pixels at each scale", () => {
    for (const scale of [120, 150, 180, 210, 240]) {
      const top = paintSide("top", look, scale, painter);
      assert.deepEqual([top.width, top.height], [(416 * scale) / 120, (40 * scale) / 120]);
      // The bar covers everything down to its lower edge, and as much of its width.
      const last = top.pixels.subarray((top.height - 1) * top.width);
      assert.equal(last.filter((pixel) => pixel === 0xffebebeb).length, (400 * scale) / 120);
    }
  });

  it("looks different for each state, and shows its title in the middle", () => {
    const variants: readonly Partial<TitleBarLook>[] = [
      {},
      { isActive: false },
      { isDark: true },
      { isDark: true, isActive: false },
      { hovered: "close" },
      { hovered: "maximize" },
      { pressed: "close" },
      { isMaximized: true },
      { hasMargin: false },
      { title: "cba" },
      { title: "" },
      { buttons: ["close"] },
    ];
    const pictures = variants.map((change) =>
      Buffer.from(paintSide("top", { ...look, ...change }, 120, painter).pixels.buffer).toString("latin1"),
    );
    assert.equal(new Set(pictures).size, variants.length);

    const bare = paintSide("top", look, 120, null);
    const { pixels, width } = paintSide("top", look, 120, painter);
    const columns = [...pixels.keys()].filter((i) => pixels[i] !== bare.pixels[i]).map((i) => i % width);
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    assert.ok(Math.abs((left + right + 1) / 2 - width / 2) <= 1, `${left} to ${right} of ${width}`);
  });

  it("fades out around an ordinary window, with nothing where its upper corners are round", () => {
    const { pixels, width, height } = paintSide("top", look, 120, painter);
    const alpha = (x: number, y: number): number => (pixels[y * width + x] as number) >>> 24;
    assert.equal(alpha(0, 0), 0);
    assert.ok(alpha(0, height - 1) < alpha(MARGIN - 2, height - 1));
    assert.ok(alpha(MARGIN, MARGIN) < 255);
    assert.equal(alpha(MARGIN + 8, MARGIN), 255);
    // All rows beside the content are the same.
    const right = paintSide("right", look, 120, painter);
    assert.deepEqual(right.pixels.subarray(0, MARGIN), right.pixels.subarray(199 * MARGIN));
    assert.ok((right.pixels[0] as number) > (right.pixels[MARGIN - 1] as number));
  });

  it("stands every size", () => {
    for (const width of [1, 7, 16, 17, 39, 5000]) {
      for (const height of [1, 3000]) {
        for (const scale of [60, 120, 133, 360]) {
          for (const side of sides) {
            const place = placeOf(side, { ...look, width, height });
            const picture = paintSide(side, { ...look, width, height }, scale, painter);
            assert.equal(picture.width, Math.round((place.width * scale) / 120));
            assert.ok(picture.pixels.some((pixel) => pixel !== 0));
          }
        }
      }
    }
  });
});
