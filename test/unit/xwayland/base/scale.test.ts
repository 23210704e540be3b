// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scale } from "../../../../src/xwayland/base/scale.ts";
import fc from "../../../support/random.ts";

function scaleOf(factor: number): Scale {
  const scale = new Scale();
  scale.factor = factor;
  return scale;
}

const factors = fc.integer({ min: 120, max: 960 }).map((numerator) => numerator / 120);
const sizes = fc.integer({ min: 1, max: 32767 });

test("a size that the host chose comes back to it", () => {
  fc.assert(
    fc.property(factors, sizes, (factor, logical) => {
      const scale = scaleOf(factor);
      assert.equal(scale.sizeToHost(scale.toX(logical)), logical);
    }),
  );
});

test("a window is shown with as many pixels as it has, or less than one logical pixel fewer, but never more", () => {
  fc.assert(
    fc.property(factors, sizes, (factor, pixels) => {
      fc.pre(pixels >= factor);
      const scale = scaleOf(factor);
      const shown = scale.toX(scale.sizeToHost(pixels));
      assert.ok(shown <= pixels && shown > pixels - factor - 0.5, `${pixels} as ${shown}`);
    }),
  );
});

test("a larger window is never shown smaller, so that limits of sizes stay in their order", () => {
  fc.assert(
    fc.property(factors, sizes, (factor, pixels) => {
      const scale = scaleOf(factor);
      assert.ok(scale.sizeToHost(pixels) <= scale.sizeToHost(pixels + 1));
    }),
  );
});

test("no window vanishes, and no limit of sizes appears", () => {
  const scale = scaleOf(3);
  assert.equal(scale.sizeToHost(1), 1);
  assert.equal(scale.sizeToHost(0), 0);
});

test("without a scale all stays as it is", () => {
  const scale = new Scale();
  for (const length of [-7, 0, 1, 1023]) {
    assert.equal(scale.toX(length), length);
    assert.equal(scale.toHost(length), length);
  }
  assert.equal(scale.sizeToHost(1023), 1023);
});

test("listeners learn of another factor alone, for as long as they listen", () => {
  const scale = new Scale();
  let told = 0;
  const stopListening = scale.onChange(() => told++);
  scale.factor = 1.5;
  scale.factor = 1.5;
  assert.equal(told, 1);
  stopListening();
  scale.factor = 2;
  assert.equal(told, 1);
});

test("factors that were measured are taken for the host's", () => {
  for (const [pixels, logical, factor] of [
    [1280, 1024, 1.25],
    [1024, 819, 1.25],
    [1366, 1093, 1.25],
    [3440, 2580, 4 / 3],
  ] as const) {
    assert.equal(scaleOf(pixels / logical).factor, factor);
  }
});
