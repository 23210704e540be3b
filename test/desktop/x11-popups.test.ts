// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { REMAP_DELAY_MS } from "../../src/xwayland/shell/popup-remapper.ts";
import { eventually } from "../support/eventually.ts";
import { scaled } from "../support/patience.ts";
import type { Box } from "../support/positioner.ts";
import { XTestWindow, type XWindowOptions } from "../support/x-test-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { connectX, servers, serveX, windowTitled } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

interface Shown {
  readonly ours: XTestWindow;
  readonly theirs: HostWindow;
}

async function toplevel(scene: XScene, x: X11Connection): Promise<Shown> {
  const ours = new XTestWindow(x, { width: 400, height: 300 });
  ours.map();
  return { ours, theirs: await scene.shown("toplevel") };
}

/** A window that its client shows by itself. */
function unmanaged(x: X11Connection, options: XWindowOptions): XTestWindow {
  const ours = new XTestWindow(x, { overrideRedirect: true, ...options });
  ours.map();
  return ours;
}

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  xTest("a menu, its submenu and that one's are a chain of popups at their places", async (scene, x) => {
    const { theirs } = await toplevel(scene, x);
    const wanted: Box[] = [];
    scene.placePopup = (place) => {
      wanted.push(place);
      return place;
    };
    const places = [
      { x: 20, y: 30, width: 100, height: 200 },
      { x: 120, y: 50, width: 100, height: 200 },
      { x: 220, y: 90, width: 100, height: 200 },
    ];
    let parent = theirs.xdgSurface;
    for (const place of places) {
      unmanaged(x, place);
      const got = await scene.host.expect("xdg_surface.get_popup");
      assert.equal(got.arg("parent"), parent);
      parent = got.object;
      await scene.host.expect("xdg_surface.ack_configure");
    }
    assert.deepEqual(wanted, [
      places[0],
      { x: 100, y: 20, width: 100, height: 200 },
      { x: 100, y: 40, width: 100, height: 200 },
    ]);
  });

  xTest("a menu that the host has moved is there for X, and its submenu beside it", async (scene, x) => {
    await toplevel(scene, x);
    scene.placePopup = (place) => ({ ...place, x: 10, y: 15 });
    const menu = unmanaged(x, { x: 350, y: 280, width: 100, height: 100 });
    await scene.shown("popup");
    const { x: atX, y: atY } = await menu.expect("ConfigureNotify");
    assert.deepEqual([atX, atY], [10, 15]);
    let wanted: Box | undefined;
    scene.placePopup = (place) => {
      wanted = place;
      return place;
    };
    unmanaged(x, { x: 110, y: 35, width: 100, height: 100 });
    await scene.shown("popup");
    await scene.host.expect("xdg_surface.ack_configure");
    assert.deepEqual(wanted, { x: 100, y: 20, width: 100, height: 100 });
  });

  xTest("a popup that its client moves is moved on the host, once each time", async (scene, x) => {
    await toplevel(scene, x);
    const tip = unmanaged(x, { x: 20, y: 30, width: 100, height: 20 });
    const { xdgSurface, role } = await scene.shown("popup");
    await scene.host.expect("xdg_surface.ack_configure");
    x.send("ConfigureWindow", { window: tip.id, x: 70, y: 80 });
    const { args } = await scene.host.expect("xdg_popup.reposition");
    // The host slides it.
    role.send("repositioned", args["token"] as number);
    role.send("configure", 60, 75, 100, 20);
    xdgSurface.send("configure", scene.serial());
    await tip.expect("ConfigureNotify", (event) => event.x === 60 && event.y === 75);
    // A commit, without which it would stay where it was.
    await scene.host.expect("xdg_surface.ack_configure");
    await scene.host.expect("wl_surface.commit");
    x.send("ConfigureWindow", { window: tip.id, x: 100 });
    await scene.host.expect("xdg_popup.reposition");
    assert.equal(scene.host.inbox.count("xdg_popup.reposition"), 2);
  });

  xTest("a popup that the host ends is closed, but only if its client does not do it", async (scene, x) => {
    await toplevel(scene, x);
    const stays = unmanaged(x, { x: 20, y: 30, width: 100, height: 20 });
    const first = await scene.shown("popup");
    const before = performance.now();
    first.role.send("popup_done");
    await stays.expect("UnmapNotify");
    assert.ok(performance.now() - before >= 99, "it had time to close itself");
    await scene.host.expect("xdg_popup.destroy");
    const closes = unmanaged(x, { x: 20, y: 30, width: 100, height: 20 });
    const second = await scene.shown("popup");
    second.role.send("popup_done");
    closes.unmap();
    await scene.host.expect("xdg_popup.destroy");
    // Shown again at once it is another one.
    closes.map();
    await scene.shown("popup");
    await scene.outlast(REMAP_DELAY_MS);
    assert.equal(closes.seen("UnmapNotify").length, 1);
  });

  xTest("a menu that is drawn anew after the host has ended it gets no content there any more", async (scene, x) => {
    await toplevel(scene, x);
    const menu = unmanaged(x, { x: 20, y: 30, width: 100, height: 100 });
    const theirs = await scene.shown("popup");
    await scene.host.expect("xdg_surface.ack_configure");
    await eventually("it to be shown", () => scene.sizeOf(theirs));
    scene.dismiss(theirs);
    const unmapped = menu.expect("UnmapNotify");
    let isMapped = true;
    void unmapped.then(() => {
      isMapped = false;
    });
    // Xwayland is to have a reason for a commit again and again. The scene notes each that has content.
    for (let width = 50; isMapped; width++) {
      x.send("ConfigureWindow", { window: menu.id, width });
      await x.sync();
    }
    await scene.host.expect("xdg_popup.destroy");
  });

  xTest("a parent that goes first takes its popups with it, the last one first", async (scene, x) => {
    const main = await toplevel(scene, x);
    unmanaged(x, { x: 20, y: 30, width: 100, height: 100 });
    const menu = await scene.shown("popup");
    unmanaged(x, { x: 120, y: 30, width: 100, height: 100 });
    const submenu = await scene.shown("popup");
    await eventually("both to be there", () => scene.host.inbox.count("xdg_surface.ack_configure") === 3);
    main.ours.unmap();
    assert.equal((await scene.host.expect("xdg_popup.destroy")).object, submenu.role);
    assert.equal((await scene.host.expect("xdg_popup.destroy")).object, menu.role);
    assert.equal((await scene.host.expect("xdg_toplevel.destroy")).object, main.theirs.role);
  });

  xTest("a popup whose parent has gone is one of another window, also when it moves meanwhile", async (scene, x) => {
    const first = await toplevel(scene, x);
    const tip = unmanaged(x, { x: 20, y: 30, width: 100, height: 20 });
    const before = await scene.shown("popup");
    unmanaged(x, { x: 30, y: 50, width: 100, height: 20 });
    await scene.shown("popup");
    const second = await toplevel(scene, x);
    await eventually("all to be there", () => scene.host.inbox.count("xdg_surface.ack_configure") === 4);
    first.ours.unmap();
    await scene.host.expect("xdg_toplevel.destroy");
    x.send("ConfigureWindow", { window: tip.id, x: 25 });
    // A surface that had a buffer cannot get a role again, and never another one (xdg-shell).
    const again = await scene.host.expect("xdg_wm_base.get_xdg_surface");
    assert.notEqual(again.arg("surface"), before.surface);
    const popup = await scene.host.expect("xdg_surface.get_popup");
    assert.equal(popup.arg("parent"), second.theirs.xdgSurface);
    assert.equal((await scene.host.expect("xdg_surface.get_popup")).arg("parent"), popup.object, "in their order");
    second.ours.unmap();
    await scene.host.expect("xdg_toplevel.destroy");
    // Nothing else is left.
    await scene.shown("toplevel");
    await scene.shown("popup");
  });

  xTest("a popup that goes a little after its parent is not shown again", async (scene, x) => {
    const { ours } = await toplevel(scene, x);
    const menu = unmanaged(x, { x: 20, y: 30, width: 100, height: 100 });
    await scene.shown("popup");
    ours.unmap();
    await scene.host.expect("xdg_toplevel.destroy");
    menu.unmap();
    await menu.expect("UnmapNotify");
    await scene.outlast(REMAP_DELAY_MS);
    assert.equal(menu.seen("MapNotify").length, 1);
    assert.equal(scene.host.inbox.count("xdg_wm_base.get_xdg_surface"), 2);
  });

  xTest("a window that fills the screen by itself is fullscreen", async (scene, x) => {
    const { width, height } = await x.call("GetGeometry", { drawable: x.setup.root });
    unmanaged(x, { width, height });
    await scene.shown("toplevel");
    await scene.host.expect("xdg_toplevel.set_fullscreen");
  });

  xTest(
    "what is of one pixel, off the screen or meant for a panel is not shown until it is otherwise",
    async (scene, x) => {
      await toplevel(scene, x);
      unmanaged(x, { width: 1, height: 1 });
      const parked = unmanaged(x, { x: -500, y: -500 });
      const icon = new XTestWindow(x, { width: 24, height: 24 });
      await icon.set("_XEMBED_INFO", "_XEMBED_INFO", [0, 1]);
      icon.map();
      await icon.expect("MapNotify");
      x.send("ConfigureWindow", { window: parked.id, x: 20, y: 20 });
      await scene.shown("popup");
      const roles = scene.host.inbox.all.filter(({ name }) => /get_(toplevel|popup)$/.test(name));
      assert.equal(roles.length, 2);
    },
  );
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(
    `a notice whose program's window has gone is a window of its own, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      using x = await connectX();
      const main = await XTestWindow.show(x, { title: "main", width: 400, height: 300 });
      await windowTitled(desktop, "[vm] main");
      const notice = await XTestWindow.show(x, {
        title: "notice",
        x: 20,
        y: 30,
        width: 150,
        height: 60,
        overrideRedirect: true,
      });
      const { program } = desktop.compositor;
      await eventually("the popup", () => program.output.includes(".get_popup("));
      main.destroy();
      // Hosts end those whose surface gets a second role.
      x.send("ConfigureWindow", { window: notice.id, x: 25 });
      const { rect } = await windowTitled(desktop, "[vm] notice");
      assert.deepEqual([rect.width, rect.height], [150, 60]);
    },
  );
}
