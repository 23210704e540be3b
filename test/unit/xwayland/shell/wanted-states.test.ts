// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noStates, readHostStates } from "../../../../src/frame/host-states.ts";
import { changeStates, isMaximized, withGranted } from "../../../../src/xwayland/shell/wanted-states.ts";

const REMOVE = 0;
const ADD = 1;
const TOGGLE = 2;
const both = ["MAXIMIZED_HORZ", "MAXIMIZED_VERT"];

function after(current: readonly string[], action: number, ...states: string[]): string[] {
  return [...changeStates(new Set(current), { action, states })].sort();
}

describe("the states that a client wants", () => {
  it("are added and removed one by one or two at once", () => {
    assert.deepEqual(after([], ADD, "FULLSCREEN"), ["FULLSCREEN"]);
    assert.deepEqual(after(["MODAL"], ADD, ...both), [...both, "MODAL"]);
    assert.deepEqual(after([...both, "MODAL"], REMOVE, ...both), ["MODAL"]);
    assert.deepEqual(after([], REMOVE, "FULLSCREEN"), []);
  });

  it("are toggled together, as the first one is", () => {
    assert.deepEqual(after([], TOGGLE, ...both), both);
    assert.deepEqual(after(both, TOGGLE, ...both), []);
    assert.deepEqual(after(["MAXIMIZED_HORZ"], TOGGLE, ...both), []);
    assert.deepEqual(after(["MAXIMIZED_VERT"], TOGGLE, ...both), both);
  });

  it("stay as they are when a message says nothing that is known", () => {
    assert.deepEqual(after(["MODAL"], ADD), ["MODAL"]);
    assert.deepEqual(after(["MODAL"], 3, "FULLSCREEN"), ["MODAL"]);
  });

  it("are maximized in both directions only", () => {
    assert.ok(isMaximized(new Set(both)));
    assert.ok(!isMaximized(new Set(["MAXIMIZED_HORZ"])));
  });

  it("give way to what the host has decided", () => {
    const wanted = new Set(["FULLSCREEN", "MODAL"]);
    assert.deepEqual([...withGranted(wanted, noStates)], ["MODAL"]);
    assert.deepEqual([...withGranted(wanted, { ...noStates, maximized: true })], ["MODAL", ...both]);
  });
});

describe("the states that a host reports", () => {
  it("are read from their numbers, of which others than we know mean nothing", () => {
    const bytes = (...numbers: number[]): Uint8Array => new Uint8Array(Uint32Array.from(numbers).buffer);
    assert.deepEqual(readHostStates(bytes()), noStates);
    assert.deepEqual(readHostStates(bytes(1, 4, 99)), { ...noStates, maximized: true, activated: true });
    assert.deepEqual(readHostStates(bytes(2, 3, 7)), { ...noStates, fullscreen: true, resizing: true, tiled: true });
    // Cut off, and not aligned.
    assert.deepEqual(readHostStates(bytes(2, 4).subarray(0, 6)), { ...noStates, fullscreen: true });
    assert.deepEqual(readHostStates(Uint8Array.of(0, 1, 0, 0, 0).subarray(1)), { ...noStates, maximized: true });
  });
});
