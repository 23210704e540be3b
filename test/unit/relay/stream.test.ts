// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fstatSync } from "node:fs";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { encode, type Packet, packet, type Value, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { FakeObject } from "../../support/fake-object.ts";
import { Gate } from "../../support/gate.ts";
import type { MemoryTransport } from "../../support/memory-transport.ts";
import fc from "../../support/random.ts";
import { Relay } from "../../support/relay.ts";

// The client's ids are dense, so the relay gives its objects the same ids on the host: what goes in on one side has to
// come out on the other, byte for byte.

/** A message to the echo: its name and values. */
type Line = readonly [name: string, ...values: (Value | "fd")[]];

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.nat(1500).map((n) => "x".repeat(n)),
);
const cleanTexts = texts.map((text) => text.replaceAll("\0", "") as Value);
const bytes = fc.uint8Array({ maxLength: 50 }).map((content) => content as Value);
const int = fc.integer().map((value) => value as Value);
const line: fc.Arbitrary<Line> = fc.oneof(
  fc.tuple(
    fc.constant("numbers"),
    int,
    int.map((value) => ((value as number) >>> 0) as Value),
    fc.constant(1.25),
  ),
  fc.tuple(fc.constant("strings"), cleanTexts, fc.option(cleanTexts)),
  fc.tuple(fc.constant("bytes"), bytes),
  fc.tuple(fc.constant("fds"), fc.constant("fd"), int, fc.constant("fd")),
  fc.tuple(
    fc.constant("all"),
    int,
    cleanTexts,
    fc.constant("fd"),
    fc.constant(null),
    bytes,
    fc.option(cleanTexts),
    fc.constant("fd"),
    fc.constant(0),
  ),
  fc.tuple(fc.constant("spawn")),
  fc.tuple(fc.constant("third_version"), fc.constant("fd")),
) as fc.Arbitrary<Line>;

interface Traffic {
  readonly lines: readonly Line[];
  /** Where the stream is cut, as shares of its length. */
  readonly cuts: readonly number[];
  /** By how many chunks each descriptor comes earlier than it has to. */
  readonly early: readonly number[];
  /** The shares that the receiver takes, send for send. */
  readonly takes: readonly number[];
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const traffic: fc.Arbitrary<Traffic> = fc.record({
  lines: fc.array(line, { maxLength: 25 }),
  cuts: fc.array(share, { maxLength: 30 }),
  early: fc.array(fc.nat(2), { minLength: 60, maxLength: 60 }),
  takes: fc.array(fc.oneof(share, fc.constant(EAGAIN)), { maxLength: 30 }),
});

/** The stream that a traffic is, given to a transport in pieces. */
class Flow {
  readonly stream: Buffer;
  /** The inode of each descriptor, and where its message starts. */
  readonly fds: { inode: number; position: number }[] = [];

  constructor({ lines, cuts, early, takes }: Traffic, relay: Relay, direction: "requests" | "events") {
    const [source, sink] = direction === "requests" ? [relay.client, relay.host] : [relay.host, relay.client];
    const type = relay.protocol.get("echo");
    assert.ok(type);
    const nobody = { send: () => [] };
    const echo = new FakeObject(nobody, 4, type, 3);
    let nextId = direction === "requests" ? 5 : 0xff000000;
    const packets = lines.map(([name, ...values]): Packet => {
      const message = type[direction].find((one) => one.name === name);
      assert.ok(message);
      const concrete = values.map((value) => (value === "fd" ? fileWith("") : value));
      return encode(echo, message, concrete, (child) => new FakeObject(nobody, nextId++, child as typeof type, 3));
    });
    this.stream = Buffer.concat(packets.map((one) => one.bytes));

    const inside = cuts.map((cut) => Math.floor(cut * this.stream.length));
    const ends = [...new Set([...inside, this.stream.length])].filter((end) => end > 0).sort((a, b) => a - b);
    const chunks = ends.map((end, i) => ({
      start: i === 0 ? 0 : (ends[i - 1] as number),
      end,
      fds: [] as Packet["fds"][number][],
    }));
    let position = 0;
    let earliest = 0;
    for (const one of packets) {
      const last = position + one.bytes.length;
      for (const fd of one.fds) {
        const due = chunks.findIndex(({ end }) => end >= last);
        const at = Math.max(earliest, due - (early[this.fds.length % early.length] ?? 0));
        earliest = at;
        chunks[at]?.fds.push(fd);
        this.fds.push({ inode: fstatSync(fd.raw).ino, position });
      }
      position = last;
    }
    for (const { start, end, fds } of chunks) source.give(this.stream.subarray(start, end), fds);
    const answers = takes.values();
    sink.takes = (length) => {
      const answer = answers.next().value ?? 1;
      return answer < 0 ? answer : Math.max(1, Math.floor(length * answer));
    };
  }

