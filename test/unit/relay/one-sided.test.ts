// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HookedMessage } from "../../../src/relay/hooked-message.ts";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { onEvents, onRequests } from "../../../src/relay/one-sided.ts";
import type { WlObject } from "../../../src/wire/wl-object.ts";
import { packet, string, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { echoed } from "../../support/echo.ts";
import { Gate } from "../../support/gate.ts";
import { Relay } from "../../support/relay.ts";
import { windowed } from "../../support/window.ts";

describe("an object that only the client has", () => {
  it("has its requests go to its listener, and its id is free when it is destroyed", async (t) => {
    const heard: unknown[] = [];
    const { client, host, wlCompositor } = await windowed(t, {
      requests: {
        wl_compositor: {
          create_region(message) {
            message.drop();
            onRequests(message.args.id, {
              add: (args) => void heard.push(["add", args]),
              destroy: (args) => void heard.push(["destroy", args]),
            });
          },
        },
      },
    });
    const region = wlCompositor.ours.create("create_region");
    region.send("add", 1, 2, 3, 4);
    region.send("destroy");
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === region.id);
    assert.deepEqual(heard, [
      ["add", { x: 1, y: 2, width: 3, height: 4 }],
      ["destroy", {}],
    ]);
    assert.equal(wlCompositor.ours.create("create_region").id, region.id);
    await client.roundtrip();
    assert.ok(!host.inbox.all.some(({ name }) => name.includes("region")));
  });

  it("is null for the host as an argument, and a request in which it may not be null is dropped", async (t) => {
    let armed = false;
    const drop = (message: { drop(): void }): void => (armed ? message.drop() : undefined);
    const { client, host, wlCompositor, surface } = await windowed(t, {
      requests: { wl_compositor: { create_region: drop, create_surface: drop } },
    });
    armed = true;
    const wmBase = await client.bind("xdg_wm_base");
    surface.ours.send("set_opaque_region", wlCompositor.ours.create("create_region"));
    assert.deepEqual((await host.expect("wl_surface.set_opaque_region")).args, { region: null });
    const xdgSurface = wmBase.create("get_xdg_surface", wlCompositor.ours.create("create_surface"));
    xdgSurface.create("get_toplevel").send("set_title", "unheard");
    // Ids of objects that were not made after all leave no gap behind.
    surface.ours.create("frame");
    await host.expect("wl_surface.frame");
    assert.equal(host.inbox.count("xdg_toplevel.set_title"), 0);
    assert.equal(host.inbox.count("xdg_wm_base.get_xdg_surface"), 1);
  });
});

describe("an object that only the host has", () => {
  it("is heard no more once it was destroyed, whatever of its events crosses with that", () => {
    const heard: string[] = [];
    let own: WlObject<"wl_surface"> | undefined;
    const relay = new Relay({
      requests: {
        echo: {
          numbers({ client, object }: HookedMessage<unknown, "wl_surface">) {
            own = client.createObject("echo" as "wl_surface", 3);
            onEvents(own, { numbers: () => void heard.push("numbers") } as Parameters<
              typeof onEvents<"wl_surface">
            >[1]);
            client.sendRequest(object, "spawn" as "frame", { child: own } as never);
          },
        },
      },
    });
    relay.client.give(packet(4, 0, Buffer.alloc(12)).bytes);
    relay.client.deliver();
    const made = own as WlObject<"wl_surface"> | undefined;
    assert.ok(made);
    const { hostId } = made;
    const event = packet(hostId, 0, Buffer.alloc(12)).bytes;
    relay.host.give(event);
    relay.host.deliver();
    assert.deepEqual(heard, ["numbers"]);
    relay.session.client.sendRequest(made, "destroy", {});
    relay.host.give(event);
    relay.host.deliver();
    assert.deepEqual(heard, ["numbers"]);
    relay.end();
  });

  it("has its events go to its listener, and the client never learns of its id", async (t) => {
    const heard: number[] = [];
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ client }) {
            const callback = client.createObject("wl_callback", 1);
            onEvents(callback, { done: (args) => void heard.push(args.callback_data) });
            client.sendRequest(client.display, "sync", { callback });
          },
        },
      },
    });
    const known = client.inbox.count("wl_display.delete_id");
    for (let i = 0; i < 3; i++) {
      surface.ours.send("commit");
      await host.expect("wl_surface.commit");
    }
    surface.theirs.send("preferred_buffer_scale", 1);
    await client.expect("wl_surface.preferred_buffer_scale");
    assert.deepEqual(heard, [0, 0, 0]);
    assert.equal(client.inbox.count("wl_display.delete_id"), known);
  });

  it("reports nothing any more when it is destroyed", async (t) => {
    const heard: string[] = [];
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ client, object }) {
            const id = client.createObject("wl_callback", 1);
            onEvents(id, { done: () => void heard.push("done") });
            client.sendRequest(object, "frame", { callback: id });
            id.clientGone = true;
          },
        },
      },
    });
    surface.ours.send("commit");
    (await host.expect("wl_surface.frame")).objectArg("callback").send("done", 0);
    surface.theirs.send("preferred_buffer_scale", 1);
    await client.expect("wl_surface.preferred_buffer_scale");
    assert.deepEqual(heard, []);
  });

  it("may be used and destroyed by the hook that made it", async (t) => {
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ client }) {
            const registry = client.createObject("wl_registry", 1);
            client.sendRequest(client.display, "get_registry", { registry });
          },
        },
      },
    });
    const globals = client.inbox.count("wl_registry.global");
    surface.ours.send("commit");
    await host.expect("wl_display.get_registry");
    await client.roundtrip();
    assert.equal(client.inbox.count("wl_registry.global"), globals, "events without a listener are lost");
  });
});

