// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitSize, readSizeHints } from "../../../../src/xwayland/window/size-hints.ts";

const MIN = 1 << 4;
const MAX = 1 << 5;
const INCREMENTS = 1 << 6;
const BASE = 1 << 8;

/** A property in which all fields are filled, of which the flags say which count. */
function hints(flags: number, fields: Partial<Record<number, number>> = {}): ReturnType<typeof readSizeHints> {
  const filled: Record<number, number> = {
    0: flags,
    5: 40,
    6: 30,
    7: 400,
    8: 300,
    9: 10,
    10: 20,
    15: 4,
    16: 5,
    ...fields,
  };
  return readSizeHints(Uint32Array.from({ length: 18 }, (_, i) => filled[i] ?? 0));
}

describe("the sizes that a window likes", () => {
  it("count only if the flags say so", () => {
    const none = readSizeHints(new Uint32Array());
    assert.deepEqual(hints(0), none);
    assert.deepEqual(fitSize(none, 123, 45), { width: 123, height: 45 });
  });

  it("lie between a minimum and a maximum", () => {
    const limited = hints(MIN | MAX);
    assert.deepEqual(fitSize(limited, 10, 10), { width: 40, height: 30 });
    assert.deepEqual(fitSize(limited, 1000, 1000), { width: 400, height: 300 });
  });

  it("have no maximum below the minimum, which a host would refuse", () => {
    assert.equal(hints(MIN | MAX, { 7: 20 }).maxWidth, 0);
    assert.equal(hints(MIN | MAX, { 7: 0xffff_ffff }).maxWidth, 0);
  });

  it("are the base and whole increments, below what was asked for", () => {
    const terminal = hints(MIN | INCREMENTS | BASE);
    assert.deepEqual(fitSize(terminal, 107, 107), { width: 104, height: 105 });
    assert.deepEqual(fitSize(terminal, 104, 105), { width: 104, height: 105 });
    // The minimum stays, even if it is no whole number of them.
    assert.deepEqual(fitSize(terminal, 41, 31), { width: 41, height: 31 });
  });

  it("have the shape that a film needs, within what was asked for", () => {
    // The ratio is between 4:3 and 16:9.
    const film = hints(1 << 7, { 11: 4, 12: 3, 13: 16, 14: 9 });
    assert.deepEqual(fitSize(film, 320, 200), { width: 320, height: 200 });
    assert.deepEqual(fitSize(film, 640, 90), { width: 160, height: 90 });
    assert.deepEqual(fitSize(film, 120, 800), { width: 120, height: 90 });
    assert.deepEqual(fitSize(hints(1 << 7, { 11: 4, 12: 0, 13: 0, 14: 9 }), 1, 99), { width: 1, height: 99 });
  });

  it("begin with the minimum where there is no base", () => {
    assert.deepEqual(fitSize(hints(MIN | INCREMENTS), 57, 57), { width: 50, height: 50 });
  });

  it("are never nothing", () => {
    assert.deepEqual(fitSize(hints(INCREMENTS, { 9: 0, 10: 0 }), 0, 0), { width: 1, height: 1 });
  });
});
