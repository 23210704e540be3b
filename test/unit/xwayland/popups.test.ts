// SPDX-License-Identifier: Apache-2.0
/** Windows that clients place themselves: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { REMAP_DELAY_MS } from "../../../src/xwayland/shell/popup-remapper.ts";
import { eventually } from "../../support/eventually.ts";
import type { DesktopWindow } from "../../support/fake-desktop.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow, type XWindowOptions } from "../../support/x-test-window.ts";

interface ShownPopup {
  readonly ours: XTestWindow;
  readonly theirs: DesktopWindow;
}

/** A popup, once the desktop shows its content. */
async function popup(stage: WmStage, x: X11Connection, options: XWindowOptions): Promise<ShownPopup> {
  const ours = new XTestWindow(x, { overrideRedirect: true, width: 100, height: 20, ...options });
  ours.map();
  const theirs = await stage.desktop.shown("popup");
  await stage.host.expect("wl_surface.commit", () => theirs.isMapped);
  return { ours, theirs };
}

const large = { width: 400, height: 300 };

describe("popups", () => {
  it("are a chain at their places, if each touches the one before", async (t) => {
    const { stage, x } = await WmStage.set(t);
    let { theirs: parent } = await stage.show(x, large);
    for (const place of [
      { x: 20, y: 30, width: 100, height: 200 },
      { x: 120, y: 50, width: 100, height: 200 },
      { x: 220, y: 90, width: 100, height: 200 },
    ]) {
      const { theirs } = await popup(stage, x, place);
      assert.equal(theirs.parent, parent);
      assert.deepEqual(theirs.place, place);
      parent = theirs;
    }
  });

  it("of one that the desktop has slid are beside it where it is", async (t) => {
    const { stage, x } = await WmStage.set(t);
    await stage.show(x, large);
    const menu = await popup(stage, x, { x: 1250, y: 280, width: 120, height: 100 });
    await menu.ours.expect("ConfigureNotify", (event) => event.x === 1160);
    const { theirs } = await popup(stage, x, { x: 1060, y: 300, width: 100, height: 100 });
    assert.equal(theirs.parent, menu.theirs);
    assert.deepEqual(theirs.place, { x: 1060, y: 300, width: 100, height: 100 });
  });

  it("are moved on the desktop when their client moves them, once each time, and shown there at once", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop, host } = stage;
    await stage.show(x, large);
    const { ours, theirs } = await popup(stage, x, { x: 20, y: 30 });
    const before = host.inbox.count("wl_surface.commit");
    // It does not fit there.
    x.send("ConfigureWindow", { window: ours.id, x: 1250, y: 80 });
    await ours.expect("ConfigureNotify", (event) => event.x === 1180 && event.y === 80);
    await eventually("a commit, without which it would stay", () => host.inbox.count("wl_surface.commit") > before);
    assert.deepEqual(theirs.place, { x: 1180, y: 80, width: 100, height: 20 });
    x.send("ConfigureWindow", { window: ours.id, x: 100 });
    await eventually("the other place", () => theirs.place.x === 100);
    await stage.settled(x);
    assert.equal(host.inbox.count("xdg_popup.reposition"), 2);
    assert.ok(desktop.windows.includes(theirs));
  });

  it("that the desktop ends are closed, but only if their client does not do it in time", async (t) => {
    const { stage, x } = await WmStage.set(t);
    await stage.show(x, large);
    const stays = await popup(stage, x, { x: 20, y: 30 });
    const before = performance.now();
    stage.desktop.dismiss(stays.theirs);
    await stays.ours.expect("UnmapNotify");
    assert.ok(performance.now() - before >= 99, "it had time to close itself");
    const closes = await popup(stage, x, { x: 20, y: 30 });
    stage.desktop.dismiss(closes.theirs);
    closes.ours.unmap();
    // Shown again at once it is another one.
    closes.ours.map();
    const again = await stage.desktop.shown("popup");
    await pause(REMAP_DELAY_MS);
    await stage.settled(x);
    assert.equal(closes.ours.seen("UnmapNotify").length, 1);
    assert.ok(stage.desktop.windows.includes(again));
  });

  it("go with the window that they belong to, the last one first", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const main = await stage.show(x, large);
    const menu = await popup(stage, x, { x: 20, y: 30 });
    const submenu = await popup(stage, x, { x: 120, y: 30 });
    main.ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    const gone = stage.host.inbox.all.flatMap(({ name, object }) =>
      /(popup|toplevel)\.destroy$/.test(name) ? [object] : [],
    );
    assert.deepEqual(gone, [submenu.theirs.role, menu.theirs.role, main.theirs.role]);
  });

  it("whose parent has gone belong to another window, on other surfaces and in their order", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const first = await stage.show(x, large);
    const before = await popup(stage, x, { x: 20, y: 30 });
    await popup(stage, x, { x: 30, y: 50 });
    const second = await stage.show(x, large);
    first.ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    // It moves meanwhile.
    x.send("ConfigureWindow", { window: before.ours.id, x: 25 });
    const outer = await stage.desktop.shown("popup");
    const inner = await stage.desktop.shown("popup");
    assert.notEqual(outer.surface, before.theirs.surface);
    assert.equal(outer.parent, second.theirs);
    assert.equal(inner.parent, outer);
  });

  it("that their client closes a little after their parent are not shown again", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours } = await stage.show(x, large);
    const menu = await popup(stage, x, { x: 20, y: 30 });
    ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    menu.ours.unmap();
    await menu.ours.expect("UnmapNotify");
    await pause(REMAP_DELAY_MS);
    await stage.settled(x);
    assert.equal(menu.ours.seen("MapNotify").length, 1);
    assert.deepEqual(stage.desktop.windows, []);
  });
});

describe("a window that its client places itself", () => {
  it("is fullscreen if it fills the screen", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { width, height } = stage.desktop.screen;
    new XTestWindow(x, { overrideRedirect: true, width, height }).map();
    await stage.desktop.shown("toplevel");
    await stage.host.expect("xdg_toplevel.set_fullscreen");
  });

  it("is not shown while it is of one pixel, off the screen or meant for a panel", async (t) => {
    const { stage, x } = await WmStage.set(t);
    await stage.show(x, large);
    const hidden = (options: XWindowOptions): XTestWindow => new XTestWindow(x, { overrideRedirect: true, ...options });
    hidden({ width: 1, height: 1 }).map();
    const parked = hidden({ x: -500, y: -500 });
    parked.map();
    await XTestWindow.show(x, { properties: { _XEMBED_INFO: { type: "_XEMBED_INFO", value: [0, 1] } } });
    await stage.settled(x);
    assert.equal(stage.desktop.windows.length, 1);
    x.send("ConfigureWindow", { window: parked.id, x: 20, y: 20 });
    await stage.desktop.shown("popup");
    assert.equal(stage.desktop.windows.length, 2);
  });
});
