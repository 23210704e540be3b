// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { virtioHost } from "../../../src/host/virtio.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { HostMemoryError } from "../../../src/virtio/images.ts";
import { COMMANDS_IN_FLIGHT, MAX_SEND_DATA, STARTUP_TIMEOUT } from "../../../src/virtio/limits.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";
import { MAX_UNCLAIMED_FDS } from "../../../src/wire/limits.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { type FakeHostContext, type HostName, hostKinds } from "../../support/fake-virtio-host.ts";
import { scaled } from "../../support/patience.ts";
import { pattern, Setting } from "./support.ts";

const kinds = Object.keys(hostKinds) as HostName[];
const noFds = new FdQueue();

describe("the stream to the host", () => {
  for (const kind of kinds) {
    test(`carries bytes both ways, with ${kind}`, { timeout: scaled(20_000) }, async (t) => {
      const { owner, host } = await new Setting(t, hostKinds[kind]).pair();
      const requests = pattern(20_001);
      const events = pattern(30_003, 2);
      await owner.send(requests);
      assert.deepEqual(host.stream, requests);
      assert.equal(Math.max(...host.sends.map(({ bytes }) => bytes.length)), MAX_SEND_DATA);
      host.send(events);
      assert.deepEqual(await owner.received(events.length), events);
      assert.equal(host.polls, 1);
    });

    test(`ends with the host's, with ${kind}`, { timeout: scaled(20_000) }, async (t) => {
      const setting = new Setting(t, hostKinds[kind]);
      const { owner, host } = await setting.pair();
      host.send(pattern(100));
      host.end();
      await owner.received(100);
      if (hostKinds[kind].end === "silent") return;
      await owner.until(() => owner.end !== undefined);
      assert.equal(owner.end, 0);
      assert.equal(host.polls, 0, "a host that is gone was asked for more");
      assert.ok(owner.transport.send(pattern(8), 0, 8, noFds, 0) < 0);
    });
  }

  test("gives no more than is asked for, and loses nothing", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    owner.appetite = 100;
    const events = pattern(10_000);
    host.send(events);
    assert.deepEqual(await owner.received(events.length), events);
  });

  test("takes nothing from the host while nobody receives", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    owner.transport.watch(false, false);
    host.send(pattern(10_000));
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(owner.bytes.length, 0);
    assert.equal(host.polls, 0);
    owner.transport.watch(true, false);
    assert.deepEqual(await owner.received(10_000), pattern(10_000));
  });

  test("takes no more while the host is busy than it can have in flight", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const requests = pattern(1_000_000);
    setting.driver.pause();
    let taken = 0;
    for (let result = 0; result >= 0; taken += Math.max(result, 0)) {
      result = owner.transport.send(requests, taken, requests.length - taken, noFds, 0);
      if (result < 0) assert.equal(result, EAGAIN);
    }
    assert.equal(taken, COMMANDS_IN_FLIGHT * MAX_SEND_DATA);
    assert.equal(setting.driver.backlog, COMMANDS_IN_FLIGHT);
    setting.driver.resume();
    await owner.send(requests.subarray(taken));
    assert.deepEqual(host.stream, requests);
  });

  test("asks how far the host is only where no answer shows it", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const before = setting.driver.fences;
    for (let trip = 1; trip <= 60; trip++) {
      await owner.send(pattern(12));
      host.send(pattern(20));
      await owner.received(20 * trip);
    }
    assert.equal(setting.driver.fences, before);
    for (let i = 0; i < 60; i++) await owner.send(pattern(12));
    assert.ok(setting.driver.fences - before >= 60 / COMMANDS_IN_FLIGHT);
    assert.equal(host.stream.length, 120 * 12);
  });

  test("is no faster than who takes its data, also while answers come", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    setting.driver.heldFences = [];
    const requests = pattern(1_000_000);
    let taken = 0;
    for (let answers = 1; answers <= 40; answers++) {
      const result = owner.transport.send(requests, taken, requests.length - taken, noFds, 0);
      taken += Math.max(result, 0);
      host.send(pattern(10));
      await owner.received(10 * answers);
    }
    assert.equal(taken, COMMANDS_IN_FLIGHT * MAX_SEND_DATA);
    const sending = owner.send(requests.subarray(taken));
    for (const signal of setting.driver.heldFences) signal();
    setting.driver.heldFences = null;
    await sending;
    assert.deepEqual(host.stream, requests);
  });

  test("closes while the host is busy, and while it has died", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const busy = await setting.pair();
    const dead = await setting.pair();
    dead.host.killWorker();
    dead.host.send(pattern(10));
    setting.driver.pause();
    const requests = pattern(100_000);
    assert.ok(busy.owner.transport.send(requests, 0, requests.length, noFds, 0) > 0);
    assert.ok(dead.owner.transport.send(requests, 0, requests.length, noFds, 0) > 0);
    busy.owner.transport.close();
    dead.owner.transport.close();
    assert.equal(dead.owner.bytes.length, 0);
  });

  test("outlives the wake-ups that are another client's", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t, hostKinds["QEMU with rutabaga"]);
    const pairs = [await setting.pair(), await setting.pair(), await setting.pair()];
    const events = pattern(40_000);
    // One at a time, while the others are idle, and then all at once.
    for (let round = 0; round < 3; round++) {
      for (const { owner, host } of pairs) {
        const before = owner.bytes.length;
        host.send(events.subarray(0, 5000));
        await owner.received(before + 5000);
        owner.bytes = owner.bytes.subarray(0, 0);
      }
    }
    for (const { host } of pairs) host.send(events);
    for (const { owner } of pairs) assert.deepEqual(await owner.received(events.length), events);
  });
});

