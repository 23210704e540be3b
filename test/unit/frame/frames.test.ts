// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Global } from "../../support/fake-client.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { FRAME, Framed, SCREEN } from "../../support/framed.ts";

const states = (...all: number[]): Uint8Array => new Uint8Array(Uint32Array.from(all).buffer);

describe("the frame of a window", () => {
  it("lies around it, and the host is told that the window is so much larger", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    assert.deepEqual(await framed.view(), { content: [], geometry: null });
    framed.show(surface, 300, 200);
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-4 308x208" });
  });

  it("has a new size with the very commit that has the content's", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    await framed.view();
    const faults: (string | null)[] = [];
    framed.screen.onChange = () => {
      for (const window of framed.screen.windows) faults.push(framed.screen.faultOf(window, framed.insets));
    };
    surface.send("attach", framed.buffer(100, 400), 0, 0);
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-4 308x208" });
    surface.send("commit");
    assert.deepEqual(await framed.view(), { content: ["0,0 100x400"], geometry: "-4,-4 108x408" });
    surface.send("set_buffer_scale", 2);
    surface.send("set_buffer_transform", 1);
    surface.send("commit");
    assert.equal((await framed.view()).geometry, "-4,-4 208x58");
    const viewport = (await framed.stage.client.bind("wp_viewporter")).create("get_viewport", surface);
    viewport.send("set_destination", 500, 20);
    surface.send("commit");
    assert.deepEqual(await framed.view(), { content: ["0,0 500x20"], geometry: "-4,-4 508x28" });
    assert.deepEqual(new Set(faults), new Set([null]));
  });

  it("costs a commit that does not resize no message", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
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
    const sent = all.slice(before).map(({ name }) => name);
    assert.equal(sent.filter((name) => name.startsWith("wl_surface.")).length, 9);
    assert.equal(sent.length, 11, "with the buffer, and the test's own question");
  });

  it("lies around what a program calls its window, and of a shadow around that nothing is shown", async (t) => {
    const framed = await Framed.begin(t);
    const { surface, xdgSurface } = framed.window();
    xdgSurface.send("set_window_geometry", 20, 30, 260, 160);
    framed.show(surface, 300, 200);
    assert.deepEqual(await framed.view(), { content: ["0,0 260x160"], geometry: "-4,-4 268x168" });
    xdgSurface.send("set_window_geometry", 0, -30, 300, 230);
    surface.send("commit");
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-34 308x238" });
    xdgSurface.send("set_window_geometry", 20, -30, 100, 130);
    surface.send("commit");
    assert.deepEqual(await framed.view(), { content: ["0,0 100x100"], geometry: "-4,-34 108x138" });

    // Whatever the shadow, the program is told of the room for the window.
    const theirs = (await framed.stage.host.expect("xdg_surface.get_toplevel")).objectArg("id");
    theirs.send("configure", 508, 408, states());
    const { args } = await framed.stage.client.expect("xdg_toplevel.configure");
    assert.deepEqual([args["width"], args["height"]], [500, 400]);
  });

  it("is taken off what a program may have as a size, and added to its limits", async (t) => {
    const framed = await Framed.begin(t);
    const { client, host } = framed.stage;
    const { toplevel } = framed.window();
    toplevel.send("set_min_size", 100, 0);
    toplevel.send("set_max_size", 0, 500);
    const theirs = (await host.expect("xdg_surface.get_toplevel")).objectArg("id");
    const min = await host.expect("xdg_toplevel.set_min_size");
    const max = await host.expect("xdg_toplevel.set_max_size");
    assert.deepEqual([min.arg("width"), min.arg("height"), max.arg("width"), max.arg("height")], [108, 0, 0, 508]);
    // As large as a message can say stays that.
    toplevel.send("set_max_size", 0x7fffffff, 0x7fffffff);
    const largest = await host.expect("xdg_toplevel.set_max_size");
    assert.deepEqual([largest.arg("width"), largest.arg("height")], [0x7fffffff, 0x7fffffff]);
    theirs.send("configure_bounds", 800, 600);
    theirs.send("configure", 0, 308, states(1, 4));
    const bounds = await client.expect("xdg_toplevel.configure_bounds");
    assert.deepEqual([bounds.arg("width"), bounds.arg("height")], [792, 592]);
    const configure = await client.expect("xdg_toplevel.configure");
    assert.deepEqual([configure.arg("width"), configure.arg("height")], [0, 300]);
    const told = configure.arg("states") as Uint8Array;
    // Tiled at all edges, so that toolkits draw no shadow there.
    assert.deepEqual(
      [...new Uint32Array(Uint8Array.from(told).buffer)].sort((a, b) => a - b),
      [1, 4, 5, 6, 7, 8],
    );
    theirs.send("configure", 3, 5, states());
    const tiny = await client.expect("xdg_toplevel.configure");
    assert.deepEqual([tiny.arg("width"), tiny.arg("height")], [1, 1]);
  });

  it("stays on the screen: no offset with a buffer moves a window, while that of a cursor counts", async (t) => {
    const framed = await Framed.begin(t);
    const { client, host } = framed.stage;
    const { surface } = framed.window();
    surface.send("offset", -700, -500);
    framed.show(surface, 300, 200);
    const cursor = framed.surface();
    const pointer = (await client.bind("wl_seat")).create("get_pointer");
    pointer.send("set_cursor", 1, cursor, 0, 0);
    cursor.send("offset", 1, 2);
    await client.roundtrip();
    const offsets = host.inbox.all.filter(({ name }) => name === "wl_surface.offset");
    assert.deepEqual(
      offsets.map(({ args }) => Object.values(args)),
      [[1, 2]],
    );
  });

  it("goes with the window's role and comes again with it", async (t) => {
    const framed = await Framed.begin(t);
    const { surface, xdgSurface, toplevel } = framed.window();
    framed.show(surface, 300, 200);
    surface.send("attach", null, 0, 0);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, []);
    framed.show(surface, 200, 100);
    assert.deepEqual((await framed.view()).geometry, "-4,-4 208x108");
    toplevel.send("destroy");
    xdgSurface.send("destroy");
    surface.send("attach", null, 0, 0);
    surface.send("commit");
    framed.base.create("get_xdg_surface", surface).create("get_toplevel");
    framed.show(surface, 200, 120);
    assert.deepEqual((await framed.view()).geometry, "-4,-4 208x128");
    assert.equal(framed.stage.host.inbox.count("wl_subsurface.destroy"), 8);
  });
});

