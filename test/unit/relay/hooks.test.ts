// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Fd } from "../../../src/native/fd.ts";
import { Protocol } from "../../../src/protocol/protocol.ts";
import type { HookedMessage } from "../../../src/relay/hooked-message.ts";
import { type Hooks, installHooks } from "../../../src/relay/hooks.ts";
import { ProtocolError } from "../../../src/wire/errors.ts";
import type { WlObject } from "../../../src/wire/wl-object.ts";
import { packet, string, word } from "../../support/codec.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed } from "../../support/echo.ts";
import { proxied, type Scope, type Stage, scoped } from "../../support/proxied.ts";
import { openWindow, type Window, windowGlobals } from "../../support/window.ts";

/** A stage with these hooks, on which the client has a window. */
async function windowed(t: Scope, ...hooks: Hooks[]): Promise<Stage & Window> {
  const stage = await proxied(t, { globals: [...windowGlobals, "wl_shm 1"], hooks });
  return Object.assign(stage, await openWindow(stage));
}

/** A hook that takes as long as a test wants. */
class Gate {
  /** Resolves when a message has reached the hook. */
  readonly entered: Promise<void>;
  open!: () => void;
  fail!: (error: Error) => void;
  readonly hook: () => Promise<void>;

  constructor() {
    let enter = (): void => {};
    this.entered = new Promise((resolve) => {
      enter = resolve;
    });
    const opened = new Promise<void>((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    this.hook = () => {
      enter();
      return opened;
    };
  }
}

const namesOf = (messages: readonly { name: string }[]): string[] => messages.map(({ name }) => name);

describe("a hook", () => {
  it("changes what it wants of a request, and the rest stays", async (t) => {
    const { host, toplevel } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          set_app_id: (message) => message.change({ app_id: `vm.${message.args.app_id}` }),
          resize: (message) => message.change({ serial: 99 }),
          set_title: () => {},
        },
      },
    });
    toplevel.ours.send("set_app_id", "foot");
    assert.deepEqual((await host.expect("xdg_toplevel.set_app_id")).args, { app_id: "vm.foot" });
    toplevel.ours.send("set_max_size", 3, 4);
    assert.deepEqual((await host.expect("xdg_toplevel.set_max_size")).args, { width: 3, height: 4 });
    toplevel.ours.send("set_title", "unchänged");
    assert.deepEqual((await host.expect("xdg_toplevel.set_title")).args, { title: "unchänged" });
  });

  it("changes events, too, with arrays and negative numbers", async (t) => {
    const { client, toplevel } = await windowed(t, {
      events: {
        xdg_toplevel: {
          configure({ args }) {
            assert.deepEqual([args.width, args.height, Buffer.from(args.states)], [640, -480, Buffer.of(1, 0, 0, 0)]);
          },
        },
      },
    });
    toplevel.theirs.send("configure", 640, -480, Buffer.of(1, 0, 0, 0));
    assert.equal((await client.expect("xdg_toplevel.configure")).arg("height"), -480);
  });

  it("drops a message, and what comes before and after it stays in order", async (t) => {
    const { client, host, surface } = await windowed(t, {
      requests: { wl_surface: { damage: (message) => message.drop() } },
    });
    surface.ours.send("set_buffer_scale", 1);
    surface.ours.send("damage", 1, 2, 3, 4);
    surface.ours.send("set_buffer_scale", 2);
    surface.ours.send("commit");
    await client.roundtrip();
    const scales = host.inbox.all.filter(({ name }) => name === "wl_surface.set_buffer_scale");
    assert.deepEqual(
      scales.map((one) => one.arg("scale")),
      [1, 2],
    );
    assert.equal(host.inbox.count("wl_surface.damage"), 0);
    assert.equal(host.inbox.all.at(-2)?.name, "wl_surface.commit");
  });

  it("sends requests of its own before and after the message", async (t) => {
    const { host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ session, object }) {
            session.sendRequest(object, "wl_surface", "damage", { x: 0, y: 0, width: 7, height: 7 });
          },
          set_buffer_scale(message) {
            const { session, object } = message;
            message.after(() => session.sendRequest(object, "wl_surface", "offset", { x: -1, y: 2 }));
          },
        },
      },
    });
    surface.ours.send("set_buffer_scale", 2);
    surface.ours.send("commit");
    await host.expect("wl_surface.commit");
    const names = namesOf(host.inbox.all.slice(-4));
    assert.deepEqual(
      names,
      ["set_buffer_scale", "offset", "damage", "commit"].map((name) => `wl_surface.${name}`),
    );
    assert.deepEqual(host.inbox.all.at(-3)?.args, { x: -1, y: 2 });
  });

  it("sends events of its own before and after the message", async (t) => {
    const { client, surface } = await windowed(t, {
      events: {
        wl_surface: {
          preferred_buffer_scale(message) {
            const { session, object } = message;
            session.sendEvent(object, "wl_surface", "preferred_buffer_transform", { transform: 1 });
            message.after(() =>
              session.sendEvent(object, "wl_surface", "preferred_buffer_transform", { transform: 2 }),
            );
          },
        },
      },
    });
    surface.theirs.send("preferred_buffer_scale", 3);
    const seen = [];
    for (let i = 0; i < 2; i++)
      seen.push((await client.expect("wl_surface.preferred_buffer_transform")).arg("transform"));
    assert.deepEqual(seen, [1, 2]);
    assert.deepEqual(namesOf(client.inbox.all.slice(-2)), [
      "wl_surface.preferred_buffer_scale",
      "wl_surface.preferred_buffer_transform",
    ]);
  });

  it("sends messages when nothing else is going on", async (t) => {
    let speak = (): void => {};
    const { client, surface, host } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ session, object }) {
            speak = () => {
              session.sendEvent(object, "wl_surface", "preferred_buffer_scale", { factor: 5 });
              session.sendRequest(object, "wl_surface", "set_buffer_scale", { scale: 5 });
            };
          },
        },
      },
    });
    surface.ours.send("commit");
    await host.expect("wl_surface.commit");
    await setImmediate();
    speak();
    assert.equal((await client.expect("wl_surface.preferred_buffer_scale")).arg("factor"), 5);
    assert.equal((await host.expect("wl_surface.set_buffer_scale")).arg("scale"), 5);
  });

  it("answers a request itself: the host never hears of it, and the id is free again", async (t) => {
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          frame(message) {
            const { callback } = message.args;
            message.drop();
            message.after(() => message.session.sendEvent(callback, "wl_callback", "done", { callback_data: 77 }));
          },
        },
      },
    });
    const callback = surface.ours.create("frame");
    const { object, args } = await client.expect("wl_callback.done");
    assert.deepEqual([object, args], [callback, { callback_data: 77 }]);
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === callback.id);
    await client.roundtrip();
    assert.equal(host.inbox.count("wl_surface.frame"), 0);
  });

  it("replaces a descriptor, and the one that came is closed", async (t) => {
    const { client, host } = await windowed(t, {
      requests: { wl_shm: { create_pool: (message) => message.change({ fd: fileWith("a copy") }) } },
    });
    const shm = await client.bind("wl_shm");
    shm.create("create_pool", fileWith("the client's"), 4096);
    const message = await host.expect("wl_shm.create_pool");
    assert.equal(contentOf(message.fdArg("fd")), "a copy");
  });

  it("may keep a copy of a descriptor, which stays the message's", async (t) => {
    const copies: Fd[] = [];
    const { client, host } = await windowed(t, {
      requests: { wl_shm: { create_pool: ({ args }) => void copies.push(args.fd.duplicate()) } },
    });
    (await client.bind("wl_shm")).create("create_pool", fileWith("shared"), 4096);
    assert.equal(contentOf((await host.expect("wl_shm.create_pool")).fdArg("fd")), "shared");
    assert.equal(contentOf(copies[0] as Fd), "shared");
  });

  it("that drops a message with a descriptor has it closed", async (t) => {
    const { client, host } = await windowed(t, { requests: { wl_shm: { create_pool: (message) => message.drop() } } });
    const pool = (await client.bind("wl_shm")).create("create_pool", fileWith(""), 4096);
    pool.send("resize", 8192);
    await client.roundtrip();
    assert.equal(host.inbox.count("wl_shm_pool.resize"), 0);
  });

  it("sees the changes of those before it, and nothing when one of them has dropped the message", async (t) => {
    const seen: string[] = [];
    const append = (text: string): Hooks => ({
      requests: {
        xdg_toplevel: {
          set_title(message) {
            seen.push(message.args.title);
            if (message.args.title === "no!") return message.drop();
            message.change({ title: message.args.title + text });
          },
        },
      },
    });
    const { client, host, toplevel } = await windowed(t, append("!"), append("?"), append("."));
    toplevel.ours.send("set_title", "yes");
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "yes!?.");
    toplevel.ours.send("set_title", "no");
    await client.roundtrip();
    assert.equal(host.inbox.count("xdg_toplevel.set_title"), 1);
    assert.deepEqual(seen, ["yes", "yes!", "yes!?", "no", "no!"]);
  });

  it("may keep the objects that it saw as keys: none comes again as another", async (t) => {
    const seen: WlObject[] = [];
    const { host, client, surface } = await windowed(t, {
      requests: { wl_surface: { frame: ({ args }) => void seen.push(args.callback) } },
    });
    for (let i = 0; i < 5; i++) {
      surface.ours.create("frame");
      (await host.expect("wl_surface.frame")).objectArg("callback").send("done", i);
      await client.expect("wl_callback.done");
    }
    assert.equal(seen.length, 5);
    assert.equal(new Set(seen).size, seen.length);
  });

  it("is refused for a message that does not exist, or that is the relay's own business", () => {
    const install = (hooks: unknown) => () => installHooks(new Protocol(), hooks as Hooks);
    assert.throws(install({ requests: { wl_surface: { no_such: () => {} } } }), /TypeError.*wl_surface\.no_such/);
    assert.throws(install({ events: { wl_surface: { commit: () => {} } } }), /TypeError.*wl_surface\.commit/);
    assert.throws(install({ requests: { no_such: { commit: () => {} } } }), /TypeError.*no_such\.commit/);
    assert.throws(install({ events: { wl_display: { delete_id: () => {} } } }), /TypeError.*wl_display\.delete_id/);
  });

  it("that names an argument which the message does not have, or a value that does not fit, ends the session only", async () => {
    for (const changes of [{ no_such: 1 }, { title: 7 }]) {
      await scoped(async (scope) => {
        const { client, toplevel } = await windowed(scope, {
          requests: { xdg_toplevel: { set_title: (message) => message.change(changes as never) } },
        });
        toplevel.ours.send("set_title", "x");
        const { code, text } = await client.disconnected();
        assert.equal(code, 3);
        assert.match(text, /internal error.*(no_such|title)/);
      });
    }
  });

  it("whose new descriptor goes nowhere, because another value does not fit, leaves none", async (t) => {
    const { client } = await windowed(t, {
      requests: { wl_shm: { create_pool: (message) => message.change({ fd: fileWith(""), size: "big" as never }) } },
    });
    (await client.bind("wl_shm")).create("create_pool", fileWith(""), 4096);
    assert.equal((await client.disconnected()).code, 3);
  });
});

