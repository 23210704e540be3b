// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { compileWithGlobals } from "../../../src/globals/global-mapper.ts";
import { unixHost } from "../../../src/host/unix.ts";
import { DisplaySocket } from "../../../src/listen/display-socket.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { createProxy } from "../../../src/proxy.ts";
import type { GlobalOffer, Hooks } from "../../../src/relay/hooks.ts";
import { onRequests } from "../../../src/relay/one-sided.ts";
import { FakeClient } from "../../support/fake-client.ts";
import { proxied, type Stage } from "../../support/proxied.ts";

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

  it("are as the user exposes, hides and limits them", async (t) => {
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

  it("are the same for each further client, although only the first one's announcements are decoded", async (t) => {
    const globals = ["wl_compositor 4", "wl_shm 99", "zwlr_layer_shell_v1", "wl_output 4", "wl_seat 9"];
    const stage = await proxied(t, { globals, policy: new GlobalPolicy({ expose: ["wl_seat=5"] }) });
    const clients = [stage.client, (await stage.connect()).client, (await stage.connect()).client];
    for (const client of clients) {
      void client.registry;
      await client.roundtrip();
      assert.deepEqual(namesOf(client.globals.values()), ["wl_compositor 4", "wl_output 4", "wl_seat 5", "wl_shm 3"]);
    }
    const output = stage.compositor.globals[3];
    assert.ok(output);
    stage.compositor.withdraw(output);
    for (const client of clients) await client.expect("wl_registry.global_remove");
    const { client, host } = await stage.connect();
    await client.bind("wl_seat", 5);
    await host.expect("wl_registry.bind");
    assert.deepEqual(namesOf(client.globals.values()), ["wl_compositor 4", "wl_seat 5", "wl_shm 3"]);
  });

  it("are shown to the hooks of users, for each client", async (t) => {
    const seen: string[] = [];
    const hooks: Hooks = {
      events: { wl_registry: { global: ({ args }) => void seen.push(`${args.interface} ${args.version}`) } },
    };
    const stage = await proxied(t, { globals: ["wl_compositor 4", "wl_shm 99"], hooks: [hooks] });
    for (const { client } of [stage, await stage.connect()]) {
      void client.registry;
      await client.roundtrip();
      assert.deepEqual(seen.splice(0), ["wl_compositor 4", "wl_shm 3"]);
    }
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

  it("are announced to each of its registries", async (t) => {
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

/** A beep of our own, which says how often it was rung. */
function beeper(rung: string[] = []): GlobalOffer {
  return {
    kind: "own",
    interface: "xdg_system_bell_v1",
    version: 1,
    serve: (_session, bell) =>
      onRequests(bell, {
        ring: ({ surface }) => void rung.push(surface === null ? "all" : "one"),
      }),
  };
}

describe("a global of ours", () => {
  it("is announced by every registry, before those of the host, and answered by us", async (t) => {
    const rung: string[] = [];
    const hooks = [{ globals: [beeper(rung)] }];
    const { client, host } = await proxied(t, { globals: ["wl_output 4"], hooks });
    const registries = [client.registry, client.display.create("get_registry")];
    await client.roundtrip();
    for (const registry of registries) {
      const told = client.inbox.all.filter(({ object }) => object === registry);
      assert.deepEqual(
        told.map((message) => message.arg("interface")),
        ["xdg_system_bell_v1", "wl_output"],
      );
    }
    const bell = await client.bind("xdg_system_bell_v1");
    bell.send("ring", null);
    bell.send("destroy");
    await client.roundtrip();
    assert.deepEqual(rung, ["all"]);
    assert.equal(host.inbox.count("wl_registry.bind"), 0);
  });

  it("can be bound by a client that knows its name in the write that asks for the registry", async (t) => {
    const rung: string[] = [];
    const stage = await proxied(t, { hooks: [{ globals: [beeper(rung)] }] });
    await stage.client.bind("xdg_system_bell_v1");
    const [bell] = stage.client.offered("xdg_system_bell_v1");
    const { client } = await stage.connect();
    client.registry.create("bind", bell?.name as number, "xdg_system_bell_v1", 1).send("ring", null);
    await client.roundtrip();
    assert.deepEqual(rung, ["all"]);
  });

  it("stands for the host's, of which clients know nothing then", async (t) => {
    const hooks = [{ globals: [beeper()] }];
    const { client, compositor } = await proxied(t, { globals: ["xdg_system_bell_v1", "wl_output 4"], hooks });
    void client.registry;
    await client.roundtrip();
    assert.equal(client.offered("xdg_system_bell_v1").length, 1);
    compositor.withdraw(compositor.globals[0] as (typeof compositor.globals)[0]);
    await client.roundtrip();
    assert.equal(client.offered("xdg_system_bell_v1").length, 1);
  });

  it("is not there when the user hides it", async (t) => {
    const policy = new GlobalPolicy({ hide: ["xdg_system_bell_v1"] });
    const { client } = await proxied(t, { hooks: [{ globals: [beeper()] }], policy });
    void client.registry;
    await client.roundtrip();
    assert.equal(client.globals.size, 0);
  });

  for (const [what, type, version, expected] of [
    [
      "as something else",
      "wl_output",
      1,
      /invalid interface for global \d+: have xdg_system_bell_v1, wanted wl_output/,
    ],
    ["at a version that it does not have", "xdg_system_bell_v1", 2, /invalid version .* have 1, wanted 2/],
  ] as const) {
    it(`cannot be bound ${what}`, async (t) => {
      const { client } = await proxied(t, { hooks: [{ globals: [beeper()] }] });
      void client.registry;
      await client.roundtrip();
      const [bell] = client.globals.values();
      client.registry.create("bind", bell?.name as number, type, version);
      assert.match((await client.disconnected()).text, expected);
    });
  }

  it("may answer in place of the host's, which stays announced as it is", async (t) => {
    const bound: number[] = [];
    const { client, host, compositor } = await proxied(t, {
      globals: ["xdg_wm_base 3"],
      hooks: [
        {
          globals: [{ kind: "instead", interface: "xdg_wm_base", serve: (_, { version }) => void bound.push(version) }],
        },
      ],
    });
    await client.bind("xdg_wm_base", 2);
    await client.roundtrip();
    assert.deepEqual([...client.globals.values()], compositor.globals);
    assert.deepEqual(bound, [2]);
    assert.equal(host.inbox.count("wl_registry.bind"), 0);
  });

  it("that no protocol has is refused at the start", () => {
    const compile = (offer: object) => () =>
      compileWithGlobals(new ProtocolRegistry(), new GlobalPolicy(), [{ globals: [offer as GlobalOffer] }]);
    assert.throws(compile({ ...beeper(), interface: "acme_bell" }), /a hook offers acme_bell, version 1, but .* none/);
    assert.throws(compile({ ...beeper(), version: 99 }), /offers xdg_system_bell_v1, version 99, but .* have 1/);
    assert.throws(compile({ kind: "alias", interface: "wl_seat", version: 1, of: "acme_seat" }), /acme_seat/);
  });
});

/** The client's name of a host's global. */
const only = (client: FakeClient, type: string): number => {
  const offered = client.offered(type);
  assert.equal(offered.length, 1);
  return offered[0]?.name as number;
};

describe("a host that uses a name of ours, as another proxy does", () => {
  /** A host that begins to offer outputs under the names of all that its first client sees of ours. */
  async function clashing(t: TestContext): Promise<Stage & { outputs: number[] }> {
    const seen: string[] = [];
    const stage = await proxied(t, {
      globals: ["zwp_primary_selection_device_manager_v1"],
      hooks: [{ globals: [beeper(seen)] }],
    });
    void stage.client.registry;
    await stage.client.roundtrip();
    const outputs = ["xdg_system_bell_v1", "gtk_primary_selection_device_manager"].map((type) =>
      only(stage.client, type),
    );
    for (const name of outputs) {
      const global = { name, interface: "wl_output", version: 4 };
      stage.compositor.globals.push(global);
      for (const connection of stage.compositor.connections) connection.announce(global);
    }
    await stage.client.roundtrip();
    return Object.assign(stage, { outputs });
  }

  it("has its globals announced under other names, and each bind goes where it belongs", async (t) => {
    const { client, host, outputs } = await clashing(t);
    assert.equal(client.globals.size, 5);
    const names = client.offered("wl_output").map(({ name }) => name);
    for (const [i, name] of names.entries()) {
      client.registry.create("bind", name, "wl_output", 4);
      assert.equal((await host.expect("wl_registry.bind")).arg("name"), outputs[i]);
    }
    await client.bind("gtk_primary_selection_device_manager");
    const bound = await host.expect("wl_registry.bind");
    assert.equal(bound.objectArg("id").interface.name, "zwp_primary_selection_device_manager_v1");
    (await client.bind("xdg_system_bell_v1")).send("ring", null);
    await client.roundtrip();
    assert.equal(host.inbox.count("wl_registry.bind"), 3);
  });

  it("removes them, and the client forgets those and no others", async (t) => {
    const { client, compositor, outputs } = await clashing(t);
    for (const global of [...compositor.globals]) if (outputs.includes(global.name)) compositor.withdraw(global);
    await client.roundtrip();
    assert.deepEqual(
      [...client.globals.values()].map((global) => global.interface),
      ["xdg_system_bell_v1", "zwp_primary_selection_device_manager_v1", "gtk_primary_selection_device_manager"],
    );
  });

  it("gives a client that comes later the same globals", async (t) => {
    const stage = await clashing(t);
    const { client } = await stage.connect();
    void client.registry;
    await client.roundtrip();
    assert.deepEqual(namesOf(client.globals.values()), namesOf(stage.client.globals.values()));
    client.registry.create("bind", only(client, "xdg_system_bell_v1"), "xdg_system_bell_v1", 1);
    for (const { name } of client.offered("wl_output")) client.registry.create("bind", name, "wl_output", 1);
    await client.roundtrip();
  });

  it("is known to hooks by its own names, in both directions", async (t) => {
    const seen: string[] = [];
    const stage = await proxied(t, {
      globals: ["wl_output 4"],
      hooks: [
        { globals: [beeper()] },
        {
          events: {
            wl_registry: {
              global: ({ args }) => void seen.push(`global ${args.name}`),
              global_remove: ({ args }) => void seen.push(`remove ${args.name}`),
            },
          },
          requests: { wl_registry: { bind: ({ args }) => void seen.push(`bind ${args.name}`) } },
        },
      ],
    });
    const { client, compositor } = stage;
    void client.registry;
    await client.roundtrip();
    const name = only(client, "xdg_system_bell_v1");
    compositor.withdraw(compositor.globals[0] as (typeof compositor.globals)[0]);
    const global = { name, interface: "wl_output", version: 4 };
    compositor.globals.push(global);
    for (const connection of compositor.connections) connection.announce(global);
    await client.roundtrip();
    assert.notEqual(only(client, "wl_output"), name);
    await client.bind("wl_output");
    await client.roundtrip();
    compositor.withdraw(global);
    await client.roundtrip();
    assert.deepEqual(seen, ["global 3", "remove 3", `global ${name}`, `bind ${name}`, `remove ${name}`]);
  });

  it("may be one: through two proxies a client sees each global once, and binds what the compositor has", async (t) => {
    const { path, compositor } = await proxied(t, {
      globals: ["wl_output 4", "zwp_primary_selection_device_manager_v1"],
    });
    const display = DisplaySocket.open(join(path, ".."), "nested");
    const nested = createProxy({ display, connectHost: unixHost(path) });
    const client = new FakeClient(display.path, new ProtocolRegistry());
    try {
      const host = await compositor.nextConnection();
      await client.bind("gtk_primary_selection_device_manager");
      const bound = await host.expect("wl_registry.bind");
      assert.equal(bound.objectArg("id").interface.name, "zwp_primary_selection_device_manager_v1");
      await client.bind("wl_output");
      await host.expect("wl_registry.bind");
      assert.equal(client.globals.size, 3);
      for (const global of [...compositor.globals]) compositor.withdraw(global);
      await client.roundtrip();
      assert.equal(client.globals.size, 0);
    } finally {
      client.close();
      await nested.idle();
      await nested.close();
    }
  });
});

describe("an alias of a global", () => {
  const ZWP = "zwp_primary_selection_device_manager_v1";
  const GTK = "gtk_primary_selection_device_manager";

  it("goes from each registry that has announced it, and can still be bound, since that may have crossed", async (t) => {
    const { client, host, compositor } = await proxied(t, { globals: [ZWP] });
    const registries = [client.registry, client.display.create("get_registry")];
    await client.roundtrip();
    const name = only(client, GTK);
    compositor.withdraw(compositor.globals[0] as (typeof compositor.globals)[0]);
    await client.roundtrip();
    for (const registry of registries) {
      const removed = client.inbox.all.filter((m) => m.object === registry && m.name === "wl_registry.global_remove");
      assert.equal(removed.length, 2);
    }
    client.registry.create("bind", name, GTK, 1);
    assert.equal((await host.expect("wl_registry.bind")).objectArg("id").interface.name, ZWP);
  });

  it("comes again with the global, under a name that no bind under way can mean", async (t) => {
    const { client, compositor } = await proxied(t, { globals: [ZWP] });
    void client.registry;
    await client.roundtrip();
    const before = only(client, GTK);
    compositor.withdraw(compositor.globals[0] as (typeof compositor.globals)[0]);
    compositor.announce(ZWP);
    await client.roundtrip();
    assert.notEqual(only(client, GTK), before);
  });

  it("is not needed where the host has that protocol itself", async (t) => {
    const { client, compositor } = await proxied(t, { globals: [GTK, ZWP] });
    void client.registry;
    await client.roundtrip();
    assert.equal(only(client, GTK), compositor.globals[0]?.name);
  });
});
