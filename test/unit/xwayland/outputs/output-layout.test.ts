// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Geometry } from "../../../../src/xwayland/base/geometry.ts";
import { Scale } from "../../../../src/xwayland/base/scale.ts";
import { factorOf, layOut, type OutputFacts } from "../../../../src/xwayland/outputs/output-layout.ts";
import fc from "../../../support/random.ts";

/** An output of 1280x1024 pixels, unless something else is said. */
function output(facts: Partial<OutputFacts>): OutputFacts {
  return { transform: 0, scale: 1, mode: { width: 1280, height: 1024 }, x: 0, y: 0, logical: null, ...facts };
}

const at = (x: number, y: number, width: number, height: number): Geometry => ({ x, y, width, height });

function laidOut(factor: number, ...outputs: readonly OutputFacts[]): Geometry[] {
  const scale = new Scale();
  scale.factor = factor;
  return layOut(outputs, scale);
}

test("an output has as many X pixels as it has of its own, although its logical size is rounded", () => {
  assert.deepEqual(laidOut(1.25, output({ logical: at(0, 0, 1024, 819) })), [at(0, 0, 1280, 1024)]);
});

test("X's places begin at the corner of its screen", () => {
  const left = output({ logical: at(-1280, -200, 1280, 1024) });
  const right = output({ logical: at(0, 0, 1280, 1024) });
  assert.deepEqual(laidOut(1, right, left), [at(1280, 200, 1280, 1024), at(0, 0, 1280, 1024)]);
});

test("a turned output is as wide as it stands", () => {
  const turned = output({ transform: 3, logical: at(0, 0, 512, 640) });
  assert.equal(factorOf(turned), 2);
  assert.deepEqual(laidOut(2, turned), [at(0, 0, 1024, 1280)]);
});

test("a less sharp output has as many X pixels for its size as the sharpest one", () => {
  const sharp = output({ logical: at(0, 0, 640, 512) });
  const other = output({ logical: at(640, 0, 1280, 1024) });
  assert.deepEqual(laidOut(2, sharp, other), [at(0, 0, 1280, 1024), at(1280, 0, 2560, 2048)]);
});

test("outputs with the same content lie beside each other for X", () => {
  const one = output({ logical: at(0, 0, 1280, 1024) });
  assert.deepEqual(laidOut(1, one, one), [at(0, 0, 1280, 1024), at(0, 1024, 1280, 1024)]);
});

test("without zxdg_output_v1 what wl_output says is enough", () => {
  const other = output({ scale: 2, x: 640, transform: 1 });
  assert.equal(factorOf(other), 2);
  assert.deepEqual(laidOut(2, output({ scale: 2 }), other), [at(0, 0, 1280, 1024), at(1280, 0, 1024, 1280)]);
});

test("however outputs lie, for X they are apart, and none lies before the corner", () => {
  const side = fc.integer({ min: 1, max: 3000 });
  const place = fc.integer({ min: -5000, max: 5000 });
  const one = fc.record({ x: place, y: place, width: side, height: side });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), fc.integer({ min: 120, max: 480 }), (all, numerator) => {
      const outputs = all.map((logical) => output({ mode: { width: 16, height: 16 }, logical }));
      const placed = laidOut(numerator / 120, ...outputs);
      for (const [i, a] of placed.entries()) {
        assert.ok(a.x >= 0 && a.y >= 0);
        for (const b of placed.slice(0, i)) {
          assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
        }
      }
    }),
  );
});