describe("a hook that takes its time", () => {
  it("holds up the messages behind it, in order, and nothing in the other direction", async (t) => {
    const gate = new Gate();
    const { client, host, surface, toplevel } = await windowed(t, {
      requests: { wl_surface: { commit: gate.hook } },
    });
    surface.ours.send("set_buffer_scale", 1);
    surface.ours.send("commit");
    surface.ours.send("set_buffer_scale", 2);
    await host.expect("wl_surface.set_buffer_scale");
    for (let i = 0; i < 3; i++) {
      toplevel.theirs.send("configure", i, i, Buffer.alloc(0));
      await client.expect("xdg_toplevel.configure");
      surface.ours.send("set_buffer_scale", 3 + i);
    }
    assert.equal(host.inbox.all.at(-1)?.arg("scale"), 1);
    gate.open();
    await host.expect("wl_surface.commit");
    for (const scale of [2, 3, 4, 5])
      assert.equal((await host.expect("wl_surface.set_buffer_scale")).arg("scale"), scale);
  });

  it("holds up events in the same way", async (t) => {
    const gate = new Gate();
    const { client, host, surface, toplevel } = await windowed(t, {
      events: { xdg_toplevel: { configure: gate.hook } },
    });
    toplevel.theirs.send("configure", 1, 1, Buffer.alloc(0));
    toplevel.theirs.send("close");
    for (let i = 0; i < 3; i++) {
      surface.ours.send("commit");
      await host.expect("wl_surface.commit");
      toplevel.theirs.send("close");
    }
    assert.equal(client.inbox.count("xdg_toplevel.close"), 0);
    gate.open();
    await client.expect("xdg_toplevel.configure");
    for (let i = 0; i < 4; i++) await client.expect("xdg_toplevel.close");
  });

  it("holds up its own session only", async (t) => {
    const gate = new Gate();
    const stage = await windowed(t, { requests: { wl_surface: { commit: gate.hook } } });
    stage.surface.ours.send("commit");
    const other = await stage.connect();
    await other.client.roundtrip();
    gate.open();
    await stage.host.expect("wl_surface.commit");
  });

  it("may change or drop the message in the end, and send others before", async (t) => {
    const { client, host, toplevel, surface } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          async set_title(message) {
            await setImmediate();
            message.session.sendRequest(message.object, "xdg_toplevel", "set_app_id", { app_id: "first" });
            await setImmediate();
            if (message.args.title === "drop") message.drop();
            else message.change({ title: `slow ${message.args.title}` });
          },
        },
      },
    });
    for (const title of ["one", "drop", "two"]) toplevel.ours.send("set_title", title);
    surface.ours.send("commit");
    await host.expect("wl_surface.commit");
    const told = host.inbox.all.slice(-6).map((one) => one.arg("title") ?? one.arg("app_id"));
    assert.deepEqual(told, ["first", "slow one", "first", "first", "slow two", undefined]);
    await client.roundtrip();
  });

  it("is followed by the hooks behind it on the same message, one after the other", async (t) => {
    const order: string[] = [];
    const slow = (name: string): Hooks => ({
      requests: {
        wl_surface: {
          async commit() {
            order.push(`${name} begins`);
            await setImmediate();
            order.push(`${name} ends`);
          },
        },
      },
    });
    const { host, surface } = await windowed(
      t,
      slow("a"),
      { requests: { wl_surface: { commit: () => void order.push("b") } } },
      slow("c"),
    );
    surface.ours.send("commit");
    await host.expect("wl_surface.commit");
    assert.deepEqual(order, ["a begins", "a ends", "b", "c begins", "c ends"]);
  });

  it("does not lose what the client has sent when the client leaves meanwhile", async (t) => {
    const gate = new Gate();
    const { client, host, surface, proxy } = await windowed(t, { requests: { wl_surface: { commit: gate.hook } } });
    surface.ours.send("commit");
    surface.ours.send("set_buffer_scale", 2);
    await gate.entered;
    client.close();
    await setImmediate();
    assert.equal(proxy.sessions, 1);
    gate.open();
    await host.expect("wl_surface.commit");
    await host.expect("wl_surface.set_buffer_scale");
    await host.closed;
  });

  it("does not lose what the host has sent when the host leaves meanwhile", async (t) => {
    const gate = new Gate();
    const { client, host, toplevel } = await windowed(t, { events: { xdg_toplevel: { configure: gate.hook } } });
    toplevel.theirs.send("configure", 1, 2, Buffer.alloc(0));
    toplevel.theirs.send("close");
    await gate.entered;
    host.close();
    await setImmediate();
    assert.ok(client.open);
    gate.open();
    await client.expect("xdg_toplevel.configure");
    await client.expect("xdg_toplevel.close");
    await client.closed;
  });

  for (const direction of ["requests", "events"] as const) {
    it(`among the ${direction} may end when its session is over`, async (t) => {
      const gate = new Gate();
      const hooks = [{ [direction]: { echo: { fds: gate.hook } } } as Hooks];
      const { client, host, echo, proxy } = await echoed(t, { hooks });
      const from = direction === "requests" ? echo.ours : echo.theirs;
      for (let i = 0; i < 2; i++) from.send("fds", fileWith(""), i, fileWith(""));
      await gate.entered;
      // It is the receiver that leaves, so that nobody is left for the message.
      const [leaver, other] = direction === "requests" ? [host, client] : [client, host];
      leaver.close();
      await other.closed;
      await proxy.idle();
      gate.open();
      await setImmediate();
    });
  }

  it("does not have the client blamed for descriptors that wait behind it", async (t) => {
    const gate = new Gate();
    const { client, host, echo } = await echoed(t, {
      hooks: [{ requests: { echo: { numbers: gate.hook } } } as Hooks],
    });
    echo.ours.send("numbers", 1, 2, 3);
    for (let i = 0; i < 100; i++) echo.ours.send("fds", fileWith(`a${i}`), i, fileWith(`b${i}`));
    await gate.entered;
    for (let i = 0; i < 20; i++) await setImmediate();
    assert.ok(client.open);
    gate.open();
    for (let i = 0; i < 100; i++) assert.equal(contentOf((await host.expect("echo.fds")).fdArg("second")), `b${i}`);
  });

  it("that fails ends its session with the reason", async (t) => {
    const gate = new Gate();
    const stage = await echoed(t, { hooks: [{ requests: { echo: { fds: gate.hook } } } as Hooks] });
    const witness = await stage.connect();
    stage.echo.ours.send("fds", fileWith(""), 1, fileWith(""));
    stage.echo.ours.send("numbers", 1, 2, 3);
    await gate.entered;
    gate.fail(new Error("no such window"));
    const { code, text } = await stage.client.disconnected();
    assert.deepEqual([code, text], [3, "wayland-proxy: internal error: no such window"]);
    await witness.client.roundtrip();
    assert.equal(stage.host.inbox.count("echo.numbers"), 0);
  });
});

