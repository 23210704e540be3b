// SPDX-License-Identifier: Apache-2.0
/** Who draws a window's frame, as its program asks for it at any time, and what the protocol says to that. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ZxdgToplevelDecorationV1Error as DecorationError,
  XdgToplevelState as State,
} from "../../../src/protocol/generated/enums.ts";
import { BAR, CLIENT_SIDE, Decorated, SERVER_SIDE } from "../../support/decorated.ts";

const WITH_BAR = `0,${-BAR} 300x${200 + BAR}`;

/** The serials that the host was told to be acknowledged. */
async function acknowledged(all: Decorated): Promise<unknown[]> {
  await all.stage.client.roundtrip();
  return all.stage.host.inbox.all
    .filter(({ name }) => name === "xdg_surface.ack_configure")
    .map(({ args }) => args["serial"]);
}

describe("a program that changes its mind", () => {
  it("gets a bar, or loses it, with what it commits for the answer", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate(CLIENT_SIDE);
    await all.open(300, 200);
    decoration.send("set_mode", SERVER_SIDE);
    const answer = await all.configured();
    assert.equal(all.mode, SERVER_SIDE);
    assert.deepEqual([answer.width, answer.height], [300, 200], "it keeps its size");
    assert.equal(await all.geometry(), undefined);
    all.acknowledge(answer.serial);
    all.show(300, 200);
    assert.equal(await all.geometry(), WITH_BAR);

    decoration.send("set_mode", CLIENT_SIDE);
    all.acknowledge((await all.configured()).serial);
    assert.equal(await all.geometry(), WITH_BAR);
    all.ours.surface.send("commit");
    assert.equal(await all.geometry(), "0,0 300x200");
    assert.deepEqual(all.sides, []);
    all.show(310, 220);
    assert.equal(await all.geometry(), "0,0 310x220", "also later, since the host was told something else once");
  });

  it("gets a bar where it leaves that to the host, as Qt does", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate(null).send("unset_mode");
    await all.open(300, 200);
    assert.equal(all.mode, SERVER_SIDE);
    assert.equal(await all.geometry(), WITH_BAR);
  });

  it("gets what is left of a place that the host has given the window", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate(SERVER_SIDE);
    await all.begin();
    all.configure(800, 600, State.maximized);
    const { height, serial } = await all.configured();
    assert.equal(height, 600 - BAR);
    all.acknowledge(serial);
    all.show(800, height);
    decoration.send("set_mode", CLIENT_SIDE);
    const answer = await all.configured();
    assert.deepEqual([answer.width, answer.height], [800, 600]);
    all.acknowledge(answer.serial);
    all.show(800, 600);
    assert.equal(await all.geometry(), "0,0 800x600");
  });

  it("acknowledges our answers to us, and the host's words to the host", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate(CLIENT_SIDE);
    await all.begin();
    const first = all.configure(0, 0);
    await all.configured();
    // It has not said anything to that when it changes its mind.
    decoration.send("set_mode", SERVER_SIDE);
    const answer = await all.configured();
    assert.notEqual(answer.serial, first);
    all.acknowledge(answer.serial);
    all.show(300, 200);
    assert.deepEqual(await acknowledged(all), [first]);
    assert.equal(await all.geometry(), WITH_BAR);

    decoration.send("set_mode", CLIENT_SIDE);
    const second = await all.configured();
    await all.stage.client.roundtrip();
    const last = all.configure(0, 0);
    assert.equal((await all.configured()).serial, last);
    all.acknowledge(second.serial);
    assert.deepEqual(await acknowledged(all), [first]);
    all.acknowledge(last);
    assert.deepEqual(await acknowledged(all), [first, last]);
  });

  it("loses the bar with the object by which it has asked for it", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.open(300, 200);
    decoration.send("destroy");
    assert.equal(await all.geometry(), WITH_BAR);
    all.ours.surface.send("commit");
    assert.equal(await all.geometry(), "0,0 300x200");
    all.configure(400, 300);
    assert.equal((await all.configured()).height, 300);
    all.ours.toplevel.send("destroy");
    await all.stage.host.expect("xdg_toplevel.destroy");
  });

  it("loses the bar of a maximized window with the size that this needs, as weston insists on that", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.begin();
    all.configure(800, 600, State.maximized);
    const { height, serial } = await all.configured();
    all.acknowledge(serial);
    all.show(800, height);
    decoration.send("destroy");
    all.ours.surface.send("commit");
    const answer = await all.configured();
    assert.equal(await all.geometry(), `0,${-BAR} 800x600`, "what it shows has not changed yet");
    assert.deepEqual([answer.width, answer.height], [800, 600]);
    all.acknowledge(answer.serial);
    all.show(800, 600);
    assert.equal(await all.geometry(), "0,0 800x600");
    assert.deepEqual(all.sides, []);
  });

  it("loses the bar also when the host is just saying how the window is to be", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.open(300, 200);
    all.theirs.toplevel.send("configure", 400, 300, new Uint8Array(0));
    await all.stage.client.expect("xdg_toplevel.configure", ({ args }) => args["width"] === 400);
    decoration.send("destroy");
    await all.stage.client.roundtrip();
    all.theirs.xdgSurface.send("configure", 900);
    await all.stage.client.expect("xdg_surface.configure", ({ args }) => args["serial"] === 900);
    all.acknowledge(900);
    all.show(400, 300);
    assert.equal(await all.geometry(), "0,0 400x300");
  });

  it("may ask before the host has said anything, and after that before it has shown anything", async (t) => {
    const all = await Decorated.begin(t);
    await all.begin();
    const serial = all.configure(0, 0);
    await all.configured();
    all.decorate();
    const [created, asked] = [await all.configured(), await all.configured()];
    all.acknowledge(created.serial);
    all.acknowledge(asked.serial);
    all.show(300, 200);
    assert.equal(await all.geometry(), WITH_BAR);
    assert.deepEqual(await acknowledged(all), [serial]);
  });
});

