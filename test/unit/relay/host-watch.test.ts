// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type HostProbe, type HostState, HostWatch } from "../../../src/relay/host-watch.ts";
import { HOST_SILENCE_INTERVAL } from "../../../src/wire/limits.ts";
import { packet, word } from "../../support/codec.ts";
import { turnUntil } from "../../support/patience.ts";
import { Relay } from "../../support/relay.ts";

/** A request that nothing answers, of the echo that the client has. */
const NUMBERS = packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes;

/** Sessions whose host is watched; time passes when the test says so. */
class Watched {
  /** How often a new connection was tried. */
  probes = 0;
  /** The outcome of the probe; it does not settle until a test says so. */
  #show: (state: HostState) => void = () => {};
  #fail: (reason: unknown) => void = () => {};
  readonly watch: HostWatch;
  readonly #context: TestContext;
  readonly #relays: Relay[] = [];

  constructor(context: TestContext) {
    this.#context = context;
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const probe: HostProbe = () => {
      this.probes++;
      return new Promise((resolve, reject) => {
        this.#show = resolve;
        this.#fail = reject;
      });
    };
    this.watch = new HostWatch(probe);
    context.after(() => {
      for (const relay of this.#relays) relay.end();
    });
  }

  /** A session whose host has answered everything so far. */
  relay(): Relay {
    const relay = new Relay({}, undefined, this.watch);
    this.#relays.push(relay);
    this.answer(relay);
    return relay;
  }

  async pass(intervals: number): Promise<void> {
    for (let i = 0; i < intervals; i++) {
      this.#context.mock.timers.tick(HOST_SILENCE_INTERVAL);
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 4; i++) await setImmediate();
  }

  async show(state: HostState): Promise<void> {
    this.#show(state);
    await this.settle();
  }

  async fail(): Promise<void> {
    this.#fail(new Error("nothing is known"));
    await this.settle();
  }

  /** Lets the host say anything. */
  answer(relay: Relay): void {
    relay.host.give(packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes);
    relay.host.deliver();
  }
}

function request(relay: Relay): void {
  relay.client.give(NUMBERS);
  relay.client.deliver();
}

/** How often the host was asked for any answer: requests of wl_display, which the client does not make. */
const asked = (relay: Relay): number =>
  relay.host.sent.filter(({ bytes }) => bytes.readUInt32LE(0) === 1 && bytes.readUInt16LE(4) === 0).length;

/** The text of the error that the client was sent last. */
const lastWords = (relay: Relay): string =>
  /wayland-proxy: disconnected: [^\0]*/.exec(relay.client.stream.toString())?.[0] ?? "";

describe("a host that owes no answer", () => {
  it("is not asked, however long it says nothing", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    await watched.pass(100);
    assert.equal(asked(relay), 0);
  });

  it("is not asked while it answers", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    for (let i = 0; i < 10; i++) {
      request(relay);
      await watched.pass(1);
      watched.answer(relay);
    }
    assert.equal(asked(relay), 0);
  });
});

describe("a host that is silent after a request", () => {
  it("is asked once, and when it answers all is as before", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    request(relay);
    await watched.pass(2);
    assert.equal(asked(relay), 1);
    watched.answer(relay);
    await watched.pass(10);
    assert.deepEqual([asked(relay), watched.probes, relay.ended], [1, 0, false]);
  });

  it("and is not there for a new connection ends its client, which learns why", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    request(relay);
    await watched.pass(3);
    assert.equal(watched.probes, 1);
    assert.ok(!relay.ended);
    await watched.show("gone");
    assert.ok(relay.ended);
    assert.equal(
      lastWords(relay),
      "wayland-proxy: disconnected: the host does not answer, and no compositor is there any more",
    );
  });

  it("but answers a new connection ends its client, if it still says nothing a while later", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    request(relay);
    await watched.pass(3);
    await watched.show("answers");
    assert.ok(!relay.ended, "its own answer may be under way");
    await watched.pass(1);
    assert.ok(relay.ended);
    assert.equal(lastWords(relay), "wayland-proxy: disconnected: the host does not answer, and it answers others");
  });

  it("but answers a new connection keeps its client, if the answer comes then", async (t) => {
    const watched = new Watched(t);
    const relay = watched.relay();
    request(relay);
    await watched.pass(3);
    await watched.show("answers");
    watched.answer(relay);
    await watched.pass(20);
    assert.ok(!relay.ended);
  });

  it("as long as it answers nobody, since it was stopped, keeps all its clients", async (t) => {
    const watched = new Watched(t);
    const relays = [watched.relay(), watched.relay(), watched.relay()];
    for (const relay of relays) request(relay);
    for (let i = 1; i <= 5; i++) {
      await watched.pass(100);
      assert.equal(watched.probes, i, "one new connection at a time, for all of them");
      await watched.fail();
    }
    for (const relay of relays) {
      assert.ok(!relay.ended);
      watched.answer(relay);
    }
    await watched.pass(20);
    assert.deepEqual(
      relays.map((relay) => [relay.ended, asked(relay)]),
      relays.map(() => [false, 1]),
    );
  });

  it("and has died while another client learned of it ends the client at the latest then", async (t) => {
    const watched = new Watched(t);
    const [told, idle] = [watched.relay(), watched.relay()];
    told.host.ended = true;
    told.host.deliver();
    await watched.settle();
    assert.ok(told.ended);
    assert.equal(asked(idle), 1);
    await watched.pass(2);
    await watched.show("gone");
    assert.ok(idle.ended);
  });
});

describe("a pause of the whole machine", () => {
  it("is not the host's silence", async (t) => {
    let probes = 0;
    const watch = new HostWatch(async () => {
      probes++;
      return "gone";
    }, 20);
    const relay = new Relay({}, undefined, watch);
    t.after(() => relay.end());
    request(relay);
    await turnUntil(() => asked(relay) > 0, "a question");
    // Nothing of this process runs, as in a VM that is paused; what has come meanwhile is read behind the timers.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    await setImmediate();
    await setImmediate();
    assert.equal(probes, 0);
    relay.host.give(NUMBERS);
    relay.host.deliver();
    await setImmediate();
    assert.ok(!relay.ended);
  });
});
