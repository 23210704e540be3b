// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FakeObject } from "../../support/fake-object.ts";
import { FRAME, Framed } from "../../support/framed.ts";
import type { Scope } from "../../support/proxied.ts";

const BTN_LEFT = 0x110;
const BOTTOM_RIGHT = 10;
const RIGHT = 8;

/** A window with a frame, and a seat; the host's objects, and the surfaces of the edges by where they are. */
async function withSeat(t: Scope, globals: readonly string[] = []) {
  const framed = await Framed.begin(t, { globals });
  const { client, host } = framed.stage;
  const seat = await client.bind("wl_seat");
  const [pointer, touch] = [seat.create("get_pointer"), seat.create("get_touch")];
  const { surface } = framed.window();
  framed.show(surface, 300, 200);
  await client.roundtrip();
  const theirs = {
    pointer: (await host.expect("wl_seat.get_pointer")).objectArg("id"),
    touch: (await host.expect("wl_seat.get_touch")).objectArg("id"),
    window: framed.screen.windows[0] as FakeObject,
  };
  const edge = (x: number, y: number): FakeObject =>
    framed.screen.shown(theirs.window).find((one) => one.isEdge && one.x === x && one.y === y)?.surface as FakeObject;
  /** The events that the client has got from its devices. */
  const heard = async (): Promise<string[]> => {
    await client.roundtrip();
    return client.inbox.all
      .filter(({ object }) => object === pointer || object === touch)
      .map(({ name, args }) => `${name} ${Object.values(args).filter((value) => typeof value === "number")}`);
  };
  return { framed, seat, client, host, theirs, pointer, edge, heard };
}

