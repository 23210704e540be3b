// SPDX-License-Identifier: Apache-2.0
/** What windows show, and how large they are, when their client, Xwayland and the desktop do not wait for each other. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { XdgToplevelState as State } from "../../../../src/protocol/generated/enums.ts";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { StackMode } from "../../../../src/x11/generated/enums.ts";
import type { DesktopWindow } from "../../../support/fake-desktop.ts";
import { WmStage } from "../../../support/wm-stage.ts";
import { XTestWindow } from "../../../support/x-test-window.ts";

/** xdg_toplevel.state */
const [MAXIMIZED, ACTIVATED] = [1, 4];

const small = { width: 100, height: 80 };

/** A window that is shown. */
async function shown(t: TestContext, size = small): Promise<Shown> {
  const { stage, x } = await WmStage.set(t);
  const ours = await XTestWindow.show(x, size);
  const theirs = await stage.desktop.shown("toplevel");
  await stage.host.expect("wl_surface.commit", () => theirs.isMapped);
  return { stage, x, ours, theirs };
}

interface Shown {
  readonly stage: WmStage;
  readonly x: X11Connection;
  readonly ours: XTestWindow;
  readonly theirs: DesktopWindow;
}

/** Waits until the desktop shows a window in that size. */
async function isSized({ desktop, host }: WmStage, window: DesktopWindow, ...size: number[]): Promise<void> {
  const isSo = (): boolean => String(desktop.contentSize(window)) === String(size);
  if (!isSo()) await host.expect("wl_surface.commit", isSo);
}

async function sizeOf({ x, id }: XTestWindow): Promise<number[]> {
  const { width, height } = await x.call("GetGeometry", { drawable: id });
  return [width, height];
}

/** A window and its menu, both shown. */
async function withMenu(t: TestContext) {
  const main = await shown(t, { width: 400, height: 300 });
  const { stage, x } = main;
  const menu = new XTestWindow(x, { x: 20, y: 30, ...small, overrideRedirect: true });
  menu.map();
  const popup = await stage.desktop.shown("popup");
  await stage.host.expect("wl_surface.commit", () => popup.isMapped);
  return { ...main, menu, popup };
}

describe("a window that goes while its menus are open", () => {
  it("takes them with it, the innermost first", async (t) => {
    const { stage, x, ours, popup } = await withMenu(t);
    const submenu = new XTestWindow(x, { x: 120, y: 30, ...small, overrideRedirect: true });
    submenu.map();
    const inner = await stage.desktop.shown("popup");
    assert.equal(inner.parent, popup);
    // The desktop notes one that goes before its popups as a violation.
    ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    const destroyed = stage.host.inbox.all.filter(({ name }) => name === "xdg_popup.destroy");
    assert.deepEqual(
      destroyed.map(({ object }) => object),
      [inner.role, popup.role],
    );
  });
});

describe("a menu that the desktop has ended", () => {
  /** Has Xwayland draw windows anew until they are unmapped. What content the desktop gets then is a violation. */
  async function drawOn({ x }: { readonly x: X11Connection }, ...windows: XTestWindow[]): Promise<void> {
    let mapped = windows.length;
    for (const window of windows) void window.expect("UnmapNotify").then(() => mapped--);
    for (let width = 50; mapped > 0; width++) {
      for (const { id } of windows) x.send("ConfigureWindow", { window: id, width });
      await x.call("GetInputFocus");
    }
  }

  it("gets no content any more, although Xwayland draws it anew, until it is unmapped", async (t) => {
    const { stage, x, menu, popup } = await withMenu(t);
    stage.desktop.dismiss(popup);
    await drawOn({ x }, menu);
    await stage.host.expect("xdg_popup.destroy");
    // Xwayland's frames were answered, or it would not have drawn again and got back what it had drawn before.
    await stage.xwayland.client.expect("wl_buffer.release");
  });

  it("has submenus that get none either", async (t) => {
    const { stage, x, menu, popup } = await withMenu(t);
    const submenu = new XTestWindow(x, { x: 120, y: 30, ...small, overrideRedirect: true });
    submenu.map();
    const inner = await stage.desktop.shown("popup");
    assert.equal(inner.parent, popup);
    await stage.host.expect("wl_surface.commit", () => inner.isMapped);
    // The desktop tells of the menu alone.
    inner.isConfigured = false;
    popup.isConfigured = false;
    popup.role.send("popup_done");
    await drawOn({ x }, menu);
  });

  it("is not the parent of what comes then", async (t) => {
    const { stage, x, theirs, popup } = await withMenu(t);
    stage.desktop.dismiss(popup);
    await stage.settled(x);
    new XTestWindow(x, { x: 120, y: 30, ...small, overrideRedirect: true }).map();
    assert.equal((await stage.desktop.shown("popup")).parent, theirs);
  });
});

