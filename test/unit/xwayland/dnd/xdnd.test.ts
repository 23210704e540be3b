// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enterData, packPlace } from "../../../../src/xwayland/dnd/xdnd.ts";

describe("an XDND message", () => {
  it("has a place in one number, also one above or left of the root window", () => {
    assert.equal(packPlace(3, 5), 0x0003_0005);
    assert.equal(packPlace(1, -1), 0x0001_ffff);
    assert.equal(packPlace(-2, 7), 0xfffe_0007);
  });

  it("has up to three types, and says when there are more", () => {
    assert.deepEqual(enterData(5, [10, 20]), [0x0500_0000, 10, 20]);
    assert.deepEqual(enterData(4, [10, 20, 30, 40]), [0x0400_0001, 10, 20, 30]);
  });
});
