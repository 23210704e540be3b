// SPDX-License-Identifier: Apache-2.0
/** Title bars of Wayland programs on a host that draws none. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XdgToplevelState as State } from "../../../src/protocol/generated/enums.ts";
import { BAR, CLIENT_SIDE, Decorated, SERVER_SIDE } from "../../support/decorated.ts";
import { eventually } from "../../support/eventually.ts";
import type { Received } from "../../support/inbox.ts";

/** Whether the bar, and the sides around the content, show something. */
const shown = (all: Decorated): boolean[] => all.sides.map((side) => all.shows(side));

async function untilShown(all: Decorated): Promise<void> {
  await eventually("pictures on all sides", () => all.sides.length === 4 && shown(all).every(Boolean));
}

describe("a window whose program asks the host for a frame", () => {
  it("has a title bar above its content, which is a part of it for the host alone", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.begin();
    all.configure(400, 300);
    const { width, height, serial } = await all.configured();
    assert.deepEqual([width, height], [400, 300 - BAR]);
    all.acknowledge(serial);
    all.show(width, height);
    assert.equal(await all.geometry(), `0,-${BAR} 400x300`);
    await untilShown(all);
    const made = all.stage.host.inbox.all.find(
      ({ name, args }) => name === "wl_subcompositor.get_subsurface" && args["surface"] === all.sides[0],
    );
    assert.deepEqual(all.last("wl_subsurface.set_position", made?.objectArg("id"))?.args, { x: -8, y: -40 });
  });

  it("is not shown before there is a picture of its bar, for which the host is to find room", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.open(300, 200);
    const { inbox } = all.stage.host;
    const isContent = ({ name, object }: Received): boolean =>
      name === "wl_surface.commit" && object === all.theirs.surface;
    const first = inbox.all.filter(isContent)[1] ?? assert.fail();
    const before = inbox.all.slice(0, inbox.all.indexOf(first));
    const painted = before.filter(({ name, args, object }) => {
      return name === "wl_surface.attach" && args["buffer"] !== null && all.sides.includes(object);
    });
    assert.equal(painted.length, 4);
  });

  it("learns who draws it with how it is to be", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.begin();
    all.configure(0, 0);
    await all.configured();
    const told = all.stage.client.inbox.all.filter(({ name }) => name.endsWith(".configure"));
    assert.deepEqual(
      told.map(({ name }) => name),
      ["xdg_toplevel.configure", "zxdg_toplevel_decoration_v1.configure", "xdg_surface.configure"],
    );
    assert.equal(told[1]?.arg("mode"), SERVER_SIDE);
  });

  it("hears of less room than the host has", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.open(300, 200);
    all.theirs.toplevel.send("configure_bounds", 800, 600);
    const { args } = await all.stage.client.expect("xdg_toplevel.configure_bounds");
    assert.deepEqual([args["width"], args["height"]], [800, 600 - BAR]);
  });

  it("keeps what it calls its window within its surface", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    all.ours.xdgSurface.send("set_window_geometry", 10, 20, 280, 160);
    await all.open(300, 200);
    assert.equal(await all.geometry(), `10,${20 - BAR} 280x${160 + BAR}`);
    all.ours.xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    assert.equal(await all.geometry(), `10,${20 - BAR} 280x${160 + BAR}`, "not before it commits that");
    all.ours.surface.send("commit");
    assert.equal(await all.geometry(), `0,${-BAR} 300x${200 + BAR}`);
  });

  it("may be drawn at a scale, or cut to a size", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    all.ours.surface.send("set_buffer_scale", 2);
    await all.open(600, 400);
    assert.equal(await all.geometry(), `0,${-BAR} 300x${200 + BAR}`);
    const viewport = (await all.stage.client.bind("wp_viewporter")).create("get_viewport", all.ours.surface);
    viewport.send("set_destination", 150, 100);
    all.ours.surface.send("commit");
    assert.equal(await all.geometry(), `0,${-BAR} 150x${100 + BAR}`);
  });

  it("may be drawn at a scale that no screen has, but its bar is not", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    all.ours.surface.send("set_buffer_scale", 100);
    const viewport = (await all.stage.client.bind("wp_viewporter")).create("get_viewport", all.ours.surface);
    viewport.send("set_destination", 300, 200);
    await all.open(300, 200);
    await untilShown(all);
    const pools = all.stage.host.inbox.all.filter(({ name }) => name === "wl_shm.create_pool").slice(1);
    const bytes = pools.reduce((sum, { args }) => sum + (args["size"] as number), 0);
    assert.ok(bytes < 2 ** 21, `${bytes} bytes`);
  });

  it("has so much larger limits for the host, as long as it has the bar", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    const limits = async (): Promise<unknown[]> => {
      await all.stage.client.roundtrip();
      return ["set_min_size", "set_max_size"].map((name) => all.last(`xdg_toplevel.${name}`)?.args);
    };
    all.ours.toplevel.send("set_min_size", 100, 50);
    all.ours.toplevel.send("set_max_size", 500, 0);
    await all.open(300, 200);
    assert.deepEqual(await limits(), [
      { width: 100, height: 50 + BAR },
      { width: 500, height: 0 },
    ]);
    all.ours.toplevel.send("set_max_size", 500, 400);
    assert.deepEqual((await limits())[1], { width: 500, height: 400 + BAR });
    decoration.send("set_mode", CLIENT_SIDE);
    all.acknowledge((await all.configured()).serial);
    all.ours.surface.send("commit");
    assert.deepEqual(await limits(), [
      { width: 100, height: 50 },
      { width: 500, height: 400 },
    ]);
  });

  it("has none while it fills the screen", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.open(300, 200);
    all.configure(800, 600, State.fullscreen);
    const full = await all.configured();
    assert.deepEqual([full.width, full.height], [800, 600]);
    assert.equal(await all.geometry(), `0,${-BAR} 300x${200 + BAR}`, "not before it is as large");
    all.acknowledge(full.serial);
    all.show(800, 600);
    assert.equal(await all.geometry(), "0,0 800x600");
    assert.deepEqual(shown(all), [false, false, false, false]);
    all.configure(300, 200 + BAR);
    const back = await all.configured();
    assert.equal(back.height, 200);
    all.acknowledge(back.serial);
    all.show(300, 200);
    assert.equal(await all.geometry(), `0,${-BAR} 300x${200 + BAR}`);
    await untilShown(all);
  });

  it("has no shadow while it is maximized", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.open(300, 200);
    await untilShown(all);
    all.configure(800, 600, State.maximized, State.activated);
    const { width, height, serial } = await all.configured();
    all.acknowledge(serial);
    all.show(width, height);
    assert.equal(await all.geometry(), `0,${-BAR} 800x600`);
    assert.deepEqual(shown(all).slice(1), [false, false, false]);
  });

  it("has one again after it was off the screen", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await all.open(300, 200);
    all.ours.surface.send("attach", null, 0, 0);
    all.ours.surface.send("commit");
    await all.stage.client.roundtrip();
    assert.deepEqual(all.sides, []);
    await all.open(200, 100);
    assert.equal(await all.geometry(), `0,${-BAR} 200x${100 + BAR}`);
    assert.equal(all.sides.length, 4);
  });

  it("has none before it shows something, also with a surface that was another window", async (t) => {
    const all = await Decorated.begin(t);
    const { client, host } = all.stage;
    const { surface, toplevel, xdgSurface } = all.ours;
    const decoration = all.decorate();
    await all.open(300, 200);
    for (const object of [decoration, toplevel, xdgSurface]) object.send("destroy");
    surface.send("attach", null, 0, 0);
    surface.send("commit");
    const again = (await client.bind("xdg_wm_base")).create("get_xdg_surface", surface);
    const manager = await client.bind("zxdg_decoration_manager_v1");
    manager.create("get_toplevel_decoration", again.create("get_toplevel")).send("set_mode", SERVER_SIDE);
    surface.send("commit");
    const theirs = (await host.expect("xdg_wm_base.get_xdg_surface")).objectArg("id");
    (await host.expect("xdg_surface.get_toplevel")).objectArg("id").send("configure", 0, 0, new Uint8Array(0));
    theirs.send("configure", 7);
    again.send("ack_configure", (await client.expect("xdg_surface.configure")).arg("serial"));
    surface.send("commit");
    await client.roundtrip();
    assert.deepEqual(all.sides, []);
    surface.send("attach", all.buffer(200, 100), 0, 0);
    surface.send("commit");
    await client.roundtrip();
    assert.equal(all.sides.length, 4);
  });

  it("loses it with its role", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.open(300, 200);
    decoration.send("destroy");
    all.ours.toplevel.send("destroy");
    all.ours.xdgSurface.send("destroy");
    all.ours.surface.send("destroy");
    await all.stage.client.roundtrip();
    assert.deepEqual(all.sides, []);
  });
});

