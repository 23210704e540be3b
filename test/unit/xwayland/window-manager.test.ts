// SPDX-License-Identifier: Apache-2.0
/** The whole window manager, between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { getProperty, setProperty, wordsOf } from "../../../src/x11/client/properties.ts";
import { Atom } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

describe("a window of an X client", () => {
  it("becomes a toplevel with its title, shows what was drawn in its size, and goes when it is unmapped", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await XTestWindow.show(x, { width: 300, height: 200, title: "a window" });
    const toplevel = await stage.desktop.shown("toplevel");
    const title = await stage.host.expect("xdg_toplevel.set_title");
    assert.equal(title.arg("title"), "a window");
    await stage.host.expect("wl_surface.commit", () => toplevel.isMapped);
    assert.deepEqual(stage.desktop.contentSize(toplevel), [300, 200]);
    window.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    await stage.settled(x);
    assert.deepEqual(stage.desktop.windows, []);
  });
});

describe("the size of a window", () => {
  /** xdg_toplevel.state. */
  const FULLSCREEN = 2;
  const ACTIVATED = 4;

  it("is what was asked for before it was mapped, also when a later request names its place in the stack alone", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = new XTestWindow(x, { width: 338, height: 187 });
    x.send("ConfigureWindow", { window: window.id, width: 752, height: 714 });
    x.send("ConfigureWindow", { window: window.id, stack_mode: 0 });
    window.map();
    const toplevel = await stage.desktop.shown("toplevel");
    await stage.host.expect("wl_surface.commit", () => toplevel.isMapped);
    await stage.settled(x);
    assert.deepEqual(stage.desktop.contentSize(toplevel), [752, 714]);
  });

  for (const delay of [0, 5, 10, 20, 50, 80]) {
    it(`is what is asked for ${delay} ms after it was mapped, and stays so when another window gets the focus`, async (t) => {
      const { stage, x } = await WmStage.set(t);
      const { desktop } = stage;
      const window = await XTestWindow.show(x, { width: 100, height: 80 });
      await pause(delay);
      x.send("ConfigureWindow", { window: window.id, width: 410, height: 140 });
      const toplevel = await desktop.shown("toplevel");
      const is = async (): Promise<void> =>
        eventually("the size that was asked for", () => `${desktop.contentSize(toplevel)}` === "410,140").then(
          () => {},
        );
      await is();
      desktop.configure(toplevel, 0, 0, ACTIVATED);
      await XTestWindow.show(x, { width: 50, height: 50 });
      const other = await desktop.shown("toplevel");
      await stage.host.expect("wl_surface.commit", () => other.isMapped);
      desktop.configure(toplevel, 0, 0);
      desktop.focus(other);
      await stage.settled(x);
      await is();
      const { width, height } = await x.call("GetGeometry", { drawable: window.id });
      assert.deepEqual([width, height], [410, 140]);
    });
  }

  for (const [host, width, height] of [
    ["leaves the size to the window", 0, 0],
    ["gives it the size that it had before", 300, 200],
  ] as const) {
    it(`is what is asked for right behind the end of fullscreen, on a host that ${host}`, async (t) => {
      const { stage, x } = await WmStage.set(t);
      const { desktop } = stage;
      const window = await XTestWindow.show(x, { width: 300, height: 200 });
      const toplevel = await desktop.shown("toplevel");
      const has = (size: string): Promise<unknown> =>
        eventually(`content of ${size}`, () => `${desktop.contentSize(toplevel)}` === size);
      await has("300,200");
      desktop.configure(toplevel, 1280, 1024, FULLSCREEN, ACTIVATED);
      await has("1280,1024");
      // What it asks for while it is to stay so is about that alone.
      x.send("ConfigureWindow", { window: window.id, width: 640, height: 480 });
      await window.ask("_NET_WM_STATE", 0, "_NET_WM_STATE_FULLSCREEN");
      x.send("ConfigureWindow", { window: window.id, width: 410, height: 140 });
      x.send("ConfigureWindow", { window: window.id, height: 150 });
      await stage.host.expect("xdg_toplevel.unset_fullscreen");
      await stage.settled(x);
      desktop.configure(toplevel, 1280, 1024, FULLSCREEN);
      desktop.configure(toplevel, width, height, ACTIVATED);
      await has("410,150");
      await stage.settled(x);
      await has("410,150");
    });
  }

  it("is its own again when fullscreen ends, also of a window that began so", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop } = stage;
    desktop.configureToplevel = (window) => void desktop.configure(window, 1280, 1024, FULLSCREEN);
    const states = { _NET_WM_STATE: { type: "ATOM", value: ["_NET_WM_STATE_FULLSCREEN"] } };
    await XTestWindow.show(x, { width: 300, height: 200, properties: states });
    const toplevel = await desktop.shown("toplevel");
    const has = (size: string): Promise<unknown> =>
      eventually(`content of ${size}`, () => `${desktop.contentSize(toplevel)}` === size);
    await has("1280,1024");
    desktop.configure(toplevel, 0, 0, ACTIVATED);
    await has("300,200");
    desktop.configure(toplevel, 1280, 1024, FULLSCREEN);
    await has("1280,1024");
    desktop.configure(toplevel, 0, 0);
    await has("300,200");
  });
});

