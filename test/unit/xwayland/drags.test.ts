// SPDX-License-Identifier: Apache-2.0
/** Drags between X clients and the host's programs: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { createReadStream, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { pipe } from "../../../src/native/pipe.ts";
import { WlDataDeviceManagerDndAction as DndAction } from "../../../src/protocol/generated/enums.ts";
import { getProperty } from "../../../src/x11/client/properties.ts";
import { packPlace, readTypes, XDND_VERSION } from "../../../src/xwayland/dnd/xdnd.ts";
import { DragStage, REFUSED, TAKEN, TEXT } from "../../support/drag-stage.ts";
import { eventually } from "../../support/eventually.ts";

const words = "Größe: 5 € für Jürgen\n";

/** XdndStatus: it is taken, and every motion is of interest. */
const TAKEN_WITH_MOTIONS = 3;

describe("what an X client drags", () => {
  it("is offered to the host, and goes to the program that it is dropped over", async (t) => {
    const drag = await DragStage.set(t);
    const { target, source } = await drag.begin();
    const offered = drag.stage.host.inbox.all.filter(
      ({ object, name }) => object === source && name.endsWith(".offer"),
    );
    assert.ok(offered.some(({ args }) => args["mime_type"] === TEXT));
    assert.deepEqual(await drag.asked(target), { flags: REFUSED, action: 0 }, "nobody has said anything yet");
    source.send("target", TEXT);
    source.send("action", DndAction.move);
    const move = { flags: TAKEN_WITH_MOTIONS, action: drag.atom("XdndActionMove") };
    await eventually("the yes", async () => {
      const { flags, action } = await drag.asked(target);
      return flags === move.flags && action === move.action;
    });
    source.send("dnd_drop_performed");
    await drag.stage.xwayland.client.expect("wl_pointer.motion");
    drag.say(target, "XdndPosition", 0, packPlace(1, 1), 0, drag.atom("XdndActionCopy"));
    await drag.released();
    const time = 4242;
    drag.say(target, "XdndDrop", 0, time);
    const [read, write] = pipe();
    source.send("send", TEXT, write);
    const wanted = await drag.give(words);
    assert.deepEqual([wanted.target, wanted.time], [drag.atom(TEXT), time]);
    assert.equal(await text(createReadStream("", { fd: read.take() })), words);
    source.send("dnd_finished");
    const { data } = await drag.told("XdndFinished");
    assert.deepEqual([data[1], data[2]], [TAKEN, move.action]);
    await drag.stage.host.expect("wl_data_source.destroy");
    await eventually("our window to go", () => !drag.stage.xwayland.model.windows.has(target));
  });

  it("has a pointer to be dragged with while the host has it elsewhere, and none afterwards", async (t) => {
    const drag = await DragStage.set(t);
    const { client } = drag.stage.xwayland;
    const { source } = await drag.begin();
    source.send("target", null);
    await client.expect("wl_pointer.motion");
    source.send("cancelled");
    await drag.released();
    await client.expect("wl_pointer.leave");
    assert.equal(client.inbox.count("wl_pointer.leave"), 1, "the host's own is kept back until then");
    await drag.stage.host.expect("wl_data_source.destroy");
  });

  it("may be dropped in another X window, which the host only points at", async (t) => {
    const drag = await DragStage.set(t);
    const { stage } = drag;
    const other = await stage.show(await stage.connect(), { width: 300, height: 200 });
    const { target, source } = await drag.begin();
    const types = stage.host.inbox.all.flatMap(({ object, name, args }) =>
      object === source && name.endsWith(".offer") ? [String(args["mime_type"])] : [],
    );
    const { client, model } = stage.xwayland;
    const top = (): number | undefined => model.stack.filter(({ mapped }) => mapped).at(-1)?.id;
    // The first one is on top already.
    for (const { ours, theirs } of [drag.window, other]) {
      const offer = drag.device.create("data_offer");
      for (const type of types) offer.send("offer", type);
      if (theirs === other.theirs) drag.device.send("leave");
      drag.device.send("enter", stage.desktop.serial(), theirs.surface, 30, 40, offer);
      const { args } = await stage.host.expect("wl_data_offer.accept");
      assert.equal(args["mime_type"], types[0]);
      await client.expect("wl_pointer.motion", ({ args: { surface_x: x, surface_y: y } }) => x === 30 && y === 40);
      await eventually("what covers all else to be out of the way", () => top() === ours.id);
    }
    drag.device.send("motion", 0, 50, 60);
    await client.expect("wl_pointer.motion", ({ args: { surface_x: x, surface_y: y } }) => x === 50 && y === 60);
    drag.device.send("drop");
    await drag.released();
    await stage.host.expect("wl_data_offer.finish");
    source.send("dnd_finished");
    await stage.host.expect("wl_data_source.destroy");
    await eventually("our window to go", () => !model.windows.has(target));
  });

  it("is nothing to the host if no button is held", async (t) => {
    const drag = await DragStage.set(t);
    const { ours } = drag.window;
    ours.x.send("SetSelectionOwner", { owner: ours.id, selection: drag.atom("XdndSelection"), time: 0 });
    await drag.stage.settled(ours.x);
    assert.ok(!drag.stage.xwayland.model.stack.some(({ mapped, isInputOnly }) => mapped && isInputOnly));
  });
});