/** A RECEIVE of `count` identifiers of a type, in front of `length` bytes. */
function receiveOf(count: number, type: number, length: number): Buffer {
  const message = Buffer.alloc(4096);
  message.writeUInt32LE(5, 0);
  message.writeUInt32LE(count, 8);
  message.writeUInt32LE(length, 12);
  for (let i = 0; i < 28; i++) {
    message.writeUInt32LE(1000 + i, 16 + 4 * i);
    message.writeUInt32LE(type, 128 + 4 * i);
  }
  return message;
}

describe("a faulty host", () => {
  for (const [name, page] of [
    ["ours", 65_536],
    ["crosvm", 4096],
  ] as const) {
    test(`that counts more than fits into its page is believed as far as that goes, with ${name}`, {
      timeout: scaled(20_000),
    }, async (t) => {
      const { owner, host } = await new Setting(t, hostKinds[name]).pair();
      assert.ok(host.tell(receiveOf(0, 0, 0xffffffff)));
      assert.equal((await owner.received(page - 352)).length, page - 352);
      assert.ok(host.tell(receiveOf(0xffffffff, 7, 4)));
      await owner.received(page - 352 + 4);
      assert.equal(owner.fds.length, 28);
    });
  }

  test("that sends descriptors without a byte is left, before none is left", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    for (let told = 0; owner.end === undefined; told++) {
      assert.ok(told * 28 < 2 * MAX_UNCLAIMED_FDS, "it was believed for too long");
      if (!host.tell(receiveOf(28, 4, 0))) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match((owner.end as Error).message, /more than \d+ file descriptors of the host that belong to no message/);
  });

  test("that sends what nobody knows does not fill the log with it", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { connect, settled } = virtioHost(findDevice(setting.driver), setting.logger);
    const transport = await connect(new AbortController().signal);
    const host = setting.driver.contexts.at(-1) as FakeHostContext;
    for (let told = 0, turn = 0; told < 200; turn++) {
      assert.ok(turn < 10_000, `${told} were taken`);
      if (host.tell(Buffer.from([77, 0, 0, 0]))) told++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    transport.close();
    await settled();
    assert.equal(setting.log.filter((line) => /unknown kind 77/.test(line)).length, 200);
    assert.equal(setting.warnings, 20);
  });

  for (const size of [2n ** 32n, 2n ** 53n, 2n ** 64n - 4096n]) {
    test(`that offers an image of ${size} bytes makes none`, { timeout: scaled(20_000) }, async (t) => {
      const { owner, host } = await new Setting(t).pair();
      host.imageSize = size;
      await assert.rejects(owner.transport.images.allocate(100_000), HostMemoryError);
      assert.equal(owner.transport.images.count, 0);
    });
  }
});

describe("connecting", () => {
  for (const kind of kinds) {
    test(`fails with a reason when ${kind} has no compositor`, { timeout: scaled(20_000) }, async (t) => {
      const setting = new Setting(t, hostKinds[kind]);
      setting.driver.hasCompositor = false;
      await assert.rejects(setting.connect(), /no compositor answers behind renderD128/);
      setting.driver.hasCompositor = true;
      (await setting.connect()).close();
    });
  }

  test("fails with a reason when the host does not answer at all", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    setting.driver.pause();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const connection = setting.connect();
    t.mock.timers.tick(STARTUP_TIMEOUT);
    await assert.rejects(connection, /the host has not answered through renderD128 for 5 s/);
  });

  test("ends when nobody waits for it any more", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    setting.driver.pause();
    const controller = new AbortController();
    const connection = setting.connect(controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(connection, /enough/);
  });

  test("gives everything back when the kernel refuses the first question for events", async (t) => {
    const setting = new Setting(t);
    setting.driver.pollError = "ENODEV";
    const { owner } = await setting.pair();
    await owner.until(() => owner.end !== undefined);
    assert.match((owner.end as Error).message, /EXECBUFFER: no such device \(ENODEV\)/);
  });

  test("leaves a host that keeps one image at a time free for others", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t, hostKinds["crosvm with a GPU"]);
    await setting.pair();
    const { host } = await setting.pair();
    assert.deepEqual(host.imageQuestions, [4096]);
  });
});
