// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/connection.ts";
import { servers } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";
import { XTestWindow } from "./support/x-window.ts";

/** Waits until the host has heard that the window is as this configure event said. */
async function accepted(scene: XScene, serial: number): Promise<void> {
  await scene.host.expect("xdg_surface.ack_configure", (message) => message.arg("serial") === serial);
}

/** A window that is shown, of 200 by 100 pixels. */
async function shown(scene: XScene, x: X11Connection): Promise<{ ours: XTestWindow; theirs: HostWindow }> {
  const ours = new XTestWindow(x, { width: 200, height: 100 });
  ours.map();
  const theirs = await scene.shown("toplevel");
  await scene.host.expect("xdg_surface.ack_configure");
  await scene.host.expect("wl_surface.commit");
  return { ours, theirs };
}

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: 30_000 }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  xTest("a window that is made larger and at once as it was has its old size", async (scene, x) => {
    const { ours, theirs } = await shown(scene, x);
    scene.configured(theirs, 400, 300);
    await accepted(scene, scene.configured(theirs, 200, 100));
    await ours.expect("ConfigureNotify", ({ width }) => width === 400);
    await ours.expect("ConfigureNotify", ({ width }) => width === 200);
    const { width, height } = await x.call("GetGeometry", { drawable: ours.id });
    assert.deepEqual([width, height], [200, 100]);
  });
}
