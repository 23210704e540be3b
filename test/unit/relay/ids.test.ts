// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packet, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { echoed, keptFromHost, newEcho } from "../../support/echo.ts";
import { proxied } from "../../support/proxied.ts";

// The fake peers refuse ids that leave gaps or are in use, and messages to what does not exist, as libwayland does.

describe("ids", () => {
  it("stay dense on the host's side when it does not have all of the client's objects", async (t) => {
    const { host, manager, echo } = await echoed(t, { hooks: [keptFromHost] });
    for (let i = 1; i <= 4; i++) {
      echo.ours.create("once");
      const { ours, theirs } = await newEcho({ host }, manager);
      assert.deepEqual([ours.id, theirs.id], [echo.ours.id + 2 * i, echo.theirs.id + i]);
    }
  });

  it("may be any that was in use before and is free again, in whichever order", async (t) => {
    const { client, host, manager } = await echoed(t);
    const made = [];
    for (let i = 0; i < 5; i++) made.push(await newEcho({ host }, manager));
    for (const { ours } of made) {
      ours.send("destroy");
      await client.expect("wl_display.delete_id");
    }
    // Not through the client's own allocator, which would take the one that was freed last.
    for (const i of [2, 4, 0]) {
      client.sendRaw(packet(manager.ours.id, 0, word(made[i]?.ours.id as number)));
      await host.expect("echo_manager.create_echo");
    }
  });

  it("of the client are used again once the host has deleted them, and not before", async (t) => {
    const { client, host, manager } = await echoed(t);
    host.deletesIds = false;
    const first = await newEcho({ host }, manager);
    first.ours.send("destroy");
    await host.expect("echo.destroy");
    const second = await newEcho({ host }, manager);
    assert.notEqual(second.theirs.id, first.theirs.id);
    assert.notEqual(second.ours.id, first.ours.id);

    host.deleteId(first.theirs);
    const deleted = await client.expect("wl_display.delete_id", (one) => one.arg("id") === first.ours.id);
    assert.equal(deleted.object, client.display);
    const third = await newEcho({ host }, manager);
    assert.deepEqual([third.ours.id, third.theirs.id], [first.ours.id, first.theirs.id]);
  });

  it("are deleted behind all earlier events of their object", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.deletesIds = false;
    echo.ours.send("destroy");
    await host.expect("echo.destroy");
    for (let i = 0; i < 3; i++) echo.theirs.send("numbers", i, i, i);
    host.deleteId(echo.theirs);
    for (let i = 0; i < 3; i++) {
      const { object, args } = await client.expect("echo.numbers");
      assert.deepEqual([object, args], [echo.ours, { int: i, uint: i, fixed: i }]);
    }
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === echo.ours.id);
  });

  it("of a thousand objects that come and go stay few", async (t) => {
    const { client, host, manager } = await echoed(t);
    for (let i = 0; i < 1000; i++) {
      const echo = await newEcho({ host }, manager);
      assert.ok(echo.theirs.id < 12 && echo.ours.id < 12, `${echo.ours} is ${echo.theirs}`);
      echo.ours.send("destroy");
      await client.expect("wl_display.delete_id");
    }
  });

  it("of the server are dense on the client's side, and used again as soon as the client has destroyed the object", async (t) => {
    const { client, host, echo } = await echoed(t);
    const ids = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const theirs = echo.theirs.create("spawn");
      const ours = (await client.expect("echo.spawn")).objectArg("child");
      ids.add(ours.id);
      ours.send("numbers", i, 0, 0);
      assert.equal((await host.expect("echo.numbers")).object, theirs);
      if (i % 3 === 0) continue;
      ours.send("destroy");
      await host.expect("echo.destroy");
    }
    assert.equal(Math.max(...ids), 0xff000000 + ids.size - 1);
    assert.equal(ids.size, 34);
  });

  it("of an object that ends with an event are free for the client when the host has deleted them", async (t) => {
    const { client, host, echo } = await echoed(t);
    const ids = [];
    for (let i = 0; i < 5; i++) {
      const ours = echo.ours.create("once");
      ids.push(ours.id);
      (await host.expect("echo.once")).objectArg("id").send("done", i);
      assert.deepEqual((await client.expect("echo_once.done")).args, { value: i });
      await client.expect("wl_display.delete_id");
    }
    assert.equal(new Set(ids).size, 1);
  });

  it("of a server's object that ends with an event may be given out again by the host at once", async (t) => {
    const { client, host, echo } = await echoed(t);
    for (let i = 0; i < 20; i++) {
      const theirs = echo.theirs.create("once");
      theirs.send("progress", i);
      theirs.send("done", i);
      assert.equal(theirs.id, 0xff000000);
    }
    for (let i = 0; i < 20; i++) {
      const ours = (await client.expect("echo.once")).objectArg("id");
      assert.equal((await client.expect("echo_once.progress")).object, ours);
      assert.deepEqual((await client.expect("echo_once.done", ({ object }) => object === ours)).args, { value: i });
    }
    await client.roundtrip();
    assert.ok(host.open);
  });
});

