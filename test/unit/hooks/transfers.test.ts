// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readSync } from "node:fs";
import { describe, it } from "node:test";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import type { Policy, TransferPolicy } from "../../../src/policy/policy.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { type Pair, proxied, type Scope, type Stage, scoped } from "../../support/proxied.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

/** A protocol by which something passes. */
interface Way {
  readonly field: "clipboard" | "primary";
  readonly key: string;
  readonly manager: string;
  readonly device: string;
  readonly offer: string;
  readonly source: string;
  readonly getDevice: string;
  readonly createSource: string;
  readonly selection: string;
  readonly setSelection: string;
  /** Arguments behind the source. */
  readonly serial: readonly number[];
}

const data: Way = {
  field: "clipboard",
  key: "clipboard",
  manager: "wl_data_device_manager",
  device: "wl_data_device",
  offer: "wl_data_offer",
  source: "wl_data_source",
  getDevice: "get_data_device",
  createSource: "create_data_source",
  selection: "selection",
  setSelection: "set_selection",
  serial: [7],
};
const primary: Way = {
  ...data,
  field: "primary",
  key: "primary",
  manager: "zwp_primary_selection_device_manager_v1",
  device: "zwp_primary_selection_device_v1",
  offer: "zwp_primary_selection_offer_v1",
  source: "zwp_primary_selection_source_v1",
  getDevice: "get_device",
  createSource: "create_source",
};
const control: Way = {
  ...primary,
  field: "clipboard",
  key: "clipboard",
  manager: "ext_data_control_manager_v1",
  device: "ext_data_control_device_v1",
  offer: "ext_data_control_offer_v1",
  source: "ext_data_control_source_v1",
  getDevice: "get_data_device",
  createSource: "create_data_source",
  serial: [],
};
const controlledPrimary: Way = {
  ...control,
  field: "primary",
  key: "primary",
  selection: "primary_selection",
  setSelection: "set_primary_selection",
};
/** Of a host that has GTK's own protocol, and not the newer one. */
const gtk: Way = {
  ...primary,
  manager: "gtk_primary_selection_device_manager",
  device: "gtk_primary_selection_device",
  offer: "gtk_primary_selection_offer",
  source: "gtk_primary_selection_source",
};
const ways: readonly Way[] = [data, primary, gtk, control, controlledPrimary];

interface Desk extends Pair {
  readonly stage: Stage;
  readonly manager: FakeObject;
  /** The data device, on both sides. */
  readonly ours: FakeObject;
  readonly theirs: FakeObject;
}

async function desk(t: Scope, way: Way, policy: Partial<Policy>, log: string[] = []): Promise<Desk> {
  const { GlobalPolicy } = await import("../../../src/protocol/global-policy.ts");
  const stage = await proxied(t, {
    globals: [...windowGlobals, "wl_seat", way.manager],
    guard: guarding(policy, log),
    policy: new GlobalPolicy({ expose: way.manager.startsWith("ext_") ? [way.manager] : [] }),
  });
  const { client, host } = stage;
  const seat = await client.bind("wl_seat");
  const manager = await client.bind(way.manager);
  const ours = manager.create(way.getDevice, seat);
  const theirs = (await host.expect(`${way.manager}.${way.getDevice}`)).objectArg("id");
  return { stage, client, host, manager, ours, theirs };
}

/** The host's selection has these types. */
function offerTypes({ theirs }: Desk, { selection }: Way, ...types: string[]): FakeObject {
  const offer = theirs.create("data_offer");
  for (const type of types) offer.send("offer", type);
  theirs.send(selection, offer);
  return offer;
}

/** The client copies something of these types. */
function copy({ manager, ours }: Desk, way: Way, ...types: string[]): FakeObject {
  const source = manager.create(way.createSource);
  for (const type of types) source.send("offer", type);
  ours.send(way.setSelection, source, ...way.serial);
  return source;
}

const denyIn: TransferPolicy = { ...shared, in: "deny" };
const denyOut: TransferPolicy = { ...shared, out: "deny" };

