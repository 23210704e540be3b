// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { scaled } from "../support/patience.ts";
import type { Box } from "../support/positioner.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { connectX, servers, serveX, windowTitled } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

async function toplevel(scene: XScene, x: X11Connection): Promise<HostWindow> {
  await XTestWindow.show(x, { width: 400, height: 300 });
  return scene.shown("toplevel");
}

/** A window of a type, which its client places itself, or leaves to the window manager. */
function typed(x: X11Connection, type: string, overrideRedirect: boolean, transientFor = 0): Promise<XTestWindow> {
  return XTestWindow.show(x, {
    x: 40,
    y: 50,
    width: 150,
    height: 60,
    title: type,
    overrideRedirect,
    properties: {
      _NET_WM_WINDOW_TYPE: { type: "ATOM", value: [`_NET_WM_WINDOW_TYPE_${type}`] },
      ...(transientFor !== 0 && { WM_TRANSIENT_FOR: { type: "WINDOW", value: [transientFor] } }),
    },
  });
}

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  for (const overrideRedirect of [true, false]) {
    const whose = overrideRedirect ? "that its client places" : "that is left to the window manager";

    xTest(`a notification ${whose} never becomes a toplevel, which would get the keyboard`, async (scene, x) => {
      const places: Box[] = [];
      scene.placePopup = (place) => {
        places.push(place);
        return place;
      };
      const program = await scene.connect();
      const notice = await typed(x, "NOTIFICATION", overrideRedirect);
      await scene.logged(/"NOTIFICATION" is not shown before there is another X window/);
      const first = await toplevel(scene, program);
      const popup = await scene.host.expect("xdg_surface.get_popup");
      assert.equal(popup.arg("parent"), first.xdgSurface);
      await scene.host.expect("xdg_surface.ack_configure");
      assert.deepEqual(places, [{ x: 40, y: 50, width: 150, height: 60 }]);
      x.send("ConfigureWindow", { window: notice.id, x: 60, y: 70 });
      const { positioner } = (await scene.host.expect("xdg_popup.reposition")).args;
      assert.deepEqual(scene.placeOf(positioner as HostWindow["role"]), { x: 60, y: 70, width: 150, height: 60 });
      assert.equal(scene.host.inbox.count("xdg_surface.get_toplevel"), 1);
    });

    xTest(`a notification ${whose} is with the window where the user was last`, async (scene, x) => {
      const program = await scene.connect();
      const first = await toplevel(scene, program);
      await toplevel(scene, program);
      const keyboard = scene.input("wl_keyboard");
      keyboard.send("enter", scene.serial(), first.surface, new Uint8Array(0));
      await scene.logged(/has the keyboard/);
      keyboard.send("leave", scene.serial(), first.surface);
      await scene.logged(/no window has the keyboard/);
      const notice = await typed(x, "NOTIFICATION", overrideRedirect);
      const popup = await scene.host.expect("xdg_surface.get_popup");
      assert.equal(popup.arg("parent"), first.xdgSurface);
      await notice.becomes("WM_STATE", (words) => words[0] === (overrideRedirect ? undefined : 1));
    });
  }

  xTest("a notification that the window manager has mapped stays when its parent goes", async (scene, x) => {
    const program = await scene.connect();
    const first = await XTestWindow.show(program, { width: 400, height: 300 });
    await scene.shown("toplevel");
    const notice = await typed(x, "NOTIFICATION", false);
    await scene.shown("popup");
    const second = await toplevel(scene, program);
    first.unmap();
    const popup = await scene.host.expect("xdg_surface.get_popup");
    assert.equal(popup.arg("parent"), second.xdgSurface);
    await notice.becomes("WM_STATE", ([state]) => state === 1);
  });

  xTest("a splash that is mapped before the main window of its program becomes its popup", async (scene, x) => {
    await typed(x, "SPLASH", true);
    const splash = await scene.shown("toplevel");
    const main = await toplevel(scene, x);
    assert.equal((await scene.host.expect("xdg_toplevel.destroy")).object, splash.role);
    const popup = await scene.host.expect("xdg_surface.get_popup");
    assert.equal(popup.arg("parent"), main.xdgSurface);
  });

  xTest("a toolbar that is mapped before the window that it names becomes its popup", async (scene, x) => {
    const program = await scene.connect();
    const main = new XTestWindow(program, { width: 400, height: 300 });
    await program.sync();
    await typed(x, "NORMAL", true, main.id);
    await scene.shown("toplevel");
    main.map();
    const { xdgSurface } = await scene.shown("toplevel");
    assert.equal((await scene.host.expect("xdg_surface.get_popup")).arg("parent"), xdgSurface);
  });

  xTest("a window that its client has closed before its parent comes is not shown again", async (scene, x) => {
    const splash = await typed(x, "SPLASH", true);
    await scene.shown("toplevel");
    await toplevel(scene, x);
    splash.unmap();
    await splash.expect("UnmapNotify");
    const next = await typed(x, "TOOLTIP", true);
    await scene.shown("popup");
    await next.expect("MapNotify");
    assert.equal(splash.seen("MapNotify").length, 1);
  });

  xTest(
    "an input method's window belongs to the window with the keyboard, wherever the pointer is",
    async (scene, x) => {
      const program = await scene.connect();
      const typedInto = await toplevel(scene, program);
      const pointed = await toplevel(scene, program);
      scene.input("wl_keyboard").send("enter", scene.serial(), typedInto.surface, new Uint8Array(0));
      scene.input("wl_pointer").send("enter", scene.serial(), pointed.surface, 10, 10);
      await scene.logged(/has the keyboard/);
      await XTestWindow.show(x, { x: 30, y: 40, width: 100, height: 30, overrideRedirect: true });
      assert.equal((await scene.host.expect("xdg_surface.get_popup")).arg("parent"), typedInto.xdgSurface);
    },
  );
}

desktopTest("keys do not land in a notification that comes while somebody types", { on: ["sway"] }, async (desktop) => {
  await serveX(desktop, "Xwayland");
  const input = await desktop.compositor.input();
  using x = await connectX();
  const main = await XTestWindow.show(x, { title: "typed into", width: 400, height: 300 });
  await windowTitled(desktop, "[vm] typed into");
  using other = await connectX();
  for (const overrideRedirect of [true, false]) {
    const notice = await typed(other, "NOTIFICATION", overrideRedirect);
    await notice.expect("MapNotify");
    await input.type("a");
    await main.expect("KeyPress");
    assert.equal(notice.seen("KeyPress").length, 0);
    notice.destroy();
  }
});
