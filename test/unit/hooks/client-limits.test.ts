// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { poolLimit } from "../../../src/hooks/client-limits.ts";
import { memfd } from "../../../src/native/memory.ts";
import { eventually } from "../../support/eventually.ts";
import { guarding } from "../../support/policy.ts";
import { proxied } from "../../support/proxied.ts";

describe("a limit", () => {
  it("of surfaces ends the client that makes one more, and no other one", async (t) => {
    const log: string[] = [];
    const stage = await proxied(t, { globals: ["wl_compositor"], guard: guarding({ maxSurfaces: 3 }, log) });
    const other = await stage.connect();
    const compositor = await stage.client.bind("wl_compositor");
    for (let count = 0; count < 10; count++) compositor.create("create_surface").send("destroy");
    for (let count = 0; count < 3; count++) compositor.create("create_surface");
    await stage.client.roundtrip();
    compositor.create("create_surface");
    assert.match((await stage.client.disconnected()).text, /more than 3 surfaces, which is its limit/);
    assert.match(log.join(), /see limits\.surfaces in its policy/);
    (await other.client.bind("wl_compositor")).create("create_surface");
    await other.host.expect("wl_compositor.create_surface");
  });

  it("of objects ends the client that makes one more", async (t) => {
    const log: string[] = [];
    const stage = await proxied(t, { globals: ["wl_compositor"], guard: guarding({ maxObjects: 50 }, log) });
    const compositor = await stage.client.bind("wl_compositor");
    for (let count = 0; count < 40; count++) compositor.create("create_region");
    await stage.client.roundtrip();
    for (let count = 0; count < 20; count++) compositor.create("create_region");
    assert.match((await stage.client.disconnected()).text, /more than 50 objects/);
    assert.match(log.join(), /more than 50 objects is refused: see limits\.objects in its policy/);
  });

  it("of clients turns away the next one, until one of them has gone", async (t) => {
    const stage = await proxied(t, { guard: guarding({ maxClients: 2 }) });
    const second = await stage.connect();
    const third = stage.newClient();
    assert.match((await third.disconnected()).text, /2 clients are connected.*limits\.clients/);
    second.client.close();
    await second.host.whenClosed;
    await (await stage.connect()).client.roundtrip();
    assert.match(stage.log.join("\n"), /is turned away: 2 clients are connected/);
  });

  it("of descriptors that wait ends the client that does not take them", async (t) => {
    const log: string[] = [];
    const stage = await proxied(t, { globals: ["wl_seat"], guard: guarding({ maxDescriptors: 50 }, log) });
    const { client, host } = stage;
    (await client.bind("wl_seat")).create("get_keyboard");
    const keyboard = (await host.expect("wl_seat.get_keyboard")).objectArg("id");
    client.reading = false;
    // The socket itself takes some.
    const text = () => memfd("wayland-proxy-fd-keymap", 4096);
    await eventually("the client to be cut off", async () => {
      for (let count = 0; count < 20 && host.open; count++) keyboard.send("keymap", 1, text(), 4096);
      return stage.log.some((line) => /has not taken \d+ file descriptors/.test(line));
    });
    assert.match(stage.log.join("\n"), /has not taken (5[1-9]|6\d|7\d) file descriptors/);
    assert.match(
      log.join(),
      /more than 50 file descriptors that wait is refused: see limits\.descriptors in its policy/,
    );
    client.reading = true;
    await client.disconnected();
  });

  it("of shared memory counts pools for as long as they or their buffers are there", async (t) => {
    const log: string[] = [];
    const guard = guarding({ maxMemory: 10_000 }, log);
    const stage = await proxied(t, { globals: ["wl_shm"], hooks: [poolLimit(guard)] });
    const { client } = stage;
    const shm = await client.bind("wl_shm");
    const file = memfd("wayland-proxy-fd-pool", 10_000);
    const pool = (size: number) => shm.create("create_pool", file.duplicate(), size);
    for (let count = 0; count < 5; count++) pool(10_000).send("destroy");
    const kept = pool(4000);
    const buffer = kept.create("create_buffer", 0, 1, 1, 4, 0);
    kept.send("destroy");
    const grown = pool(1000);
    grown.send("resize", 6000);
    await client.roundtrip();
    buffer.send("destroy");
    grown.send("resize", 10_000);
    await client.roundtrip();
    pool(1);
    assert.match((await client.disconnected()).text, /shares more than 10000 bytes of memory/);
    assert.match(log.join(), /see limits\.memory in its policy/);
    file.close();
  });
});
