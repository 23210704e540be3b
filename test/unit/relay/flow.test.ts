// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fstatSync } from "node:fs";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { CLIENT_STALL_TIMEOUT, HOST_QUEUE_LIMIT, LINGER_TIMEOUT } from "../../../src/wire/limits.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { Clock } from "../../support/clock.ts";
import { array, packet, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { echoed, type Twin } from "../../support/echo.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Received } from "../../support/inbox.ts";
import { scaled } from "../../support/patience.ts";
import { type Pair, proxied, type Scope, type Stage } from "../../support/proxied.ts";
import { Relay } from "../../support/relay.ts";

/** The most that the kernel holds for one connection: its sockets' buffers, and what a send hands over at once. */
const IN_KERNEL = 2 * 512 * 1024;

const MIB = 1024 * 1024;

interface Pointers extends Stage {
  readonly seat: Twin;
  readonly pointer: Twin;
  readonly relative: Twin;
}

/** A stage whose client has a pointer, and its relative motions. */
async function pointed(t: Scope): Promise<Pointers> {
  const stage = await proxied(t, { globals: ["wl_seat 5", "zwp_relative_pointer_manager_v1 1"] });
  const { client, host } = stage;
  const seat = await client.bind("wl_seat");
  const manager = await client.bind("zwp_relative_pointer_manager_v1");
  const ours = seat.create("get_pointer");
  const relative = manager.create("get_relative_pointer", ours);
  const gotPointer = await host.expect("wl_seat.get_pointer");
  const theirs = gotPointer.objectArg("id");
  const got = await host.expect("zwp_relative_pointer_manager_v1.get_relative_pointer");
  return Object.assign(stage, {
    seat: { ours: seat, theirs: gotPointer.object },
    pointer: { ours, theirs },
    relative: { ours: relative, theirs: got.objectArg("id") },
  });
}

/** Lets a client that reads nothing have more than the proxy keeps without merging. */
async function overwhelm({ client, host }: Pair, echo: FakeObject, bytes: number): Promise<void> {
  client.reading = false;
  for (let sent = 0; sent < bytes; sent += 4000) echo.send("bytes", Buffer.alloc(3988));
  await host.drained();
}

const sum = (messages: readonly Received[], arg: string): number =>
  messages.reduce((total, message) => total + (message.arg(arg) as number), 0);

describe("a client that does not read", () => {
  it("finds 70,000 motions merged: the last position, all relative motion, buttons where they were", async (t) => {
    const stage = await pointed(t);
    const { client, host, seat, pointer, relative } = stage;
    const witness = await stage.connect();
    client.reading = false;
    const MOTIONS = 70_000;
    for (let i = 1; i <= MOTIONS; i++) {
      relative.theirs.send("relative_motion", 0, i, 1.5, -0.5, 2, -1);
      pointer.theirs.send("motion", i, i / 4, i / 8);
      pointer.theirs.send("frame");
      if (i % 10_000 !== 0) continue;
      pointer.theirs.send("button", i, i, 272, (i / 10_000) % 2);
      pointer.theirs.send("frame");
      // Others are served while the proxy is busy with this.
      await host.drained();
      await witness.client.roundtrip();
    }
    seat.theirs.send("name", "the end");
    client.reading = true;
    await client.expect("wl_seat.name");

    const all = client.inbox.all.filter(({ name }) => /motion|frame|button/.test(name));
    const motions = all.filter(({ name }) => name === "wl_pointer.motion");
    assert.ok(motions.length < MOTIONS / 2, `${motions.length} motions`);
    const moved = all.filter(({ name }) => name === "zwp_relative_pointer_v1.relative_motion");
    assert.equal(sum(moved, "dx"), 1.5 * MOTIONS);
    assert.equal(sum(moved, "dy"), -0.5 * MOTIONS);
    assert.equal(sum(moved, "dx_unaccel"), 2 * MOTIONS);
    assert.equal(sum(moved, "dy_unaccel"), -1 * MOTIONS);
    assert.equal(moved.at(-1)?.arg("utime_lo"), MOTIONS);

    // At each button the pointer is where it was, in a frame of its own; the times never go back.
    let at: Received | undefined;
    let buttons = 0;
    all.forEach((message, i) => {
      if (message.name === "wl_pointer.motion") {
        assert.ok(((at?.arg("time") ?? 0) as number) < (message.arg("time") as number));
        at = message;
      } else if (message.name === "wl_pointer.button") {
        buttons++;
        const { time, surface_x: x, surface_y: y } = at?.args ?? {};
        assert.deepEqual([time, x, y], [buttons * 10_000, buttons * 2500, buttons * 1250]);
        assert.deepEqual([all[i - 1]?.name, all[i + 1]?.name], ["wl_pointer.frame", "wl_pointer.frame"]);
      }
    });
    assert.equal(buttons, 7);
    assert.equal(all.at(-1)?.name, "wl_pointer.frame");
  });

  it("gets a frame behind each kind of motion, also when the kinds take turns", async (t) => {
    const stage = await pointed(t);
    const { client, host, pointer, relative } = stage;
    client.reading = false;
    // More than is kept unmerged, of something that never is.
    for (let i = 0; i < 100_000; i++) pointer.theirs.send("axis", i, 0, 1);
    await host.drained();
    for (let i = 0; i < 3; i++) {
      pointer.theirs.send("motion", i, i, i);
      pointer.theirs.send("frame");
      relative.theirs.send("relative_motion", 0, i, 1, 1, 1, 1);
      pointer.theirs.send("frame");
    }
    pointer.theirs.send("button", 1, 1, 272, 1);
    pointer.theirs.send("frame");
    client.reading = true;
    await client.expect("wl_pointer.button");
    await client.expect("wl_pointer.frame");
    const names = client.inbox.all.map(({ name }) => name.replace(/.*\./, "")).filter((name) => name !== "axis");
    const tail = names.slice(names.indexOf("motion"));
    tail.forEach((name, i) => {
      if (name === "button") assert.equal(tail[i - 1], "frame", tail.join());
    });
    assert.equal(tail.at(-1), "frame");
    assert.ok(tail.includes("relative_motion"));
  });

  it("is not listened to meanwhile, and then all that it asked for arrives", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    await overwhelm(stage, echo.theirs, 3 * MIB);
    echo.ours.send("strings", "waiting", null);
    const witness = await stage.connect();
    for (let i = 0; i < 3; i++) await witness.client.roundtrip();
    assert.equal(host.inbox.count("echo.strings"), 0);
    client.reading = true;
    await host.expect("echo.strings");
  });

  it("at all is cut off at the hard limit: it learns why, and the log says so", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo, log } = stage;
    const witness = await stage.connect();
    await overwhelm(stage, echo.theirs, 18 * MIB);
    await host.closed;
    await witness.client.roundtrip();
    assert.ok(
      log.some((text) => /^warn: client 1 \(.*it has not read 1\d{7} bytes/.test(text)),
      log.join("\n"),
    );
    client.reading = true;
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [1, 3]);
    assert.match(text, /disconnected: it has not read/);
  });

  it("is cut off when too many descriptors wait for it", async (t) => {
    const { client, host, echo, log } = await echoed(t);
    client.reading = false;
    const file = fileWith("");
    for (let i = 0; i < 600 && host.open; i++) {
      echo.theirs.send("fds", file.duplicate(), i, file.duplicate());
      if (i % 50 === 49) await host.drained();
    }
    file.close();
    await host.closed;
    client.reading = true;
    assert.match((await client.disconnected()).text, /has not taken \d+ file descriptors/);
    assert.ok(log.some((text) => /^warn: client 1 .*file descriptors/.test(text)));
  });

  it("is cut off after half a minute in which it took nothing", async (t) => {
    const clock = new Clock(t);
    const relay = new Relay();
    relay.client.takes = () => EAGAIN;
    const event = packet(4, 2, array(Buffer.alloc(60_000))).bytes;
    for (let i = 0; i < 20; i++) relay.host.give(event);
    relay.host.deliver();
    clock.pass(CLIENT_STALL_TIMEOUT - 1);
    assert.deepEqual(relay.log, []);
    clock.pass(1);
    await setImmediate();
    assert.match(relay.log.join(), /the client is disconnected: it has read nothing for 30 s while \d{7} bytes wait/);
    assert.ok(!relay.ended);
    clock.pass(LINGER_TIMEOUT);
    assert.ok(relay.ended, "it does not wait for ever for the error to be read");
    relay.end();
  });

  it("is not cut off when it was us who stood still", async (t) => {
    const clock = new Clock(t);
    const relay = new Relay();
    relay.client.takes = () => EAGAIN;
    for (let i = 0; i < 20; i++) relay.host.give(packet(4, 2, array(Buffer.alloc(60_000))).bytes);
    relay.host.deliver();
    clock.pass(CLIENT_STALL_TIMEOUT);
    // Its socket, which comes after the timers, takes something.
    const takes = [4, EAGAIN];
    relay.client.takes = () => takes.shift() ?? EAGAIN;
    relay.client.drain();
    await setImmediate();
    assert.deepEqual(relay.log, []);
    relay.end();
  });

  it("is not cut off as long as it takes a little", (t) => {
    const clock = new Clock(t);
    const relay = new Relay();
    relay.client.takes = () => EAGAIN;
    for (let i = 0; i < 20; i++) relay.host.give(packet(4, 2, array(Buffer.alloc(60_000))).bytes);
    relay.host.deliver();
    for (let i = 0; i < 5; i++) {
      clock.pass(CLIENT_STALL_TIMEOUT - 1);
      const takes = [4, EAGAIN];
      relay.client.takes = () => takes.shift() ?? EAGAIN;
      relay.client.drain();
    }
    assert.deepEqual(relay.log, []);
    relay.end();
  });
});

