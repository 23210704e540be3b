// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import { type PopupCandidates, popupParent } from "../../../../src/xwayland/shell/popup-parent.ts";
import { properties } from "../../../support/x-window.ts";

/** Ids of one client share their hundreds here. */
const related = (a: XWindow, b: XWindow): boolean => Math.floor(a.id / 100) === Math.floor(b.id / 100);

function window(id: number, overrideRedirect = false, x = 0): XWindow {
  return new XWindow(id, { x, y: 0, width: 50, height: 50 }, overrideRedirect);
}

function parentOf(popup: XWindow, situation: Partial<PopupCandidates>): number | undefined {
  return popupParent(popup, { shown: [], pointed: null, focused: null, related, ...situation })?.parent.id;
}

function naming(popup: XWindow, transientFor: number): XWindow {
  popup.properties = properties({ transientFor });
  return popup;
}

describe("the parent of a popup", () => {
  const main = window(101);
  const second = window(102);
  const stranger = window(201);

  it("is the window that it names, if that is shown", () => {
    const popup = naming(window(109, true), 101);
    assert.equal(parentOf(popup, { shown: [main, second], pointed: second }), 101);
    assert.equal(parentOf(popup, { shown: [second] }), 102);
  });

  it("is the menu of the same client that it touches, as for a submenu", () => {
    const menu = window(105, true);
    const farMenu = window(106, true, 500);
    const othersMenu = window(205, true);
    const submenu = window(109, true, 50);
    assert.equal(parentOf(submenu, { shown: [main, menu, farMenu, othersMenu], pointed: main }), 105);
  });

  it("is where the user is, among the windows of its client", () => {
    const popup = window(109, true, 900);
    assert.equal(parentOf(popup, { shown: [main, second, stranger], pointed: main, focused: second }), 101);
    assert.equal(parentOf(popup, { shown: [main, second, stranger], pointed: stranger, focused: main }), 101);
    assert.equal(parentOf(popup, { shown: [main, second, stranger], pointed: stranger }), 102, "else the latest");
  });

  it("is where the user is, for a client that shows nothing else, as an input method", () => {
    const popup = window(309, true);
    assert.equal(
      parentOf(popup, { shown: [main, stranger], pointed: main, focused: stranger }),
      201,
      "with the keyboard",
    );
    assert.equal(parentOf(popup, { shown: [main, stranger], pointed: main }), 101);
  });

  it("is where the user is, for an input method whose bar has come when the user was elsewhere", () => {
    const bar = window(301, true);
    bar.parent = main;
    const candidates = window(309, true);
    assert.equal(parentOf(candidates, { shown: [main, stranger, bar], focused: stranger, pointed: main }), 201);
    assert.equal(parentOf(candidates, { shown: [main, stranger, bar], focused: main }), 301, "which it touches");
    bar.parent = null;
  });

  it("is where the user was last, for what must not take the keyboard, and has no other", () => {
    const shown = [main, second, stranger];
    second.focusedAt = 5;
    for (const type of ["NOTIFICATION", "TOOLTIP", "SPLASH", "UTILITY", "TOOLBAR"]) {
      const popup = window(309, true);
      popup.properties = properties({ types: [type] });
      assert.equal(parentOf(popup, { shown }), 102);
    }
    assert.equal(parentOf(window(309, true), { shown }), undefined);
    second.focusedAt = 0;
  });

  it("is no notification or tooltip, which go away by themselves", () => {
    const notice = window(102);
    notice.properties = properties({ types: ["NOTIFICATION"] });
    assert.equal(parentOf(window(109, true), { shown: [main, notice], pointed: notice, focused: notice }), 101);
  });

  it("is its own, or only where the user is", () => {
    const situation = { shown: [main, stranger], pointed: stranger, focused: null, related };
    assert.equal(popupParent(window(109, true), situation)?.isOwn, true);
    assert.equal(popupParent(naming(window(309, true), 101), situation)?.isOwn, true);
    assert.equal(popupParent(window(309, true), situation)?.isOwn, false);
  });

  it("comes with the reason, for the log", () => {
    const popup = naming(window(109, true), 101);
    const situation = { shown: [main, stranger], pointed: stranger, focused: null, related };
    assert.equal(popupParent(popup, situation)?.reason, "it names that itself");
    assert.equal(popupParent(window(109, true), situation)?.reason, "that is the latest of the same client's");
    assert.equal(popupParent(window(309, true), situation)?.reason, "the user is there");
  });

  it("is neither itself nor a window that is not shown any more", () => {
    const popup = window(109, true);
    assert.equal(parentOf(popup, { shown: [popup], pointed: popup, focused: main }), undefined);
  });
});