describe("a window has no title bar of ours", () => {
  const lacksBar = async (all: Decorated): Promise<void> => {
    assert.equal(await all.geometry(), undefined);
    assert.deepEqual(all.sides, []);
  };

  for (const [who, mode] of [
    ["draws its frame itself", CLIENT_SIDE],
    ["does not say who draws its frame", null],
  ] as const) {
    it(`whose program ${who}`, async (t) => {
      const all = await Decorated.begin(t);
      all.decorate(mode);
      await all.begin();
      all.configure(400, 300);
      const { height, serial } = await all.configured();
      assert.deepEqual([all.mode, height], [CLIENT_SIDE, 300]);
      all.acknowledge(serial);
      all.show(400, 300);
      await lacksBar(all);
    });
  }

  it("that is larger than any screen: nobody is to wait until that is painted", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    all.ours.xdgSurface.send("set_window_geometry", 0, 0, 1_000_000, 200);
    await all.open(300, 200);
    assert.equal(await all.geometry(), "0,0 1000000x200");
    assert.deepEqual(all.sides, []);
  });

  it("whose program knows nothing of frames: then nothing more is said", async (t) => {
    const all = await Decorated.begin(t);
    await all.open(300, 200);
    const before = all.stage.host.inbox.all.length;
    const buffer = all.buffer(300, 200);
    for (let i = 0; i < 3; i++) {
      all.ours.surface.send("attach", buffer, 0, 0);
      all.ours.surface.send("commit");
    }
    await lacksBar(all);
    const sent = all.stage.host.inbox.all.slice(before).map(({ name }) => name);
    assert.deepEqual(sent, [
      "wl_shm_pool.create_buffer",
      ...Array(3).fill(["wl_surface.attach", "wl_surface.commit"]).flat(),
      "wl_display.sync",
    ]);
  });

  it("where the host lacks what bars are made with, which the program learns", async (t) => {
    const all = await Decorated.begin(t, { without: ["wl_subcompositor"] });
    all.decorate();
    await all.open(300, 200);
    assert.equal(all.mode, CLIENT_SIDE);
    await lacksBar(all);
  });

  it("unless it is to have one whatever its program wants", async (t) => {
    const all = await Decorated.begin(t, { isForced: true });
    all.decorate(CLIENT_SIDE);
    await all.open(300, 200);
    assert.equal(await all.geometry(), `0,${-BAR} 300x${200 + BAR}`);
  });
});
