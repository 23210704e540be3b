// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseIcons, drawSquare, iconsIn, sideOf } from "../../../../src/xwayland/window/icon.ts";

const icons = (...words: number[]) => iconsIn(Uint32Array.from(words));

describe("an icon", () => {
  it("is read up to the first that is cut off, however large it says it is", () => {
    assert.equal(icons(1, 1, 9, 2, 1, 8, 8).length, 2);
    assert.equal(icons(1, 1, 9, 2, 2, 8, 8).length, 1);
    assert.equal(icons(0xffff_ffff, 0xffff_ffff, 9).length, 0);
    assert.equal(icons(0, 5, 1, 1, 9).length, 0);
    assert.equal(icons().length, 0);
  });

  it("is shown in each size up to the largest that makes sense, or in the smallest that there is", () => {
    const all = icons(2, 1, 1, 1, 1, 1, 9, 1, 2, 5, 5);
    assert.deepEqual(chooseIcons(all, 2).map(sideOf), [1, 2]);
    assert.deepEqual(chooseIcons(icons(3, 1, 1, 1, 1, 2, 1, 1, 1), 1).map(sideOf), [2]);
    assert.deepEqual(chooseIcons([], 2), []);
  });

  it("is not shown if it would be enormous as a square, nor in any number of sizes", () => {
    const thin = (height: number): number[] => [1, height, ...Array<number>(height).fill(7)];
    assert.deepEqual(chooseIcons(icons(...thin(1025)), 256), []);
    assert.deepEqual(chooseIcons(icons(...thin(1024)), 256).map(sideOf), [1024]);
    const many = Array.from({ length: 40 }, (_, i) => thin(i + 1)).flat();
    assert.deepEqual(
      chooseIcons(icons(...many), 256).map(sideOf),
      Array.from({ length: 16 }, (_, i) => i + 25),
    );
  });

  it("is drawn in the middle of a square, with its colours premultiplied", () => {
    const [icon] = icons(1, 3, 0xffffffff, 0x80ff8000, 0x00ffffff);
    assert.ok(icon);
    const square = new Uint32Array(9);
    drawSquare(icon, square);
    assert.deepEqual([...square], [0, 0xffffffff, 0, 0, 0x80804000, 0, 0, 0, 0]);
  });
});