  /** Checks what has come out. */
  check(sink: MemoryTransport): void {
    assert.equal(sink.stream.length, this.stream.length);
    assert.deepEqual(sink.stream, this.stream);
    const inodes: number[] = [];
    let sent = 0;
    for (const one of sink.sent) {
      inodes.push(...one.inodes);
      sent += one.bytes.length;
      assert.ok(one.inodes.length <= 28);
      assert.ok(inodes.length >= this.fds.filter((fd) => fd.position < sent).length, "a descriptor is late");
    }
    assert.deepEqual(
      inodes,
      this.fds.map(({ inode }) => inode),
    );
  }
}

/** Lets both directions run to their ends: a few chunks for each turn of the event loop. */
async function settle({ client, host }: Relay): Promise<void> {
  for (let i = 0; i < 80; i++) {
    for (const transport of [client, host]) {
      transport.deliver(i % 3);
      transport.drain();
    }
    await setImmediate();
  }
}

/** Takes some turns of the event loop, in which more comes in. */
async function delay(): Promise<void> {
  for (let i = 0; i < 4; i++) await setImmediate();
}

/** Hooks that change nothing: some at once, some after a while. */
const idleHooks = {
  requests: { echo: { strings: () => {}, numbers: delay, all: () => setImmediate() } },
  events: { echo: { bytes: () => {}, strings: () => Promise.resolve(), fds: delay } },
};

describe("a stream that is cut anywhere, with descriptors that come anywhere", () => {
  for (const [what, hooks, numRuns] of [
    ["in place", {}, 80],
    ["through hooks, also asynchronous ones", idleHooks, 80],
  ] as const) {
    it(`comes out whole in both directions, ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(traffic, traffic, async (requests, events) => {
          const relay = new Relay(hooks);
          try {
            const up = new Flow(requests, relay, "requests");
            const down = new Flow(events, relay, "events");
            await settle(relay);
            up.check(relay.host);
            down.check(relay.client);
          } finally {
            relay.end();
          }
        }),
        { numRuns },
      );
    });
  }
});

describe("a session", () => {
  it("blames the client for the client's mistake also when it comes along with the host's events", (t) => {
    const relay = new Relay();
    t.after(() => relay.end());
    relay.host.give(packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes);
    relay.client.give(packet(77, 0).bytes);
    relay.host.deliver();
    relay.client.deliver();
    const error = relay.client.stream.subarray(20);
    // wl_display.error(wl_display, invalid_object, …)
    assert.deepEqual(
      [0, 8, 12].map((at) => error.readUInt32LE(at)),
      [1, 1, 0],
    );
    assert.match(error.toString("latin1", 20), /invalid object 77/);
  });

  it("does not mix messages when a hook holds up several, and the last of them is incomplete", async (t) => {
    const gate = new Gate();
    const relay = new Relay({ requests: { echo: { numbers: gate.hook } } });
    t.after(() => relay.end());
    const messages = [
      packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes,
      packet(4, 2, Buffer.concat([word(8), Buffer.from("abcdefgh")])).bytes,
      packet(4, 9).bytes,
    ];
    const last = packet(4, 2, Buffer.concat([word(4), Buffer.from("ijkl")])).bytes;
    relay.client.give(Buffer.concat([...messages, last.subarray(0, 10)]));
    relay.client.deliver();
    gate.open();
    await setImmediate();
    relay.client.give(last.subarray(10));
    relay.client.deliver();
    assert.deepEqual(relay.host.stream, Buffer.concat([...messages, last]));
  });

  for (const [who, direction] of [
    ["client", "requests"],
    ["host", "events"],
  ] as const) {
    it(`relays what its ${who} has said before it left, while a hook holds that up, and ends then`, async () => {
      const gate = new Gate();
      const relay = new Relay({ [direction]: { echo: { numbers: gate.hook } } });
      const [source, sink] = who === "client" ? [relay.client, relay.host] : [relay.host, relay.client];
      const said = [packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes, packet(4, 2, word(0)).bytes];
      source.give(Buffer.concat(said));
      source.ended = true;
      source.deliver();
      assert.ok(source.open && !source.watched.readable, "the end of a stream would wake it again and again");
      assert.equal(sink.stream.length, 0);
      gate.open();
      await setImmediate();
      assert.deepEqual(sink.stream, Buffer.concat(said));
      assert.ok(!source.open);
      sink.ended = true;
      sink.deliver();
      assert.ok(relay.ended);
      relay.end();
    });
  }
});
