// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { proxied } from "../../support/proxied.ts";

const namesOf = (globals: Iterable<{ interface: string; version: number }>): string[] =>
  [...globals].map((global) => `${global.interface} ${global.version}`).sort();

describe("the globals that a client sees", () => {
  it("are the host's, as far as they may be seen, each at a version that all know", async (t) => {
    const globals = ["wl_compositor 4", "wl_shm 99", "zwlr_layer_shell_v1", "unknown_thing 3", "wl_output 4"];
    const { client } = await proxied(t, { globals });
    void client.registry;
    await client.roundtrip();
    assert.deepEqual(namesOf(client.globals.values()), ["wl_compositor 4", "wl_output 4", "wl_shm 3"]);
  });

  it("can be told", async (t) => {
    const { client } = await proxied(t, {
      globals: ["wl_compositor 6", "zwlr_layer_shell_v1 4", "wl_shm 1", "wl_seat 9"],
      policy: new GlobalPolicy({ expose: ["zwlr_layer_shell_v1=2", "wl_seat=5"], hide: ["wl_shm"] }),
    });
    void client.registry;
    await client.roundtrip();
    assert.deepEqual(namesOf(client.globals.values()), ["wl_compositor 6", "wl_seat 5", "zwlr_layer_shell_v1 2"]);
  });

  it("may be several of one interface, and each is bound as the one that it is", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["wl_output 2", "wl_output 4", "wl_output 3"] });
    void client.registry;
    await client.roundtrip();
    const offered = client.offered("wl_output");
    assert.deepEqual(
      offered.map(({ version }) => version),
      [2, 4, 3],
    );
    const [, second] = offered;
    client.registry.create("bind", second?.name as number, "wl_output", 4);
    const bound = await host.expect("wl_registry.bind");
    assert.equal(bound.arg("name"), compositor.globals[1]?.name);
    bound.objectArg("id").send("name", "the second");
    assert.equal((await client.expect("wl_output.name")).arg("name"), "the second");
  });

  it("come and go while the client is there", async (t) => {
    const { client, compositor } = await proxied(t, { globals: ["wl_output 4"] });
    void client.registry;
    await client.roundtrip();
    const [first] = compositor.globals;
    assert.ok(first);
    compositor.withdraw(first);
    const removed = await client.expect("wl_registry.global_remove");
    assert.deepEqual(removed.args, { name: first.name });
    compositor.announce("zwlr_layer_shell_v1");
    compositor.announce("wl_output 3");
    await client.expect("wl_registry.global");
    await client.roundtrip();
    assert.deepEqual(namesOf(client.globals.values()), ["wl_output 3"]);
  });

  it("that it never saw are not said to be gone", async (t) => {
    const { client, compositor } = await proxied(t, { globals: ["zwlr_layer_shell_v1", "wl_output 4"] });
    void client.registry;
    await client.roundtrip();
    for (const global of [...compositor.globals]) compositor.withdraw(global);
    await client.expect("wl_registry.global_remove");
    await client.roundtrip();
    assert.equal(client.inbox.count("wl_registry.global_remove"), 1);
  });

  it("that are gone can still be bound, since the request may have crossed with that", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["wl_output 4"] });
    void client.registry;
    await client.roundtrip();
    const [global] = compositor.globals;
    assert.ok(global);
    compositor.withdraw(global);
    await client.expect("wl_registry.global_remove");
    client.registry.create("bind", global.name, "wl_output", 4);
    assert.equal((await host.expect("wl_registry.bind")).arg("name"), global.name);
    await client.roundtrip();
  });

  it("are told to each of its registries", async (t) => {
    const { client, compositor } = await proxied(t, { globals: ["wl_output 4", "wl_seat 5"] });
    const registries = [client.registry, client.display.create("get_registry")];
    await client.roundtrip();
    compositor.withdraw(compositor.globals[0] as (typeof compositor.globals)[0]);
    await client.roundtrip();
    for (const registry of registries) {
      const told = client.inbox.all.filter(({ object }) => object === registry);
      const names = ["global", "global", "global_remove"].map((name) => `wl_registry.${name}`);
      assert.deepEqual(
        told.map(({ name }) => name),
        names,
      );
    }
  });
});

// That bind is refused for what was not announced, or at another version, is among the malformed requests.
describe("a hidden global", () => {
  it("cannot be bound by a client that guesses its name", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: ["zwlr_layer_shell_v1 4"] });
    client.registry.create("bind", compositor.globals[0]?.name as number, "zwlr_layer_shell_v1", 4);
    const { code, text } = await client.disconnected();
    assert.equal(code, 0);
    assert.match(text, /invalid global zwlr_layer_shell_v1/);
    await host.closed;
    assert.equal(host.inbox.count("wl_registry.bind"), 0);
  });

  it("cannot be bound under the name of one that is offered", async (t) => {
    const { client } = await proxied(t, { globals: ["zwlr_layer_shell_v1 4", "wl_output 4"] });
    void client.registry;
    await client.roundtrip();
    client.registry.create("bind", client.offered("wl_output")[0]?.name as number, "zwlr_layer_shell_v1", 4);
    assert.match(
      (await client.disconnected()).text,
      /invalid interface for global \d+: have wl_output, wanted zwlr_layer_shell_v1/,
    );
  });

  it("stays hidden when the host gives it the name of one that is gone", async (t) => {
    const { client, compositor } = await proxied(t, { globals: ["wl_output 4"] });
    void client.registry;
    await client.roundtrip();
    const [global] = compositor.globals;
    assert.ok(global);
    compositor.withdraw(global);
    const hidden = { ...global, interface: "zwlr_layer_shell_v1" };
    compositor.globals.push(hidden);
    for (const connection of compositor.connections) connection.announce(hidden);
    await client.roundtrip();
    client.registry.create("bind", hidden.name, "wl_output", 4);
    assert.match((await client.disconnected()).text, /invalid global wl_output/);
  });
});
