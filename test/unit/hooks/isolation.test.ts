// SPDX-License-Identifier: Apache-2.0
/** Programs have a clipboard of their own among themselves where nothing may pass to others. */
import assert from "node:assert/strict";
import { readSync } from "node:fs";
import { describe, it } from "node:test";
import { Border } from "../../../src/clipboard/border.ts";
import { Clipboards } from "../../../src/clipboard/clipboard.ts";
import { Consent } from "../../../src/clipboard/consent.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import { WlSeatCapability } from "../../../src/protocol/generated/enums.ts";
import type { Client } from "../../../src/relay/client.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { blur, copy, focus, type Member, nextSerial, paste, realmOf, seen } from "../../support/realm.ts";

describe("an isolated clipboard", () => {
  it("passes from program to program, and the host hears nothing of it", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    focus(one);
    assert.equal((await one.client.expect("wl_data_device.selection")).arg("id"), null);
    const source = copy(one, "text/plain", "text/html");
    assert.deepEqual((await seen(one)).types, ["text/plain", "text/html"]);
    assert.equal(other.client.inbox.count("wl_data_device.data_offer"), 0, "it has not got the keyboard");
    blur(one);
    focus(other);
    const { offer, types } = await seen(other);
    assert.deepEqual(types, ["text/plain", "text/html"]);
    await paste(one, source, offer, "inside");
    for (const { host } of [one, other]) {
      assert.equal(host.inbox.count("wl_data_device.set_selection"), 0);
      assert.equal(host.inbox.count("wl_data_source.offer"), 0);
      assert.equal(host.inbox.count("wl_data_offer.receive"), 0);
    }
  });

  it("stays what it is, whatever others copy", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    const source = copy(one, "text/plain");
    await seen(one);
    const secret = other.theirs.create("data_offer");
    secret.send("offer", "text/secret");
    // A host tells it right before the keyboard.
    other.theirs.send("selection", secret);
    const { offer, types } = await seen(other);
    assert.deepEqual(types, ["text/plain"]);
    await paste(one, source, offer, "mine");
    focus(other);
    await other.client.roundtrip();
    assert.equal(other.client.inbox.count("wl_data_device.selection"), 1, "it was told twice");
  });

  it("replaces a copy by the next, and is empty when its program takes it back or ends", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    focus(one);
    focus(other);
    await one.client.expect("wl_data_device.selection");
    await other.client.expect("wl_data_device.selection");
    const first = copy(one, "text/first");
    assert.deepEqual((await seen(other)).types, ["text/first"]);
    copy(other, "text/second");
    assert.equal((await one.client.expect("wl_data_source.cancelled")).object, first);
    assert.deepEqual((await seen(one)).types, ["text/second"]);
    other.ours.send("set_selection", null, nextSerial());
    assert.equal((await one.client.expect("wl_data_device.selection")).arg("id"), null);
    copy(other, "text/third");
    const { offer } = await seen(one);
    other.client.close();
    assert.equal((await one.client.expect("wl_data_device.selection")).arg("id"), null);
    const [read, write] = pipe();
    offer.send("receive", "text/third", write);
    await eventually("the end of what is gone", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
    read.close();
  });

  it("takes nothing from a program that has never had the keyboard", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    const source = copy(other, "text/plain");
    assert.equal((await other.client.expect("wl_data_source.cancelled")).object, source);
    await one.client.roundtrip();
    assert.equal(one.client.inbox.count("wl_data_device.data_offer"), 0);
  });

  it("is seen at once by a program with data control", async (t) => {
    const { stage, one } = await realmOf(t, { clipboard: isolated, primary: isolated });
    const { client } = await stage.connect();
    const manager = await client.bind("ext_data_control_manager_v1");
    const device = manager.create("get_data_device", await client.bind("wl_seat"));
    assert.equal((await client.expect("ext_data_control_device_v1.selection")).arg("id"), null);
    focus(one);
    await one.client.expect("wl_data_device.selection");
    copy(one, "text/plain");
    assert.ok((await client.expect("ext_data_control_device_v1.selection")).arg("id") !== null);
    const source = manager.create("create_data_source");
    source.send("offer", "text/marked");
    device.send("set_primary_selection", source);
    assert.ok((await client.expect("ext_data_control_device_v1.primary_selection")).arg("id") !== null);
  });

  it("keeps a bounded number of types of a source, and of offers to a program", async (t) => {
    const log: string[] = [];
    const { one, other } = await realmOf(t, { clipboard: isolated }, log);
    focus(one);
    focus(other);
    await other.client.expect("wl_data_device.selection");
    copy(one, ...Array.from({ length: 5000 }, (_, i) => `text/x-${i}`));
    assert.equal((await seen(other)).types.length, 256);
    assert.match(log.join(), /more than 256 types/);
    for (let times = 0; times < 300; times++) {
      copy(one, "text/plain");
      await one.client.roundtrip();
    }
    await other.client.roundtrip();
    assert.ok(other.client.inbox.count("wl_data_device.data_offer") <= 128);
    // It gets the latest once it destroys what it has.
    for (const { args } of other.client.inbox.all.filter(({ name }) => name === "wl_data_device.data_offer"))
      (args["id"] as FakeObject).send("destroy");
    await other.client.roundtrip();
    copy(one, "text/latest");
    await eventually("the latest", async () => {
      await other.client.roundtrip();
      const last = other.client.inbox.all.filter(({ name }) => name === "wl_data_offer.offer").at(-1);
      return last?.arg("mime_type") === "text/latest";
    });
  });

  it("passes to its end what was asked for, wherever the keyboard goes", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    copy(one, "text/plain");
    blur(one);
    focus(other);
    const { offer } = await seen(other);
    const [read, write] = pipe();
    offer.send("receive", "text/plain", write);
    const fd = (await one.client.expect("wl_data_source.send")).fdArg("fd");
    blur(other);
    focus(one);
    copy(one, "text/next");
    await one.client.expect("wl_data_source.cancelled");
    writeFd(fd.raw, Buffer.from("late"), 0, 4);
    fd.close();
    assert.equal(readSync(read.raw, Buffer.alloc(8)), 4);
    read.close();
  });

  it("goes on with the next keyboard when one was unplugged", async (t) => {
    const { one } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    const seat = one.host.inbox.all.find(({ name }) => name === "wl_seat.get_keyboard")?.object as FakeObject;
    seat.send("capabilities", 0);
    assert.equal((await one.host.expect("wl_keyboard.release")).object, one.keyboard);
    copy(one, "text/plain");
    await one.client.roundtrip();
    assert.equal(one.client.inbox.count("wl_data_device.data_offer"), 0, "no window has a keyboard");
    seat.send("capabilities", WlSeatCapability.keyboard);
    const keyboard = (await one.host.expect("wl_seat.get_keyboard")).objectArg("id");
    focus({ ...one, keyboard });
    assert.deepEqual((await seen(one)).types, ["text/plain"]);
  });

  it("is the same on both seats of a user, of which either gives a program the keyboard", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated });
    const { client, host, surface } = other;
    const seat = await client.bind("wl_seat");
    const bound = await host.expect("wl_registry.bind");
    bound.objectArg("id").send("capabilities", WlSeatCapability.keyboard);
    const second = other.manager.create("get_data_device", seat);
    const keyboard = (await host.expect("wl_seat.get_keyboard")).objectArg("id");
    focus(one);
    await one.client.expect("wl_data_device.selection");
    const source = copy(one, "text/plain");
    keyboard.send("enter", nextSerial(), surface.theirs, Buffer.alloc(0));
    const { offer } = await seen({ ...other, ours: second });
    await paste(one, source, offer, "both");
    keyboard.send("leave", nextSerial(), surface.theirs);
    await client.roundtrip();
    assert.ok(
      client.inbox.all.every(({ object }) => object !== other.ours),
      "the seat without the keyboard is told",
    );
  });

  it("leaves no offer of the host's behind a device that its program gives up", async (t) => {
    const { stage, one } = await realmOf(t, { clipboard: isolated });
    const { client, host, ours, theirs } = one;
    const offered = (type: string): FakeObject => {
      const offer = theirs.create("data_offer");
      offer.send("offer", type);
      return offer;
    };
    const hidden = offered("text/hidden");
    theirs.send("selection", hidden);
    await client.expect("wl_data_device.selection");
    const late = offered("text/late");
    const dragged = offered("text/dragged");
    await client.roundtrip();
    // What else the host says of these it says before it knows that the device is gone.
    host.reading = false;
    const requests = (): number => stage.proxy.statistics.totals.requests.messages;
    const before = requests();
    ours.send("release");
    await eventually("the device to be gone for the proxy", () => requests() > before);
    theirs.send("selection", late);
    theirs.send("enter", nextSerial(), one.surface.theirs, 0, 0, dragged);
    host.reading = true;
    for (const offer of [hidden, late, dragged])
      await host.expect("wl_data_offer.destroy", ({ object }) => object === offer);
  });

  it("tells its devices once of many copies, of which only the last is there", async (t) => {
    const { one, realm } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    let times = 0;
    t.after(realm.clipboard.onChanged(() => times++));
    for (let count = 0; count < 1000; count++)
      realm.clipboard.set({ types: [`text/x-${count}`], send: (_type, target) => target.close(), replaced() {} });
    assert.deepEqual((await seen(one)).types, ["text/x-999"]);
    assert.equal(times, 1);
    realm.clipboard.set(null);
    assert.equal((await one.client.expect("wl_data_device.selection")).arg("id"), null);
    assert.equal(times, 2);
  });

  it("has a drag pass among programs, of which others see no type", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: isolated, dragAndDrop: isolated });
    const source = one.manager.create("create_data_source");
    source.send("offer", "text/plain");
    one.ours.send("start_drag", source, one.surface.ours, null, 3);
    const dragged = (await one.host.expect("wl_data_device.start_drag")).objectArg("source");
    const [type] = one.host.inbox.all.filter(({ name }) => name === "wl_data_source.offer");
    const marker = type?.arg("mime_type") as string;
    const theirs = other.theirs.create("data_offer");
    theirs.send("offer", marker);
    other.theirs.send("enter", 5, other.surface.theirs, 0, 0, theirs);
    const offer = (await other.client.expect("wl_data_device.enter")).objectArg("id");
    const types = other.client.inbox.all.filter(({ name }) => name === "wl_data_offer.offer");
    assert.deepEqual(
      types.map((one) => one.arg("mime_type")),
      ["text/plain"],
    );
    offer.send("accept", 5, "text/plain");
    assert.equal((await other.host.expect("wl_data_offer.accept")).arg("mime_type"), marker);
    dragged.send("target", marker);
    assert.equal((await one.client.expect("wl_data_source.target")).arg("mime_type"), "text/plain");
    await paste(one, source, offer, "dragged");
    assert.equal(other.host.inbox.count("wl_data_offer.receive"), 0);
  });
});

