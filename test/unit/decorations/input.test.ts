// SPDX-License-Identifier: Apache-2.0
/** What the user does on a Wayland program's title bar, and where its popups are. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XdgToplevelResizeEdge as Edge, XdgToplevelState as State } from "../../../src/protocol/generated/enums.ts";
import { localImages } from "../../../src/title-bars/local-images.ts";
import { BAR, Decorated } from "../../support/decorated.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { Gate } from "../../support/gate.ts";
import type { Scope } from "../../support/proxied.ts";

const LEFT = 0x110;
const RIGHT = 0x111;
/** The margin around the window, where its shadow is. */
const MARGIN = 8;

/** A window with a bar, and a pointer that is over nothing. */
async function scene(t: Scope): Promise<{ all: Decorated; top: FakeObject; pointer: Pointer; seat: FakeObject }> {
  const all = await Decorated.begin(t);
  const { client, host } = all.stage;
  const seat = await client.bind("wl_seat");
  seat.create("get_pointer");
  const got = await host.expect("wl_seat.get_pointer");
  all.decorate();
  await all.open(300, 200);
  await eventually("the bar", () => all.sides.length === 4 && all.shows(all.sides[0] as FakeObject));
  const pointer = new Pointer(got.objectArg("id"));
  return { all, top: all.sides[0] as FakeObject, pointer, seat: got.object };
}

/** A pointer of the host's. */
class Pointer {
  readonly #object: FakeObject;
  #serial = 500;

  constructor(object: FakeObject) {
    this.#object = object;
  }

  enter(surface: FakeObject, x: number, y: number): void {
    this.#object.send("enter", ++this.#serial, surface, x, y);
    this.#object.send("frame");
  }

  move(x: number, y: number): void {
    this.#object.send("motion", 0, x, y);
    this.#object.send("frame");
  }

  leave(surface: FakeObject): void {
    this.#object.send("leave", ++this.#serial, surface);
    this.#object.send("frame");
  }

  button(button: number, isPressed: boolean, time = 0): number {
    this.#object.send("button", ++this.#serial, time, button, isPressed ? 1 : 0);
    this.#object.send("frame");
    return this.#serial;
  }

  click(button: number = LEFT, time = 0): void {
    this.button(button, true, time);
    this.button(button, false, time);
  }
}

describe("the user", () => {
  it("closes the window by the button for that, and its program hears of nothing else", async (t) => {
    const { all, top, pointer } = await scene(t);
    pointer.enter(top, MARGIN + 300 - 20, MARGIN + BAR / 2);
    pointer.click();
    await all.stage.client.expect("xdg_toplevel.close");
    assert.equal(all.stage.client.inbox.all.filter(({ name }) => name.startsWith("wl_pointer.")).length, 0);
    pointer.leave(top);
    pointer.enter(all.theirs.surface, 5, 6);
    const { args } = await all.stage.client.expect("wl_pointer.enter");
    assert.deepEqual([args["surface_x"], args["surface_y"]], [5, 6], "on the content all is as it would be without");
  });

  it("moves the window by its bar, and opens the host's menu there", async (t) => {
    const { all, top, pointer, seat } = await scene(t);
    pointer.enter(top, MARGIN + 50, MARGIN + 16);
    const serial = pointer.button(LEFT, true);
    pointer.move(MARGIN + 60, MARGIN + 16);
    const { args, object } = await all.stage.host.expect("xdg_toplevel.move");
    assert.deepEqual([object, args["seat"], args["serial"]], [all.theirs.toplevel, seat, serial]);
    pointer.button(LEFT, false);
    pointer.click(RIGHT);
    const menu = await all.stage.host.expect("xdg_toplevel.show_window_menu");
    // From the corner of the surface, which is below the bar.
    assert.deepEqual([menu.arg("x"), menu.arg("y")], [60, 16 - BAR]);
  });

  it("resizes the window by its edges, but not one of a fixed size", async (t) => {
    const { all, top, pointer } = await scene(t);
    pointer.enter(top, MARGIN + 150, 2);
    pointer.button(LEFT, true);
    assert.equal((await all.stage.host.expect("xdg_toplevel.resize")).arg("edges"), Edge.top);
    pointer.button(LEFT, false);
    all.ours.toplevel.send("set_min_size", 300, 200);
    all.ours.toplevel.send("set_max_size", 300, 200);
    all.ours.surface.send("commit");
    await all.stage.client.roundtrip();
    pointer.move(MARGIN + 150, 3);
    pointer.click();
    await all.stage.client.roundtrip();
    assert.equal(all.stage.host.inbox.count("xdg_toplevel.resize"), 1);
  });

  it("maximizes the window by a double click, and back by the button", async (t) => {
    const { all, top, pointer } = await scene(t);
    pointer.enter(top, MARGIN + 100, MARGIN + 16);
    pointer.click(LEFT, 1000);
    pointer.click(LEFT, 1100);
    await all.stage.host.expect("xdg_toplevel.set_maximized");
    all.configure(800, 600, State.maximized);
    const { width, height, serial } = await all.configured();
    all.acknowledge(serial);
    all.show(width, height);
    await all.stage.client.roundtrip();
    pointer.move(800 - 52, BAR / 2);
    pointer.click();
    await all.stage.host.expect("xdg_toplevel.unset_maximized");
  });

  it("has no buttons for what the host cannot do", async (t) => {
    const { all, top, pointer } = await scene(t);
    all.theirs.toplevel.send("wm_capabilities", new Uint8Array(0));
    await all.stage.client.expect("xdg_toplevel.wm_capabilities");
    pointer.enter(top, MARGIN + 300 - 52, MARGIN + BAR / 2);
    pointer.click(LEFT, 1000);
    pointer.click(RIGHT);
    pointer.click(LEFT, 1100);
    await all.stage.client.roundtrip();
    for (const name of ["set_maximized", "set_minimized", "show_window_menu"])
      assert.equal(all.stage.host.inbox.count(`xdg_toplevel.${name}`), 0, name);
  });
});

