// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Geometry, XWindow } from "../../../../src/xwayland/base/window.ts";
import { RoleStage, type StagedRole, type StagedWindow } from "../../../support/role-stage.ts";

const main = { x: 0, y: 0, width: 400, height: 300 };
const menuPlace = { x: 20, y: 30, width: 100, height: 80 };
const submenuPlace = { x: 120, y: 50, width: 90, height: 70 };

/** xdg_toplevel.state */
const [MAXIMIZED, ACTIVATED] = [1, 4];

const anySize = { width: 0, height: 0 };

/** A toplevel that is shown. */
async function toplevel(wm: RoleStage): Promise<StagedWindow & StagedRole> {
  const window = await wm.map(main);
  const role = await wm.roleGiven("toplevel");
  await wm.configure(role, anySize);
  wm.draw(window, main);
  await wm.stage.client.roundtrip();
  assert.deepEqual(wm.shown(window), { width: 400, height: 300 });
  return { ...window, ...role };
}

/** A popup that is shown. */
async function popup(wm: RoleStage, place = menuPlace): Promise<StagedWindow & StagedRole> {
  const window = await wm.map(place, true);
  const role = await wm.roleGiven("popup");
  await wm.place(role, place);
  wm.draw(window, place);
  await wm.stage.client.roundtrip();
  return { ...window, ...role };
}

describe("a popup that the host has ended", () => {
  it("gets no content any more, while Xwayland draws on", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    const menu = await popup(wm);
    const before = wm.got(menu.theirs, "commit").length;
    menu.role.send("popup_done");
    await wm.stage.client.roundtrip();
    for (let i = 0; i < 3; i++) {
      const frame = wm.draw(menu, menuPlace);
      // Xwayland draws nothing new before that.
      await wm.stage.client.expect("wl_callback.done", ({ object }) => object === frame);
    }
    menu.surface.send("commit");
    await wm.stage.client.roundtrip();
    assert.equal(wm.got(menu.theirs, "commit").length, before);
  });

  it("is neither moved nor told that its configuration is accepted", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    const menu = await popup(wm);
    menu.role.send("popup_done");
    await wm.place(menu, { ...menuPlace, x: 70 });
    wm.event("ConfigureNotify", { window: menu.window.id, ...menuPlace, x: 90 });
    await wm.stage.client.roundtrip();
    assert.equal(wm.got(menu.xdgSurface, "ack_configure").length, 1);
    assert.equal(wm.got(menu.role, "reposition").length, 0);
  });

  it("takes the content of its submenus with it", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    const menu = await popup(wm);
    const submenu = await popup(wm, submenuPlace);
    const before = wm.got(submenu.theirs, "commit").length;
    menu.role.send("popup_done");
    await wm.stage.client.roundtrip();
    wm.draw(submenu, submenuPlace);
    await wm.stage.client.roundtrip();
    assert.equal(wm.got(submenu.theirs, "commit").length, before);
  });

  it("is no parent for what comes then", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await toplevel(wm);
    const menu = await popup(wm);
    menu.role.send("popup_done");
    await wm.stage.client.roundtrip();
    await wm.map(submenuPlace, true);
    const got = await wm.stage.host.expect("xdg_surface.get_popup");
    assert.equal(got.arg("parent"), window.xdgSurface);
  });

  it("is unmapped when its client does not do it", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    const menu = await popup(wm);
    menu.role.send("popup_done");
    const unmapped = (): boolean =>
      wm.requests.some(({ name, args }) => {
        return name === "UnmapWindow" && args["window"] === menu.window.id;
      });
    while (!unmapped()) await wm.stage.client.roundtrip();
  });
});

describe("a popup", () => {
  it("is where its window is, from its parent's corner, by what the host makes of its positioner", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    // The second lies outside its parent, to the left and above.
    for (const place of [menuPlace, { x: -50, y: -20, width: 60, height: 30 }]) {
      const window = await wm.map(place, true);
      const got = await wm.stage.host.expect("xdg_surface.get_popup");
      assert.deepEqual(wm.positioner(got.objectArg("positioner")).place(), place);
      wm.unmap(window);
    }
  });

  it("that does not fit on the screen may be moved both ways by the host", async (t) => {
    const wm = await RoleStage.set(t);
    await toplevel(wm);
    await wm.map({ x: 380, y: 290, width: 100, height: 80 }, true);
    const got = await wm.stage.host.expect("xdg_surface.get_popup");
    const screen = { x: 0, y: 0, width: 400, height: 300 };
    const { x, y } = wm.positioner(got.objectArg("positioner")).place(screen);
    assert.deepEqual([x, y], [300, 220]);
  });

  it("goes before its parent, with the innermost first", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await toplevel(wm);
    const menu = await popup(wm);
    const submenu = await popup(wm, submenuPlace);
    wm.unmap(window);
    await wm.stage.client.roundtrip();
    const destroyed = wm.stage.host.inbox.all.filter(({ name }) => /^xdg_(popup|toplevel)\.destroy$/.test(name));
    assert.deepEqual(
      destroyed.map(({ object }) => object),
      [submenu.role, menu.role, window.role],
    );
  });
});

