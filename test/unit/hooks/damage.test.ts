// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clipped, plainView, type Rect, Region, toBuffer, type View } from "../../../src/hooks/damage.ts";
import fc from "../../support/random.ts";

const rect = (left: number, top: number, right: number, bottom: number): Rect => ({ left, top, right, bottom });

const someRect = (size: number): fc.Arbitrary<Rect> =>
  fc
    .tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }), fc.nat(size / 2), fc.nat(size / 2))
    .map(([left, top, width, height]) => rect(left, top, left + width, top + height));

/** The pixels that rectangles cover, and how often. */
function covered(rects: readonly Rect[]): Map<string, number> {
  const pixels = new Map<string, number>();
  for (const { left, top, right, bottom } of rects) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) pixels.set(`${x},${y}`, (pixels.get(`${x},${y}`) ?? 0) + 1);
    }
  }
  return pixels;
}

describe("a region", () => {
  it("has the pixels of all its rectangles, each once", () => {
    fc.assert(
      fc.property(fc.array(someRect(24), { maxLength: 20 }), (rects) => {
        const region = new Region();
        for (const one of rects) region.add(one);
        const pixels = covered(region.rects);
        assert.deepEqual(new Set(pixels.keys()), new Set(covered(rects).keys()));
        assert.ok([...pixels.values()].every((count) => count === 1));
        assert.equal(region.area, pixels.size);
        assert.equal(region.empty, pixels.size === 0);
      }),
    );
  });

  it("joins what lies side by side, so that a window that is damaged in stripes is one rectangle", () => {
    const region = new Region();
    for (let y = 0; y < 100; y += 10) for (let x = 0; x < 100; x += 10) region.add(rect(x, y, x + 10, y + 10));
    assert.deepEqual(region.rects, [rect(0, 0, 100, 100)]);
  });

  it("takes in another one, and everything there is", () => {
    const [region, other] = [new Region(), new Region()];
    region.add(rect(0, 0, 5, 5));
    other.add(rect(-(2 ** 31), -(2 ** 31), 2 ** 32, 2 ** 32));
    region.addAll(other);
    assert.deepEqual(
      region.rects.map((one) => clipped(one, 640, 480)),
      [rect(0, 0, 640, 480)],
    );
    region.clear();
    assert.ok(region.empty);
  });

  it("of very many rectangles gets coarser, but misses nothing, and stays small", () => {
    const region = new Region();
    const pixels: Rect[] = [];
    for (let i = 0; i < 5000; i++) {
      const [x, y] = [(i * 7919) % 997, (i * 104729) % 991];
      pixels.push(rect(x, y, x + 1, y + 1));
      region.add(pixels.at(-1) as Rect);
    }
    assert.ok(region.rects.length <= 128);
    for (const { left, top } of pixels) {
      assert.ok(region.rects.some((one) => one.left <= left && left < one.right && one.top <= top && top < one.bottom));
    }
  });

  it("takes its time for some rectangles that overlap, and hardly more for ever so many", () => {
    const time = (count: number): number => {
      const times = Array.from({ length: 5 }, () => {
        const region = new Region();
        const start = performance.now();
        for (let i = 0; i < count; i++) region.add(rect(i, i, i + 2000, i + 3000));
        assert.deepEqual(
          region.rects.reduce((sum, one) => Math.max(sum, one.right), 0),
          count + 1999,
        );
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    const [some, many] = [time(250), time(25_000)];
    assert.ok(many < some * 30, `250 take ${some} ms, 25000 take ${many} ms`);
  });

  it("ignores what covers nothing", () => {
    const region = new Region();
    region.add(rect(5, 5, 5, 9));
    region.add(rect(5, 9, 9, 5));
    assert.ok(region.empty);
  });
});

/**
 * Where a surface shows a pixel of its buffer: the other way round than in the program, and by turning the picture a
 * quarter at a time, as the protocol describes it. The client has turned it counter-clockwise, so it is turned back.
 */
function onSurface(x: number, y: number, view: View, width: number, height: number): Rect {
  let corners: [number, number][] = [
    [x, y],
    [x + 1, y + 1],
  ];
  let [w, h] = [width, height];
  for (let turn = 0; turn < (view.transform & 3); turn++) {
    const before = h;
    corners = corners.map(([cx, cy]) => [before - cy, cx]);
    [w, h] = [h, w];
  }
  if (view.transform >= 4) corners = corners.map(([cx, cy]) => [w - cx, cy]);
  const from = view.source ?? { x: 0, y: 0, width: w / view.scale, height: h / view.scale };
  const to = view.destination ?? from;
  const [[ax, ay], [bx, by]] = corners.map(([cx, cy]) => [
    ((cx / view.scale - from.x) * to.width) / from.width,
    ((cy / view.scale - from.y) * to.height) / from.height,
  ]) as [[number, number], [number, number]];
  return rect(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by));
}

const size = fc.integer({ min: 1, max: 12 }).map((n) => n * 4);
const someView: fc.Arbitrary<View> = fc.record({
  scale: fc.constantFrom(1, 2, 4),
  transform: fc.integer({ min: 0, max: 7 }),
  source: fc.option(
    fc.record({
      x: fc.integer({ min: 0, max: 512 }).map((n) => n / 256),
      y: fc.integer({ min: 0, max: 512 }).map((n) => n / 256),
      width: fc.integer({ min: 64, max: 2048 }).map((n) => n / 256),
      height: fc.integer({ min: 64, max: 2048 }).map((n) => n / 256),
    }),
  ),
  destination: fc.option(
    fc.record({ width: fc.integer({ min: 1, max: 50 }), height: fc.integer({ min: 1, max: 50 }) }),
  ),
});

/** Float arithmetic may be off by as much. */
const SLACK = 1e-6;

describe("damage of a surface", () => {
  it("covers, in its buffer, the pixels that are shown there, and none that are farther off than their neighbours", () => {
    fc.assert(
      fc.property(size, size, someView, someRect(40), (width, height, view, damage) => {
        fc.pre(damage.left < damage.right && damage.top < damage.bottom);
        const found = toBuffer(damage, view, width, height);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const { left, top, right, bottom } = onSurface(x, y, view, width, height);
            const isFound = x >= found.left && x < found.right && y >= found.top && y < found.bottom;
            const overlap = (slack: number): boolean =>
              left < damage.right + slack &&
              right > damage.left - slack &&
              top < damage.bottom + slack &&
              bottom > damage.top - slack;
            if (overlap(-SLACK)) assert.ok(isFound, `${x},${y} is missing`);
            if (isFound) assert.ok(overlap(SLACK), `${x},${y} is not shown there`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("in a plain view is where it says", () => {
    assert.deepEqual(toBuffer(rect(3, 4, 7, 9), plainView, 100, 100), rect(3, 4, 7, 9));
  });

  it("that means everything is everything in each view", () => {
    fc.assert(
      fc.property(size, size, someView, (width, height, view) => {
        const whole = clipped(
          toBuffer(rect(-(2 ** 31), -(2 ** 31), 2 ** 31, 2 ** 31), view, width, height),
          width,
          height,
        );
        assert.deepEqual(whole, rect(0, 0, width, height));
      }),
    );
  });
});
