// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { readHostStates } from "../../../../src/frame/host-states.ts";
import type { Size } from "../../../../src/xwayland/base/geometry.ts";
import { Scale } from "../../../../src/xwayland/base/scale.ts";
import { SizeChoice } from "../../../../src/xwayland/shell/size-choice.ts";

/** xdg_toplevel.state */
const [MAXIMIZED, FULLSCREEN, RESIZING, ACTIVATED, TILED_LEFT, SUSPENDED] = [1, 2, 3, 4, 5, 9];

const any: Size = { width: 0, height: 0 };
const small: Size = { width: 100, height: 80 };
const large: Size = { width: 410, height: 140 };
const screen: Size = { width: 1280, height: 1024 };

describe("the size of a window", () => {
  let scale: Scale;
  let choice: SizeChoice;
  let own: Size;
  let shown: Size | null;

  beforeEach(() => {
    scale = new Scale();
    choice = new SizeChoice(scale);
    own = small;
    shown = null;
  });

  /** The host configures the window, which then has that size and shows it. @returns the size */
  function configured(size: Size, ...states: number[]): Size {
    const rawStates = new Uint8Array(Uint32Array.from(states).buffer);
    const logical = { width: scale.sizeToHost(own.width), height: scale.sizeToHost(own.height) };
    const current = { own, logical, shown };
    const chosen = choice.configured({ size, rawStates, states: readHostStates(rawStates) }, current);
    own = chosen ?? size;
    shown = own;
    return own;
  }

  function requested(size: Size): void {
    choice.requested(size, shown);
    own = size;
  }

  it("is its own while the host says nothing of it", () => {
    assert.deepEqual(configured(any), small);
    requested(large);
    assert.deepEqual(configured(any, ACTIVATED), large);
  });

  it("is what the host says, when that is another one than before", () => {
    configured(any);
    assert.deepEqual(configured(large), large);
    requested(small);
    shown = small;
    assert.deepEqual(configured(screen), screen);
  });

  it("stays as its client has asked for, when the host repeats what it has said before that", () => {
    configured(small, ACTIVATED);
    requested(large);
    shown = large;
    assert.deepEqual(configured(small), large);
    assert.deepEqual(configured(small, ACTIVATED), large);
    // A state that is not known here.
    assert.deepEqual(configured(small, ACTIVATED, SUSPENDED), large);
  });

  it("stays as its client has asked for, when the host only knows the content before that", () => {
    configured(any);
    shown = small;
    requested(large);
    // The same states, but the host cannot have seen what it has asked for.
    assert.deepEqual(configured(small), large);
    assert.deepEqual(configured(small, ACTIVATED), large);
  });

  it("is as the user wants by a command, be it one that the window has had", () => {
    configured(small, ACTIVATED);
    requested(large);
    shown = large;
    assert.deepEqual(configured(small, ACTIVATED), small);
    assert.deepEqual(configured(small), small);
  });

  for (const [host, size] of Object.entries({ "leaves it to the window": any, "gives the one before": small })) {
    it(`is as its client asks while the end of fullscreen waits for what it draws, on a host that ${host}`, () => {
      configured(small, ACTIVATED);
      configured(screen, ACTIVATED, FULLSCREEN);
      requested(large);
      assert.deepEqual(configured(size, ACTIVATED), large);
      assert.deepEqual(configured(size), large);
    });

    it(`is as its client asks for after the end of fullscreen, on a host that ${host}`, () => {
      configured(small, ACTIVATED);
      configured(screen, ACTIVATED, FULLSCREEN);
      choice.requestedForLater({ width: large.width });
      choice.requestedForLater({ height: large.height });
      assert.deepEqual(configured(screen, FULLSCREEN), screen);
      assert.deepEqual(configured(size, ACTIVATED), large);
      assert.deepEqual(configured(size), large);
    });
  }

  it("is as the user makes it with the pointer", () => {
    configured(small, ACTIVATED);
    requested(large);
    shown = large;
    assert.deepEqual(configured(small, ACTIVATED, RESIZING), small);
    assert.deepEqual(configured(small, ACTIVATED), small);
  });

  for (const [name, state] of Object.entries({ maximized: MAXIMIZED, fullscreen: FULLSCREEN, tiled: TILED_LEFT })) {
    it(`is again what it was before it was ${name}, unless the host says another one`, () => {
      configured(any, ACTIVATED);
      requested(large);
      assert.deepEqual(configured(screen, ACTIVATED, state), screen);
      assert.deepEqual(configured(screen, state), screen);
      assert.deepEqual(configured(any, ACTIVATED), large);
      assert.deepEqual(configured(screen, state), screen);
      assert.deepEqual(configured({ width: 500, height: 300 }), { width: 500, height: 300 });
    });

    it(`is what it was made with when it was ${name} from the beginning`, () => {
      assert.deepEqual(configured(screen, state), screen);
      assert.deepEqual(configured(any), small);
    });
  }

  it("is what it was before, also when it was maximized and fullscreen one after the other", () => {
    configured(screen, MAXIMIZED);
    configured(screen, MAXIMIZED, FULLSCREEN);
    configured(screen, MAXIMIZED);
    assert.deepEqual(configured(any), small);
  });

  it("has as many pixels more as the scale has become larger meanwhile", () => {
    configured(screen, FULLSCREEN);
    scale.factor = 1.5;
    assert.deepEqual(configured(any), { width: 150, height: 120 });
  });
});
