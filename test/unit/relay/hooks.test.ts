// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Fd } from "../../../src/native/fd.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { HookedMessage } from "../../../src/relay/hooked-message.ts";
import { compileHooks, type Hooks } from "../../../src/relay/hooks.ts";
import { ProtocolError } from "../../../src/wire/errors.ts";
import type { WlObject } from "../../../src/wire/wl-object.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed, newEcho } from "../../support/echo.ts";
import { scoped } from "../../support/proxied.ts";
import { windowed } from "../../support/window.ts";

const namesOf = (messages: readonly { name: string }[]): string[] => messages.map(({ name }) => name);

describe("a hook", () => {
  it("changes what it wants of a request, and the rest stays", async (t) => {
    const { host, toplevel } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          set_app_id: (message) => message.change({ app_id: `vm.${message.args.app_id}` }),
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
          configure(message) {
            const { width, height, states } = message.args;
            assert.deepEqual([width, height, Buffer.from(states)], [640, -480, Buffer.of(1, 0, 0, 0)]);
            message.change({ width: -width, states: Buffer.of(2, 0, 0, 0, 3) });
          },
        },
      },
    });
    toplevel.theirs.send("configure", 640, -480, Buffer.of(1, 0, 0, 0));
    const { args } = await client.expect("xdg_toplevel.configure");
    assert.deepEqual(args, { width: -640, height: -480, states: Buffer.of(2, 0, 0, 0, 3) });
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
          commit({ client, object }) {
            client.sendRequest(object, "damage", { x: 0, y: 0, width: 7, height: 7 });
          },
          set_buffer_scale(message) {
            const { client, object } = message;
            message.after(() => client.sendRequest(object, "offset", { x: -1, y: 2 }));
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
            const { client, object } = message;
            client.sendEvent(object, "preferred_buffer_transform", { transform: 1 });
            message.after(() => client.sendEvent(object, "preferred_buffer_transform", { transform: 2 }));
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
          commit({ client, object }) {
            speak = () => {
              client.sendEvent(object, "preferred_buffer_scale", { factor: 5 });
              client.sendRequest(object, "set_buffer_scale", { scale: 5 });
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

  it("sends nothing to an object that is no more, though another one has its id", async (t) => {
    let speak = (): void => {};
    const { client, host, wlCompositor } = await windowed(t, {
      requests: {
        wl_surface: {
          commit({ client, object }) {
            speak = () => {
              client.sendEvent(object, "preferred_buffer_scale", { factor: 5 });
              client.sendRequest(object, "set_buffer_scale", { scale: 5 });
            };
          },
        },
      },
    });
    const first = wlCompositor.ours.create("create_surface");
    first.send("commit");
    first.send("destroy");
    await client.expect("wl_display.delete_id", (one) => one.arg("id") === first.id);
    assert.equal(wlCompositor.ours.create("create_surface").id, first.id);
    await client.roundtrip();
    speak();
    // The host ends clients that name an object which it does not have.
    await client.roundtrip();
    assert.equal(client.inbox.count("wl_surface.preferred_buffer_scale"), 0);
    assert.equal(host.inbox.count("wl_surface.set_buffer_scale"), 0);
  });

  describe("sends nothing to an object whose destructor has gone out, though the host has not deleted it yet", () => {
    /** A hook that speaks to all surfaces but the window's whenever the window gets a title. */
    const speaker = (requests: Hooks["requests"] = {}): Hooks => {
      const surfaces: WlObject<"wl_surface">[] = [];
      return {
        requests: {
          ...requests,
          wl_compositor: { create_surface: ({ args }) => void surfaces.push(args.id) },
          xdg_toplevel: {
            set_title({ client }) {
              for (const surface of surfaces.splice(1)) {
                client.sendRequest(surface, "set_buffer_scale", { scale: 5 });
                client.sendRequest(surface, "destroy", {});
              }
            },
          },
        },
      };
    };

    const cases: Readonly<Record<string, Hooks>> = {
      "in place": speaker(),
      "behind a hook": speaker({ wl_surface: { destroy: () => {} } }),
      "behind a hook that waits": speaker({ wl_surface: { destroy: () => setImmediate() } }),
      "as the hook's own": speaker({
        wl_surface: { commit: ({ client, object }) => client.sendRequest(object, "destroy", {}) },
      }),
    };
    for (const [how, hooks] of Object.entries(cases)) {
      it(how, async (t) => {
        const { client, host, wlCompositor, toplevel } = await windowed(t, hooks);
        host.deletesIds = false;
        const second = wlCompositor.ours.create("create_surface");
        second.send(how === "as the hook's own" ? "commit" : "destroy");
        toplevel.ours.send("set_title", "speak");
        await client.roundtrip();
        assert.equal(host.inbox.count("wl_surface.destroy"), 1);
        assert.equal(host.inbox.count("wl_surface.set_buffer_scale"), 0);
      });
    }

    it("but does if another hook has dropped the destructor", async (t) => {
      const dropping = speaker({ wl_surface: { destroy: (message) => message.drop() } });
      const { host, wlCompositor, toplevel } = await windowed(t, dropping);
      wlCompositor.ours.create("create_surface").send("destroy");
      toplevel.ours.send("set_title", "speak");
      await host.expect("wl_surface.set_buffer_scale");
      await host.expect("wl_surface.destroy");
    });

    it("nor names it to the host: it is left out where it may be, and else the whole message", async (t) => {
      let gone: unknown;
      const objects = "objects" as never;
      const hooks = {
        requests: {
          echo_manager: {
            create_echo({ args }: HookedMessage<{ id: WlObject }>) {
              gone = args.id;
            },
          },
          echo: {
            strings({ client, object }: HookedMessage<unknown>) {
              client.sendRequest(object as never, objects, { echo: gone, maybe: null, any: null } as never);
              client.sendRequest(object as never, objects, { echo: object, maybe: gone, any: gone } as never);
            },
          },
        },
      };
      const stage = await echoed(t, { hooks: [hooks as Hooks] });
      const { client, host, echo } = stage;
      host.deletesIds = false;
      (await newEcho(stage, stage.manager)).ours.send("destroy");
      echo.ours.send("strings", "speak", null);
      await client.roundtrip();
      const all = host.inbox.all.filter(({ name }) => name === "echo.objects");
      assert.deepEqual(
        all.map(({ args }) => args),
        [{ echo: echo.theirs, maybe: null, any: null }],
      );
    });
  });

  it("answers a request itself: the host never hears of it, and the id is free again", async (t) => {
    const { client, host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          frame(message) {
            const { callback } = message.args;
            message.drop();
            message.after(() => message.client.sendEvent(callback, "done", { callback_data: 77 }));
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

  it("keeps a message back, and lets it go on later, once, to those behind it, whatever comes meanwhile", async (t) => {
    const seen: string[] = [];
    const kept: HookedMessage<{ title: string }>[] = [];
    const hooks: Hooks = {
      requests: {
        xdg_toplevel: {
          set_title(message) {
            seen.push(`first: ${message.args.title}`);
            if (message.args.title === "later") message.holdBack();
            if (message.args.title === "later") kept.push(message);
          },
        },
      },
    };
    const behind: Hooks = {
      requests: { xdg_toplevel: { set_title: ({ args }) => void seen.push(`second: ${args.title}`) } },
    };
    const { client, host, toplevel } = await windowed(t, hooks, behind);
    for (const title of ["later", "at once"]) toplevel.ours.send("set_title", title);
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "at once");
    kept[0]?.change({ title: "at last" });
    for (let times = 0; times < 2; times++) kept[0]?.goOn();
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "at last");
    await client.roundtrip();
    assert.deepEqual(seen, ["first: later", "first: at once", "second: at once", "second: at last"]);
    assert.equal(host.inbox.count("xdg_toplevel.set_title"), 2);
  });

  it("that keeps a message back and changes its mind has done nothing", async (t) => {
    const { client, host, toplevel } = await windowed(t, {
      requests: {
        xdg_toplevel: {
          set_title(message) {
            message.holdBack();
            message.goOn();
          },
        },
      },
    });
    for (const title of ["one", "other"]) toplevel.ours.send("set_title", title);
    await client.roundtrip();
    const titles = host.inbox.all.flatMap(({ name, args }) =>
      name === "xdg_toplevel.set_title" ? [args["title"]] : [],
    );
    assert.deepEqual(titles, ["one", "other"]);
  });

  it("sees the messages of those objects alone that it is for, when it is for them", async (t) => {
    const seen: string[] = [];
    let isOn = false;
    const { client, host, toplevel, surface } = await windowed(
      t,
      {
        when: (_client, object) => isOn && object.interfaceName === "xdg_toplevel",
        requests: {
          xdg_toplevel: { set_title: ({ args }) => void seen.push(args.title) },
          wl_surface: { commit: () => void seen.push("never") },
        },
      },
      { requests: { xdg_toplevel: { set_title: ({ args }) => void seen.push(`always ${args.title}`) } } },
    );
    for (const title of ["off", "on"]) {
      isOn = title === "on";
      toplevel.ours.send("set_title", title);
      surface.ours.send("commit");
      await client.roundtrip();
    }
    assert.deepEqual(seen, ["always off", "on", "always on"]);
    assert.equal(host.inbox.count("wl_surface.commit"), 2);
  });

  it("is asked whether it is for an object when its turn comes, which may be late", async (t) => {
    const seen: string[] = [];
    const kept: HookedMessage<{ title: string }>[] = [];
    const { client, host, toplevel } = await windowed(
      t,
      {
        requests: {
          xdg_toplevel: {
            set_title(message) {
              message.holdBack();
              kept.push(message);
            },
          },
        },
      },
      {
        when: () => kept.length > 0,
        requests: { xdg_toplevel: { set_title: ({ args }) => void seen.push(args.title) } },
      },
    );
    toplevel.ours.send("set_title", "kept");
    await client.roundtrip();
    kept[0]?.goOn();
    await host.expect("xdg_toplevel.set_title");
    assert.deepEqual(seen, ["kept"]);
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
    const install = (hooks: unknown) => () => compileHooks(new ProtocolRegistry(), [hooks as Hooks]);
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
      text: "wayland-proxy: internal error: the hook of wl_shm.create_pool failed: out of luck",
    });
    await host.expect("wl_surface.set_buffer_scale");
    await host.closed;
    await witness.client.roundtrip();
    assert.ok(
      log.some((text) =>
        /^error: client 1 \(.*internal error: HookError: the hook of wl_shm.create_pool failed: out of luck\n +at /.test(
          text,
        ),
      ),
      log.join("\n"),
    );
  });

  it("a ProtocolError sends the client just that error", async (t) => {
    const { client } = await windowed(t, throwing(new ProtocolError("not today", 42, 1)));
    (await client.bind("wl_shm")).create("create_pool", fileWith(""), 4096);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [1, 42]);
    assert.match(text, /not today/);
  });

  it("a ProtocolError about an object sends the client an error with the object's id", async (t) => {
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
