// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packet, word } from "../../support/codec.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed, keptFromHost, newEcho } from "../../support/echo.ts";

describe("an error from the host", () => {
  it("reaches the client with the client's id of the object, behind everything before it", async (t) => {
    const { client, host, manager, echo } = await echoed(t, { hooks: [keptFromHost] });
    // An object that the host knows nothing of, so that the ids of both sides differ from now on.
    echo.ours.create("once");
    const { ours, theirs } = await newEcho({ host }, manager);
    assert.notEqual(ours.id, theirs.id);
    echo.theirs.send("numbers", 1, 2, 3);
    host.fail(theirs, 42, "you may not do that");
    await client.expect("echo.numbers");
    assert.equal((await client.disconnected()).objectId, ours.id);
  });

  it("has its own code and text, and is logged with the client's name", async (t) => {
    const { client, host, echo, log } = await echoed(t);
    host.fail(echo.theirs, 42, "you may not do that");
    const error = await client.disconnected();
    assert.deepEqual(error, { objectId: echo.ours.id, code: 42, text: "you may not do that" });
    assert.ok(
      log.some((text) => /client 1 \(.*you may not do that.*42/.test(text)),
      log.join("\n"),
    );
  });

  it("is the last that the client hears, whatever the host sends behind it", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.display.send("error", echo.theirs, 1, "enough");
    echo.theirs.send("numbers", 1, 2, 3);
    host.display.send("error", echo.theirs, 2, "really");
    assert.equal((await client.disconnected()).text, "enough");
    assert.equal(client.inbox.all.at(-1)?.name, "wl_display.error");
    assert.equal(client.inbox.count("wl_display.error"), 1);
  });

  it("about the display has the display's code", async (t) => {
    const { client, host } = await echoed(t);
    host.fail(host.display, 2, "no memory");
    assert.deepEqual(await client.disconnected(), { objectId: 1, code: 2, text: "no memory" });
  });

  it("about an object that the client does not have is about the display, and no code of that object's", async (t) => {
    const { client, host, echo } = await echoed(t);
    const theirs = echo.theirs.create("spawn");
    (await client.expect("echo.spawn")).objectArg("child").send("destroy");
    await client.roundtrip();
    host.sendRaw(packet(1, 0, Buffer.concat([word(theirs.id), word(1), word(5), Buffer.from("gone\0\0\0\0")])));
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [1, 3]);
    assert.match(text, /gone/);
  });

  it("arrives although requests of the client are still on their way to the host", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.reading = false;
    for (let i = 0; i < 20_000; i++) echo.ours.send("numbers", i, i, i);
    host.fail(echo.theirs, 7, "enough");
    assert.deepEqual(await client.disconnected(), { objectId: echo.ours.id, code: 7, text: "enough" });
  });

  it("that is very long is shortened to what libwayland's clients can read", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.fail(echo.theirs, 7, "é".repeat(20_000));
    const { text } = await client.disconnected();
    assert.match(text, /^é+$/);
    assert.ok(Buffer.byteLength(text) < 4000);
  });
});

describe("a host that dies", () => {
  it("in the middle of a message ends the client, which got all messages before", async (t) => {
    const { client, host, echo } = await echoed(t);
    echo.theirs.send("numbers", 1, 2, 3);
    host.sendRaw({ bytes: packet(echo.theirs.id, 0, word(1)).bytes.subarray(0, 10), fds: [fileWith("")] });
    host.close();
    await client.expect("echo.numbers");
    await client.closed;
    assert.equal(client.inbox.count("echo.numbers"), 1);
  });

  it("with descriptors on their way closes none that were promised: they arrive", async (t) => {
    const { client, host, echo } = await echoed(t);
    for (let i = 0; i < 50; i++) echo.theirs.send("fds", fileWith("a"), i, fileWith(`b${i}`));
    await host.drained();
    host.close();
    for (let i = 0; i < 50; i++) assert.equal(contentOf((await client.expect("echo.fds")).fdArg("second")), `b${i}`);
    await client.closed;
  });

  it("ends all of its clients, and the proxy waits for those that come later", async (t) => {
    const stage = await echoed(t);
    const others = await Promise.all([stage.connect(), stage.connect()]);
    stage.compositor.close();
    await Promise.all([stage.client, ...others.map(({ client }) => client)].map((client) => client.closed));
    await stage.proxy.idle();

    const early = stage.newClient();
    await early.closed;
    assert.ok(stage.log.some((text) => /^warn: client 4 .*is turned away: cannot reach the host/.test(text)));

    stage.startCompositor();
    const { client } = await stage.connect();
    await client.roundtrip();
  });
});

describe("a client that leaves", () => {
  it("in the middle of a message is gone for the host, too, which got all messages before", async (t) => {
    const { client, host, echo, proxy } = await echoed(t);
    echo.ours.send("numbers", 1, 2, 3);
    client.sendRaw({ bytes: packet(echo.ours.id, 0, word(1)).bytes.subarray(0, 10), fds: [fileWith("")] });
    client.close();
    await host.expect("echo.numbers");
    await host.closed;
    await proxy.idle();
    assert.equal(host.inbox.count("echo.numbers"), 1);
    assert.equal(proxy.sessions, 0);
  });

  it("at once after its last requests has them arrive, with their descriptors", async (t) => {
    const { client, host, echo } = await echoed(t);
    for (let i = 0; i < 40; i++) echo.ours.send("fds", fileWith("a"), i, fileWith(`b${i}`));
    await client.drained();
    client.close();
    for (let i = 0; i < 40; i++) assert.equal(contentOf((await host.expect("echo.fds")).fdArg("second")), `b${i}`);
    await host.closed;
  });

  it("has its last requests arrive also at a host that is slow to read", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.reading = false;
    for (let i = 0; i < 40_000; i++) echo.ours.send("numbers", i, i, i);
    await client.drained();
    client.close();
    host.reading = true;
    await host.closed;
    const numbers = host.inbox.all.filter(({ name }) => name === "echo.numbers").map((one) => one.arg("int"));
    assert.equal(numbers.length, 40_000);
    assert.ok(numbers.every((n, i) => n === i));
  });

  it("before it said anything leaves nothing", async (t) => {
    const stage = await echoed(t);
    const { client, host } = await stage.connect();
    client.close();
    await host.closed;
    await stage.client.roundtrip();
    assert.equal(stage.proxy.sessions, 1);
  });
});