describe("a commit of ours", () => {
  it("is not put into the middle of what a program says", async (t) => {
    const memory = new Gate();
    const all = await Decorated.begin(t, {
      imagesFor: () => ({
        allocate: async (size) => {
          await memory.hook();
          return localImages.allocate(size);
        },
      }),
    });
    all.decorate();
    await all.begin();
    all.configure(0, 0);
    all.acknowledge((await all.configured()).serial);
    // It is shown without its bar in the end, for which there is no memory.
    all.show(300, 200);
    const next = all.buffer(400, 300);
    all.ours.surface.send("attach", next, 0, 0);
    await all.stage.client.roundtrip();
    memory.open();
    await eventually("the bar", () => all.sides.length === 4 && all.shows(all.sides[0] as FakeObject));
    await all.stage.client.roundtrip();
    const before = all.stage.host.inbox.all.filter(
      ({ name, object }) => name === "wl_surface.commit" && object === all.theirs.surface,
    );
    assert.equal(before.length, 2, "the first, and that of the first picture");
    all.ours.surface.send("commit");
    assert.equal(await all.geometry(), `0,${-BAR} 400x${300 + BAR}`);
  });
});

describe("a popup of a window with a bar", () => {
  it("is where it would be without one, also when its positioner is used again", async (t) => {
    const { all } = await scene(t);
    const { client, host } = all.stage;
    const base = await client.bind("xdg_wm_base");
    const positioner = base.create("create_positioner");
    positioner.send("set_size", 100, 50);
    positioner.send("set_anchor_rect", 10, 20, 30, 40);
    positioner.send("set_parent_size", 300, 200);
    for (let i = 0; i < 2; i++) {
      const surface = all.surface();
      const popup = base.create("get_xdg_surface", surface).create("get_popup", all.ours.xdgSurface, positioner);
      const theirs = (await host.expect("xdg_surface.get_popup")).objectArg("id");
      const anchor = all.last("xdg_positioner.set_anchor_rect")?.args;
      assert.deepEqual(anchor, { x: 10, y: 20 + BAR, width: 30, height: 40 });
      assert.deepEqual(all.last("xdg_positioner.set_parent_size")?.args, {
        parent_width: 300,
        parent_height: 200 + BAR,
      });
      theirs.send("configure", 10, 60 + BAR, 100, 50);
      const { args } = await client.expect("xdg_popup.configure", ({ object }) => object === popup);
      assert.deepEqual([args["x"], args["y"], args["width"], args["height"]], [10, 60, 100, 50]);
    }
  });
});
