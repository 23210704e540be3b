// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { GRAB_DELAY_MS } from "../../src/xwayland/shell/shortcut-inhibition.ts";
import { eventually } from "../support/eventually.ts";
import { scaled } from "../support/patience.ts";
import { XAnyWindow, XTestWindow } from "../support/x-test-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { connectX, servers, serveX } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

/** Numbers of the X11 protocol: the modes of both devices for GrabKeyboard, and its answers. */
const ASYNCHRONOUS = 1;
const SUCCESS = 0;

/** The X keycode of the key. */
const X_KEY_A = 38;

const INHIBIT = "zwp_keyboard_shortcuts_inhibit_manager_v1.inhibit_shortcuts";
const END = "zwp_keyboard_shortcuts_inhibitor_v1.destroy";

async function grab({ x, id }: XTestWindow): Promise<void> {
  const { status } = await x.call("GrabKeyboard", {
    owner_events: false,
    grab_window: id,
    time: 0,
    pointer_mode: ASYNCHRONOUS,
    keyboard_mode: ASYNCHRONOUS,
  });
  assert.equal(status, SUCCESS);
}

function ungrab({ x }: XTestWindow): void {
  x.send("UngrabKeyboard", { time: 0 });
}

for (const server of Object.keys(servers)) {
  const xTest = (
    name: string,
    body: (scene: XScene, x: X11Connection, ours: XTestWindow, theirs: HostWindow) => Promise<void>,
  ): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      const ours = new XTestWindow(x, { width: 400, height: 300 });
      ours.map();
      const theirs = await scene.shown("toplevel");
      await scene.host.expect("xdg_surface.ack_configure");
      await body(scene, x, ours, theirs);
    });
  };

  xTest("whoever grabs the keyboard gets the host's shortcuts until it lets go", async (scene, _x, ours, theirs) => {
    const before = performance.now();
    await grab(ours);
    const { args } = await scene.host.expect(INHIBIT);
    assert.ok(performance.now() - before >= 199, "no menu is as patient");
    assert.equal(args["surface"], theirs.surface);
    assert.equal((args["seat"] as { alive: boolean }).alive, true);
    ungrab(ours);
    assert.equal((await scene.host.expect(END)).object, args["id"]);
    // The same surface does it once more.
    await grab(ours);
    const again = await scene.host.expect(INHIBIT);
    ours.unmap();
    assert.equal((await scene.host.expect(END)).object, again.arg("id"), "while its surface is there");
    await scene.host.expect("xdg_toplevel.destroy");
    assert.equal(scene.host.inbox.count(INHIBIT), 2);
  });

  xTest("a menu that grabs the keyboard leaves the shortcuts to the host", async (scene, x, ours, theirs) => {
    await grab(ours);
    const menu = new XTestWindow(x, { x: 20, y: 30, width: 100, height: 100, overrideRedirect: true });
    menu.map();
    const popup = await scene.shown("popup");
    // Some grab it by the menu itself, which takes it over.
    await grab(menu);
    await scene.host.expect("xdg_surface.ack_configure");
    await grab(ours);
    // Longer than any grab has to last.
    await scene.outlast(GRAB_DELAY_MS);
    assert.equal(scene.host.inbox.count(INHIBIT), 0);
    // What is grabbed still when the menu has closed is no menu's.
    menu.unmap();
    assert.equal((await scene.host.expect("xdg_popup.destroy")).object, popup.role);
    assert.equal((await scene.host.expect(INHIBIT)).arg("surface"), theirs.surface);
  });

  xTest("a short grab does not trouble the host", async (scene, _x, ours) => {
    for (let i = 0; i < 5; i++) {
      await grab(ours);
      ungrab(ours);
    }
    await scene.outlast(GRAB_DELAY_MS);
    assert.equal(scene.host.inbox.count(INHIBIT), 0);
  });
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(
    `a key that sway is to act on goes to whoever grabs the keyboard, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      const input = await desktop.compositor.input();
      using x = await connectX();
      const viewer = await XTestWindow.show(x);
      await new XAnyWindow(x, x.setup.root).becomes("_NET_ACTIVE_WINDOW", ([active]) => active === viewer.id);
      const { program } = desktop.compositor;
      const acted = (): number => program.output.split("running command for binding: nop").length - 1;
      await desktop.sway.message("bindsym", "a", "nop");
      await input.type("a");
      await eventually("sway to act", () => acted() === 1);
      await grab(viewer);
      const isOurs = (): boolean => viewer.seen("KeyPress").some(({ detail }) => detail === X_KEY_A);
      await eventually("the key to be the program's", async () => {
        await input.type("a");
        return isOurs();
      });
      ungrab(viewer);
      const before = acted();
      await eventually("sway to act again", async () => {
        await input.type("a");
        return acted() > before;
      });
    },
  );
}
