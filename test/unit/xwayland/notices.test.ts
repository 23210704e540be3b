// SPDX-License-Identifier: Apache-2.0
/** What must not take the keyboard, and what comes before its parent, between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import type { DesktopWindow } from "../../support/fake-desktop.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

/** A window of a type, which its client places itself, or leaves to the window manager. */
function typed(x: X11Connection, type: string, overrideRedirect: boolean): Promise<XTestWindow> {
  return XTestWindow.show(x, {
    x: 40,
    y: 50,
    width: 150,
    height: 60,
    overrideRedirect,
    properties: { _NET_WM_WINDOW_TYPE: { type: "ATOM", value: [`_NET_WM_WINDOW_TYPE_${type}`] } },
  });
}

async function toplevel(stage: WmStage, x: X11Connection): Promise<DesktopWindow> {
  await XTestWindow.show(x, { width: 300, height: 200 });
  return stage.desktop.shown("toplevel");
}

for (const overrideRedirect of [true, false]) {
  describe(`a notification that ${overrideRedirect ? "its client places" : "is left to the window manager"}`, () => {
    it("is not shown alone, and belongs to the first window that comes", async (t) => {
      const { stage, x } = await WmStage.set(t);
      await typed(x, "NOTIFICATION", overrideRedirect);
      await stage.settled(x);
      assert.deepEqual(stage.desktop.windows, []);
      const window = await toplevel(stage, await stage.connect());
      const popup = await stage.desktop.shown("popup");
      assert.equal(popup.parent, window);
      assert.deepEqual(popup.place, { x: 40, y: 50, width: 150, height: 60 });
    });

    it("belongs to the window where the user was last, and to another one when that goes", async (t) => {
      const { stage, x } = await WmStage.set(t);
      const program = await stage.connect();
      const ours = await XTestWindow.show(program, { width: 300, height: 200 });
      const first = await stage.desktop.shown("toplevel");
      const second = await toplevel(stage, program);
      stage.desktop.focus(first);
      await stage.settled(x);
      stage.desktop.focus(null);
      await stage.settled(x);
      await typed(x, "NOTIFICATION", overrideRedirect);
      assert.equal((await stage.desktop.shown("popup")).parent, first);
      ours.unmap();
      assert.equal((await stage.desktop.shown("popup")).parent, second);
    });
  });
}

describe("a window that is mapped before the main window of its program", () => {
  it("becomes its popup when that comes", async (t) => {
    const { stage, x } = await WmStage.set(t);
    await typed(x, "SPLASH", true);
    const alone = await stage.desktop.shown("toplevel");
    const main = await toplevel(stage, x);
    assert.equal((await stage.desktop.shown("popup")).parent, main);
    assert.ok(!stage.desktop.windows.includes(alone));
  });

  it("stays as it is when another program's window comes", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const splash = await typed(x, "SPLASH", true);
    const alone = await stage.desktop.shown("toplevel");
    const other = await toplevel(stage, await stage.connect());
    await stage.host.expect("wl_surface.commit", () => other.isMapped);
    await stage.settled(x);
    assert.ok(stage.desktop.windows.includes(alone));
    assert.equal(splash.seen("UnmapNotify").length, 0);
  });
});

describe("an input method's window", () => {
  it("belongs to the window with the keyboard, wherever the pointer is", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const program = await stage.connect();
    const typedInto = await toplevel(stage, program);
    const pointed = await toplevel(stage, program);
    stage.desktop.focus(typedInto);
    stage.desktop.input("wl_pointer").send("enter", stage.desktop.serial(), pointed.surface, 10, 10);
    await stage.settled(x);
    await XTestWindow.show(x, { x: 30, y: 40, width: 100, height: 30, overrideRedirect: true });
    assert.equal((await stage.desktop.shown("popup")).parent, typedInto);
  });
});