describe("with a hook on them", () => {
  const idle = (direction: "requests" | "events", ...names: string[]): Hooks =>
    ({ [direction]: { echo: Object.fromEntries(names.map((name) => [name, () => {}])) } }) as Hooks;

  it("late events that make an object are lost like others, and what they made is destroyed", async (t) => {
    const { client, host, echo } = await echoed(t, { hooks: [idle("events", "spawn")] });
    host.deletesIds = false;
    echo.ours.send("destroy");
    await host.expect("echo.destroy");
    const orphan = echo.theirs.create("spawn");
    assert.equal((await host.expect("echo.destroy")).object, orphan);
    await client.roundtrip();
    assert.equal(client.inbox.count("echo.spawn"), 0);
    host.deleteId(echo.theirs);
  });

  it("events that name an object which the client has destroyed say null, or are lost if they may not", async (t) => {
    const { client, echo } = await echoed(t, { hooks: [idle("events", "objects")] });
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

  it("events that name an object which the host has made and the client never had say null", async (t) => {
    const { client, host, echo } = await echoed(t, { hooks: [idle("events", "objects")] });
    host.sendRaw(packet(echo.theirs.id, 3, Buffer.concat([word(echo.theirs.id), word(0xff000042), word(0)])));
    assert.deepEqual(Object.values((await client.expect("echo.objects")).args), [echo.ours, null, null]);
  });

  it("malformed requests leave no descriptors", async (t) => {
    const { client, echo } = await echoed(t, { hooks: [idle("requests", "all")] });
    // int, text, (fd), an object that does not exist, bytes, new id, null, (fd), fixed
    const body = [word(1), string("x"), word(4711), word(0), word(echo.ours.id + 1), word(0), word(0)];
    client.sendRaw(packet(echo.ours.id, 5, Buffer.concat(body), [fileWith("a"), fileWith("b")]));
    const { code, text } = await client.disconnected();
    assert.equal(code, 1);
    assert.match(text, /echo#\d+\.all.*4711/);
  });
});

describe("a request that we make for the client", () => {
  it("is seen by hooks, and waits for one that holds others up", async (t) => {
    const gate = new Gate();
    let known: WlObject<"xdg_toplevel"> | undefined;
    const { host, toplevel, surface, client } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          set_title: (message) => message.change({ title: `tagged ${message.args.title}` }),
          set_app_id(message) {
            message.drop();
            const { client, object } = message;
            client.injectRequest(object, "set_title", { title: message.args.app_id });
          },
        },
        wl_surface: {
          commit: ({ client }) => {
            // It is held itself by then.
            queueMicrotask(() => {
              client.injectRequest(known as WlObject<"xdg_toplevel">, "set_title", { title: "while held" });
            });
            return gate.hook();
          },
        },
      },
      events: {
        xdg_toplevel: {
          configure: ({ object }) => {
            known = object;
          },
        },
      },
    });
    toplevel.theirs.send("configure", 1, 2, Buffer.alloc(0));
    await client.expect("xdg_toplevel.configure");
    toplevel.ours.send("set_app_id", "at once");
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "tagged at once");
    surface.ours.send("commit");
    surface.ours.send("set_buffer_scale", 2);
    await gate.entered;
    gate.open();
    await host.expect("wl_surface.set_buffer_scale");
    const order = host.inbox.all.slice(-3).map(({ name }) => name);
    assert.deepEqual(order, ["wl_surface.commit", "xdg_toplevel.set_title", "wl_surface.set_buffer_scale"]);
  });
});
