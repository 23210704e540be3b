// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Mapping } from "../../src/native/memory.ts";
import { servers } from "./support/x-programs.ts";
import { XStage } from "./support/x-stage.ts";

const ICON = "_NET_WM_ICON";

for (const [name, server] of Object.entries(servers)) {
  describe(`an X11 window and its host, by ${name}`, () => {
    it("has its icons, as squares of premultiplied pixels", async (t) => {
      const { client, host } = await XStage.open(t, server, ["xdg_toplevel_icon_manager_v1 1"]);
      const pixels = [2, 1, 0x80ff0000, 0xff00ff00, 1, 1, 0xff0000ff, 300, 300, ...Array(90_000).fill(7)];
      await client.show({ title: "icon", properties: { [ICON]: { type: "CARDINAL", value: pixels } } });
      // Xwayland has others.
      const pool = await host.expect("wl_shm.create_pool", (message) => message.arg("size") === 20);
      const sizes: number[] = [];
      for (let i = 0; i < 2; i++) sizes.push((await host.expect("wl_shm_pool.create_buffer")).arg("width") as number);
      assert.deepEqual(sizes, [1, 2]);
      await host.expect("xdg_toplevel_icon_manager_v1.set_icon");
      const fd = pool.fdArg("fd");
      using mapping = Mapping.map(fd.raw, pool.arg("size") as number);
      assert.deepEqual([...mapping.words], [0xff0000ff, 0x80800000, 0xff00ff00, 0, 0]);
    });

    it("is modal when it says so, and not any more when it does not", async (t) => {
      const { client, host } = await XStage.open(t, server, ["xdg_wm_dialog_v1 1"]);
      const main = await client.show({ title: "main" });
      const transient = { WM_TRANSIENT_FOR: { type: "WINDOW", value: [main] } };
      const state = { _NET_WM_STATE: { type: "ATOM", value: ["_NET_WM_STATE_MODAL"] } };
      const dialog = await client.show({ title: "dialog", properties: { ...transient, ...state } });
      await host.expect("xdg_wm_dialog_v1.get_xdg_dialog");
      await host.expect("xdg_dialog_v1.set_modal");
      await client.ask(dialog, "_NET_WM_STATE", 0, "_NET_WM_STATE_MODAL");
      await host.expect("xdg_dialog_v1.unset_modal");
    });

    it("is iconic once a host that can minimize windows was asked", async (t) => {
      const stage = await XStage.open(t, server);
      const { client, host } = stage;
      const id = await client.show({ title: "small" });
      const window = await stage.window();
      window.toplevel.send("wm_capabilities", new Uint8Array(Uint32Array.of(4).buffer));
      stage.configure(window, 0, 0, [4], 1);
      await host.expect("xdg_surface.ack_configure");
      await client.ask(id, "WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0], "it has the keyboard still");
      stage.configure(window, 0, 0, [], 2);
      await client.property(id, "WM_STATE", ([state]) => state === 3);
      assert.deepEqual(await client.names(id, "_NET_WM_STATE"), ["_NET_WM_STATE_HIDDEN"]);
      stage.configure(window, 0, 0, [4], 3);
      await client.property(id, "WM_STATE", ([state]) => state === 1);
      assert.deepEqual(await client.names(id, "_NET_WM_STATE"), []);
    });

    it("is never iconic where the host leaves it as it was", async (t) => {
      const stage = await XStage.open(t, server);
      const { client, host } = stage;
      const hints = { type: "WM_HINTS", value: [2, 0, 3, 0, 0, 0, 0, 0, 0] };
      const id = await client.show({ title: "large", properties: { WM_HINTS: hints } });
      const window = await stage.window();
      await host.expect("xdg_toplevel.set_minimized");
      window.toplevel.send("wm_capabilities", new Uint8Array());
      stage.configure(window, 0, 0, [], 1);
      await host.expect("xdg_surface.ack_configure");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0]);
      await client.ask(id, "WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0]);
    });
  });
}
