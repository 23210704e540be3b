// SPDX-License-Identifier: Apache-2.0
/** Places and regions of a window of which the host shows a part, that are named by whatever there is besides pointers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Shadowed } from "../../support/shadowed.ts";

/** A region of 100 × 50 at 30, 40, as the client counts, and how the host counts it. */
const REGION = [30, 40, 100, 50] as const;
const MOVED = "add 10 10 100 50";

describe("a region of a window with a shadow", () => {
  for (const [what, manager, make, holder, set] of [
    ["blurred", "org_kde_kwin_blur_manager", "create", "org_kde_kwin_blur", "set_region"],
    ["of another contrast", "org_kde_kwin_contrast_manager", "create", "org_kde_kwin_contrast", "set_region"],
    [
      "blurred by the common protocol",
      "ext_background_effect_manager_v1",
      "get_background_effect",
      "ext_background_effect_surface_v1",
      "set_blur_region",
    ],
  ] as const) {
    it(`is where it was if it is ${what}, also after the shadow has changed`, async (t) => {
      const shadowed = await Shadowed.begin(t, manager);
      const { framed, surface, xdgSurface } = shadowed;
      const effect = (await framed.stage.client.bind(manager)).create(make, surface);
      const region = framed.compositor.create("create_region");
      region.send("add", ...REGION);
      effect.send(set, region);
      assert.deepEqual(await shadowed.told("add", set), ["add 30 40 100 50", set]);
      framed.show(surface, 300, 200);
      assert.deepEqual(await shadowed.told("add", set), [MOVED, set]);
      effect.send(set, region);
      assert.deepEqual(await shadowed.told("add", set), [MOVED, set]);
      xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
      surface.send("commit");
      assert.deepEqual(await shadowed.told("add", set), ["add 30 40 100 50", set]);
      // One that is gone is told nothing more.
      effect.send(holder.startsWith("ext") ? "destroy" : "release");
      xdgSurface.send("set_window_geometry", 20, 30, 260, 160);
      surface.send("commit");
      assert.deepEqual(await shadowed.told("add", set), []);
    });
  }

  for (const [make, holder] of [
    ["lock_pointer", "zwp_locked_pointer_v1"],
    ["confine_pointer", "zwp_confined_pointer_v1"],
  ] as const) {
    it(`is where it was if a pointer is to be held there by ${make}`, async (t) => {
      const shadowed = await Shadowed.begin(t, "zwp_pointer_constraints_v1");
      const { framed, surface, xdgSurface } = shadowed;
      const { client, host } = framed.stage;
      framed.show(surface, 300, 200);
      await shadowed.told();
      const pointer = (await client.bind("wl_seat")).create("get_pointer");
      const region = framed.compositor.create("create_region");
      region.send("add", ...REGION);
      const constraints = await client.bind("zwp_pointer_constraints_v1");
      const constraint = constraints.create(make, surface, pointer, region, 1);
      assert.deepEqual(await shadowed.told("add"), ["add 30 40 100 50", MOVED]);
      const { args } = await host.expect(`zwp_pointer_constraints_v1.${make}`);
      assert.notEqual(args["region"], null);
      constraint.send("set_region", null);
      constraint.send("set_region", region);
      assert.deepEqual(await shadowed.told("add", "set_region"), ["set_region", MOVED, "set_region"]);
      xdgSurface.send("set_window_geometry", 30, 40, 200, 100);
      surface.send("commit");
      assert.deepEqual(await shadowed.told("add", "set_region"), ["add 0 0 100 50", "set_region"]);
      assert.equal(host.inbox.all.at(-1)?.name, "wl_display.sync");
      assert.ok(host.inbox.all.some(({ object }) => object.interface.name === holder));
    });
  }

  it("that is a hint for a locked pointer is where it was", async (t) => {
    const shadowed = await Shadowed.begin(t, "zwp_pointer_constraints_v1");
    const { framed, surface } = shadowed;
    framed.show(surface, 300, 200);
    const { client } = framed.stage;
    const pointer = (await client.bind("wl_seat")).create("get_pointer");
    const constraints = await client.bind("zwp_pointer_constraints_v1");
    const locked = constraints.create("lock_pointer", surface, pointer, null, 1);
    locked.send("set_cursor_position_hint", 50, 60);
    assert.deepEqual(await shadowed.told("set_cursor_position_hint"), ["set_cursor_position_hint 30 30"]);
  });
});

describe("a place of a window with a shadow", () => {
  it("is the same if a pointer is moved there", async (t) => {
    const shadowed = await Shadowed.begin(t, "wp_pointer_warp_v1");
    const { framed, surface } = shadowed;
    framed.show(surface, 300, 200);
    const { client } = framed.stage;
    const pointer = (await client.bind("wl_seat")).create("get_pointer");
    (await client.bind("wp_pointer_warp_v1")).send("warp_pointer", surface, pointer, 50.5, 60, 7);
    assert.deepEqual(await shadowed.told("warp_pointer"), ["warp_pointer 30.5 30 7"]);
  });

  it("is the same for input methods, in each version of text input", async (t) => {
    const managers = ["zwp_text_input_manager_v1", "zwp_text_input_manager_v2", "zwp_text_input_manager_v3"];
    const shadowed = await Shadowed.begin(t, ...managers, "wl_text_input_manager");
    const { framed, surface, theirs } = shadowed;
    const { client, host } = framed.stage;
    framed.show(surface, 300, 200);
    const seat = await client.bind("wl_seat");
    for (const [manager, make] of [
      ["zwp_text_input_manager_v1", "create_text_input"],
      ["wl_text_input_manager", "create_text_input"],
    ] as const) {
      const input = (await client.bind(manager)).create(make);
      input.send("activate", seat, surface);
      input.send("set_cursor_rectangle", 50, 60, 2, 20);
      assert.deepEqual(await shadowed.told("set_cursor_rectangle"), ["set_cursor_rectangle 30 30 2 20"], manager);
    }
    for (const manager of ["zwp_text_input_manager_v2", "zwp_text_input_manager_v3"]) {
      const input = (await client.bind(manager)).create("get_text_input", seat);
      const hosts = (await host.expect(`${manager}.get_text_input`)).objectArg("id");
      if (manager.endsWith("2")) hosts.send("enter", 1, theirs);
      else hosts.send("enter", theirs);
      await client.roundtrip();
      input.send("set_cursor_rectangle", 50, 60, 2, 20);
      assert.deepEqual(await shadowed.told("set_cursor_rectangle"), ["set_cursor_rectangle 30 30 2 20"], manager);
      if (manager.endsWith("3")) continue;
      hosts.send("input_panel_state", 1, 0, 100, 260, 60);
      const { args } = await client.expect("zwp_text_input_v2.input_panel_state");
      assert.deepEqual([args["x"], args["y"]], [20, 130]);
    }
  });

  it("is where the pointer holds it while it is dragged, with its frame", async (t) => {
    const shadowed = await Shadowed.begin(t, "xdg_toplevel_drag_manager_v1", "wl_data_device_manager");
    const { framed, surface, toplevel } = shadowed;
    const { client } = framed.stage;
    framed.show(surface, 300, 200);
    const source = (await client.bind("wl_data_device_manager")).create("create_data_source");
    const drag = (await client.bind("xdg_toplevel_drag_manager_v1")).create("get_xdg_toplevel_drag", source);
    drag.send("attach", toplevel, 10, 10);
    assert.equal((await shadowed.told("attach")).at(-1), "attach 14 14");
  });
});
