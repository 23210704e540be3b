// SPDX-License-Identifier: Apache-2.0
/** A command moves what was copied over the border of an isolated clipboard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Clipboards, type SelectionField } from "../../../src/clipboard/clipboard.ts";
import { Crossing } from "../../../src/clipboard/crossing.ts";
import { StoredCopy } from "../../../src/clipboard/stored-copy.ts";
import { UserError } from "../../../src/errors.ts";
import { unixHost } from "../../../src/host/unix.ts";
import { silent } from "../../../src/log/logger.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import type { TransferPolicy } from "../../../src/policy/policy.ts";
import { READ_TIMEOUT } from "../../../src/policy/transfer-limits.ts";
import { WlKeyboardKeyState, WlSeatCapability } from "../../../src/protocol/generated/enums.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { proxied, type Scope } from "../../support/proxied.ts";
import { blur, copy, focus, type Member, press, type Realm, realmOf, seen } from "../../support/realm.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

interface Stage extends Realm {
  readonly crossing: Crossing;
}

function crossingOf({ realm, guard }: Pick<Realm, "realm" | "guard">, path: string, field: SelectionField): Crossing {
  const connect = unixHost(path);
  return new Crossing({ realm, guard, connect, protocol: new ProtocolRegistry(), log: silent }, field);
}

async function stage(t: Scope, clipboard: TransferPolicy, hasControl: boolean): Promise<Stage> {
  const managers = ["wl_data_device_manager", ...(hasControl ? ["ext_data_control_manager_v1"] : [])];
  const realm = await realmOf(t, { clipboard }, [], managers);
  const crossing = crossingOf(realm, realm.stage.compositor.path, "clipboard");
  t.after(async () => crossing.close());
  return { ...realm, crossing };
}

/** Writes a text where it is wanted. */
function give(fd: Fd, text: string): void {
  writeFd(fd.raw, Buffer.from(text), 0, Buffer.byteLength(text));
  fd.close();
}

/** A program of the realm has copied something, and hands it out once. */
async function copied(member: Member, text: string, ...types: string[]): Promise<void> {
  focus(member);
  await member.client.expect("wl_data_device.selection");
  const source = copy(member, ...types);
  await member.client.expect("wl_data_device.selection");
  void member.client
    .expect("wl_data_source.send", ({ object }) => object === source)
    .then((message) => give(message.fdArg("fd"), text))
    .catch(() => {});
}

/** The host pastes from a source of ours; what it gets. */
async function pastedFrom(source: FakeObject, type = "text/plain;charset=utf-8"): Promise<string> {
  const [read, write] = pipe();
  source.send("send", type, write);
  return contentOf(read);
}

async function contentOf(read: Fd): Promise<string> {
  let text = "";
  await eventually("the end of the data", () => {
    const bytes = Buffer.alloc(100_000);
    for (;;) {
      const count = readFd(read.raw, bytes, 0, bytes.length);
      if (count < 0) return false;
      if (count === 0) return true;
      text += bytes.toString("utf8", 0, count);
    }
  });
  read.close();
  return text;
}

/** The compositor has something in its clipboard, for programs with data control. */
function hostHas({ stage: { compositor } }: Realm, text: string, ...types: string[]): void {
  compositor.reactions.set("ext_data_control_manager_v1.get_data_device", (message) => {
    const device = message.objectArg("id");
    const offer = device.create("data_offer");
    for (const type of types) offer.send("offer", type);
    device.send("selection", offer);
  });
  compositor.reactions.set("ext_data_control_offer_v1.receive", (message) => give(message.fdArg("fd"), text));
}

async function complaint(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  return error.message;
}

const aMinute = { size: 6, seconds: 60 };

