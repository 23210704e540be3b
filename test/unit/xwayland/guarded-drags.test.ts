// SPDX-License-Identifier: Apache-2.0
/** Drags between X clients and others, where a policy limits them. */
import assert from "node:assert/strict";
import { createReadStream, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { Clipboards, isMarker } from "../../../src/clipboard/clipboard.ts";
import { Consent } from "../../../src/clipboard/consent.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import type { TransferPolicy } from "../../../src/policy/policy.ts";
import { getProperty } from "../../../src/x11/client/properties.ts";
import { readTypes } from "../../../src/xwayland/dnd/xdnd.ts";
import { DragStage, REFUSED, TAKEN, TEXT } from "../../support/drag-stage.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import type { Scope } from "../../support/proxied.ts";

interface Guarded {
  readonly drag: DragStage;
  readonly realm: Clipboards;
  readonly log: string[];
}

async function guarded(t: Scope, dragAndDrop: TransferPolicy): Promise<Guarded> {
  const log: string[] = [];
  const guard = guarding({ dragAndDrop }, log);
  return { drag: await DragStage.set(t, guard), realm: Clipboards.for(guard), log };
}

/** The types that the host was told of a source. */
function told({ stage }: DragStage, source: FakeObject): string[] {
  const all = stage.host.inbox.all.filter(({ object, name }) => object === source && name.endsWith(".offer"));
  return all.map(({ args }) => String(args["mime_type"]));
}

/** What the host gets of a source. */
function had(source: FakeObject, type = TEXT): Promise<string> {
  const [read, write] = pipe();
  source.send("send", type, write);
  return text(createReadStream("", { fd: read.take() }));
}

/** The names of the types that the X client was told of something that is dragged over it. */
async function offered(drag: DragStage): Promise<{ source: number; types: string[] }> {
  const { x } = drag.window.ours;
  const { data } = await drag.told("XdndEnter");
  const names = await x.atoms.names(await readTypes(x, data));
  await drag.told("XdndPosition");
  return { source: data[0] ?? 0, types: names.map(String) };
}

/** The X client takes what is dragged over it, in a type; what it gets. */
async function taken(drag: DragStage, source: number, type = TEXT): Promise<string> {
  const { ours } = drag.window;
  drag.answer(source, TAKEN);
  await drag.stage.host.expect("wl_data_offer.accept");
  drag.device.send("drop");
  const { data } = await drag.told("XdndDrop");
  drag.ask(type, data[2] ?? 0);
  const { property } = await ours.expect("SelectionNotify");
  if (property === 0) return "";
  return Buffer.from((await getProperty(ours.x, ours.id, property))?.bytes ?? []).toString();
}

/** The host's program gives what it drags. */
async function give({ stage }: DragStage, data: string): Promise<void> {
  const request = await stage.host.expect("wl_data_offer.receive");
  const fd = request.fdArg("fd");
  writeFileSync(fd.raw, data);
  fd.close();
}

describe("what an X client drags under a policy", () => {
  it("has no type for the host where it is isolated, and all of them for programs of its own", async (t) => {
    const { drag, realm, log } = await guarded(t, isolated);
    const { source } = await drag.begin();
    const types = told(drag, source);
    assert.equal(types.length, 2);
    assert.ok(types.every(isMarker), types.join());
    assert.match(log.join(), /dragging to others is refused: see drag-and-drop in its policy/);
    assert.equal(await had(source), "");
    const { copy } = realm.drag ?? {};
    assert.deepEqual(copy?.types, [TEXT]);
    const [read, write] = pipe();
    copy?.send(TEXT, write);
    await drag.give("inside");
    assert.equal(await text(createReadStream("", { fd: read.take() })), "inside");
    source.send("cancelled");
    await drag.stage.host.expect("wl_data_source.destroy");
    assert.equal(realm.drag, null);
  });

  it("may be dropped in another X window all the same", async (t) => {
    const { drag } = await guarded(t, isolated);
    const { stage, device } = drag;
    const { source } = await drag.begin();
    const offer = device.create("data_offer");
    for (const type of told(drag, source)) offer.send("offer", type);
    device.send("enter", stage.desktop.serial(), drag.window.theirs.surface, 30, 40, offer);
    assert.ok(isMarker(String((await stage.host.expect("wl_data_offer.accept")).arg("mime_type"))));
    device.send("drop");
    await drag.released();
    await stage.host.expect("wl_data_offer.finish");
    source.send("dnd_finished");
    await stage.host.expect("wl_data_source.destroy");
  });

  it("passes in the types and the size that are allowed", async (t) => {
    const limited = await guarded(t, { ...shared, types: [TEXT], maxSize: 5 });
    const { source } = await limited.drag.begin();
    assert.deepEqual(
      told(limited.drag, source).filter((type) => !isMarker(type)),
      [TEXT],
    );
    const got = had(source);
    await limited.drag.give("too long");
    assert.equal(await got, "too l");
    assert.match(limited.log.join(), /a transfer of more than 5 bytes is refused/);
    source.send("cancelled");
  });

  it("does not pass in a type that is not allowed", async (t) => {
    const { drag, log } = await guarded(t, { ...shared, types: ["image/*"] });
    const { source } = await drag.begin();
    assert.ok(told(drag, source).every(isMarker));
    assert.equal(await had(source), "");
    assert.match(log.join(), /dragging to others as text\/plain is refused/);
    source.send("cancelled");
  });

  for (const answer of [true, false]) {
    it(`${answer ? "passes" : "does not pass"} when the user is asked and says ${answer ? "yes" : "no"}`, async (t) => {
      const { drag, realm } = await guarded(t, { ...shared, out: "ask" });
      const asked: string[] = [];
      realm.consent = new Consent(async (question) => {
        asked.push(question);
        return answer;
      });
      const { source } = await drag.begin();
      assert.ok(told(drag, source).includes(TEXT));
      const got = had(source);
      if (answer) await drag.give("yes");
      assert.equal(await got, answer ? "yes" : "");
      assert.match(asked.join(), /gives what you have dragged out of it/);
      source.send("cancelled");
    });
  }
});

describe("what is dragged over an X window under a policy", () => {
  it("is nothing to its client where that is denied", async (t) => {
    const { drag, log } = await guarded(t, { ...shared, in: "deny" });
    const offer = drag.dragIn(TEXT);
    await drag.stage.host.expect("wl_data_offer.destroy", ({ object }) => object === offer);
    drag.device.send("motion", 0, 30, 40);
    drag.device.send("drop");
    await drag.stage.settled(drag.window.ours.x);
    assert.equal(drag.window.ours.seen("ClientMessage").length, 0);
    assert.match(log.join(), /dropping what others drag is refused: see drag-and-drop in its policy/);
  });

  it("comes in the types and the size that are allowed", async (t) => {
    const { drag } = await guarded(t, { ...shared, types: [TEXT], maxSize: 5 });
    drag.dragIn("image/png", TEXT);
    const { source, types } = await offered(drag);
    assert.ok(types.includes(TEXT) && !types.includes("image/png"), types.join());
    const got = taken(drag, source);
    await give(drag, "too long");
    assert.equal(await got, "too l");
    drag.say(source, "XdndFinished", TAKEN, drag.atom("XdndActionCopy"));
    await drag.stage.host.expect("wl_data_offer.finish");
  });

  it("comes when the user is asked and says yes", async (t) => {
    const { drag, realm } = await guarded(t, { ...shared, in: "ask" });
    realm.consent = new Consent(async () => true);
    drag.dragIn(TEXT);
    const { source } = await offered(drag);
    const got = taken(drag, source);
    await give(drag, "asked for");
    assert.equal(await got, "asked for");
    drag.say(source, "XdndFinished", TAKEN, drag.atom("XdndActionCopy"));
    await drag.stage.host.expect("wl_data_offer.finish");
  });

  it("is a program's of its own by the type that is ours, and comes from there", async (t) => {
    const { drag, realm } = await guarded(t, isolated);
    const send = (type: string, target: Fd): void => {
      writeFileSync(target.raw, `${type} of the realm`);
      target.close();
    };
    realm.drag = { copy: { types: [TEXT], send, replaced() {} }, accepted: null };
    drag.dragIn(realm.marker);
    const { source, types } = await offered(drag);
    assert.ok(types.includes(TEXT) && !types.some(isMarker), types.join());
    const got = taken(drag, source);
    assert.equal(await got, "text/plain of the realm");
    assert.equal(realm.drag.accepted, TEXT);
    const accepted = drag.stage.host.inbox.all.find(({ name }) => name === "wl_data_offer.accept");
    assert.equal(accepted?.args["mime_type"], realm.marker);
    assert.equal(drag.stage.host.inbox.count("wl_data_offer.receive"), 0);
    drag.say(source, "XdndFinished", REFUSED);
    await drag.stage.host.expect("wl_data_offer.destroy");
  });

  it("follows the policy as it is when it comes", async (t) => {
    const guard = guarding({ dragAndDrop: isolated });
    const drag = await DragStage.set(t, guard);
    guard.replace({ ...guard.policy, dragAndDrop: shared });
    drag.dragIn(TEXT);
    const { types } = await offered(drag);
    assert.ok(types.includes(TEXT));
    drag.device.send("leave");
    await drag.told("XdndLeave");
  });
});