describe("a program that decorates a window late", () => {
  it("may do so when the window is off the screen again", async (t) => {
    const all = await Decorated.begin(t);
    await all.open(300, 200);
    all.ours.surface.send("attach", null, 0, 0);
    all.ours.surface.send("commit");
    all.decorate();
    await all.open(200, 100);
    assert.equal(all.mode, SERVER_SIDE);
    assert.equal(await all.geometry(), `0,${-BAR} 200x${100 + BAR}`);
  });

  it("and not for long has said which part is the window all the same", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    all.ours.xdgSurface.send("set_window_geometry", 10, 20, 280, 160);
    decoration.send("destroy");
    await all.open(300, 200);
    assert.equal(await all.geometry(), "10,20 280x160");
  });
});

describe("a program that destroys a window before its decoration", () => {
  it("is not ended for that, as it would not be without us", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.open(300, 200, State.maximized);
    all.ours.toplevel.send("destroy");
    const before = all.stage.client.inbox.all.length;
    decoration.send("set_mode", CLIENT_SIDE);
    decoration.send("destroy");
    await all.stage.client.roundtrip();
    const told = all.stage.client.inbox.all.slice(before).map(({ name }) => name);
    assert.deepEqual(
      told.filter((name) => name.endsWith(".configure")),
      [],
    );
    assert.deepEqual(all.sides, []);
  });
});

describe("a program that breaks the protocol", () => {
  const fails = async (all: Decorated, about: number, code: number): Promise<void> => {
    const error = await all.stage.client.disconnected();
    assert.deepEqual([error.objectId, error.code], [about, code], error.text);
  };

  it("by a second decoration is told so", async (t) => {
    const all = await Decorated.begin(t);
    all.decorate();
    await fails(all, all.decorate(null).id, DecorationError.already_constructed);
  });

  it("by a decoration for a window that shows something is told so", async (t) => {
    const all = await Decorated.begin(t);
    await all.open(300, 200);
    await fails(all, all.decorate(null).id, DecorationError.unconfigured_buffer);
  });

  it("by a mode that nobody knows is told so", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate(3);
    await fails(all, decoration.id, DecorationError.invalid_mode);
  });

  it("by changing its mind for ever is ended, and nothing grows", async (t) => {
    const all = await Decorated.begin(t);
    const decoration = all.decorate();
    await all.open(300, 200);
    for (let i = 0; i < 65; i++) decoration.send("set_mode", CLIENT_SIDE);
    assert.match((await all.stage.client.disconnected()).text, /changes of a decoration/);
  });
});