describe("a hook that throws", () => {
  const throwing = (error: Error): Hooks => ({
    requests: {
      wl_shm: {
        create_pool() {
          throw error;
        },
      },
    },
  });

  it("ends its session with an implementation error, closes the descriptors, and the others go on", async (t) => {
    const stage = await windowed(t, throwing(new Error("out of luck")));
    const { client, host, surface, log } = stage;
    const witness = await stage.connect();
    const shm = await client.bind("wl_shm");
    surface.ours.send("set_buffer_scale", 4);
    shm.create("create_pool", fileWith(""), 4096);
    assert.deepEqual(await client.disconnected(), {
      objectId: 1,
      code: 3,
      text: "wayland-proxy: internal error: out of luck",
    });
    await host.expect("wl_surface.set_buffer_scale");
    await host.closed;
    await witness.client.roundtrip();
    assert.ok(
      log.some((text) => /^error: client 1 \(.*internal error: Error: out of luck\n/.test(text)),
      log.join("\n"),
    );
  });

  it("a ProtocolError has the client told just that", async (t) => {
    const { client } = await windowed(t, throwing(new ProtocolError("not today", 42, 1)));
    (await client.bind("wl_shm")).create("create_pool", fileWith(""), 4096);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [1, 42]);
    assert.match(text, /not today/);
  });

  it("a ProtocolError about an object has the client told by its id", async (t) => {
    const { client, toplevel } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          set_title({ object }) {
            throw new ProtocolError("bad title", 2, object.clientId);
          },
        },
      },
    });
    toplevel.ours.send("set_title", "");
    assert.deepEqual(await client.disconnected(), { objectId: toplevel.ours.id, code: 2, text: "bad title" });
  });
});

