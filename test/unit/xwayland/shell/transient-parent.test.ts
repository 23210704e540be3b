// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { XWindow } from "../../../../src/xwayland/base/window.ts";
import { Toplevel } from "../../../../src/xwayland/shell/toplevel.ts";
import { transientParent } from "../../../../src/xwayland/shell/transient-parent.ts";
import { xWindow } from "../../../support/x-window.ts";

const root = 1;
const GROUP = 7;

function shown(window: XWindow, focusedAt = 0): XWindow {
  window.role = Object.create(Toplevel.prototype);
  window.focusedAt = focusedAt;
  return window;
}

describe("the parent of a dialog", () => {
  it("is the window that it names, if that is shown", () => {
    const main = shown(xWindow(101));
    const hidden = xWindow(102);
    const shownWindows = [main, hidden];
    assert.equal(transientParent(xWindow(109, { transientFor: 101 }), { shown: shownWindows, root }), main);
    assert.equal(transientParent(xWindow(109, { transientFor: 102 }), { shown: shownWindows, root }), null);
    assert.equal(transientParent(xWindow(109), { shown: shownWindows, root }), null);
  });

  it("is that window of its group in which the user was last, if it is for all of them", () => {
    const first = shown(xWindow(101, { group: GROUP }), 5);
    const last = shown(xWindow(102, { group: GROUP }), 6);
    const stranger = shown(xWindow(201, { group: 8 }), 9);
    const shownWindows = [first, last, stranger];
    for (const transientFor of [root, 0]) {
      assert.equal(transientParent(xWindow(109, { transientFor, group: GROUP }), { shown: shownWindows, root }), last);
      assert.equal(transientParent(xWindow(109, { transientFor }), { shown: shownWindows, root }), null);
    }
  });

  it("is neither itself nor what is above it already, in however long a circle", () => {
    const a = shown(xWindow(101, { transientFor: 103 }));
    const b = shown(xWindow(102, { transientFor: 101 }));
    const c = shown(xWindow(103, { transientFor: 102 }));
    b.transientOf = a;
    c.transientOf = b;
    const shownWindows = [a, b, c];
    assert.equal(transientParent(a, { shown: shownWindows, root }), null);
    const own = shown(xWindow(104, { transientFor: 104 }));
    assert.equal(transientParent(own, { shown: [own], root }), null);
  });
});
