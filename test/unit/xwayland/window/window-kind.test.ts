// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Geometry } from "../../../../src/xwayland/base/geometry.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import { windowKind } from "../../../../src/xwayland/window/window-kind.ts";
import { properties } from "../../../support/x-window.ts";

const left = { x: 0, y: 0, width: 800, height: 600 };
const right = { x: 800, y: 0, width: 1024, height: 768 };

function kindOf(
  geometry: Partial<Geometry>,
  overrideRedirect: boolean,
  types: string[] = [],
  embedded = false,
): string {
  const window = new XWindow(1, { ...left, width: 100, height: 50, ...geometry }, overrideRedirect);
  window.properties = properties({ types, embedded });
  return windowKind(window, [left, right]);
}

describe("what an X window is for the host", () => {
  it("is a toplevel when it asks the window manager, whatever else it says", () => {
    for (const type of ["NORMAL", "DIALOG", "UTILITY", "SPLASH", "MENU", "DOCK"])
      assert.equal(kindOf({}, false, [type]), "toplevel");
    assert.equal(kindOf({ width: 1, height: 1 }, false), "toplevel");
    assert.equal(kindOf({ x: -5000 }, false), "toplevel");
    assert.equal(kindOf(left, false), "toplevel");
  });

  it("is a popup when it asks the window manager, but must not take the keyboard", () => {
    for (const type of ["NOTIFICATION", "TOOLTIP", "COMBO", "POPUP_MENU", "DROPDOWN_MENU"])
      assert.equal(kindOf({}, false, [type]), "popup");
  });

  it("is a popup when its client shows it by itself", () => {
    assert.equal(kindOf({}, true), "popup");
    assert.equal(kindOf({ x: -50 }, true), "popup", "with a part of it on the screen");
    assert.equal(kindOf({ width: 1 }, true), "popup", "a line is something to see");
  });

  it("is nothing when there is nothing to see of it", () => {
    assert.equal(kindOf({ width: 1, height: 1 }, true), "nothing");
    for (const outside of [{ x: -100 }, { y: -50 }, { x: 1824 }, { x: 0, y: 600 }]) {
      assert.equal(kindOf(outside, true), "nothing");
    }
  });

  it("is fullscreen when it fills an output, unless it is a menu or the like", () => {
    assert.equal(kindOf(left, true), "fullscreen");
    assert.equal(kindOf(right, true), "fullscreen");
    assert.equal(kindOf({ width: 1824, height: 768 }, true), "fullscreen");
    assert.equal(kindOf({ width: 800, height: 599 }, true), "popup");
    assert.equal(kindOf(left, true, ["DND"]), "nothing");
  });

  it("is nothing when it is meant for a panel, which is not there", () => {
    assert.equal(kindOf({}, false, [], true), "nothing");
    assert.equal(kindOf({}, true, [], true), "nothing");
  });

  it("is what it says when it could be a part of another one, too, as all windows of Qt", () => {
    assert.equal(kindOf({}, false, ["NORMAL"], true), "toplevel");
    assert.equal(kindOf({}, true, ["POPUP_MENU"], true), "popup");
  });

  it("is a popup while there is no output", () => {
    assert.equal(windowKind(new XWindow(1, left, true), []), "popup");
  });
});
