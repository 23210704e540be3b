// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { titleBars } from "../../support/decorated.ts";
import { proxied } from "../../support/proxied.ts";
import { windowGlobals } from "../../support/window.ts";

const MANAGER = "zxdg_decoration_manager_v1";

describe("the offer to draw frames", () => {
  it("is made to every registry before what the program asks next is answered", async (t) => {
    const { client } = await proxied(t, { globals: windowGlobals, hooks: titleBars({}) });
    void client.registry;
    await client.roundtrip();
    assert.deepEqual(
      client.offered(MANAGER).map(({ version }) => version),
      [1],
    );
    const [{ name } = { name: 0 }] = client.offered(MANAGER);
    const other = client.display.create("get_registry");
    await client.roundtrip();
    const again = client.inbox.all.filter(
      ({ object, args }) => object === other && args["interface"] === MANAGER && args["name"] === name,
    );
    assert.equal(again.length, 1);
  });

  it("costs the host one question for all clients, as long as it does not make one itself", async (t) => {
    const first = await proxied(t, { globals: windowGlobals, hooks: titleBars({}) });
    const asked = async ({ client, host }: Pick<typeof first, "client" | "host">): Promise<number> => {
      void client.registry;
      await client.roundtrip();
      assert.equal(client.offered(MANAGER).length, 1);
      return host.inbox.count("wl_display.sync") - 1;
    };
    assert.equal(await asked(first), 1);
    assert.equal(await asked(await first.connect()), 0);
    first.compositor.announce(MANAGER);
    await first.client.roundtrip();
    const later = await first.connect();
    assert.equal(await asked(later), 0);
    const [{ name } = { name: 0 }] = first.client.offered(MANAGER);
    assert.notEqual(later.client.offered(MANAGER)[0]?.name, name, "the host's own");
  });

  it("is the host's where that makes one", async (t) => {
    const { client, host } = await proxied(t, { globals: [...windowGlobals, MANAGER], hooks: titleBars({}) });
    const manager = await client.bind(MANAGER, 1);
    assert.equal(client.offered(MANAGER).length, 1);
    const toplevel = (await client.bind("xdg_wm_base"))
      .create("get_xdg_surface", (await client.bind("wl_compositor")).create("create_surface"))
      .create("get_toplevel");
    manager.create("get_toplevel_decoration", toplevel);
    await host.expect("zxdg_decoration_manager_v1.get_toplevel_decoration");
  });

  it("stays ours where the host makes one later", async (t) => {
    const { client, compositor } = await proxied(t, { globals: windowGlobals, hooks: titleBars({}) });
    void client.registry;
    await client.roundtrip();
    compositor.announce(MANAGER);
    await client.roundtrip();
    assert.equal(client.offered(MANAGER).length, 1);
  });

  for (const [where, policy] of [
    ["it is hidden", new GlobalPolicy({ hide: [MANAGER] })],
    ["only something else is offered", new GlobalPolicy({ only: ["xdg_wm_base"] })],
  ] as const) {
    it(`is not made where ${where}`, async (t) => {
      const { client } = await proxied(t, { globals: windowGlobals, policy, hooks: titleBars({ policy }) });
      void client.registry;
      await client.roundtrip();
      assert.deepEqual(client.offered(MANAGER), []);
    });
  }

  it("can be taken up by a client that knows its name, with its first words", async (t) => {
    const first = await proxied(t, { globals: windowGlobals, hooks: titleBars({}) });
    void first.client.registry;
    await first.client.roundtrip();
    const [{ name } = { name: 0 }] = first.client.offered(MANAGER);
    const { client } = await first.connect();
    client.registry.create("bind", name, MANAGER, 1);
    await client.roundtrip();
    await client.roundtrip();
  });

  it("cannot be taken up where it was not made", async (t) => {
    const first = await proxied(t, { globals: windowGlobals, hooks: titleBars({}) });
    void first.client.registry;
    await first.client.roundtrip();
    const [{ name } = { name: 0 }] = first.client.offered(MANAGER);
    first.compositor.announce(MANAGER);
    const { client } = await first.connect();
    client.registry.create("bind", name, MANAGER, 1);
    assert.equal((await client.disconnected()).text, `invalid global ${MANAGER} (${name})`);
  });
});