describe("a late event", () => {
  it("to an object that the client has destroyed reaches it by the old id", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.deletesIds = false;
    echo.ours.send("destroy");
    await host.expect("echo.destroy");
    echo.theirs.send("strings", "late", null);
    const { object, args } = await client.expect("echo.strings");
    assert.equal(object, echo.ours);
    assert.deepEqual(args, { text: "late", maybe: null });
    host.deleteId(echo.theirs);
  });

  it("that names an object which the client has destroyed reaches it with the old id", async (t) => {
    const { client, host, manager, echo } = await echoed(t);
    host.deletesIds = false;
    const other = await newEcho({ host }, manager);
    other.ours.send("destroy");
    await host.expect("echo.destroy");
    echo.theirs.send("objects", other.theirs, other.theirs, other.theirs);
    assert.deepEqual(Object.values((await client.expect("echo.objects")).args), [other.ours, other.ours, other.ours]);
    host.deleteId(other.theirs);
  });

  it("to a server's object that the client has destroyed is lost, and its descriptors are closed", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    const theirs = echo.theirs.create("spawn");
    const ours = (await client.expect("echo.spawn")).objectArg("child");
    ours.send("destroy");
    // Before the host has read that.
    theirs.send("fds", fileWith("lost"), 1, fileWith("lost, too"));
    echo.theirs.send("fds", fileWith("kept"), 2, fileWith("kept, too"));
    const { object, args } = await client.expect("echo.fds");
    assert.equal(object, echo.ours);
    assert.equal(args["between"], 2);
    await host.expect("echo.destroy");
    await client.roundtrip();
    assert.equal(client.inbox.count("echo.fds"), 1);
    assert.equal(stage.openFiles.length, 2);
  });

  it("that names a server's object which the client has destroyed says null, or is lost if it may not", async (t) => {
    const { client, echo } = await echoed(t);
    const theirs = echo.theirs.create("spawn");
    (await client.expect("echo.spawn")).objectArg("child").send("destroy");
    await client.roundtrip();
    echo.theirs.send("objects", echo.theirs, theirs, theirs);
    echo.theirs.send("objects", theirs, null, null);
    echo.theirs.send("numbers", 1, 2, 3);
    assert.deepEqual(Object.values((await client.expect("echo.objects")).args), [echo.ours, null, null]);
    await client.expect("echo.numbers");
    assert.equal(client.inbox.count("echo.objects"), 1);
  });

  it("that makes an object on a destroyed one is lost, and what it made is destroyed on the host", async (t) => {
    const { client, host, manager, echo } = await echoed(t);
    host.deletesIds = false;
    const other = await newEcho({ host }, manager);
    other.ours.send("destroy");
    await host.expect("echo.destroy");
    const orphan = other.theirs.create("spawn");
    assert.equal((await host.expect("echo.destroy")).object, orphan);
    // The client, which was told of no id, takes the next as the first.
    const heard = echo.theirs.create("spawn");
    const { object, args } = await client.expect("echo.spawn");
    assert.deepEqual([object, (args["child"] as { id: number }).id], [echo.ours, 0xff000000]);
    assert.ok(heard.alive);
    host.deleteId(other.theirs);
  });

  for (const version of [2, 3]) {
    it(`that makes an object on a destroyed one has it destroyed by what version ${version} has for that`, async (t) => {
      const { client, host, echo } = await echoed(t, {}, version);
      host.deletesIds = false;
      echo.ours.send("destroy");
      await host.expect("echo.destroy");
      echo.theirs.create("lasting");
      host.deleteId(echo.theirs);
      await client.expect("wl_display.delete_id", (one) => one.arg("id") === echo.ours.id);
      await client.roundtrip();
      assert.equal(host.inbox.count("echo_lasting.release"), version === 3 ? 1 : 0);
    });
  }

  it("that makes an object and brings descriptors is lost with all of them", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    const theirs = echo.theirs.create("spawn");
    (await client.expect("echo.spawn")).objectArg("child").send("destroy");
    const orphan = theirs.create("all", 1, "", fileWith(""), null, Buffer.alloc(3), null, fileWith(""), 0);
    await host.expect("echo.destroy", ({ object }) => object === orphan);
    await client.roundtrip();
    assert.equal(client.inbox.count("echo.all"), 0);
    assert.deepEqual(stage.openFiles, []);
  });
});