for (const way of ways) {
  describe(`${way.key} by ${way.device}.${way.selection}`, () => {
    it("passes in where it is allowed, also while something else is denied", async (t) => {
      const log: string[] = [];
      const at = await desk(t, way, { dragAndDrop: denyIn }, log);
      offerTypes(at, way, "text/plain", "image/png");
      const { args, object } = await at.client.expect(`${way.device}.${way.selection}`);
      assert.equal(object, at.ours);
      const offer = args["id"] as FakeObject;
      const types = at.client.inbox.all.filter(({ name }) => name === `${way.offer}.offer`);
      assert.deepEqual(
        types.map((one) => one.arg("mime_type")),
        ["text/plain", "image/png"],
      );
      const [read, write] = pipe();
      offer.send("receive", "text/plain", write);
      const received = await at.host.expect(`${way.offer}.receive`);
      writeFd(received.fdArg("fd").raw, Buffer.from("hello"), 0, 5);
      const bytes = Buffer.alloc(10);
      assert.equal(readSync(read.raw, bytes), 5);
      read.close();
      assert.deepEqual(log, []);
    });

    it("does not pass in where it is denied: programs see an empty one, and no types", async (t) => {
      const log: string[] = [];
      const at = await desk(t, way, { [way.field]: denyIn }, log);
      const offer = offerTypes(at, way, "text/secret");
      assert.equal((await at.client.expect(`${way.device}.${way.selection}`)).arg("id"), null);
      offerTypes(at, way, "text/secret");
      assert.equal((await at.host.expect(`${way.offer}.destroy`)).object, offer);
      assert.equal(at.client.inbox.count(`${way.device}.data_offer`), 0);
      assert.equal(at.client.inbox.count(`${way.offer}.offer`), 0);
      assert.equal(log.length, 1);
      assert.match(log[0] ?? "", new RegExp(`is refused: see ${way.key} in its policy$`));
    });

    it("passes out where it is allowed", async (t) => {
      const at = await desk(t, way, { dragAndDrop: denyOut });
      copy(at, way, "text/plain", "text/html");
      const { args } = await at.host.expect(`${way.device}.${way.setSelection}`);
      const offered = at.host.inbox.all.filter(({ name }) => name === `${way.source}.offer`);
      assert.deepEqual(
        offered.map((one) => one.arg("mime_type")),
        ["text/plain", "text/html"],
      );
      assert.ok(args["source"]);
    });

    it("does not pass out where it is denied, nor does it take away what others have copied", async (t) => {
      const log: string[] = [];
      const at = await desk(t, way, { [way.field]: denyOut }, log);
      at.theirs.send(way.selection, null);
      await at.client.expect(`${way.device}.${way.selection}`);
      const source = copy(at, way, "text/secret");
      await at.client.roundtrip();
      source.send("destroy");
      at.ours.send(way.setSelection, null, ...way.serial);
      await at.client.roundtrip();
      assert.equal(at.host.inbox.count(`${way.device}.${way.setSelection}`), 0);
      assert.equal(at.host.inbox.count(`${way.source}.offer`), 0);
      assert.match(log[0] ?? "", new RegExp(`is refused: see ${way.key} in its policy$`));
    });

    it("passes with the types that are allowed, in both directions", async (t) => {
      const log: string[] = [];
      const at = await desk(t, way, { [way.field]: { ...shared, types: ["text/*", "UTF8_STRING"] } }, log);
      offerTypes(at, way, "text/plain", "image/png", "UTF8_STRING");
      const { args } = await at.client.expect(`${way.device}.${way.selection}`);
      const types = at.client.inbox.all.filter(({ name }) => name === `${way.offer}.offer`);
      assert.deepEqual(
        types.map((one) => one.arg("mime_type")),
        ["text/plain", "UTF8_STRING"],
      );
      const [read, write] = pipe();
      (args["id"] as FakeObject).send("receive", "image/png", write);
      await at.client.roundtrip();
      assert.equal(at.host.inbox.count(`${way.offer}.receive`), 0);
      assert.equal(readSync(read.raw, Buffer.alloc(1)), 0, "the pipe has not ended");
      read.close();
      assert.match(log[0] ?? "", /pasting what others have \w+ as image\/png is refused/);

      copy(at, way, "image/png", "text/html");
      const set = await at.host.expect(`${way.device}.${way.setSelection}`);
      const told = at.host.inbox.all.filter(({ name }) => name === `${way.source}.offer`);
      assert.deepEqual(
        told.map((one) => one.arg("mime_type")),
        ["text/html"],
      );
      const [from, into] = pipe();
      set.objectArg("source").send("send", "image/png", into);
      await eventually("the end of a refused transfer", () => readFd(from.raw, Buffer.alloc(1), 0, 1) === 0);
      assert.equal(at.client.inbox.count(`${way.source}.send`), 0);
      from.close();
    });
  });
}

