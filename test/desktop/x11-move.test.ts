// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { XTestWindow } from "../support/x-test-window.ts";
import { servers } from "./support/x-programs.ts";
import { XScene } from "./support/x-scene.ts";

/** BTN_LEFT of the kernel's. */
const LEFT = 0x110;

for (const server of Object.keys(servers)) {
  test(`the host moves a window that follows the pointer by itself, once for each press, by ${server}`, async (t) => {
    const { scene, x } = await XScene.set(t, server);
    const ours = new XTestWindow(x, { width: 300, height: 200 });
    ours.map();
    const theirs = await scene.shown("toplevel");
    await scene.host.expect("xdg_surface.ack_configure");
    const other = new XTestWindow(x, { width: 300, height: 200 });
    other.map();
    await scene.shown("toplevel");
    const pointer = scene.input("wl_pointer");
    const button = (state: number): number => {
      const serial = scene.serial();
      pointer.send("button", serial, 0, LEFT, state);
      pointer.send("frame");
      return serial;
    };
    const place = (window: XTestWindow, values: object): Promise<unknown> => {
      x.send("ConfigureWindow", { window: window.id, ...values });
      // A window manager answers all the same when it refuses.
      return window.expect("ConfigureNotify", ({ sendEvent }) => sendEvent);
    };
    await place(ours, { x: 50, y: 40 });
    pointer.send("enter", scene.serial(), theirs.surface, 10, 10);
    pointer.send("frame");
    for (let i = 0; i < 2; i++) {
      const serial = button(1);
      await ours.expect("ButtonPress");
      await place(ours, { width: 300, height: 200 });
      await place(other, { x: 50, y: 40 });
      for (const at of [50, 60, 70]) await place(ours, { x: at, y: at, width: 300, height: 200 });
      const { args, object } = await scene.host.expect("xdg_toplevel.move");
      assert.deepEqual([object, args["serial"]], [theirs.role, serial]);
      button(0);
      await ours.expect("ButtonRelease");
    }
    await place(ours, { x: 80, y: 80 });
    assert.equal(scene.host.inbox.count("xdg_toplevel.move"), 2);
  });
}