describe("a menu of an X client", () => {
  /** A window with the keyboard, and a menu of it at a place relative to it. */
  async function withMenu(t: TestContext, x: number, y: number) {
    const stage = await WmStage.set(t);
    const { desktop } = stage.stage;
    const window = await XTestWindow.show(stage.x, { width: 300, height: 200 });
    const toplevel = await desktop.shown("toplevel");
    await stage.stage.host.expect("wl_surface.commit", () => toplevel.isMapped);
    desktop.focus(toplevel);
    const menu = new XTestWindow(stage.x, { x, y, width: 120, height: 80, overrideRedirect: true });
    menu.map();
    const popup = await desktop.shown("popup");
    await stage.stage.host.expect("wl_surface.commit", () => popup.isMapped);
    return { ...stage, window, toplevel, menu, popup };
  }

  it("is a popup exactly where the client put it", async (t) => {
    const { popup, toplevel, stage } = await withMenu(t, 40, 60);
    assert.equal(popup.parent, toplevel);
    assert.deepEqual(popup.place, { x: 40, y: 60, width: 120, height: 80 });
    assert.deepEqual(stage.desktop.contentSize(popup), [120, 80]);
  });

  it("learns where the desktop has slid it, when it does not fit", async (t) => {
    const { popup, menu } = await withMenu(t, 1250, 60);
    assert.deepEqual(popup.place, { x: 1160, y: 60, width: 120, height: 80 });
    const moved = await menu.expect("ConfigureNotify", ({ x }) => x === 1160);
    assert.deepEqual([moved.x, moved.y], [1160, 60]);
  });

  it("goes before the window that it belongs to, and submenus before menus, in whatever order the client ends them", async (t) => {
    const { x, window, menu, popup, stage } = await withMenu(t, 40, 60);
    const submenu = new XTestWindow(x, { x: 160, y: 60, width: 100, height: 50, overrideRedirect: true });
    submenu.map();
    const inner = await stage.desktop.shown("popup");
    assert.equal(inner.parent, popup);
    // The desktop notes a parent that goes before its popups as a violation.
    menu.unmap();
    window.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    submenu.unmap();
    await stage.settled(x);
    assert.deepEqual(stage.desktop.windows, []);
  });

  it("shows nothing more once the desktop has dismissed it", async (t) => {
    const { x, menu, popup, stage } = await withMenu(t, 40, 60);
    stage.desktop.dismiss(popup);
    await stage.settled(x);
    // GTK draws its menu anew when it is not in front any more. The desktop notes content of a dismissed popup.
    stage.xwayland.draw(menu.id);
    menu.unmap();
    await stage.host.expect("xdg_popup.destroy");
  });

  it("takes its submenu with it for good, when the desktop says of the outer one alone that it is dismissed", async (t) => {
    const { x, menu, popup, stage } = await withMenu(t, 40, 60);
    const submenu = new XTestWindow(x, { x: 160, y: 60, width: 100, height: 50, overrideRedirect: true });
    submenu.map();
    const inner = await stage.desktop.shown("popup");
    await stage.host.expect("wl_surface.commit", () => inner.isMapped);
    popup.role.send("popup_done");
    menu.unmap();
    await submenu.expect("UnmapNotify");
    assert.deepEqual(
      stage.log.filter((line) => line.includes("is mapped anew")),
      [],
    );
  });
});

describe("the window manager's name", () => {
  /** Programs read it like this. */
  async function nameOn(t: TestContext, ...globals: string[]): Promise<string | undefined> {
    const { x } = await WmStage.set(t, { globals });
    const [check = 0, name = 0] = await x.atoms.intern(["_NET_SUPPORTING_WM_CHECK", "_NET_WM_NAME"]);
    const [window = 0] = wordsOf(await getProperty(x, x.setup.root, check));
    const value = await getProperty(x, window, name);
    return value === null ? undefined : Buffer.from(value.bytes).toString();
  }

  it("makes Java believe in no window around its own, and Chromium draw its frame, where nobody else does", async (t) => {
    assert.equal(await nameOn(t), "compiz");
  });

  for (const manager of ["zxdg_decoration_manager_v1", "org_kde_kwin_server_decoration_manager"]) {
    it(`leaves Chromium's frame to a host with ${manager}, and means the same to Java`, async (t) => {
      assert.equal(await nameOn(t, manager), "LG3D");
    });
  }
});

describe("the app id of a window of an X client", () => {
  for (const [title, globals, expected] of [
    ["is that of its .desktop file on a host that takes no icons from windows", [], "geany"],
    ["is its class on a host that takes them", ["xdg_toplevel_icon_manager_v1 1"], "Geany"],
  ] as const) {
    it(title, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), "wm-data-"));
      const { XDG_DATA_HOME: before } = process.env;
      t.after(() => {
        rmSync(folder, { recursive: true });
        if (before === undefined) delete process.env["XDG_DATA_HOME"];
        else process.env["XDG_DATA_HOME"] = before;
      });
      mkdirSync(join(folder, "applications"));
      writeFileSync(join(folder, "applications/geany.desktop"), "[Desktop Entry]\nType=Application\n");
      process.env["XDG_DATA_HOME"] = folder;
      const { stage, x } = await WmStage.set(t, { globals });
      const window = new XTestWindow(x, { width: 300, height: 200 });
      setProperty(x, window.id, Atom.WM_CLASS, Atom.STRING, Buffer.from("geany\0Geany\0"));
      window.map();
      assert.equal((await stage.host.expect("xdg_toplevel.set_app_id")).arg("app_id"), expected);
    });
  }
});