it("marks of a proxy in a VM are told whatever types pass, since X11 programs there would lose what they copy, and have no data", async (t) => {
  const at = await desk(t, data, { clipboard: { ...shared, types: ["text/plain"] } });
  const mark = "application/x-wayland-proxy-0123456789abcdef-3";
  copy(at, data, "text/plain", "image/png", mark, `${mark}-and-more`);
  const source = (await at.host.expect("wl_data_device.set_selection")).objectArg("source");
  const told = at.host.inbox.all.filter(({ name }) => name === "wl_data_source.offer");
  assert.deepEqual(
    told.map((one) => one.arg("mime_type")),
    ["text/plain", mark],
  );
  const [read, write] = pipe();
  source.send("send", mark, write);
  await eventually("the end of a refused transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
  read.close();
  assert.equal(at.client.inbox.count("wl_data_source.send"), 0);
  offerTypes(at, data, mark, "text/plain", "text/html");
  const offer = (await at.client.expect("wl_data_device.selection")).arg("id");
  const seen = at.client.inbox.all.filter(({ name, object }) => name === "wl_data_offer.offer" && object === offer);
  assert.deepEqual(
    seen.map((one) => one.arg("mime_type")),
    [mark, "text/plain"],
  );
});

it("a clipboard that passes whole costs no keyboard of ours, and an isolated one costs one", async () => {
  for (const [policy, count] of [
    [shared, 0],
    [isolated, 1],
  ] as const)
    await scoped(async (scope) => {
      const at = await desk(scope, data, { clipboard: policy });
      const seat = at.host.inbox.all.find(({ args }) => String(args["id"]).startsWith("wl_seat#"))?.objectArg("id");
      seat?.send("capabilities", 2);
      await at.client.roundtrip();
      await at.client.roundtrip();
      assert.equal(at.host.inbox.count("wl_seat.get_keyboard"), count);
    });
});

/** Reads a pipe to its end. */
async function readAll(fd: number): Promise<number> {
  let total = 0;
  const buffer = Buffer.alloc(65536);
  await eventually("the end of the pipe", () => {
    for (;;) {
      const count = readFd(fd, buffer, 0, buffer.length);
      if (count === EAGAIN) return false;
      if (count <= 0) return true;
      total += count;
    }
  });
  return total;
}

describe("a transfer with a limit", () => {
  const limited = { clipboard: { ...shared, maxSize: 100_000 } };

  for (const [size, expected] of [
    [99_999, 99_999],
    [100_000, 100_000],
    [100_001, 100_000],
    [1_000_000, 100_000],
  ] as const) {
    it(`of 100,000 bytes passes ${expected} of ${size} when something is pasted`, async (t) => {
      const log: string[] = [];
      const at = await desk(t, data, limited, log);
      offerTypes(at, data, "text/plain");
      const offer = (await at.client.expect("wl_data_device.selection")).args["id"] as FakeObject;
      const [read, write] = pipe();
      offer.send("receive", "text/plain", write);
      const fd = (await at.host.expect("wl_data_offer.receive")).fdArg("fd");
      const bytes = Buffer.alloc(size, "x");
      let written = 0;
      const reading = readAll(read.raw);
      await eventually("all to be written, or nobody to read", () => {
        const count = writeFd(fd.raw, bytes, written, Math.min(size - written, 65536));
        if (count > 0) written += count;
        return written === size || (count < 0 && count !== EAGAIN);
      });
      fd.close();
      assert.equal(await reading, expected);
      read.close();
      assert.equal(log.length, size > expected ? 1 : 0);
      if (size > expected) assert.match(log[0] ?? "", /a transfer of more than 97.65625 KiB|more than 100000 bytes/);
    });
  }

  it("cuts what a program hands out, too", async (t) => {
    const log: string[] = [];
    const at = await desk(t, data, limited, log);
    copy(at, data, "text/plain");
    const source = (await at.host.expect("wl_data_device.set_selection")).objectArg("source");
    const [read, write] = pipe();
    source.send("send", "text/plain", write);
    const fd = (await at.client.expect("wl_data_source.send")).fdArg("fd");
    const reading = readAll(read.raw);
    const bytes = Buffer.alloc(65536, "x");
    await eventually("nobody to read", () => {
      const count = writeFd(fd.raw, bytes, 0, bytes.length);
      return count < 0 && count !== EAGAIN;
    });
    fd.close();
    assert.equal(await reading, 100_000);
    read.close();
    assert.equal(log.length, 1);
  });

  it("goes on when the program that has copied is gone, until all is read", async (t) => {
    const at = await desk(t, data, limited);
    copy(at, data, "text/plain");
    const source = (await at.host.expect("wl_data_device.set_selection")).objectArg("source");
    const [read, write] = pipe();
    source.send("send", "text/plain", write);
    const fd = (await at.client.expect("wl_data_source.send")).fdArg("fd");
    writeFd(fd.raw, Buffer.alloc(1000), 0, 1000);
    at.client.close();
    await at.host.whenClosed;
    assert.equal(await readAll(read.raw), 1000);
    read.close();
  });
});

describe("drag and drop", () => {
  it("that is denied inwards shows a program nothing of the drag", async (t) => {
    const log: string[] = [];
    const at = await desk(t, data, { dragAndDrop: denyIn }, log);
    const { surface } = await openWindow(at);
    const offer = at.theirs.create("data_offer");
    offer.send("offer", "text/secret");
    offer.send("source_actions", 1);
    at.theirs.send("enter", 5, surface.theirs, 0, 0, offer);
    at.theirs.send("motion", 1, 2, 3);
    at.theirs.send("drop");
    at.theirs.send("leave");
    await at.client.roundtrip();
    const seen = at.client.inbox.all.filter(({ name }) => /^wl_data_(device|offer)\./.test(name));
    assert.deepEqual(seen, []);
    assert.equal(log.length, 1);
    // The next drag is one of the program's own, of which the host says nothing but where it is.
    at.theirs.send("enter", 6, surface.theirs, 0, 0, null);
    await at.client.expect("wl_data_device.enter");
    at.theirs.send("leave");
    await at.client.expect("wl_data_device.leave");
  });

  it("that is allowed while the clipboard is not passes with types and actions", async (t) => {
    const at = await desk(t, data, { clipboard: denyIn });
    const { surface } = await openWindow(at);
    const offer = at.theirs.create("data_offer");
    offer.send("offer", "text/plain");
    offer.send("source_actions", 3);
    at.theirs.send("enter", 5, surface.theirs, 0, 0, offer);
    offer.send("action", 1);
    const entered = await at.client.expect("wl_data_device.enter");
    assert.equal(entered.objectArg("id"), (await at.client.expect("wl_data_offer.action")).object);
    const told = at.client.inbox.all.map(({ name }) => name);
    assert.deepEqual(told.slice(-5), [
      "wl_data_device.data_offer",
      "wl_data_offer.offer",
      "wl_data_offer.source_actions",
      "wl_data_device.enter",
      "wl_data_offer.action",
    ]);
  });

  it("that is denied outwards has no type that others could take", async (t) => {
    const at = await desk(t, data, { dragAndDrop: denyOut });
    const { surface } = await openWindow(at);
    const source = at.manager.create("create_data_source");
    source.send("offer", "text/secret");
    at.ours.send("start_drag", source, surface.ours, null, 3);
    const dragged = (await at.host.expect("wl_data_device.start_drag")).objectArg("source");
    const types = at.host.inbox.all.filter(({ name }) => name === "wl_data_source.offer");
    assert.equal(types.length, 1);
    assert.match(types[0]?.arg("mime_type") as string, /^application\/x-wayland-proxy-[0-9a-f]{16}$/);
    const [read, write] = pipe();
    dragged.send("send", "text/secret", write);
    await eventually("the end of a refused transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
    read.close();
    assert.equal(at.client.inbox.count("wl_data_source.send"), 0);
  });
});

describe("GTK's primary selection", () => {
  it("is isolated with the other one", async (t) => {
    const log: string[] = [];
    const stage = await proxied(t, {
      globals: ["wl_seat", "zwp_primary_selection_device_manager_v1"],
      guard: guarding({ primary: { ...shared, in: "deny", out: "deny" } }, log),
    });
    const { client, host } = stage;
    const seat = await client.bind("wl_seat");
    const manager = await client.bind("gtk_primary_selection_device_manager");
    const device = manager.create("get_device", seat);
    const theirs = (await host.expect("zwp_primary_selection_device_manager_v1.get_device")).objectArg("id");
    theirs.send("selection", theirs.create("data_offer"));
    assert.equal((await client.expect("gtk_primary_selection_device.selection")).arg("id"), null);
    const source = manager.create("create_source");
    source.send("offer", "text/plain");
    device.send("set_selection", source, 1);
    const offer = (await client.expect("gtk_primary_selection_device.selection")).objectArg("id");
    const [read, write] = pipe();
    offer.send("receive", "text/plain", write);
    assert.equal((await client.expect("gtk_primary_selection_source.send")).object, source);
    read.close();
    await client.roundtrip();
    assert.equal(host.inbox.count("zwp_primary_selection_device_v1.set_selection"), 0);
  });
});