describe("a sub-surface", () => {
  it("is shown within the frame", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    const part = framed.part(surface, 10, 10);
    framed.show(part.surface, 50, 50);
    framed.show(surface, 300, 200);
    assert.deepEqual((await framed.view()).content, ["0,0 300x200", "10,10 50x50"]);
    part.subsurface.send("set_desync");
    framed.show(part.surface, 290, 190);
    assert.deepEqual((await framed.view()).content, ["0,0 300x200", "10,10 290x190"]);
  });

  it("that would reach out of the frame is not shown until it fits, on a host that cannot cut it", async (t) => {
    const framed = await Framed.begin(t, { compositorVersion: 5 });
    const { surface, xdgSurface } = framed.window();
    xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    framed.show(surface, 300, 200);
    const part = framed.part(surface, 0, 0);
    part.subsurface.send("set_desync");
    framed.show(part.surface, 301, 200);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 300x200"]);
    framed.show(part.surface, 300, 200);
    assert.deepEqual((await framed.view()).content, ["0,0 300x200", "0,0 300x200"]);
    part.subsurface.send("set_position", -1, 0);
    surface.send("commit");
    assert.deepEqual((await framed.view()).content, ["0,0 300x200"]);
    part.subsurface.send("set_position", 0, 0);
    surface.send("commit");
    framed.show(part.surface, 300, 200);
    assert.equal((await framed.view()).content.length, 2);
    // The window becomes smaller, and the sub-surface does not.
    framed.show(surface, 300, 100);
    xdgSurface.send("set_window_geometry", 0, 0, 300, 100);
    surface.send("commit");
    assert.deepEqual(await framed.view(), { content: ["0,0 300x100"], geometry: "-4,-4 308x108" });
  });

  it("grows with its window in one commit", async (t) => {
    const framed = await Framed.begin(t);
    const { surface, xdgSurface } = framed.window();
    xdgSurface.send("set_window_geometry", 0, -20, 100, 120);
    const title = framed.part(surface, 0, -20);
    framed.show(title.surface, 100, 20);
    framed.show(surface, 100, 100);
    assert.deepEqual((await framed.view()).content, ["0,0 100x100", "0,-20 100x20"]);
    framed.show(title.surface, 200, 20);
    assert.deepEqual((await framed.view()).content, ["0,0 100x100", "0,-20 100x20"]);
    xdgSurface.send("set_window_geometry", 0, -20, 200, 120);
    framed.show(surface, 200, 100);
    const { content, geometry } = await framed.view();
    assert.deepEqual(content, ["0,0 200x100", "0,-20 200x20"]);
    assert.equal(geometry, "-4,-24 208x128");
  });

  it("of a window without a geometry belongs to it, as the protocol has it", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    const part = framed.part(surface, -10, 90);
    framed.show(part.surface, 50, 50);
    framed.show(surface, 100, 100);
    assert.deepEqual(await framed.view(), { content: ["0,0 100x100", "-10,90 50x50"], geometry: "-14,-4 118x148" });
  });

  it("of a cursor or of a drag's icon is not shown", async (t) => {
    const framed = await Framed.begin(t);
    const { client, host } = framed.stage;
    const seat = await client.bind("wl_seat");
    const cursor = framed.surface();
    const part = framed.part(cursor, 100, 100);
    framed.show(part.surface, 50, 50);
    framed.show(cursor, 16, 16);
    seat.create("get_pointer").send("set_cursor", 1, cursor, 0, 0);
    await client.roundtrip();
    const set = await host.expect("wl_pointer.set_cursor");
    const shown = (): number => framed.screen.shown(set.objectArg("surface")).length;
    framed.show(cursor, 16, 16);
    await client.roundtrip();
    assert.equal(shown(), 1);
    part.subsurface.send("set_desync");
    framed.show(part.surface, 50, 50);
    await client.roundtrip();
    assert.equal(shown(), 1);
  });

  it("is not shown if there are too many", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    framed.show(surface, 100, 100);
    for (let i = 0; i < 300; i++) framed.show(framed.part(surface, 0, 0).surface, 1, 1);
    surface.send("commit");
    assert.equal((await framed.view()).content.length, 257);
  });

  it("is not looked at if there are too many in the whole window, however they are nested", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    framed.show(surface, 100, 100);
    for (let i = 0; i < 30; i++) {
      const outer = framed.part(surface, 0, 0);
      for (let j = 0; j < 50; j++) framed.show(framed.part(outer.surface, 0, 0).surface, 1, 1);
      framed.show(outer.surface, 1, 1);
    }
    surface.send("commit");
    const { content } = await framed.view();
    assert.equal(content.length, 1024);
    // One that is taken away makes room for another.
    const [first] = content;
    assert.equal(first, "0,0 100x100");
  });

  it("is not shown if it lies too deep", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    framed.show(surface, 100, 100);
    let parent = surface;
    for (let i = 0; i < 40; i++) {
      const part = framed.part(parent, 0, 0);
      part.subsurface.send("set_desync");
      framed.show(part.surface, 10, 10);
      parent = part.surface;
    }
    surface.send("commit");
    const { content } = await framed.view();
    assert.ok(content.length > 10 && content.length < 20, `${content.length}`);
  });
});