describe("the edges of a frame", () => {
  it("tell a client nothing of a pointer over them, and resize its window by a press", async (t) => {
    const { host, theirs, edge, heard } = await withSeat(t);
    const { pointer } = theirs;
    pointer.send("enter", 7, edge(300, 0), 1, 50);
    pointer.send("frame");
    pointer.send("motion", 100, 2, 195);
    pointer.send("axis", 100, 0, 10);
    pointer.send("button", 8, 100, BTN_LEFT, 1);
    pointer.send("frame");
    const resize = await host.expect("xdg_toplevel.resize");
    assert.deepEqual([resize.arg("serial"), resize.arg("edges")], [8, BOTTOM_RIGHT]);
    assert.equal(resize.objectArg("seat").interface.name, "wl_seat");
    const shapes = host.inbox.all.filter(({ name }) => name === "wp_cursor_shape_device_v1.set_shape");
    assert.deepEqual(
      shapes.map(({ args }) => [args["serial"], args["shape"]]),
      [
        [7, 18],
        [7, 23],
      ],
    );
    pointer.send("leave", 9, edge(300, 0));
    assert.deepEqual(await heard(), []);
    pointer.send("enter", 10, theirs.window, 5, 6);
    pointer.send("motion", 200, 7, 8);
    pointer.send("button", 11, 200, BTN_LEFT, 1);
    assert.deepEqual(await heard(), [
      "wl_pointer.enter 10,5,6",
      "wl_pointer.motion 200,7,8",
      "wl_pointer.button 11,200,272,1",
    ]);
    assert.equal(host.inbox.count("xdg_toplevel.resize"), 1);
  });

  it("ask for nothing by a pointer that the client has released meanwhile", async (t) => {
    const { client, host, theirs, pointer, edge } = await withSeat(t);
    host.deletesIds = false;
    theirs.pointer.send("enter", 7, edge(300, 0), 1, 50);
    await host.expect("wp_cursor_shape_device_v1.set_shape");
    pointer.send("release");
    await host.expect("wl_pointer.release");
    theirs.pointer.send("enter", 8, edge(300, 0), 1, 50);
    theirs.pointer.send("motion", 100, 2, 195);
    await client.roundtrip();
    assert.equal(host.inbox.count("wp_cursor_shape_device_v1.set_shape"), 1);
    assert.equal(host.inbox.all.at(-1)?.name, "wl_display.sync");
  });

  it("close the open menus of a client by a press, the last one first, as its own window would", async (t) => {
    const { framed, seat, client, theirs, edge } = await withSeat(t);
    const positioner = framed.base.create("create_positioner");
    positioner.send("set_size", 50, 60);
    positioner.send("set_anchor_rect", 5, 6, 7, 8);
    const menu = (parent: FakeObject): { shell: FakeObject; popup: FakeObject } => {
      const shell = framed.base.create("get_xdg_surface", framed.surface());
      return { shell, popup: shell.create("get_popup", parent, positioner) };
    };
    const outer = menu(framed.window().xdgSurface);
    const inner = menu(outer.shell);
    const tooltip = menu(inner.shell);
    const gone = menu(outer.shell);
    for (const { popup } of [outer, inner, gone]) popup.send("grab", seat, 1);
    gone.popup.send("destroy");
    await client.roundtrip();
    const closed = (): FakeObject[] =>
      client.inbox.all.filter(({ name }) => name === "xdg_popup.popup_done").map(({ object }) => object);
    theirs.pointer.send("enter", 7, edge(300, 0), 1, 50);
    theirs.pointer.send("frame");
    await client.roundtrip();
    assert.deepEqual(closed(), []);
    theirs.pointer.send("button", 8, 100, BTN_LEFT, 1);
    theirs.pointer.send("button", 9, 110, BTN_LEFT, 0);
    await client.roundtrip();
    assert.deepEqual(closed(), [inner.popup, outer.popup]);
    assert.ok(tooltip.popup.alive);
  });

  it("tell a client nothing of a finger on them, and all of another one", async (t) => {
    const { host, theirs, edge, heard } = await withSeat(t);
    const { touch } = theirs;
    touch.send("down", 5, 100, edge(300, 0), 0, 1, 100);
    touch.send("down", 6, 100, theirs.window, 1, 20, 30);
    touch.send("motion", 110, 0, 2, 2);
    touch.send("motion", 110, 1, 21, 31);
    touch.send("up", 7, 120, 0);
    touch.send("up", 8, 120, 1);
    assert.equal((await host.expect("xdg_toplevel.resize")).arg("edges"), RIGHT);
    assert.deepEqual(await heard(), [
      "wl_touch.down 6,100,1,20,30",
      "wl_touch.motion 110,1,21,31",
      "wl_touch.up 8,120,1",
    ]);
  });

  it("resize its window by a pen, of which a client learns no more", async (t) => {
    const { seat: ofClient, client, host, theirs, edge } = await withSeat(t, ["zwp_tablet_manager_v2"]);
    const manager = await client.bind("zwp_tablet_manager_v2");
    manager.create("get_tablet_seat", ofClient);
    const seat = (await host.expect("zwp_tablet_manager_v2.get_tablet_seat")).objectArg("tablet_seat");
    const [tablet, pen] = [seat.create("tablet_added"), seat.create("tool_added")];
    pen.send("proximity_in", 7, tablet, edge(300, 0));
    pen.send("motion", 2, 100);
    pen.send("down", 8);
    pen.send("frame", 0);
    const resize = await host.expect("xdg_toplevel.resize");
    assert.deepEqual([resize.arg("serial"), resize.arg("edges")], [8, RIGHT]);
    pen.send("up");
    pen.send("proximity_out");
    pen.send("proximity_in", 9, tablet, theirs.window);
    await client.roundtrip();
    const heard = client.inbox.all.filter(({ name }) => /^zwp_tablet_tool_v2\.(?!frame)/.test(name));
    assert.deepEqual(
      heard.map(({ name, args }) => [name, args["serial"]]),
      [["zwp_tablet_tool_v2.proximity_in", 9]],
    );
  });

  it("leave a client the end of what its pointer does in its window", async (t) => {
    const { theirs, edge, heard } = await withSeat(t);
    const { pointer } = theirs;
    pointer.send("enter", 7, theirs.window, 5, 6);
    pointer.send("frame");
    // Hosts put all of one moment into one frame.
    pointer.send("leave", 8, theirs.window);
    pointer.send("enter", 9, edge(300, 0), 1, 50);
    pointer.send("frame");
    pointer.send("motion", 100, 2, 60);
    pointer.send("frame");
    assert.deepEqual(await heard(), [
      "wl_pointer.enter 7,5,6",
      "wl_pointer.frame ",
      "wl_pointer.leave 8",
      "wl_pointer.frame ",
    ]);
  });

  it("are as far apart as the window is large", async (t) => {
    const { edge } = await withSeat(t);
    for (const [x, y] of [
      [0, -FRAME],
      [0, 200],
      [-FRAME, 0],
      [300, 0],
      [-FRAME, -FRAME],
      [300, -FRAME],
      [-FRAME, 200],
      [300, 200],
    ] as const)
      assert.ok(edge(x, y), `${x},${y}`);
  });
});
