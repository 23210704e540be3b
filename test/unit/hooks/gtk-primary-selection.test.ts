// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Interface, Message } from "../../../src/wire/signature.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { proxied, scoped } from "../../support/proxied.ts";

const GTK = "gtk_primary_selection_device_manager";
const ZWP = "zwp_primary_selection_device_manager_v1";

/** A message as text, with a stand-in for the interface's name, which differs. */
function shape({ name, opcode, since, destructor, args }: Message): unknown {
  return [
    name,
    opcode,
    since,
    destructor,
    args.map((arg) => [arg.kind, arg.nullable, arg.interface?.name.replace(/^gtk_|^zwp_|_v1$/g, "")]),
  ];
}

it("both protocols have the same messages", () => {
  const protocol = new ProtocolRegistry();
  for (const part of ["device_manager", "device", "offer", "source"]) {
    const [gtk, zwp] = [`gtk_primary_selection_${part}`, `zwp_primary_selection_${part}_v1`].map(
      (name) => protocol.get(name) as Interface,
    );
    assert.ok(gtk && zwp);
    assert.deepEqual(gtk.requests.map(shape), zwp.requests.map(shape), part);
    assert.deepEqual(gtk.events.map(shape), zwp.events.map(shape), part);
  }
});

describe("GTK's primary selection", () => {
  it("is offered beside the host's own protocol, with another name", async (t) => {
    const { client } = await proxied(t, { globals: ["wl_seat 5", ZWP] });
    void client.registry;
    await client.roundtrip();
    const [gtk] = client.offered(GTK);
    const [zwp] = client.offered(ZWP);
    assert.ok(gtk && zwp);
    assert.equal(gtk.version, 1);
    assert.notEqual(gtk.name, zwp.name);
  });

  it("is not offered where the host has nothing to serve it", async (t) => {
    const { client } = await proxied(t, { globals: ["wl_seat 5"] });
    void client.registry;
    await client.roundtrip();
    assert.deepEqual(client.offered(GTK), []);
  });

  for (const hide of [GTK, ZWP]) {
    it(`is not offered when ${hide} is hidden`, async (t) => {
      const { client } = await proxied(t, { globals: ["wl_seat 5", ZWP], policy: new GlobalPolicy({ hide: [hide] }) });
      void client.registry;
      await client.roundtrip();
      assert.deepEqual(client.offered(GTK), []);
      assert.deepEqual(client.offered(hide), []);
    });
  }

  it("cannot be bound where it is hidden, by a client that guesses its name", async (t) => {
    let name = 0;
    await scoped(async (scope) => {
      const { client } = await proxied(scope, { globals: ["wl_seat 5", ZWP] });
      await client.bind(GTK);
      name = client.offered(GTK)[0]?.name as number;
    });
    const policy = new GlobalPolicy({ hide: [GTK] });
    const { client } = await proxied(t, { globals: ["wl_seat 5", ZWP], policy });
    void client.registry;
    await client.roundtrip();
    client.registry.create("bind", name, GTK, 1);
    assert.match((await client.disconnected()).text, /invalid global/);
  });

  it("goes when the host's protocol goes", async (t) => {
    const { client, compositor } = await proxied(t, { globals: ["wl_seat 5", ZWP] });
    void client.registry;
    await client.roundtrip();
    compositor.withdraw(compositor.globals[1] as (typeof compositor.globals)[0]);
    await client.roundtrip();
    assert.deepEqual(
      [...client.globals.values()].map((global) => global.interface),
      ["wl_seat"],
    );
  });

  it("lets a client select: the host sees its own protocol, asks for the data and gets the descriptor through", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_seat 5", ZWP] });
    const seat = await client.bind("wl_seat");
    const manager = await client.bind(GTK);
    assert.equal((await host.expect("wl_registry.bind")).objectArg("id").interface.name, "wl_seat");
    assert.equal((await host.expect("wl_registry.bind")).objectArg("id").interface.name, ZWP);
    const device = manager.create("get_device", seat);
    const source = manager.create("create_source");
    source.send("offer", "text/plain");
    device.send("set_selection", source, 77);
    const created = await host.expect(`${ZWP}.create_source`);
    const selected = await host.expect("zwp_primary_selection_device_v1.set_selection");
    assert.deepEqual(Object.values(selected.args), [created.objectArg("id"), 77]);

    created.objectArg("id").send("send", "text/plain", fileWith("a place to write to"));
    const asked = await client.expect("gtk_primary_selection_source.send");
    assert.equal(asked.object, source);
    assert.equal(asked.arg("mime_type"), "text/plain");
    assert.equal(contentOf(asked.fdArg("fd")), "a place to write to");

    created.objectArg("id").send("cancelled");
    await client.expect("gtk_primary_selection_source.cancelled");
    source.send("destroy");
    device.send("set_selection", null, 78);
    assert.equal((await host.expect("zwp_primary_selection_device_v1.set_selection")).arg("source"), null);
  });

  it("lets a client paste: the host's offer comes as one of GTK's, and its request for the data arrives", async (t) => {
    const { client, host } = await proxied(t, { globals: ["wl_seat 5", ZWP] });
    const device = (await client.bind(GTK)).create("get_device", await client.bind("wl_seat"));
    const theirDevice = (await host.expect(`${ZWP}.get_device`)).objectArg("id");
    const theirOffer = theirDevice.create("data_offer");
    theirOffer.send("offer", "text/plain");
    theirDevice.send("selection", theirOffer);
    const offered = await client.expect("gtk_primary_selection_device.data_offer");
    assert.equal(offered.object, device);
    const offer = offered.objectArg("offer");
    assert.equal(offer.interface.name, "gtk_primary_selection_offer");
    assert.equal((await client.expect("gtk_primary_selection_offer.offer")).arg("mime_type"), "text/plain");
    assert.equal((await client.expect("gtk_primary_selection_device.selection")).arg("id"), offer);

    offer.send("receive", "text/plain", fileWith("write here"));
    const request = await host.expect("zwp_primary_selection_offer_v1.receive");
    assert.equal(request.object, theirOffer);
    assert.equal(contentOf(request.fdArg("fd")), "write here");
    offer.send("destroy");
    await host.expect("zwp_primary_selection_offer_v1.destroy");
    // An offer to a device that the client has given up is not its business any more, and the host learns so.
    device.send("destroy");
    host.deletesIds = false;
    const late = theirDevice.create("data_offer");
    await host.expect("zwp_primary_selection_offer_v1.destroy", ({ object }) => object === late);
  });

  it("is seen by other hooks as what each side speaks: requests as GTK's, events as the host's", async (t) => {
    const seen: string[] = [];
    const { client, host } = await proxied(t, {
      globals: ["wl_seat 5", ZWP],
      hooks: [
        {
          requests: {
            gtk_primary_selection_source: { offer: ({ args }) => void seen.push(`asked ${args.mime_type}`) },
          },
          events: { zwp_primary_selection_offer_v1: { offer: ({ args }) => void seen.push(`told ${args.mime_type}`) } },
        },
      ],
    });
    const manager = await client.bind(GTK);
    manager.create("create_source").send("offer", "text/html");
    manager.create("get_device", await client.bind("wl_seat"));
    const device = (await host.expect(`${ZWP}.get_device`)).objectArg("id");
    device.create("data_offer").send("offer", "text/plain");
    await client.expect("gtk_primary_selection_offer.offer");
    assert.deepEqual(seen, ["asked text/html", "told text/plain"]);
  });

  it("does not mix with the newer protocol: objects of one are no arguments for the other", async (t) => {
    const { client } = await proxied(t, { globals: ["wl_seat 5", ZWP] });
    const seat = await client.bind("wl_seat");
    const source = (await client.bind(GTK)).create("create_source");
    (await client.bind(ZWP)).create("get_device", seat).send("set_selection", source, 1);
    const { code, text } = await client.disconnected();
    assert.equal(code, 1);
    assert.match(text, /gtk_primary_selection_source#\d+, not a zwp_primary_selection_source_v1/);
  });
});