describe("a window that cannot be framed", () => {
  it("for it would be larger than the screen is not shown, and the log says so once", async (t) => {
    const log: string[] = [];
    const framed = await Framed.begin(t, { log });
    const { surface, xdgSurface } = framed.window();
    framed.show(surface, SCREEN.width, 100);
    framed.show(surface, 100, SCREEN.height);
    assert.deepEqual((await framed.view()).content, []);
    framed.show(surface, SCREEN.width - 2 * FRAME, SCREEN.height - 2 * FRAME);
    assert.equal((await framed.view()).content.length, 1);
    // One lies about its geometry, so that the frame would be elsewhere.
    xdgSurface.send("set_window_geometry", -2_000_000_000, 0, 2_000_000_000, 50);
    framed.show(surface, 50, 50);
    assert.deepEqual((await framed.view()).content, ["0,0 792x592"]);
    assert.equal(log.length, 1);
    assert.match(
      log[0] ?? "",
      /a window of 808x108, whose frame would be off the screen, is refused: see frame in its/,
    );
  });

  it("may be as large as the host wants it", async (t) => {
    const framed = await Framed.begin(t);
    const { surface } = framed.window();
    const theirs = (await framed.stage.host.expect("xdg_surface.get_toplevel")).objectArg("id");
    theirs.send("configure", 1600, 600, states());
    await framed.stage.client.expect("xdg_toplevel.configure");
    framed.show(surface, 1592, 592);
    assert.deepEqual((await framed.view()).content, ["0,0 1592x592"]);
  });

  it("for there is no screen is shown when there is one, without a word of its client's", async (t) => {
    const framed = await Framed.begin(t);
    const { compositor, client } = framed.stage;
    const [output] = client.offered("wl_output");
    compositor.withdraw(output as Global);
    const { surface } = framed.window();
    framed.show(surface, 300, 200);
    assert.deepEqual((await framed.view()).content, []);
    compositor.announce("wl_output 4");
    // We have to bind it, and it has to say its size.
    await framed.view();
    assert.deepEqual(await framed.view(), { content: ["0,0 300x200"], geometry: "-4,-4 308x208" });
  });

  it("for want of what the host offers is not shown", async (t) => {
    const log: string[] = [];
    const framed = await Framed.begin(t, { without: ["wp_viewporter"], log });
    const { surface } = framed.window();
    framed.show(surface, 100, 100);
    assert.deepEqual((await framed.view()).content, []);
    assert.match(log.join("\n"), /without wl_subcompositor and wp_viewporter is refused/);
  });
});