describe("what a program of the host's drags over an X window", () => {
  it("is announced to its client in its words and pixels, and comes to it when it is dropped", async (t) => {
    const drag = await DragStage.set(t);
    const { host } = drag.stage;
    const { ours } = drag.window;
    const offer = drag.dragIn(TEXT);
    const { data: entered } = await drag.told("XdndEnter");
    const [source = 0, version = 0] = entered;
    assert.equal(version >>> 24, XDND_VERSION);
    assert.ok((await readTypes(ours.x, entered)).includes(drag.atom(TEXT)));
    assert.equal((await drag.told("XdndPosition")).data[2], packPlace(10, 20));
    drag.answer(source, TAKEN);
    assert.equal((await host.expect("wl_data_offer.accept")).arg("mime_type"), TEXT);
    assert.equal((await host.expect("wl_data_offer.set_actions")).arg("preferred_action"), DndAction.copy);
    drag.device.send("motion", 0, 30, 40);
    assert.equal((await drag.told("XdndPosition")).data[2], packPlace(30, 40));
    drag.answer(source, TAKEN);
    drag.device.send("drop");
    const { data: dropped } = await drag.told("XdndDrop");
    drag.ask(TEXT, dropped[2] ?? 0);
    const request = await host.expect("wl_data_offer.receive");
    assert.equal(request.object, offer);
    const fd = request.fdArg("fd");
    writeFileSync(fd.raw, words);
    fd.close();
    const property = drag.atom("ANSWER");
    await ours.expect("SelectionNotify", (event) => event.property === property);
    assert.equal(Buffer.from((await getProperty(ours.x, ours.id, property))?.bytes ?? []).toString(), words);
    drag.say(source, "XdndFinished", TAKEN, drag.atom("XdndActionCopy"));
    await host.expect("wl_data_offer.finish");
    await host.expect("wl_data_offer.destroy");
  });

  it("is refused by whoever does not want it, and is gone when it is dropped all the same", async (t) => {
    const drag = await DragStage.set(t);
    const { host } = drag.stage;
    drag.dragIn("image/png");
    const [source = 0] = (await drag.told("XdndEnter")).data;
    await drag.told("XdndPosition");
    drag.answer(source, REFUSED);
    assert.equal((await host.expect("wl_data_offer.accept")).arg("mime_type"), null);
    assert.equal((await host.expect("wl_data_offer.set_actions")).arg("preferred_action"), DndAction.none);
    drag.device.send("drop");
    await drag.told("XdndLeave");
    await host.expect("wl_data_offer.destroy");
    assert.equal(host.inbox.count("wl_data_offer.finish"), 0);
  });

  it("leaves it again, of which its client hears, and comes back", async (t) => {
    const drag = await DragStage.set(t);
    for (let times = 0; times < 2; times++) {
      drag.dragIn(TEXT);
      const [source] = (await drag.told("XdndEnter")).data;
      await drag.told("XdndPosition");
      drag.device.send("leave");
      assert.equal((await drag.told("XdndLeave")).data[0], source);
      await drag.stage.host.expect("wl_data_offer.destroy");
    }
  });

  it("is refused by us for a window that does not take part", async (t) => {
    const drag = await DragStage.set(t);
    await drag.window.ours.set("XdndAware", "ATOM", []);
    drag.dragIn(TEXT);
    assert.equal((await drag.stage.host.expect("wl_data_offer.accept")).arg("mime_type"), null);
    await drag.stage.settled(drag.window.ours.x);
    assert.equal(drag.window.ours.seen("ClientMessage").length, 0);
  });
});
