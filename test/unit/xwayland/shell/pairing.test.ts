// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Pairing } from "../../../../src/xwayland/shell/pairing.ts";

describe("a surface and a window with the same serial", () => {
  it("find each other in either order, and wait no longer", () => {
    const pairing = new Pairing<string, string>();
    assert.equal(pairing.addSurface(1, "surface"), undefined);
    assert.equal(pairing.addWindow(1, "window"), "surface");
    assert.equal(pairing.addWindow(2, "window"), undefined);
    assert.equal(pairing.addSurface(2, "surface"), "window");
    assert.equal(pairing.waiting, 0);
  });

  it("do not find each other once either is gone, and nothing is left waiting", () => {
    const pairing = new Pairing<string, string>();
    pairing.addSurface(1, "surface");
    pairing.removeSurface(1);
    assert.equal(pairing.addWindow(1, "window"), undefined);
    pairing.addWindow(2, "window");
    pairing.removeWindow(2);
    assert.equal(pairing.addSurface(2, "surface"), undefined);
    assert.equal(pairing.waiting, 0);
  });

  it("do not find each other when a later serial has shown that one of them was missed", () => {
    const pairing = new Pairing<string, string>();
    pairing.addSurface(5, "later");
    assert.equal(pairing.addWindow(4, "window"), undefined);
    assert.equal(pairing.addWindow(5, "its window"), "later");
    pairing.addWindow(9, "window");
    assert.equal(pairing.addSurface(7, "surface"), undefined);
    assert.equal(pairing.waiting, 1);
  });

  it("do not find each other a second time by a serial that is repeated", () => {
    const pairing = new Pairing<string, string>();
    pairing.addWindow(1, "window");
    pairing.addSurface(1, "surface");
    assert.equal(pairing.addWindow(1, "thief"), undefined);
    assert.equal(pairing.waiting, 0);
  });
});
