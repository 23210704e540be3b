// SPDX-License-Identifier: Apache-2.0
/** Where fingers, tools and pointers are, for X clients that see the screen's own pixels. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { EventMask } from "../../src/x11/generated/enums.ts";
import { eventually } from "../support/eventually.ts";
import type { FakeObject } from "../support/fake-object.ts";
import { scaled } from "../support/patience.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { servers } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

const globals = [
  "wp_viewporter 1",
  "zwp_relative_pointer_manager_v1 1",
  "zwp_pointer_constraints_v1 1",
  "zwp_tablet_manager_v2 1",
];

/** GrabPointer: what it wants of both devices, and what it answers. */
const ASYNCHRONOUS = 1;
const SUCCESS = 0;

/** zwp_tablet_tool_v2.type */
const PEN = 0x140;

/** @param off how many pixels less it may be */
async function pointerIs(x: X11Connection, left: number, top: number, off: number = 0): Promise<void> {
  await eventually(`the pointer at ${left}, ${top}`, async () => {
    const { root_x, root_y } = await x.call("QueryPointer", { window: x.setup.root });
    return root_x <= left && root_x >= left - off && root_y <= top && root_y >= top - off;
  });
}

/** The object that a request has made, of which there is one. */
function made(scene: XScene, request: string, arg: string = "id"): FakeObject {
  const found = scene.host.inbox.all.find(({ name }) => name === request);
  assert.ok(found, `Xwayland did not ask for ${request}`);
  return found.objectArg(arg);
}

for (const server of Object.keys(servers)) {
  for (const factor of [1.5, 2]) {
    const xTest = (
      name: string,
      body: (scene: XScene, x: X11Connection, ours: XTestWindow, theirs: HostWindow) => Promise<void>,
    ): void => {
      test(`${name}, by ${server} at ${factor}`, { timeout: scaled(30_000) }, async (t) => {
        const { scene, x } = await XScene.set(t, server, { globals, unscale: factor });
        const ours = await XTestWindow.show(x, { width: 600, height: 300 });
        const theirs = await scene.shown("toplevel");
        await scene.host.expect("xdg_surface.ack_configure");
        await scene.host.expect("wl_surface.commit", ({ object }) => object === theirs.surface);
        await body(scene, x, ours, theirs);
      });
    };

    const enter = (scene: XScene, { surface }: HostWindow, left: number, top: number): void => {
      const pointer = scene.input("wl_pointer");
      pointer.send("enter", scene.serial(), surface, left, top);
      pointer.send("frame");
    };

    xTest("a finger is where it touches, and where it goes from there", async (scene, x, ours, theirs) => {
      const touch = scene.input("wl_touch");
      touch.send("down", scene.serial(), 0, theirs.surface, 7, 20, 30);
      touch.send("frame");
      await ours.expect("ButtonPress");
      // Xwayland counts in 65535ths of the screen here, and rounds down twice.
      await pointerIs(x, 20 * factor, 30 * factor, 1);
      touch.send("motion", 0, 7, 100, 42);
      touch.send("frame");
      await pointerIs(x, 100 * factor, 42 * factor, 1);
      touch.send("up", scene.serial(), 0, 7);
      touch.send("frame");
      await ours.expect("ButtonRelease");
    });

    xTest("a stylus is where it is held", async (scene, x, _ours, theirs) => {
      const seat = made(scene, "zwp_tablet_manager_v2.get_tablet_seat", "tablet_seat");
      const tablet = seat.create("tablet_added");
      tablet.send("done");
      const tool = seat.create("tool_added");
      tool.send("type", PEN);
      tool.send("done");
      tool.send("proximity_in", scene.serial(), tablet, theirs.surface);
      tool.send("motion", 30, 40);
      tool.send("frame", 0);
      await pointerIs(x, 30 * factor, 40 * factor);
      tool.send("motion", 51, 62);
      tool.send("frame", 0);
      await pointerIs(x, Math.trunc(51 * factor), 62 * factor);
    });

    xTest("a client that hides the pointer and puts it elsewhere has it there", async (scene, x, ours, theirs) => {
      enter(scene, theirs, 10, 10);
      await ours.expect("EnterNotify");
      await x.call("XFixes.QueryVersion", { client_major_version: 5, client_minor_version: 0 });
      x.send("XFixes.HideCursor", { window: ours.id });
      x.send("WarpPointer", {
        src_window: 0,
        dst_window: ours.id,
        src_x: 0,
        src_y: 0,
        src_width: 0,
        src_height: 0,
        dst_x: 90,
        dst_y: 60,
      });
      const { args } = await scene.host.expect("zwp_pointer_constraints_v1.lock_pointer");
      assert.deepEqual([args["surface"], args["region"]], [theirs.surface, null]);
      const hint = await scene.host.expect("zwp_locked_pointer_v1.set_cursor_position_hint");
      assert.deepEqual([hint.arg("surface_x"), hint.arg("surface_y")], [90 / factor, 60 / factor]);
      (args["id"] as FakeObject).send("locked");
      const relative = made(scene, "zwp_relative_pointer_manager_v1.get_relative_pointer");
      relative.send("relative_motion", 0, 0, 8, -6, 4, -3);
      scene.input("wl_pointer").send("frame");
      await pointerIs(x, 90 + 8 * factor, 60 - 6 * factor);
      // The user sees it again where the client had it.
      x.send("XFixes.ShowCursor", { window: ours.id });
      await scene.host.expect("zwp_locked_pointer_v1.destroy");
    });

    xTest(
      "a client that keeps the pointer in its window has the host keep it there",
      async (scene, x, ours, theirs) => {
        enter(scene, theirs, 10, 10);
        await ours.expect("EnterNotify");
        const { status } = await x.call("GrabPointer", {
          owner_events: true,
          grab_window: ours.id,
          event_mask: EventMask.ButtonPress,
          pointer_mode: ASYNCHRONOUS,
          keyboard_mode: ASYNCHRONOUS,
          confine_to: ours.id,
          cursor: 0,
          time: 0,
        });
        assert.equal(status, SUCCESS);
        const { args } = await scene.host.expect("zwp_pointer_constraints_v1.confine_pointer");
        assert.deepEqual([args["surface"], args["region"]], [theirs.surface, null]);
        (args["id"] as FakeObject).send("confined");
        scene.input("wl_pointer").send("motion", 0, 99, 41);
        scene.input("wl_pointer").send("frame");
        await pointerIs(x, Math.trunc(99 * factor), Math.trunc(41 * factor));
        x.send("UngrabPointer", { time: 0 });
        await scene.host.expect("zwp_confined_pointer_v1.destroy");
      },
    );
  }
}