describe("a request that crosses with a destructor event", () => {
  it("is ignored, and the id is free when both ends have ended it", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.deletesIds = false;
    const ours = echo.ours.create("once");
    const theirs = (await host.expect("echo.once")).objectArg("id");
    theirs.send("done", 1);
    await client.expect("echo_once.done");
    // As if the client had sent these before it knew.
    ours.send("poke", 7);
    ours.send("cancel");
    await client.roundtrip();
    assert.equal(host.inbox.count("echo_once.poke") + host.inbox.count("echo_once.cancel"), 0);
    host.deleteId(theirs);
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === ours.id);
    assert.equal(echo.ours.create("once").id, ours.id);
    await host.expect("echo.once");
  });

  it("loses its descriptors, and what it makes lives on without an echo", async (t) => {
    const stage = await echoed(t);
    const { client, host, echo } = stage;
    const theirs = echo.theirs.create("once");
    const late = (await client.expect("echo.once")).objectArg("id");
    theirs.send("done", 2);
    await client.expect("echo_once.done");
    const child = late.create("hatch", fileWith(""));
    child.send("fds", fileWith(""), 0, fileWith(""));
    child.send("destroy");
    late.send("cancel");
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === child.id);
    await client.roundtrip();
    assert.deepEqual(
      host.inbox.all.filter(({ name }) => /hatch|fds|destroy|cancel/.test(name)),
      [],
    );
    assert.deepEqual(stage.openFiles, []);
  });
});

describe("wl_fixes.destroy_registry", () => {
  it("ends the registry that it names, and its id is used again", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["wl_compositor 6", "wl_fixes"] });
    const fixes = await client.bind("wl_fixes");
    const registry = client.display.create("get_registry");
    await client.roundtrip();
    fixes.send("destroy_registry", registry);
    registry.alive = false;
    await host.expect("wl_fixes.destroy_registry");
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === registry.id);
    compositor.announce("wl_seat 5");
    await client.roundtrip();
    assert.equal(client.inbox.all.filter((one) => one.arg("interface") === "wl_seat").length, 1);
    const next = client.display.create("get_registry");
    assert.equal(next.id, registry.id);
    await client.expect("wl_registry.global", ({ object }) => object === next);
  });

  it("leaves the client no use of it", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_compositor 6", "wl_fixes"] });
    const fixes = await client.bind("wl_fixes");
    const registry = client.display.create("get_registry");
    await client.roundtrip();
    host.deletesIds = false;
    fixes.send("destroy_registry", registry);
    registry.create("bind", 3, "wl_compositor", 6);
    assert.deepEqual(await client.disconnected(), { objectId: 1, code: 0, text: `invalid object ${registry.id}` });
    await host.closed;
    assert.equal(host.inbox.count("wl_registry.bind"), 1);
  });
});