describe("a window whose content is kept back", () => {
  it("is drawn on meanwhile, and shown as it was drawn last", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await wm.map(main);
    const role = await wm.roleGiven("toplevel");
    for (const width of [100, 200, 400]) {
      const frame = wm.draw(window, { width, height: 300 });
      await wm.stage.client.expect("wl_callback.done", ({ object }) => object === frame);
    }
    assert.equal(wm.shown(window), null);
    await wm.configure(role, anySize);
    await wm.stage.client.roundtrip();
    assert.deepEqual(wm.shown(window), { width: 400, height: 300 });
    // The host answers for what it gets.
    const frame = wm.draw(window, main);
    const theirs = (await wm.stage.host.expect("wl_surface.frame")).objectArg("callback");
    theirs.send("done", 1);
    await wm.stage.client.expect("wl_callback.done", ({ object }) => object === frame);
  });

  it("gives back what nobody has seen when it goes", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await wm.map(main);
    await wm.roleGiven("toplevel");
    const frame = wm.draw(window, main);
    window.surface.send("destroy");
    await wm.stage.client.expect("wl_buffer.release");
    await wm.stage.client.expect("wl_callback.done", ({ object }) => object === frame);
  });
});

/** The parts of a window's configuration (X11 protocol, ConfigureWindow). */
const [X, WIDTH, HEIGHT, STACK_MODE] = [1, 4, 8, 64];

/** The client asks for what the mask names. All else in the event is as the X server has it (X11 protocol). */
function ask(wm: RoleStage, window: XWindow, mask: number, place: Geometry): void {
  wm.event("ConfigureRequest", { window: window.id, value_mask: mask, ...place });
}

/** The X server has come to all requests so far, and the window is there. */
function configured(wm: RoleStage, window: XWindow, place: Geometry, sequence: number): void {
  wm.event("ConfigureNotify", { window: window.id, ...place, sequence });
}

describe("the size that a client asks for before its window is mapped", () => {
  it("stays when it asks for something else before the X server has come to it", async (t) => {
    const wm = await RoleStage.set(t);
    const window = wm.add(main);
    ask(wm, window, WIDTH | HEIGHT, { ...main, width: 752, height: 714 });
    ask(wm, window, STACK_MODE, main);
    assert.deepEqual(wm.sizeOf(window), { width: 752, height: 714 });
    ask(wm, window, WIDTH, { ...main, width: 600 });
    assert.deepEqual(wm.sizeOf(window), { width: 600, height: 714 });
    // Only now the X server tells of the first request.
    configured(wm, window, { ...main, width: 752, height: 714 }, 1);
    ask(wm, window, X, { ...main, x: 50, width: 752, height: 714 });
    assert.deepEqual(wm.sizeOf(window), { width: 600, height: 714 });
  });
});

describe("the size that a client asks for after its window was mapped", () => {
  const large = { ...main, width: 410, height: 140 };
  const small = { ...main, width: 100, height: 80 };

  it("is the one that is shown first, when Xwayland has drawn another one by then", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await wm.map(small);
    const role = await wm.roleGiven("toplevel");
    const frame = wm.draw(window, small);
    ask(wm, window.window, WIDTH | HEIGHT, large);
    await wm.configure(role, anySize);
    await wm.stage.client.expect("wl_callback.done", ({ object }) => object === frame);
    assert.equal(wm.shown(window), null);
    wm.draw(window, large);
    await wm.stage.client.roundtrip();
    assert.deepEqual(wm.shown(window), { width: 410, height: 140 });
  });

  it("stays when the host repeats the size before that with another state", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await wm.map(small);
    const role = await wm.roleGiven("toplevel");
    await wm.configure(role, anySize);
    wm.draw(window, small);
    await wm.configure(role, small, ACTIVATED);
    ask(wm, window.window, WIDTH | HEIGHT, large);
    wm.draw(window, large);
    await wm.stage.client.roundtrip();
    await wm.configure(role, small);
    assert.deepEqual(wm.sizeOf(window.window), { width: 410, height: 140 });
    // A window that its client changes without asking anybody is as large as it says, too.
    configured(wm, window.window, { ...main, width: 300, height: 200 }, wm.requests.length);
    await wm.configure(role, small, ACTIVATED);
    assert.deepEqual(wm.sizeOf(window.window), { width: 410, height: 140 });
    assert.equal(window.window.geometry.width, 300);
  });

  it("is what the window gets back when it is maximized no longer", async (t) => {
    const wm = await RoleStage.set(t);
    const window = await wm.map(small);
    const role = await wm.roleGiven("toplevel");
    await wm.configure(role, { width: 1280, height: 1024 }, MAXIMIZED);
    assert.deepEqual(wm.sizeOf(window.window), { width: 1280, height: 1024 });
    await wm.configure(role, anySize);
    assert.deepEqual(wm.sizeOf(window.window), { width: 100, height: 80 });
  });
});
