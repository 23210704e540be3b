// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getuid } from "node:process";
import { describe, it } from "node:test";
import type { Client } from "../../../src/relay/client.ts";
import { ProtocolError } from "../../../src/wire/errors.ts";
import { proxied } from "../../support/proxied.ts";

describe("a hook for new clients", () => {
  it("knows who has connected, before the client's first message, and learns when it has gone", async (t) => {
    const story: string[] = [];
    const clients: Client[] = [];
    let ended = (): void => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const stage = await proxied(t, {
      hooks: [
        {
          onClient(client) {
            clients.push(client);
            story.push("connected");
            client.onEnded(ended);
          },
          requests: { wl_display: { sync: ({ client }) => void story.push(client === clients[0] ? "sync" : "other") } },
        },
      ],
    });
    await stage.client.roundtrip();
    assert.deepEqual(story, ["connected", "sync"]);
    const [client] = clients;
    assert.ok(client);
    assert.deepEqual([client.pid, client.uid], [process.pid, getuid?.()]);
    const { name } = client;
    assert.equal(name, `client 1 (node, pid ${process.pid})`);
    stage.client.close();
    await end;
    assert.equal(client.name, name);
  });

  it("runs in its stage", async (t) => {
    const order: string[] = [];
    const stage = await proxied(t, {
      hooks: [
        { stage: "seal", onClient: () => void order.push("seal") },
        { onClient: () => void order.push("user") },
        { stage: "policy", onClient: () => void order.push("policy") },
      ],
    });
    await stage.client.roundtrip();
    assert.deepEqual(order, ["policy", "user", "seal"]);
  });

  for (const [what, error, expected] of [
    ["a mistake", new Error("boom"), [3, "wayland-proxy: internal error: the hook of onClient failed: boom"]],
    ["a refusal", new ProtocolError("not you", 2), [2, "not you"]],
  ] as const) {
    it(`ends the session of its client by ${what}, and no other`, async (t) => {
      let isAngry = false;
      const stage = await proxied(t, {
        hooks: [
          {
            onClient() {
              if (isAngry) throw error;
            },
          },
        ],
      });
      await stage.client.roundtrip();
      isAngry = true;
      const { client, host } = await stage.connect();
      const { code, text } = await client.disconnected();
      assert.deepEqual([code, text], expected);
      await host.closed;
      await stage.client.roundtrip();
    });
  }
});
