// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { array, type Packet, packet, string, word } from "../../support/codec.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed } from "../../support/echo.ts";
import { proxied } from "../../support/proxied.ts";

// Messages that libwayland's servers accept against the protocol, and that some clients rely on. The fake peers are strict:
// what reaches them is good.

/** Opcodes of the echo protocol's requests, and of its events. */
const op = { numbers: 0, strings: 1, bytes: 2, fds: 4, destroy: 11 };
const NUMBERS = Buffer.concat([word(1), word(2), word(3)]);
const NUMBERS_READ = { int: 1, uint: 2, fixed: 3 / 256 };

/** A hook that looks at every message of an echo, so that all of them are decoded. */
const watching = (direction: "requests" | "events"): Hooks => {
  const look = (message: { args: unknown }): void => void message.args;
  return { [direction]: { echo: { numbers: look, strings: look, bytes: look } } } as Hooks;
};

/** Messages that are longer than their arguments. */
function longer(echo: number): Packet[] {
  const rest = Buffer.from("the rest");
  return [
    packet(echo, op.numbers, Buffer.concat([NUMBERS, word(0xdeadbeef)])),
    packet(echo, op.strings, Buffer.concat([string("a text"), word(0), rest])),
    packet(echo, op.bytes, Buffer.concat([array(Buffer.from("bytes")), word(0)])),
    packet(echo, op.numbers, NUMBERS),
  ];
}

for (const [how, hooked] of [
  ["that passes untouched", false],
  ["that a hook looks at", true],
] as const) {
  describe(`a message ${how}`, () => {
    it("loses what its client has put behind the arguments, and those after it are what they were", async (t) => {
      const { client, host, echo } = await echoed(t, { hooks: hooked ? [watching("requests")] : [] });
      client.sendRaw(...longer(echo.ours.id));
      assert.deepEqual((await host.expect("echo.numbers")).args, NUMBERS_READ);
      assert.deepEqual((await host.expect("echo.strings")).args, { text: "a text", maybe: null });
      assert.equal(Buffer.from((await host.expect("echo.bytes")).arg("bytes") as Buffer).toString(), "bytes");
      assert.deepEqual((await host.expect("echo.numbers")).args, NUMBERS_READ);
      await client.roundtrip();
    });

    it("loses what the host has put behind the arguments", async (t) => {
      const { client, host, echo } = await echoed(t, { hooks: hooked ? [watching("events")] : [] });
      host.sendRaw(...longer(echo.theirs.id));
      assert.deepEqual((await client.expect("echo.numbers")).args, NUMBERS_READ);
      assert.deepEqual((await client.expect("echo.strings")).args, { text: "a text", maybe: null });
      assert.equal(Buffer.from((await client.expect("echo.bytes")).arg("bytes") as Buffer).toString(), "bytes");
      assert.deepEqual((await client.expect("echo.numbers")).args, NUMBERS_READ);
    });
  });
}

describe("a client whose messages are all longer than their arguments", () => {
  it("binds, makes and destroys objects like another one", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["wl_compositor 6"] });
    void client.registry;
    await client.roundtrip();
    const name = compositor.globals[0]?.name as number;
    const body = [word(name), string("wl_compositor"), word(4), word(4), word(0)];
    client.sendRaw(packet(2, 0, Buffer.concat(body)));
    const bound = (await host.expect("wl_registry.bind")).objectArg("id");
    assert.deepEqual([bound.interface.name, bound.version], ["wl_compositor", 4]);
    client.sendRaw(packet(4, 0, Buffer.concat([word(5), word(0)])));
    const surface = (await host.expect("wl_compositor.create_surface")).objectArg("id");
    client.sendRaw(packet(5, 0, word(0)));
    await host.expect("wl_surface.destroy", ({ object }) => object === surface);
  });
});

describe("an event of the display", () => {
  it("that is longer than its argument deletes the id, and nothing of the rest reaches the client", async (t) => {
    const { client, host, echo } = await echoed(t);
    host.deletesIds = false;
    echo.ours.send("destroy");
    await host.expect("echo.destroy");
    host.sendRaw(packet(1, 1, Buffer.concat([word(echo.theirs.id), word(4711)])));
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === echo.ours.id);
  });
});

describe("a string with a NUL inside", () => {
  it("reaches the host as it is, and is for hooks what programs in C see of it", async (t) => {
    const seen: unknown[] = [];
    const look = (message: { args: { text: string } }): void => void seen.push(message.args.text);
    const stage = await echoed(t, { hooks: [{ requests: { echo: { strings: look } } } as unknown as Hooks] });
    const { client, host, echo } = stage;
    // The fake host is of those that refuse it, and says what it got.
    client.sendRaw(packet(echo.ours.id, op.strings, Buffer.concat([array(Buffer.from("seen\0hidden\0")), word(0)])));
    await client.roundtrip();
    assert.deepEqual(host.violations.splice(0), [
      `the host: ${echo.theirs}.strings: a string has its NUL at the wrong place`,
    ]);
    assert.deepEqual(seen, ["seen"]);
    assert.ok(client.open);
  });

  it("names the interface that it names in C", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["wl_compositor 6"] });
    void client.registry;
    await client.roundtrip();
    const name = compositor.globals[0]?.name as number;
    const body = [word(name), array(Buffer.from("wl_compositor\0junk\0")), word(4), word(4)];
    client.sendRaw(packet(2, 0, Buffer.concat(body)));
    await client.roundtrip();
    assert.match(host.violations.splice(0).join(), /wl_registry.*bind: a string has its NUL at the wrong place/);
    assert.ok(client.open);
  });
});

describe("descriptors", () => {
  for (const count of [29, 128, 253]) {
    it(`of which ${count} come with one message are for the next that want some`, async (t) => {
      const { client, host, echo } = await echoed(t);
      const fds = Array.from({ length: count }, (_, i) => fileWith(String(i)));
      client.sendRaw(packet(echo.ours.id, op.numbers, NUMBERS, fds));
      await host.expect("echo.numbers");
      for (let i = 0; i + 1 < count; i += 2) {
        client.sendRaw(packet(echo.ours.id, op.fds, word(i)));
        const { args } = await host.expect("echo.fds");
        assert.deepEqual(
          [args["first"], args["between"], args["second"]].map((one) =>
            typeof one === "number" ? one : contentOf(one as never),
          ),
          [String(i), i, String(i + 1)],
        );
      }
      // One of an odd number is left, and goes with the client.
      await client.roundtrip();
    });
  }
});

describe("a bind in the very write that asks for the registry", () => {
  it("works as it does without a proxy, and what follows it waits for that", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_compositor 6"] });
    const manager = client.registry.create("bind", 3, "wl_compositor", 4);
    manager.create("create_surface");
    const bound = (await host.expect("wl_registry.bind")).objectArg("id");
    assert.deepEqual([bound.interface.name, bound.version], ["wl_compositor", 4]);
    await host.expect("wl_compositor.create_surface");
    assert.ok(client.open);
  });

  it("of what the host does not have gets an error about the registry", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_compositor 6"] });
    client.registry.create("bind", 4, "wl_compositor", 4);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code, text], [2, 0, "invalid global wl_compositor (4)"]);
    await host.closed;
    assert.equal(host.inbox.count("wl_registry.bind"), 0);
  });

  it("ends with the host when that dies before it answers", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_compositor 6"] });
    host.answersSync = false;
    client.registry.create("bind", 4, "wl_compositor", 4);
    await host.expect("wl_display.sync");
    host.close();
    await client.closed;
  });
});