describe("a window that may not be shown yet", () => {
  it("is drawn on meanwhile, and shown in its last size alone", async (t) => {
    const seen: string[] = [];
    const see = ({ signature }: { readonly signature: { readonly name: string } }): void =>
      void seen.push(signature.name);
    const hooks = [{ requests: { wl_surface: { attach: see, damage_buffer: see, frame: see, commit: see } } }];
    const { stage, x } = await WmStage.set(t, { hooks });
    const { desktop, host, xwayland } = stage;
    desktop.configureToplevel = () => {};
    const ours = await XTestWindow.show(x, small);
    const theirs = await desktop.shown("toplevel");
    for (const width of [200, 300, 410]) {
      x.send("ConfigureWindow", { window: ours.id, width, height: 140 });
      // It is drawn when the frame before it has been answered, and that one is given back then.
      await xwayland.client.expect("wl_buffer.release");
    }
    assert.equal(desktop.contentSize(theirs), null);
    // By this one the host is asked how the window is to be.
    assert.deepEqual(seen.splice(0), ["commit"]);
    desktop.configure(theirs, 0, 0);
    await isSized(stage, theirs, 410, 140);
    assert.deepEqual(seen, ["attach", "damage_buffer", "commit"]);
    const damage = host.inbox.all.filter(({ name }) => name === "wl_surface.damage_buffer").at(-1);
    assert.ok(Number(damage?.arg("width")) > 410, "the host has nothing of what was drawn before");
    const attached = host.inbox.all.filter(({ object, name }) => {
      return object === theirs.surface && name === "wl_surface.attach";
    });
    assert.equal(attached.length, 1);
  });
});

describe("the size that a client asks for", () => {
  it("before the host configures its window stays, though the host has old content for want of new", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop, xwayland } = stage;
    desktop.configureToplevel = () => {};
    const ours = await XTestWindow.show(x, { width: 100, height: 80 });
    const theirs = await desktop.shown("toplevel");
    await stage.settled(x);
    xwayland.draws = false;
    x.send("ConfigureWindow", { window: ours.id, width: 410, height: 140 });
    await stage.settled(x);
    desktop.configure(theirs, 0, 0);
    await stage.host.expect("wl_surface.commit", () => theirs.isMapped);
    assert.deepEqual(desktop.contentSize(theirs), [100, 80]);
    // sway repeats the size of the content when its user's focus comes.
    desktop.configure(theirs, 100, 80, State.activated);
    await stage.settled(x);
    const { width, height } = await x.call("GetGeometry", { drawable: ours.id });
    assert.deepEqual([width, height], [410, 140]);
  });

  it("before the map stays, whatever else is asked for then", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const ours = new XTestWindow(x, { width: 338, height: 187 });
    x.send("ConfigureWindow", { window: ours.id, width: 752, height: 714 });
    // As XMapRaised does.
    x.send("ConfigureWindow", { window: ours.id, stack_mode: StackMode.Above });
    x.send("ConfigureWindow", { window: ours.id, width: 700 });
    x.send("ConfigureWindow", { window: ours.id, x: 50 });
    ours.map();
    const theirs = await stage.desktop.shown("toplevel");
    await isSized(stage, theirs, 700, 714);
    assert.deepEqual(await sizeOf(ours), [700, 714]);
  });

  it("stays when the desktop repeats the size before that with another state", async (t) => {
    const { stage, x, ours, theirs } = await shown(t);
    const { desktop } = stage;
    desktop.configure(theirs, 100, 80, ACTIVATED);
    await stage.settled(x);
    x.send("ConfigureWindow", { window: ours.id, width: 410, height: 140 });
    await isSized(stage, theirs, 410, 140);
    desktop.configure(theirs, 100, 80);
    await stage.settled(x);
    assert.deepEqual(await sizeOf(ours), [410, 140]);
    // Another one is meant.
    desktop.configure(theirs, 300, 200);
    await isSized(stage, theirs, 300, 200);
  });

  it("stays when the desktop has only seen the content before that", async (t) => {
    const { stage, x, ours, theirs } = await shown(t);
    x.send("ConfigureWindow", { window: ours.id, width: 410, height: 140 });
    // The other message is on its way at the same time.
    stage.desktop.configure(theirs, 100, 80, ACTIVATED);
    await isSized(stage, theirs, 410, 140);
    await stage.settled(x);
    assert.deepEqual(await sizeOf(ours), [410, 140]);
  });

  it("is what it gets back when it is maximized no longer and the desktop names no size", async (t) => {
    const { stage, x, ours, theirs } = await shown(t);
    const { desktop } = stage;
    x.send("ConfigureWindow", { window: ours.id, width: 410, height: 140 });
    await isSized(stage, theirs, 410, 140);
    desktop.configure(theirs, 1280, 1024, MAXIMIZED, ACTIVATED);
    await isSized(stage, theirs, 1280, 1024);
    desktop.configure(theirs, 0, 0, ACTIVATED);
    await isSized(stage, theirs, 410, 140);
  });

  it("is what it gets when it was maximized from the beginning", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop } = stage;
    desktop.configureToplevel = (window) => desktop.configure(window, 1280, 1024, MAXIMIZED);
    await XTestWindow.show(x, small);
    const theirs = await desktop.shown("toplevel");
    await isSized(stage, theirs, 1280, 1024);
    desktop.configure(theirs, 0, 0);
    await isSized(stage, theirs, 100, 80);
  });
});
