// SPDX-License-Identifier: Apache-2.0
/** Windows with a shadow, of which the host shows a part, and whose client learns nothing of that. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FakeObject } from "../../support/fake-object.ts";
import { Framed } from "../../support/framed.ts";
import { LEFT, Shadowed, TOP } from "../../support/shadowed.ts";

describe("the content of a window with a shadow", () => {
  it("is the part of its buffer that is the window, at each scale, and all of it again without a shadow", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface } = shadowed;
    framed.show(surface, 300, 200);
    assert.deepEqual(await shadowed.viewport(), ["set_source 20 30 260 160", "set_destination 260 160"]);
    surface.send("set_buffer_scale", 2);
    framed.show(surface, 600, 400);
    assert.deepEqual(await shadowed.viewport(), []);
    framed.show(surface, 640, 400);
    assert.deepEqual(await shadowed.viewport(), []);
    xdgSurface.send("set_window_geometry", 0, 0, 320, 200);
    surface.send("commit");
    assert.deepEqual(await shadowed.viewport(), ["destroy"]);
    assert.deepEqual(await framed.view(), { content: ["0,0 320x200"], geometry: "-4,-4 328x208" });
    surface.send("commit");
    assert.deepEqual(await shadowed.viewport(), []);
  });

  it("costs a commit that does not resize no message", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface } = shadowed;
    framed.show(surface, 300, 200);
    await framed.view();
    const { all } = framed.stage.host.inbox;
    const before = all.length;
    const buffer = framed.buffer(300, 200);
    for (let i = 0; i < 3; i++) {
      surface.send("attach", buffer, 0, 0);
      surface.send("damage_buffer", 0, 0, 300, 200);
      surface.send("commit");
    }
    await framed.view();
    assert.equal(all.length - before, 11, "with the buffer, and the test's own question");
  });

  it("is a part of the part that the client's own viewport shows", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface } = shadowed;
    const viewporter = await framed.stage.client.bind("wp_viewporter");
    // As a program draws at a scale of 1.5.
    let viewport = viewporter.create("get_viewport", surface);
    viewport.send("set_destination", 300, 200);
    framed.show(surface, 450, 300);
    await framed.view();
    assert.deepEqual(await shadowed.viewport(), [
      "set_destination 300 200",
      "set_source 30 45 390 240",
      "set_destination 260 160",
    ]);
    framed.show(surface, 600, 400);
    assert.deepEqual(await shadowed.viewport(), ["set_source 40 60 520 320", "set_destination 260 160"]);
    viewport.send("set_source", 50, 100, 300, 200);
    surface.send("commit");
    assert.deepEqual((await shadowed.viewport()).slice(1), ["set_source 70 130 260 160", "set_destination 260 160"]);
    // Without a word of the client's, with what it said last.
    xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    surface.send("commit");
    assert.deepEqual(await shadowed.viewport(), ["set_source 50 100 300 200", "set_destination 300 200"]);
    xdgSurface.send("set_window_geometry", 0, 0, 200, 100);
    viewport.send("destroy");
    framed.show(surface, 300, 200);
    assert.deepEqual(await shadowed.viewport(), ["destroy", "set_source 0 0 200 100", "set_destination 200 100"]);
    viewport = viewporter.create("get_viewport", surface);
    viewport.send("set_destination", 600, 400);
    surface.send("commit");
    assert.deepEqual(await shadowed.viewport(), [
      "destroy",
      "set_destination 600 400",
      "set_source 0 0 100 50",
      "set_destination 200 100",
    ]);
    assert.deepEqual((await framed.view()).content, ["0,0 200x100"]);
  });

  it("has its sub-surfaces where they were, with the commit that makes it smaller or larger", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface } = shadowed;
    const part = framed.part(surface, 25, 40);
    framed.show(part.surface, 10, 10);
    framed.show(surface, 300, 200);
    assert.deepEqual((await framed.view()).content, ["0,0 260x160", "5,10 10x10"]);
    const later = framed.part(surface, 20, 30);
    framed.show(later.surface, 11, 11);
    const unmoved = framed.subcompositor.create("get_subsurface", framed.surface(), surface);
    part.subsurface.send("set_position", 30, 50);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 260x160", "10,20 10x10", "0,0 11x11"]);
    xdgSurface.send("set_window_geometry", 10, 10, 280, 180);
    assert.deepEqual((await framed.view()).content, ["0,0 260x160", "10,20 10x10", "0,0 11x11"]);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 280x180", "20,40 10x10", "10,20 11x11"]);
    unmoved.send("destroy");
    xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 300x200", "30,50 10x10", "20,30 11x11"]);
    // Of one that reaches into the shadow, that part is not shown.
    xdgSurface.send("set_window_geometry", 21, 30, 200, 100);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 200x100", "9,20 10x10", "0,0 10x11"]);
  });

  it("has its regions and its damage where they were", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface } = shadowed;
    const region = framed.compositor.create("create_region");
    region.send("add", 10, 10, 280, 180);
    region.send("subtract", 50, 60, 5, 5);
    surface.send("set_input_region", region);
    surface.send("set_opaque_region", region);
    surface.send("damage", 40, 50, 7, 8);
    await shadowed.told();
    const names = ["add", "subtract", "set_input_region", "set_opaque_region", "damage"] as const;
    framed.show(surface, 300, 200);
    const moved = ["add -10 -20 280 180", "subtract 30 30 5 5"];
    const told = async (): Promise<string[]> =>
      (await shadowed.told(...names)).filter((text) => !text.startsWith("damage 0 0 2147483647"));
    assert.deepEqual(await told(), [...moved, "set_input_region", ...moved, "set_opaque_region"]);
    // No input at all stays that.
    surface.send("set_input_region", framed.compositor.create("create_region"));
    surface.send("set_opaque_region", null);
    surface.send("damage", 40, 50, 7, 8);
    surface.send("damage", -2_147_483_648, 0, 2_147_483_647, 2_147_483_647);
    surface.send("commit");
    assert.deepEqual(await told(), [
      "set_input_region",
      "set_opaque_region",
      "damage 20 20 7 8",
      "damage -2147483648 -30 2147483647 2147483647",
    ]);
    xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    surface.send("damage", 40, 50, 7, 8);
    surface.send("commit");
    surface.send("damage", 40, 50, 7, 8);
    assert.deepEqual(await told(), ["damage 20 20 7 8", "set_input_region", "damage 40 50 7 8"]);
  });

  it("gets input from the corner that its client knows", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, toplevel, theirs } = shadowed;
    const { client, host } = framed.stage;
    framed.show(surface, 300, 200);
    const seat = await client.bind("wl_seat");
    const [pointer, touch] = [seat.create("get_pointer"), seat.create("get_touch")];
    const device = async (kind: string): Promise<FakeObject> =>
      (await host.expect(`wl_seat.get_${kind}`)).objectArg("id");
    const [mouse, fingers] = [await device("pointer"), await device("touch")];
    mouse.send("enter", 1, theirs, 5, 6);
    mouse.send("motion", 100, 7.5, 8);
    fingers.send("down", 2, 100, theirs, 0, 1, 2);
    fingers.send("motion", 100, 0, 3, 4);
    fingers.send("up", 3, 100, 0);
    mouse.send("leave", 4, theirs);
    await client.roundtrip();
    const places = client.inbox.all
      .filter(({ object }) => object === pointer || object === touch)
      .map(({ name, args }) => [
        name.replace(/^\w+\./, ""),
        ...Object.values(args).filter((value) => typeof value === "number"),
      ]);
    assert.deepEqual(places, [
      ["enter", 1, 25, 36],
      ["motion", 100, 27.5, 38],
      ["down", 2, 100, 0, 21, 32],
      ["motion", 100, 0, 23, 34],
      ["up", 3, 100, 0],
      ["leave", 4],
    ]);
    toplevel.send("show_window_menu", seat, 1, 50, 60);
    const menu = await host.expect("xdg_toplevel.show_window_menu");
    assert.deepEqual([menu.arg("x"), menu.arg("y")], [30, 30]);
  });

  it("is all of its surface again without its role", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface, toplevel } = shadowed;
    const part = framed.part(surface, 25, 40);
    framed.show(surface, 300, 200);
    await shadowed.viewport();
    toplevel.send("destroy");
    assert.deepEqual(await shadowed.viewport(), ["destroy"]);
    part.subsurface.send("set_position", 1, 2);
    assert.deepEqual(await shadowed.told("set_position"), ["set_position 1 2"]);
    xdgSurface.send("destroy");
  });

  it("is all of the surface where hosts cannot crop it, and the frame lies around that", async (t) => {
    const framed = await Framed.begin(t, { compositorVersion: 5 });
    const { client, host } = framed.stage;
    const { surface, xdgSurface } = framed.window();
    xdgSurface.send("set_window_geometry", LEFT, TOP, 260, 160);
    framed.show(surface, 300, 200);
    const toplevel = (await host.expect("xdg_surface.get_toplevel")).objectArg("id");
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-4 308x208" });
    const positioner = framed.base.create("create_positioner");
    positioner.send("set_size", 50, 60);
    positioner.send("set_anchor_rect", 5, 6, 7, 8);
    framed.base.create("get_xdg_surface", framed.surface()).create("get_popup", xdgSurface, positioner);
    const popup = (await host.expect("xdg_surface.get_popup")).objectArg("id");
    const anchors = host.inbox.all.filter(({ name }) => name === "xdg_positioner.set_anchor_rect");
    assert.deepEqual(Object.values(anchors.at(-1)?.args ?? {}), [29, 40, 7, 8]);
    popup.send("configure", 29, 48, 54, 64);
    const placed = await client.expect("xdg_popup.configure");
    assert.deepEqual([placed.arg("x"), placed.arg("y")], [7, 16]);
    toplevel.send("configure", 508, 408, new Uint8Array(0));
    const { args } = await client.expect("xdg_toplevel.configure");
    assert.deepEqual([args["width"], args["height"]], [460, 360]);
  });

  it("is not shown if it is elsewhere than the window", async (t) => {
    const shadowed = await Shadowed.begin(t);
    const { framed, surface, xdgSurface } = shadowed;
    xdgSurface.send("set_window_geometry", 400, 0, 100, 100);
    framed.show(surface, 300, 200);
    assert.deepEqual((await framed.view()).content, []);
  });
});