describe("a popup", () => {
  /** A window with a menu's positioner, which was told of sizes and places as the client knows them. */
  async function withMenu(framed: Framed): Promise<{
    xdgSurface: FakeObject;
    positioner: FakeObject;
    surface: FakeObject;
    shell: FakeObject;
    popup: FakeObject;
  }> {
    const { surface: window, xdgSurface } = framed.window();
    xdgSurface.send("set_window_geometry", 10, 20, 280, 170);
    framed.show(window, 300, 200);
    const positioner = framed.base.create("create_positioner");
    positioner.send("set_size", 50, 60);
    positioner.send("set_anchor_rect", 5, 6, 7, 8);
    positioner.send("set_parent_size", 280, 170);
    const surface = framed.surface();
    const shell = framed.base.create("get_xdg_surface", surface);
    const popup = shell.create("get_popup", xdgSurface, positioner);
    surface.send("commit");
    await framed.stage.client.roundtrip();
    return { xdgSurface, positioner, surface, shell, popup };
  }
  /** What the host was told last of the positioner. */
  const said = ({ stage }: Framed, name: string): unknown[] =>
    Object.values(
      stage.host.inbox.all.filter((message) => message.name === `xdg_positioner.${name}`).at(-1)?.args ?? {},
    );

  it("has a thin frame, and is where the client wants it in its window", async (t) => {
    const framed = await Framed.begin(t);
    const { surface, popup, positioner } = await withMenu(framed);
    // The window is 4 larger on each side.
    assert.deepEqual(said(framed, "set_size"), [54, 64]);
    assert.deepEqual(said(framed, "set_anchor_rect"), [9, 10, 7, 8]);
    assert.deepEqual(said(framed, "set_parent_size"), [288, 178]);
    const theirs = (await framed.stage.host.expect("xdg_surface.get_popup")).objectArg("id");
    theirs.send("configure", 9, 18, 54, 64);
    const { args } = await framed.stage.client.expect("xdg_popup.configure");
    assert.deepEqual(args, { x: 7, y: 16, width: 50, height: 60 });
    framed.show(surface, 50, 60);
    await framed.stage.client.roundtrip();
    const [, menu] = framed.screen.windows as [FakeObject, FakeObject];
    assert.equal(framed.screen.faultOf(menu, 2), null);
    assert.equal(framed.screen.shown(menu).length, 9);
    // It is moved with the same positioner, whose numbers are not moved twice.
    popup.send("reposition", positioner, 1);
    await framed.stage.client.roundtrip();
    assert.deepEqual(said(framed, "set_size"), [54, 64]);
    assert.deepEqual(said(framed, "set_anchor_rect"), [9, 10, 7, 8]);
  });

  it("may have sizes and places as large as a message can say", async (t) => {
    const framed = await Framed.begin(t);
    const { xdgSurface } = await withMenu(framed);
    const positioner = framed.base.create("create_positioner");
    const most = 0x7fffffff;
    positioner.send("set_size", most, most);
    positioner.send("set_anchor_rect", most, most, most, most);
    positioner.send("set_parent_size", most, most);
    framed.base.create("get_xdg_surface", framed.surface()).create("get_popup", xdgSurface, positioner);
    await framed.stage.client.roundtrip();
    assert.deepEqual(said(framed, "set_size"), [most, most]);
    assert.deepEqual(said(framed, "set_anchor_rect"), [most, most, most, most]);
    assert.deepEqual(said(framed, "set_parent_size"), [most, most]);
  });

  it("of a popup counts from that one's frame", async (t) => {
    const framed = await Framed.begin(t);
    const { surface, shell, positioner } = await withMenu(framed);
    framed.show(surface, 50, 60);
    const inner = framed.surface();
    const innerShell = framed.base.create("get_xdg_surface", inner);
    const popup = innerShell.create("get_popup", shell, positioner);
    await framed.stage.client.roundtrip();
    assert.deepEqual(said(framed, "set_anchor_rect"), [7, 8, 7, 8]);
    framed.show(inner, 50, 60);
    popup.send("destroy");
    innerShell.send("destroy");
    inner.send("destroy");
    await framed.stage.client.roundtrip();
    assert.equal(framed.stage.host.inbox.count("wl_subsurface.destroy"), 8);
  });
});