describe("a host that does not read", () => {
  it("has the client wait once a bounded queue is full, and then gets everything in order", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    const witness = await stage.connect();
    host.reading = false;
    const COUNT = 4000;
    for (let i = 0; i < COUNT; i++) echo.ours.send("strings", `${i} ${"x".repeat(3000)}`, null);
    const total = client.pending;
    for (let before = -1; client.pending !== before; ) {
      before = client.pending;
      for (let i = 0; i < 5; i++) await witness.client.roundtrip();
    }
    const taken = total - client.pending;
    assert.ok(client.pending > 0, "the client was not slowed down");
    assert.ok(taken > HOST_QUEUE_LIMIT / 2, `it was slowed down at ${taken} bytes`);
    assert.ok(taken < HOST_QUEUE_LIMIT + 2 * IN_KERNEL, `${taken} bytes were taken`);

    // What the host says still arrives: the directions do not wait for each other.
    echo.theirs.send("numbers", 1, 2, 3);
    await client.expect("echo.numbers");

    host.reading = true;
    for (let i = 0; i < COUNT; i++) {
      assert.match((await host.expect("echo.strings")).arg("text") as string, new RegExp(`^${i} x`));
    }
    assert.equal(client.pending, 0);
  });

  it("has the client wait when many descriptors are on their way, and then gets each", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    host.reading = false;
    const files = Array.from({ length: 10 }, (_, i) => fileWith(String(i)));
    const inodes = files.map((file) => fstatSync(file.raw).ino);
    const COUNT = 330;
    for (let i = 0; i < COUNT; i++) {
      echo.ours.send(
        "fds",
        (files[i % 10] as (typeof files)[0]).duplicate(),
        i,
        (files[(i + 1) % 10] as (typeof files)[0]).duplicate(),
      );
    }
    for (const file of files) file.close();
    const witness = await stage.connect();
    for (let i = 0; i < 20; i++) await witness.client.roundtrip();
    host.reading = true;
    for (let i = 0; i < COUNT; i++) {
      const message = await host.expect("echo.fds");
      const got = ["first", "second"].map((name) => fstatSync(message.fdArg(name).raw).ino);
      assert.deepEqual([message.arg("between"), ...got], [i, inodes[i % 10], inodes[(i + 1) % 10]]);
      message.close();
    }
    await client.drained();
  });

  it("and a client that does not either end both when the client leaves", { timeout: scaled(15_000) }, async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    host.reading = false;
    await overwhelm(stage, echo.theirs, 2 * MIB);
    for (let i = 0; i < 100_000; i++) echo.ours.send("numbers", i, i, i);
    const witness = await stage.connect();
    await witness.client.roundtrip();
    client.close();
    host.reading = true;
    await host.closed;
  });
});

describe("a connection that waits", () => {
  it("for room for descriptors tries again by itself", (t) => {
    const clock = new Clock(t);
    const relay = new Relay();
    const ETOOMANYREFS = -109;
    const takes = [ETOOMANYREFS];
    relay.host.takes = (length) => takes.shift() ?? length;
    const message = packet(4, 4, word(1), [fileWith(""), fileWith("")]);
    relay.client.give(message.bytes, message.fds);
    relay.client.deliver();
    assert.equal(relay.host.stream.length, 0);
    assert.ok(!relay.host.watched.writable, "the kernel would say at once that it is writable");
    clock.pass(1000);
    assert.deepEqual(relay.host.stream, message.bytes);
    relay.end();
  });
});