describe("a clipboard that is denied one way", () => {
  it("gives programs what others copy, until they copy something themselves", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: { ...shared, out: "deny" } });
    const offerOfHost = (to: Member, type: string): void => {
      const offer = to.theirs.create("data_offer");
      offer.send("offer", type);
      to.theirs.send("selection", offer);
    };
    offerOfHost(one, "text/host");
    focus(one);
    assert.deepEqual((await seen(one)).types, ["text/host"]);
    copy(one, "text/own");
    assert.deepEqual((await seen(one)).types, ["text/own"]);
    blur(one);
    // What the host tells again is no news.
    offerOfHost(other, "text/host");
    focus(other);
    assert.deepEqual((await seen(other)).types, ["text/own"]);
    offerOfHost(other, "text/news");
    assert.deepEqual((await seen(other)).types, ["text/news"]);
    await one.client.expect("wl_data_source.cancelled");
    assert.equal(one.host.inbox.count("wl_data_device.set_selection"), 0);
  });

  it("gives others what programs copy, and not the other way, nor to other programs through the host", async (t) => {
    const { one, other } = await realmOf(t, { clipboard: { ...shared, in: "deny" } });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    const source = copy(one, "text/plain");
    const theirs = (await one.host.expect("wl_data_device.set_selection")).objectArg("source");
    const types = one.host.inbox.all.filter(({ name }) => name === "wl_data_source.offer");
    assert.equal(types[0]?.arg("mime_type"), "text/plain");
    const offer = other.theirs.create("data_offer");
    for (const type of types) offer.send("offer", type.arg("mime_type"));
    other.theirs.send("selection", offer);
    const inside = await seen(other);
    assert.deepEqual(inside.types, ["text/plain"]);
    await paste(one, source, inside.offer, "inside");
    assert.equal(other.host.inbox.count("wl_data_offer.receive"), 0);
    const [read, write] = pipe();
    theirs.send("send", "text/plain", write);
    const fd = (await one.client.expect("wl_data_source.send")).fdArg("fd");
    writeFd(fd.raw, Buffer.from("out"), 0, 3);
    fd.close();
    assert.equal(readSync(read.raw, Buffer.alloc(8)), 3);
    read.close();
    // Others copy something.
    theirs.send("cancelled");
    await one.client.expect("wl_data_source.cancelled");
    assert.equal((await other.client.expect("wl_data_device.selection")).arg("id"), null);
  });
});