describe("clipboard out", () => {
  it("gives the host what was copied, as plain text, by data control", async (t) => {
    const at = await stage(t, isolated, true);
    await copied(at.one, "inside", "text/html", "UTF8_STRING");
    const moved = at.crossing.out();
    const host = await at.stage.compositor.nextConnection();
    const source = (await host.expect("ext_data_control_device_v1.set_selection")).objectArg("source");
    assert.deepEqual(await moved, aMinute);
    const types = host.inbox.all.filter(({ name }) => name === "ext_data_control_source_v1.offer");
    assert.deepEqual(
      types.map((one) => one.arg("mime_type")),
      ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain"],
    );
    assert.equal(await pastedFrom(source), "inside");
    // Also when the program that had copied it is gone.
    at.one.client.close();
    assert.equal(await pastedFrom(source, "text/plain"), "inside");
    at.crossing.close();
    await host.closed;
  });

  it("ends when something else is copied on the host, or when the next follows", async (t) => {
    const at = await stage(t, isolated, true);
    await copied(at.one, "inside", "text/plain");
    const first = at.crossing.out();
    const host = await at.stage.compositor.nextConnection();
    const source = (await host.expect("ext_data_control_device_v1.set_selection")).objectArg("source");
    assert.deepEqual(await first, aMinute);
    source.send("cancelled");
    await host.closed;
    await copied(at.other, "second", "text/plain");
    const second = at.crossing.out();
    const next = await at.stage.compositor.nextConnection();
    await next.expect("ext_data_control_device_v1.set_selection");
    await second;
    at.crossing.clear();
    await next.closed;
    assert.equal(at.realm.clipboard.copy, null);
  });

  it("waits for input in a window where the host has no data control", async (t) => {
    const at = await stage(t, isolated, false);
    await copied(at.one, "inside", "text/plain");
    assert.deepEqual(await at.crossing.out(), { size: null, seconds: 60 });
    const serial = press(at.one);
    const set = await at.one.host.expect("wl_data_device.set_selection");
    assert.equal(set.arg("serial"), serial);
    assert.equal(await pastedFrom(set.objectArg("source")), "inside");
    at.crossing.close();
    await at.one.host.expect("wl_data_source.destroy", ({ object }) => object === set.objectArg("source"));
    press(at.one);
    await at.one.client.roundtrip();
    assert.equal(at.one.host.inbox.count("wl_data_device.set_selection"), 1);
  });

  it("takes a click for that, too", async (t) => {
    const at = await stage(t, isolated, false);
    const { client, host, seat, surface } = at.one;
    seat.send("get_pointer");
    const pointer = (await host.expect("wl_seat.get_pointer")).objectArg("id");
    await copied(at.one, "inside", "text/plain");
    await at.crossing.out();
    pointer.send("enter", 1, surface.theirs, 0, 0);
    pointer.send("button", 77, 0, 0x110, 1);
    assert.equal((await host.expect("wl_data_device.set_selection")).arg("serial"), 77);
    await client.roundtrip();
  });

  it("is refused with a reason: nothing there, another type, too large, or not isolated", async (t) => {
    const at = await stage(t, { ...isolated, maxSize: 3 }, true);
    assert.match(await complaint(at.crossing.out()), /nothing has been copied/);
    await copied(at.one, "inside", "text/html");
    assert.match(await complaint(at.crossing.out()), /cannot be had in a type that may pass/);
    await copied(at.other, "inside", "text/plain");
    assert.match(await complaint(at.crossing.out()), /is larger than may pass: see max-size/);
    at.guard.replace({ ...at.guard.policy, clipboard: shared });
    assert.match(await complaint(at.crossing.out()), /its clipboard is the host's/);
  });

  it("passes the types of the policy instead, if it has some", async (t) => {
    const at = await stage(t, { ...isolated, types: ["text/html"] }, true);
    await copied(at.one, "<b>hi</b>", "text/plain", "text/html");
    const moved = at.crossing.out();
    const host = await at.stage.compositor.nextConnection();
    const source = (await host.expect("ext_data_control_device_v1.set_selection")).objectArg("source");
    assert.equal((await moved).size, 9);
    assert.equal(await pastedFrom(source, "text/html"), "<b>hi</b>");
    assert.equal(await pastedFrom(source, "text/plain"), "");
  });
});

describe("clipboard in", () => {
  it("gives programs what the host has, by data control", async (t) => {
    const at = await stage(t, isolated, true);
    hostHas(at, "outside", "image/png", "text/plain");
    const moved = at.crossing.in();
    const host = await at.stage.compositor.nextConnection();
    assert.deepEqual(await moved, { size: 7, seconds: 60 });
    await host.closed;
    focus(at.one);
    const { offer, types } = await seen(at.one);
    assert.deepEqual(types, ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain"]);
    const [read, write] = pipe();
    offer.send("receive", "text/plain", write);
    assert.equal(await contentOf(read), "outside");
    at.crossing.clear();
    assert.equal((await at.one.client.expect("wl_data_device.selection")).arg("id"), null);
  });

  it("takes what a window has been told where the host has no data control", async (t) => {
    const at = await stage(t, isolated, false);
    assert.deepEqual(await at.crossing.in(), { size: null, seconds: 60 });
    const theirs = at.other.theirs.create("data_offer");
    theirs.send("offer", "text/plain");
    at.other.theirs.send("selection", theirs);
    give((await at.other.host.expect("wl_data_offer.receive")).fdArg("fd"), "later!");
    await eventually("the copy", () => at.realm.clipboard.copy?.types.includes("UTF8_STRING"));
    const again = at.crossing.in();
    give((await at.other.host.expect("wl_data_offer.receive")).fdArg("fd"), "at once");
    assert.deepEqual(await again, { size: 7, seconds: 60 });
    blur(at.other);
    await at.other.client.roundtrip();
    at.crossing.clear();
    assert.equal(at.realm.clipboard.copy, null);
  });

  it("is refused when the host has nothing", async (t) => {
    const at = await stage(t, isolated, true);
    assert.match(await complaint(at.crossing.in()), /the host's clipboard is empty/);
  });
});

describe("what was marked", () => {
  it("is moved by data control, and what was copied stays", async (t) => {
    const at = await stage(t, isolated, true);
    at.guard.replace({ ...at.guard.policy, primary: isolated });
    const before = {
      types: ["text/plain"],
      send: (_type: string, target: Fd) => give(target, "copied"),
      replaced() {},
    };
    at.realm.clipboard.set(before);
    at.stage.compositor.reactions.set("ext_data_control_manager_v1.get_data_device", (message) => {
      const device = message.objectArg("id");
      const offer = device.create("data_offer");
      offer.send("offer", "text/plain");
      device.send("primary_selection", offer);
    });
    at.stage.compositor.reactions.set("ext_data_control_offer_v1.receive", (message) =>
      give(message.fdArg("fd"), "marked"),
    );
    const marked = crossingOf(at, at.stage.compositor.path, "primary");
    t.after(() => marked.close());
    const moved = marked.in();
    await (await at.stage.compositor.nextConnection()).closed;
    assert.deepEqual(await moved, aMinute);
    assert.ok(at.realm.primary.copy instanceof StoredCopy);
    assert.equal(at.realm.clipboard.copy, before);
    const out = marked.out();
    const host = await at.stage.compositor.nextConnection();
    const set = await host.expect("ext_data_control_device_v1.set_primary_selection");
    assert.deepEqual(await out, aMinute);
    assert.equal(await pastedFrom(set.objectArg("source")), "marked");
    marked.clear();
    await host.closed;
    assert.equal(at.realm.primary.copy, null);
    assert.equal(at.realm.clipboard.copy, before);
  });

  for (const name of ["zwp_primary_selection_device_manager_v1", "gtk_primary_selection_device_manager"]) {
    it(`is moved through a window of a program with ${name} where the host has no data control`, async (t) => {
      const guard = guarding({ primary: isolated });
      const globals = [...windowGlobals, "wl_seat", "zwp_primary_selection_device_manager_v1"];
      const pair = await proxied(t, { globals, guard });
      const { client, host, compositor } = pair;
      const { surface } = await openWindow(pair);
      const seat = await client.bind("wl_seat");
      const bound = await host.expect("wl_registry.bind", (one) => one.objectArg("id").interface.name === "wl_seat");
      bound.objectArg("id").send("capabilities", WlSeatCapability.keyboard);
      (await client.bind(name)).create("get_device", seat);
      const keyboard = (await host.expect("wl_seat.get_keyboard")).objectArg("id");
      keyboard.send("enter", 7, surface.theirs, Buffer.alloc(0));
      const realm = Clipboards.for(guard);
      realm.primary.set({ types: ["text/plain"], send: (_type, target) => give(target, "marked"), replaced() {} });
      const crossing = crossingOf({ realm, guard }, compositor.path, "primary");
      t.after(() => crossing.close());
      assert.deepEqual(await crossing.out(), { size: null, seconds: 60 });
      keyboard.send("key", 8, 0, 30, WlKeyboardKeyState.pressed);
      const set = await host.expect("zwp_primary_selection_device_v1.set_selection");
      assert.equal(set.arg("serial"), 8);
      assert.equal(await pastedFrom(set.objectArg("source")), "marked");
    });
  }
});

describe("commands at the same time", () => {
  it("are carried out one after the other, and the last one stays for its whole time", async (t) => {
    const at = await stage(t, { ...isolated, takeBack: 0.05 }, true);
    let texts = 0;
    hostHas(at, "", "text/plain");
    at.stage.compositor.reactions.set("ext_data_control_offer_v1.receive", (message) => {
      at.guard.replace({ ...at.guard.policy, clipboard: { ...isolated, takeBack: 0.5 } });
      give(message.fdArg("fd"), "x".repeat(++texts));
    });
    const all = await Promise.all([at.crossing.in(), at.crossing.in()]);
    const began = performance.now();
    assert.deepEqual(all, [
      { size: 1, seconds: 0.05 },
      { size: 2, seconds: 0.5 },
    ]);
    const last = at.realm.clipboard.copy;
    assert.ok(last instanceof StoredCopy && last.size === 2);
    await eventually("the end of the copy", () => at.realm.clipboard.copy === null);
    const lasted = performance.now() - began;
    assert.ok(lasted > 400, `it was taken back after ${lasted} ms, when the first one's time was over`);
  });

  it("that come before everything is cleared move nothing after it, and say so", async (t) => {
    const at = await stage(t, isolated, true);
    let asked: (fd: Fd) => void = () => {};
    const first = new Promise<Fd>((resolve) => {
      asked = resolve;
    });
    hostHas(at, "", "text/plain");
    at.stage.compositor.reactions.set("ext_data_control_offer_v1.receive", (message) => asked(message.fdArg("fd")));
    const all = [complaint(at.crossing.in()), complaint(at.crossing.in())];
    const fd = await first;
    at.crossing.clear();
    give(fd, "too late");
    for (const text of await Promise.all(all)) assert.match(text, /the clipboard was cleared meanwhile/);
    assert.equal(at.realm.clipboard.copy, null);
  });
});

describe("a program that hands out what it has copied", () => {
  it("has one time limit for all types", async () => {
    const types = Array.from({ length: 16 }, (_, i) => `text/x-${i}`);
    const given: Promise<void>[] = [];
    const slowly = (_type: string, target: Fd): void =>
      void given.push(pause(READ_TIMEOUT / 4).then(() => give(target, "slow")));
    await assert.rejects(
      StoredCopy.of(types, slowly, () => true, 1000, silent),
      /has not handed it out within 5 s/,
    );
    assert.ok(given.length > 1 && given.length <= 4, `it was asked for ${given.length} types`);
    await Promise.all(given);
  });
});

describe("what a command has moved", () => {
  const soon = { ...isolated, takeBack: 0.05 };

  it("out is taken back in time", async (t) => {
    const at = await stage(t, soon, true);
    await copied(at.one, "inside", "text/plain");
    const moved = at.crossing.out();
    const host = await at.stage.compositor.nextConnection();
    await moved;
    await host.closed;
  });

  it("in is taken back in time", async (t) => {
    const at = await stage(t, soon, true);
    hostHas(at, "outside", "text/plain");
    const moved = at.crossing.in();
    const host = await at.stage.compositor.nextConnection();
    await moved;
    await host.closed;
    await eventually("the end of the copy", () => at.realm.clipboard.copy === null);
  });

  it("or is to move, is forgotten in time", async (t) => {
    const at = await stage(t, soon, false);
    await copied(at.one, "inside", "text/plain");
    await at.crossing.out();
    await at.crossing.in();
    await eventually("nobody to wait", () => !at.realm.clipboard.awaitsUse);
  });
});
