// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FakeObject } from "../../support/fake-object.ts";
import { Framed } from "../../support/framed.ts";
import { boxText } from "../../support/shown-surfaces.ts";

const BTN_LEFT = 0x110;
const TOP_LEFT = 5;
const TOP = 1;

const noStates = new Uint8Array(0);

/** Where the label is, if it is shown. */
const labelOf = (framed: Framed): string | undefined => framed.label && boxText(framed.label);

describe("a frame with a label", () => {
  it("is higher at its top, where the label is, and told to the host so", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-20 308x224" });
    // Two letters as wide as high, and room on both sides.
    assert.equal(labelOf(framed), `0,-20 ${2 * 13 + 2 * 8}x20`);
  });

  it("has a new size, and its label a new place, with the very commit that has the content's", async (t) => {
    const framed = await Framed.begin(t, { label: "abcdef" });
    const { surface, xdgSurface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const faults: (string | null)[] = [];
    framed.screen.onChange = () => {
      for (const window of framed.screen.windows) faults.push(framed.screen.faultOf(window, framed.insets));
    };
    for (const [width, height] of [
      [400, 100],
      [80, 300],
      [20, 20],
      [500, 500],
    ] as const) {
      framed.show(surface, width, height);
      assert.equal((await framed.view()).geometry, `-4,-20 ${width + 8}x${height + 24}`);
    }
    xdgSurface.send("set_window_geometry", 0, -30, 500, 530);
    surface.send("commit");
    assert.equal((await framed.view()).geometry, "-4,-50 508x554");
    assert.equal(labelOf(framed), "0,-50 94x20");
    assert.deepEqual(new Set(faults), new Set([null]));
  });

  it("has it cut where the window is narrower, and none where no letter has room", async (t) => {
    const framed = await Framed.begin(t, { label: "abcdefg" });
    const { surface } = framed.window();
    const widths: (string | undefined)[] = [];
    for (const width of [300, 80, 20, 300]) {
      framed.show(surface, width, 100);
      await framed.view();
      widths.push(labelOf(framed));
    }
    assert.deepEqual(widths, ["0,-20 107x20", "0,-20 68x20", undefined, "0,-20 107x20"]);
  });

  it("is taken off what a program may have as a size, and added to its limits and to the places of its popups", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { client, host } = framed.stage;
    const { surface, xdgSurface, toplevel } = framed.window();
    toplevel.send("set_min_size", 100, 50);
    toplevel.send("set_max_size", 0, 500);
    const theirs = (await host.expect("xdg_surface.get_toplevel")).objectArg("id");
    const min = await host.expect("xdg_toplevel.set_min_size");
    const max = await host.expect("xdg_toplevel.set_max_size");
    assert.deepEqual([min.arg("width"), min.arg("height"), max.arg("width"), max.arg("height")], [108, 74, 0, 524]);
    theirs.send("configure_bounds", 800, 600);
    theirs.send("configure", 308, 224, noStates);
    const bounds = await client.expect("xdg_toplevel.configure_bounds");
    assert.deepEqual([bounds.arg("width"), bounds.arg("height")], [792, 576]);
    const configure = await client.expect("xdg_toplevel.configure");
    assert.deepEqual([configure.arg("width"), configure.arg("height")], [300, 200]);
    framed.show(surface, 300, 200);

    const positioner = framed.base.create("create_positioner");
    positioner.send("set_size", 50, 60);
    positioner.send("set_anchor_rect", 5, 6, 7, 8);
    const menu = framed.surface();
    framed.base.create("get_xdg_surface", menu).create("get_popup", xdgSurface, positioner);
    menu.send("commit");
    const popup = (await host.expect("xdg_surface.get_popup")).objectArg("id");
    const anchors = host.inbox.all.filter(({ name }) => name === "xdg_positioner.set_anchor_rect");
    assert.deepEqual(Object.values(anchors.at(-1)?.args ?? {}), [9, 26, 7, 8]);
    popup.send("configure", 14, 32, 54, 64);
    const { args } = await client.expect("xdg_popup.configure");
    assert.deepEqual(args, { x: 12, y: 14, width: 50, height: 60 });
    // A popup has a thin frame, and no label.
    framed.show(menu, 50, 60);
    await client.roundtrip();
    const [, shown] = framed.screen.windows as [FakeObject, FakeObject];
    assert.equal(framed.screen.faultOf(shown, 2), null);
    assert.equal(framed.screen.shown(shown).length, 9);
  });

  it("has a label in the pixels of its screen, also if the program has nothing to draw", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { client, host } = framed.stage;
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const scale = (await host.expect("wp_fractional_scale_manager_v1.get_fractional_scale")).objectArg("id");
    const before = framed.label?.buffer as FakeObject;
    const pixels = (): string =>
      host.inbox.all
        .filter(({ name }) => name === "wl_shm_pool.create_buffer")
        .map(({ args }) => `${args["width"]}x${args["height"]}`)
        .at(-1) as string;
    assert.equal(pixels(), "42x20");
    before.send("release");
    scale.send("preferred_scale", 180);
    await framed.view();
    await client.roundtrip();
    assert.equal(labelOf(framed), "0,-20 43x20");
    assert.equal(pixels(), "65x30");
    assert.equal(
      host.inbox.all.filter(({ name, object }) => name === "wl_buffer.destroy" && object === before).length,
      1,
    );

    // One that the host still reads stays until it does not.
    const now = framed.label?.buffer as FakeObject;
    scale.send("preferred_scale", 240);
    await framed.view();
    await client.roundtrip();
    assert.equal(pixels(), "84x40");
    const isDestroyed = (): boolean =>
      host.inbox.all.some(({ name, object }) => name === "wl_buffer.destroy" && object === now);
    assert.equal(isDestroyed(), false);
    now.send("release");
    await host.expect("wl_buffer.destroy", ({ object }) => object === now);
  });

  it("costs a commit that does not resize no message", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const { all } = framed.stage.host.inbox;
    const before = all.length;
    const buffer = framed.buffer(300, 200);
    for (let i = 0; i < 3; i++) {
      surface.send("attach", buffer, 0, 0);
      surface.send("commit");
    }
    await framed.view();
    assert.equal(all.length - before, 8, "with the buffer, and the test's own question");
  });

  it("moves its window by the label, and resizes it by the line above", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { client, host } = framed.stage;
    const seat = await client.bind("wl_seat");
    seat.create("get_pointer");
    seat.create("get_touch");
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const pointer = (await host.expect("wl_seat.get_pointer")).objectArg("id");
    const touch = (await host.expect("wl_seat.get_touch")).objectArg("id");
    const [window] = framed.screen.windows as [FakeObject];
    const top = framed.screen.shown(window).find((one) => one.isEdge && boxText(one) === "0,-20 300x20");
    assert.ok(top);
    pointer.send("enter", 7, top.surface, 100, 3);
    pointer.send("button", 8, 100, BTN_LEFT, 1);
    assert.equal((await host.expect("xdg_toplevel.resize")).arg("edges"), TOP);
    pointer.send("button", 9, 100, BTN_LEFT, 0);
    pointer.send("motion", 100, 2, 3);
    pointer.send("button", 10, 100, BTN_LEFT, 1);
    assert.equal((await host.expect("xdg_toplevel.resize")).arg("edges"), TOP_LEFT);
    pointer.send("button", 11, 100, BTN_LEFT, 0);
    pointer.send("motion", 100, 2, 4);
    pointer.send("button", 12, 100, BTN_LEFT, 1);
    assert.equal((await host.expect("xdg_toplevel.move")).arg("serial"), 12);
    touch.send("down", 13, 100, top.surface, 1, 50, 15);
    assert.equal((await host.expect("xdg_toplevel.move")).arg("serial"), 13);
    assert.equal(host.inbox.count("xdg_toplevel.resize"), 2);
  });

  it("goes with the window's role", async (t) => {
    const framed = await Framed.begin(t, { label: "ab" });
    const { surface, xdgSurface, toplevel } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    toplevel.send("destroy");
    xdgSurface.send("destroy");
    surface.send("destroy");
    await framed.stage.client.roundtrip();
    const { inbox } = framed.stage.host;
    // The window, eight edges and the label.
    assert.deepEqual([inbox.count("wl_subsurface.destroy"), inbox.count("wl_surface.destroy")], [9, 10]);
    assert.equal(inbox.count("wp_fractional_scale_v1.destroy"), 1);
  });
});