describe("a clipboard that is asked about", () => {
  for (const answer of [true, false]) {
    it(`${answer ? "passes" : "does not pass"} when the user says ${answer ? "yes" : "no"}`, async (t) => {
      const log: string[] = [];
      const asked: string[] = [];
      const { one, realm } = await realmOf(t, { clipboard: { ...shared, in: "ask", out: "deny" } }, log);
      realm.consent = new Consent(async (question) => {
        asked.push(question);
        return answer;
      });
      const theirs = one.theirs.create("data_offer");
      theirs.send("offer", "text/plain");
      one.theirs.send("selection", theirs);
      const { offer } = await seen(one);
      for (let times = 0; times < 2; times++) {
        const [read, write] = pipe();
        offer.send("receive", "text/plain", write);
        if (answer) {
          const fd = (await one.host.expect("wl_data_offer.receive")).fdArg("fd");
          writeFd(fd.raw, Buffer.from("yes"), 0, 3);
          fd.close();
          assert.equal(readSync(read.raw, Buffer.alloc(8)), 3);
        } else {
          await eventually("the end of a refused transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
        }
        read.close();
      }
      assert.equal(asked.length, 1, "asked more than once for one offer");
      assert.match(asked[0] ?? "", /wants to paste what you have copied elsewhere \(text\/plain\)/);
      if (!answer) assert.equal(one.host.inbox.count("wl_data_offer.receive"), 0);
    });
  }

  it("asks the host for nothing if the program has given up the offer before the user says yes", async (t) => {
    const { one, realm } = await realmOf(t, { clipboard: { ...shared, in: "ask", out: "deny" } });
    let say: (isAllowed: boolean) => void = () => {};
    const asked = new Promise<void>((resolve) => {
      realm.consent = new Consent(() => {
        resolve();
        return new Promise((answer) => {
          say = answer;
        });
      });
    });
    const theirs = one.theirs.create("data_offer");
    theirs.send("offer", "text/plain");
    one.theirs.send("selection", theirs);
    const { offer } = await seen(one);
    const [read, write] = pipe();
    offer.send("receive", "text/plain", write);
    await asked;
    offer.send("destroy");
    await one.client.roundtrip();
    say(true);
    await eventually("the end of the transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
    read.close();
    await one.client.roundtrip();
    assert.equal(one.host.inbox.count("wl_data_offer.receive"), 0);
    assert.deepEqual(one.host.violations, []);
  });

  it("ends nothing but the transfer if that fails after the user has said yes", async () => {
    const guard = guarding({ clipboard: { ...shared, in: "ask" } });
    const realm = Clipboards.for(guard);
    realm.consent = new Consent(async () => true);
    const log: string[] = [];
    const client = { name: "it", log: { warn: (line: string) => void log.push(line) }, onEnded: () => () => {} };
    const [read, target] = pipe();
    const transfer = { client: client as unknown as Client, subject: {}, mimeType: "text/plain", target };
    await new Border(guard, realm).passWithConsent(transfer, "clipboard", "in", () => {
      throw new Error("too many open files");
    });
    assert.match(log.join(), /too many open files/);
    await eventually("the end of the transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
    read.close();
  });
});