describe("an object that only the client has", () => {
  it("has its requests go to its listener, and its id is free when it is destroyed", async (t) => {
    const heard: unknown[] = [];
    const { client, host, wlCompositor } = await windowed(t, {
      requests: {
        wl_compositor: {
          create_region(message) {
            message.drop();
            message.args.id.listener = ({ signature, args }: HookedMessage) => void heard.push([signature.name, args]);
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
  it("has its events go to its listener, and the client never learns of its id", async (t) => {
    const heard: number[] = [];
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ session }) {
            const callback = session.createObject("wl_callback", 1);
            callback.listener = ({ args }: HookedMessage<{ callback_data: number }>) =>
              void heard.push(args.callback_data);
            session.sendRequest(session.display, "wl_display", "sync", { callback });
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

  it("may be used and destroyed by the hook that made it", async (t) => {
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ session }) {
            const registry = session.createObject("wl_registry", 1);
            session.sendRequest(session.display, "wl_display", "get_registry", { registry });
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
    const body = [word(1), string("x"), word(4711), word(0), word(50), word(0), word(0)];
    client.sendRaw(packet(echo.ours.id, 5, Buffer.concat(body), [fileWith("a"), fileWith("b")]));
    const { code, text } = await client.disconnected();
    assert.equal(code, 0);
    assert.match(text, /echo#\d+\.all.*4711/);
  });
});
