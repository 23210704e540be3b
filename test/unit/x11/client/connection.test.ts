// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { send, socketPair } from "../../../../src/native/socket.ts";
import { type ConnectionOptions, X11Connection } from "../../../../src/x11/client/connection.ts";
import { X11ClosedError, X11Error } from "../../../../src/x11/codec/errors.ts";
import type { X11Event } from "../../../../src/x11/codec/events.ts";
import { openDescriptors } from "../../../support/descriptors.ts";
import { error, event, FakeXServer, fakeExtensions, reply } from "../../../support/fake-x-server.ts";
import { Gate } from "../../../support/gate.ts";

const MAP_REQUEST = 20;
const GENERIC_EVENT = 35;
const GET_GEOMETRY = 14;
const WINDOW = 0x40_0001;

async function connect(
  t: TestContext,
  options: ConnectionOptions = {},
): Promise<{ server: FakeXServer; x: X11Connection }> {
  const both = await FakeXServer.connect(options);
  t.after(async () => {
    both.x.close();
    await both.server.close();
  });
  return both;
}

/** A MapRequest for a window. */
function mapRequest(sequence: number, window: number): Buffer {
  return event(MAP_REQUEST, sequence, [0x50d, window]);
}

/** A promise that is resolved from outside. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** The window of each event, as it is handled. */
function collect(x: X11Connection): {
  windows: number[];
  until: (count: number) => Promise<void>;
  closed: Promise<Error>;
} {
  const windows: number[] = [];
  let wake = (): void => {};
  const { promise: closed, resolve: end } = later<Error>();
  x.listen({
    event(one) {
      if ("window" in one) windows.push(one.window);
      wake();
    },
    closed: end,
  });
  const until = async (count: number): Promise<void> => {
    while (windows.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { windows, until, closed };
}

describe("opening an X11 connection", () => {
  it("reports the root window, the ids, the longest request and the extensions", async (t) => {
    const { x, server } = await connect(t);
    assert.equal(server.hello?.toString("hex"), "6c000b000000000000000000");
    assert.deepEqual(x.setup, {
      root: 0x50d,
      width: 1920,
      height: 1080,
      depth: 24,
      visual: 0x21,
      idBase: 0x20_0000,
      idMask: 0x1f_ffff,
      maxRequest: 4 * 0xffff,
    });
    assert.equal(x.maxRequest, 4 * 4_194_303);
    assert.deepEqual(
      [x.supports("XFixes", 6), x.supports("XFixes", 6, 1), x.supports("RandR", 1, 2), x.supports("Composite", 0, 1)],
      [true, false, true, false],
    );
    assert.throws(
      () => x.send("Composite.RedirectSubwindows", { window: 1, update: 1 }),
      /lacks the extension Composite/,
    );
    // What was refused here was not counted: the next reply still finds its request.
    await x.sync();
  });

  it("says why the server refuses", async () => {
    const [ours, theirs] = socketPair();
    using server = theirs;
    const opening = X11Connection.open(ours);
    const answer = Buffer.concat([Buffer.from([0, 18, 11, 0, 0, 0, 5, 0]), Buffer.from("No protocol today\n\0\0")]);
    send(server.raw, answer, 0, answer.length, new Int32Array(1), 0);
    await assert.rejects(opening, /the X server refuses the connection: No protocol today$/);
  });

  it("fails when the server goes away, at any byte of its answer", async () => {
    const before = openDescriptors();
    for (const bytes of [0, 1, 7, 8, 40]) {
      const [ours, theirs] = socketPair();
      const opening = X11Connection.open(ours);
      if (bytes > 0) send(theirs.raw, Buffer.from([1, ...new Array(39).fill(9)]), 0, bytes, new Int32Array(1), 0);
      theirs.close();
      await assert.rejects(opening, X11ClosedError);
    }
    assert.deepEqual(openDescriptors(), before);
  });

  it("fails when the server dies at any of the first questions", async () => {
    const before = openDescriptors();
    for (let diesAt = 1; diesAt <= 14; diesAt++) {
      const [ours, theirs] = socketPair();
      const server = new FakeXServer(theirs.take());
      server.diesAt = diesAt;
      const opening = X11Connection.open(ours);
      // All eight extensions are asked for; of the four that it has three have versions, and one makes longer requests.
      if (diesAt <= 12) await assert.rejects(opening, X11ClosedError, `at ${diesAt}`);
      else (await opening).close();
      await server.closed;
    }
    assert.deepEqual(openDescriptors(), before);
  });

  it("fails when the peer is no X server", async () => {
    const [ours, theirs] = socketPair();
    using server = theirs;
    const opening = X11Connection.open(ours);
    const answer = Buffer.alloc(8 + 4 * 12, 1);
    answer.writeUInt16LE(12, 6);
    send(server.raw, answer, 0, answer.length, new Int32Array(1), 0);
    await assert.rejects(opening, /no screen/);
  });
});

describe("requests", () => {
  it("of one turn are sent together, in their order", async (t) => {
    const { x, server } = await connect(t);
    x.send("MapWindow", { window: WINDOW });
    x.send("ConfigureWindow", { window: WINDOW, x: -2, height: 70_000, stack_mode: 1 });
    x.send("GrabServer");
    const [map, configure, grab] = await server.has(3);
    assert.equal(map?.bytes.toString("hex"), "0800020001004000");
    assert.equal(configure?.bytes.toString("hex"), "0c0006000100400049000000feffffff7011010001000000");
    assert.equal(grab?.bytes.toString("hex"), "24000100");
  });

  it("longer than 16 bits can say get a length of their own, and too long ones are refused", async (t) => {
    const { x, server } = await connect(t);
    const data = new Uint8Array(0x4_0000).fill(7);
    const values = { mode: 0, window: WINDOW, property: 39, type: 31, format: 8, data_len: data.length, data };
    x.send("ChangeProperty", values);
    x.send("MapWindow", { window: WINDOW });
    const [change, map] = await server.has(2);
    assert.equal(change?.bytes.readUInt16LE(2), 0);
    assert.equal(change?.bytes.readUInt32LE(4), 7 + data.length / 4);
    assert.equal(change?.bytes.readUInt32LE(8), WINDOW);
    assert.ok(change?.bytes.subarray(28).equals(data));
    assert.equal(map?.opcode, 8);
    const long = new Uint8Array(x.maxRequest);
    const tooLong = { ...values, data_len: long.length, data: long };
    assert.throws(() => x.send("ChangeProperty", tooLong), RangeError);
    await x.sync();
  });

  it("wait in memory while the server does not read, and all arrive when it does", async (t) => {
    const { x, server } = await connect(t);
    server.stopReading();
    const data = new Uint8Array(200_000);
    const values = { mode: 2, window: WINDOW, property: 39, type: 31, format: 8, data_len: data.length, data };
    for (let i = 0; i < 50; i++) x.send("ChangeProperty", { ...values, property: i });
    const done = x.sync();
    server.goOnReading();
    await done;
    assert.deepEqual(
      server.requests.map(({ bytes }) => bytes.readUInt32LE(8)),
      Array.from({ length: 50 }, (_, i) => i),
    );
  });

  it("get an answer often enough for numbers of 16 bits", async (t) => {
    const { x, server } = await connect(t);
    const { windows, until } = collect(x);
    for (let i = 0; i < 200_000; i++) x.send("MapWindow", { window: WINDOW });
    const { sequence } = x;
    await x.sync();
    // The checks between them are requests as well.
    assert.equal(x.sequence, sequence + 1);
    assert.equal(server.sequence, x.sequence);
    assert.ok(
      server.requests.every((one, i) => i === 0 || one.sequence - (server.requests[i - 1]?.sequence ?? 0) <= 2),
    );
    server.send(mapRequest(server.sequence, 5));
    await until(1);
    assert.deepEqual(windows, [5]);
  });
});

describe("answers", () => {
  it("reach whoever asked, with the fields of the reply", async (t) => {
    const { x, server } = await connect(t);
    const geometry = x.call("GetGeometry", { drawable: WINDOW });
    const tree = x.call("QueryTree", { window: WINDOW });
    const [first, second] = await server.has(2);
    const children = Buffer.alloc(8);
    children.writeUInt32LE(7, 0);
    children.writeUInt32LE(0xffff_ffff, 4);
    server.send(
      reply(first?.sequence ?? 0, 24, [0x50d, [0xfe, 0xff, 3, 0], [0x80, 2, 0xe0, 1], [1, 0, 0, 0]]),
      reply(second?.sequence ?? 0, 0, [0x50d, 0, [2, 0, 0, 0]], children),
    );
    assert.deepEqual(await geometry, { depth: 24, root: 0x50d, x: -2, y: 3, width: 640, height: 480, border_width: 1 });
    assert.deepEqual(await tree, { root: 0x50d, parent: 0, children: [7, 0xffff_ffff] });
  });

  it("say which request was refused, and why", async (t) => {
    const { x, server } = await connect(t);
    const asked = x.call("GetGeometry", { drawable: WINDOW });
    const fetched = x.call("RandR.GetOutputPrimary", { window: 9 });
    const [first, second] = await server.has(2);
    const [opcode, , firstError] = fakeExtensions["RANDR"] ?? [0, 0, 0];
    server.send(
      error(first?.sequence ?? 0, 9, WINDOW, GET_GEOMETRY),
      error(second?.sequence ?? 0, firstError, 9, opcode, 31),
    );
    await assert.rejects(asked, (problem) => {
      assert.ok(problem instanceof X11Error);
      const { reason, request, value, sequence } = problem;
      assert.deepEqual([reason, request, value, sequence], ["BadDrawable", "GetGeometry", WINDOW, first?.sequence]);
      return true;
    });
    await assert.rejects(fetched, /RandR\.GetOutputPrimary: BadOutput \(0x9\)/);
  });

  it("to checked requests are the server's silence, or an error", async (t) => {
    const { x, server } = await connect(t);
    server.answersFocus = false;
    const good = x.checked("MapWindow", { window: WINDOW });
    const bad = x.checked("MapWindow", { window: 1 });
    const [first, , second, last] = await server.has(4);
    server.send(error(second?.sequence ?? 0, 3, 1, 8));
    await good;
    await assert.rejects(bad, /MapWindow: BadWindow/);
    server.send(reply(last?.sequence ?? 0, 0, []));
    assert.equal(first?.opcode, 8);
  });

  it("that nobody waits for go to the log alone", async (t) => {
    const stray: string[] = [];
    const { x, server } = await connect(t, { onStrayError: ({ message }) => stray.push(message) });
    x.send("MapWindow", { window: 5 });
    const [map] = await server.has(1);
    server.send(error(map?.sequence ?? 0, 3, 5, 8), error(map?.sequence ?? 0, 200, 5, 8));
    await x.sync();
    assert.deepEqual(stray, ["MapWindow: BadWindow (0x5)", "MapWindow: error 200 (0x5)"]);
  });

  it("arrive in pieces of any size", async (t) => {
    const { x, server } = await connect(t);
    const asked = x.call("GetProperty", {
      delete: false,
      window: WINDOW,
      property: 39,
      type: 0,
      long_offset: 0,
      long_length: 100_000,
    });
    const [one] = await server.has(1);
    const value = Buffer.alloc(300_000, "0123456789");
    const packet = reply(one?.sequence ?? 0, 8, [31, 0, value.length], value);
    for (const [start, end] of [
      [0, 1],
      [1, 31],
      [31, 32],
      [32, 33],
      [33, 200_001],
      [200_001, packet.length],
    ]) {
      server.send(packet.subarray(start, end));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { format, type, value: got } = await asked;
    assert.deepEqual([format, type, Buffer.compare(got, value)], [8, 31, 0]);
  });

  it("are all given up when the server dies, and so is what is asked later", async () => {
    const before = openDescriptors();
    const { x, server } = await FakeXServer.connect();
    server.answersFocus = false;
    const { closed } = collect(x);
    const pending = [x.sync(), x.call("GetGeometry", { drawable: 1 }), x.checked("MapWindow", { window: 1 })];
    await server.has(4);
    await server.close();
    for (const one of pending) await assert.rejects(one, X11ClosedError);
    assert.match((await closed).message, /the X server has ended/);
    await assert.rejects(x.sync(), X11ClosedError);
    await assert.rejects(x.checked("MapWindow", { window: 1 }), X11ClosedError);
    x.send("MapWindow", { window: 1 });
    assert.equal(x.closed, true);
    assert.deepEqual(openDescriptors(), before);
  });

  it("for requests that nobody made end the connection", async (t) => {
    const { x, server } = await connect(t);
    const { closed } = collect(x);
    server.send(reply(server.sequence + 1, 0, []));
    assert.match((await closed).message, /answers request \d+ of \d+/);
  });

  it("that are shorter than their fields end the connection, and the request fails", async (t) => {
    const { x, server } = await connect(t);
    const { closed } = collect(x);
    const asked = x.call("QueryTree", { window: WINDOW });
    const [one] = await server.has(1);
    server.send(reply(one?.sequence ?? 0, 0, [0x50d, 0, [255, 0, 0, 0]]));
    await assert.rejects(asked, X11ClosedError);
    assert.match((await closed).message, /ends before its fields/);
  });

  it("of an absurd length end the connection instead of the memory", async (t) => {
    const { x, server } = await connect(t);
    const { closed } = collect(x);
    const endless = reply(server.sequence, 0, []);
    endless.writeUInt32LE(0xffff_fff0, 4);
    server.send(endless);
    assert.match((await closed).message, /packet of \d{11} bytes/);
  });
});

describe("events", () => {
  it("say whether a client made them up, and after which request they came", async (t) => {
    const { x, server } = await connect(t);
    const events: X11Event[] = [];
    const { promise: last, resolve } = later<void>();
    x.listen({
      event(one) {
        if (events.push(one) === 4) resolve();
      },
      closed() {},
    });
    const { sequence } = x;
    const [, fixes] = fakeExtensions["XFIXES"] ?? [];
    const [, sync] = fakeExtensions["SYNC"] ?? [];
    server.send(
      mapRequest(sequence, WINDOW),
      event(33 | 0x80, sequence, [WINDOW, 300, 1, -1, 3, 4, 5], 32),
      event(fixes ?? 0, sequence, [1, 2, 3, 4, 5], 1),
      event((sync ?? 0) + 1, sequence, [9, -1, -2, 0, 6, 77, [1, 0, 0, 0]], 1),
    );
    await last;
    const data = [1, 0xffff_ffff, 3, 4, 5];
    assert.deepEqual(events, [
      { name: "MapRequest", sendEvent: false, sequence, parent: 0x50d, window: WINDOW },
      { name: "ClientMessage", sendEvent: true, sequence, format: 32, window: WINDOW, type: 300, data },
      {
        name: "XFixes.SelectionNotify",
        sendEvent: false,
        sequence,
        subtype: 1,
        window: 1,
        owner: 2,
        selection: 3,
        timestamp: 4,
        selection_timestamp: 5,
      },
      {
        name: "Sync.AlarmNotify",
        sendEvent: false,
        sequence,
        kind: 1,
        alarm: 9,
        counter_value: -2n,
        alarm_value: 6n,
        timestamp: 77,
        state: 1,
      },
    ]);
  });

  it("that nobody knows are skipped, long ones too", async (t) => {
    const { x, server } = await connect(t);
    const { windows, until } = collect(x);
    const long = event(GENERIC_EVENT, server.sequence, [3, 1]);
    const keymap = Buffer.alloc(32, 0xff);
    keymap.writeUInt8(11, 0);
    server.send(mapRequest(server.sequence, 1), Buffer.concat([long, Buffer.alloc(12, 0xff)]), keymap);
    server.send(event(120, server.sequence, []), mapRequest(server.sequence, 2));
    await until(2);
    assert.deepEqual(windows, [1, 2]);
  });

  it("and replies take effect in the order in which they came, whatever the replies set in motion", async (t) => {
    const { x, server } = await connect(t);
    server.answersFocus = false;
    const order: string[] = [];
    const { promise: finished, resolve: finish } = later<void>();
    x.listen({
      event(one) {
        if ("window" in one && order.push(`event ${one.window}`) && one.window === 4) finish();
      },
      closed() {},
    });
    const ask = async (name: string): Promise<void> => {
      await x.sync();
      // Several steps, none of which waits for anything but promises.
      for (let i = 0; i < 10; i++) await null;
      order.push(name);
    };
    const asked = [ask("reply 1"), ask("reply 2")];
    const [first, second] = await server.has(2);
    server.send(
      mapRequest(first?.sequence ?? 0, 1),
      reply(first?.sequence ?? 0, 0, []),
      mapRequest(first?.sequence ?? 0, 2),
      mapRequest(first?.sequence ?? 0, 3),
      reply(second?.sequence ?? 0, 0, []),
      mapRequest(second?.sequence ?? 0, 4),
    );
    await Promise.all([...asked, finished]);
    assert.deepEqual(order, ["event 1", "reply 1", "event 2", "event 3", "reply 2", "event 4"]);
  });

  it("wait while the handler of an earlier one waits, even for a reply that is behind them", async (t) => {
    const { x, server } = await connect(t);
    server.answersFocus = false;
    const order: string[] = [];
    const { promise: finished, resolve: finish } = later<void>();
    x.listen({
      async event(one) {
        if (!("window" in one)) return;
        order.push(`begin ${one.window}`);
        if (one.window === 1) await x.sync();
        order.push(`end ${one.window}`);
        if (one.window === 2) finish();
      },
      closed() {},
    });
    server.send(mapRequest(server.sequence, 1));
    const [ask] = await server.has(1);
    server.send(mapRequest(ask?.sequence ?? 0, 2), reply(ask?.sequence ?? 0, 0, []));
    await finished;
    assert.deepEqual(order, ["begin 1", "end 1", "begin 2", "end 2"]);
  });

  it("that come before anybody listens are kept", async (t) => {
    const { x, server } = await connect(t);
    server.send(mapRequest(server.sequence, 1), mapRequest(server.sequence, 2));
    await x.sync();
    const { windows, until } = collect(x);
    await until(2);
    assert.deepEqual(windows, [1, 2]);
  });

  it("wait in memory when an answer is waited for that may be behind them", async (t) => {
    const { x, server } = await connect(t);
    const gate = new Gate();
    let handled = 0;
    const { promise: finished, resolve: finish } = later<void>();
    const many = 20_000;
    x.listen({
      async event() {
        if (handled++ === 0) await gate.hook();
        if (handled === many) finish();
      },
      closed() {},
    });
    server.send(mapRequest(server.sequence, 1));
    await gate.entered;
    const { sequence } = server;
    server.send(Buffer.concat(Array.from({ length: many - 1 }, (_, i) => mapRequest(sequence, i))));
    // The answer lies behind them all.
    await x.sync();
    assert.equal(handled, 1);
    gate.open();
    await finished;
  });

  it("stay in the socket, however many, while a handler is busy with something else", async (t) => {
    const { x, server } = await connect(t);
    const gate = new Gate();
    let handled = 0;
    const many = 300_000;
    const { promise: finished, resolve: finish } = later<void>();
    x.listen({
      async event() {
        if (handled++ === 0) await gate.hook();
        if (handled === many) finish();
      },
      closed() {},
    });
    server.send(mapRequest(server.sequence, 1));
    await gate.entered;
    const { sequence } = server;
    server.send(Buffer.concat(Array.from({ length: many - 1 }, (_, i) => mapRequest(sequence, i))));
    // Turns enough to read them all, which would be more than may wait in memory.
    for (let i = 0; i < 400; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([handled, x.closed], [1, false]);
    gate.open();
    await finished;
  });

  it("that are too many end the connection, when the handler asks on and on", async (t) => {
    const { x, server } = await connect(t);
    const gate = new Gate();
    const { promise: closed, resolve: close } = later<Error>();
    x.listen({ event: gate.hook, closed: close });
    server.send(mapRequest(server.sequence, 1));
    await gate.entered;
    server.answersFocus = false;
    const asked = x.sync();
    const { sequence } = server;
    const flood = Buffer.concat(Array.from({ length: 10_000 }, (_, i) => mapRequest(sequence, i)));
    for (let i = 0; i < 30; i++) server.send(flood);
    assert.match((await closed).message, /too many events/);
    await assert.rejects(asked, X11ClosedError);
  });

  it("whose handler throws, at once or later, end the connection with that error", async (t) => {
    for (const thrower of [
      () => {
        throw new Error("a bug");
      },
      () => Promise.reject(new Error("a bug")),
    ]) {
      const { x, server } = await connect(t);
      const { promise: closed, resolve: close } = later<Error>();
      x.listen({ event: thrower, closed: close });
      server.send(mapRequest(server.sequence, 1), mapRequest(server.sequence, 2));
      assert.match((await closed).message, /a bug/);
      await server.closed;
    }
  });

  it("are sent as the protocol has them", async (t) => {
    const { x, server } = await connect(t);
    x.sendEvent(WINDOW, 0x100, { name: "ClientMessage", format: 32, window: 7, type: 300, data: [1, 2, -1, 4, 5] });
    x.sendEvent(WINDOW, 0, {
      name: "SelectionNotify",
      time: 1,
      requestor: 2,
      selection: 3,
      target: 4,
      property: 0,
    });
    const [message, notify] = await server.has(2);
    assert.equal(
      message?.bytes.toString("hex"),
      "19000b000100400000010000212000000700000" + "02c0100000100000002000000ffffffff0400000005000000",
    );
    assert.equal(
      notify?.bytes.toString("hex"),
      "19000b0001004000000000001f000000010000000200000003000000040000000000000000000000" + "00000000",
    );
  });
});

describe("closing", () => {
  it("sends what was requested before, calls nobody, and leaves nothing open", async () => {
    const before = openDescriptors();
    const { x, server } = await FakeXServer.connect();
    let told = 0;
    x.listen({ event() {}, closed: () => told++ });
    const asked = x.sync();
    x.send("MapWindow", { window: WINDOW });
    x.close();
    x.close();
    await assert.rejects(asked, /was closed/);
    await server.closed;
    assert.equal(server.requests.at(-1)?.opcode, 8);
    assert.equal(told, 0);
    assert.deepEqual(openDescriptors(), before);
  });
});

describe("ids", () => {
  it("are the server's base with bits of its mask, and rest before they are used again", async (t) => {
    const { x } = await connect(t);
    const first = x.allocateId();
    assert.equal(first, 0x20_0000);
    assert.equal(x.allocateId(), 0x20_0001);
    x.releaseId(first);
    assert.equal(x.allocateId(), 0x20_0002);
    for (let i = 0; i < 1024; i++) x.releaseId(x.allocateId());
    assert.equal(x.allocateId(), first);
  });

  it("last for as long as they are released", async (t) => {
    const { x } = await connect(t);
    for (let i = 0; i <= 0x1f_ffff; i++) x.allocateId();
    assert.throws(() => x.allocateId(), /all X11 resource ids are in use/);
    x.releaseId(0x20_0005);
    assert.equal(x.allocateId(), 0x20_0005);
  });
});
