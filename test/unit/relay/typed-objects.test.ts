// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XdgToplevelState } from "wayland-proxy/enums";
import type { Client } from "../../../src/relay/client.ts";
import { HookError } from "../../../src/relay/hook-error.ts";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { onEvents, onRequests } from "../../../src/relay/one-sided.ts";
import type { WlObject } from "../../../src/wire/wl-object.ts";
import { fileWith } from "../../support/descriptors.ts";
import { windowed } from "../../support/window.ts";

/** What a function throws, which is to be a HookError. */
function mistake(action: () => void): HookError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof HookError, String(error));
    return error;
  }
  assert.fail("nothing was thrown");
}

/** Hooks of the requests that tests have their clients send: a title for the one, and a commit for the other. */
function hooked(title: (client: Client, toplevel: WlObject<"xdg_toplevel">) => void): Hooks {
  return { requests: { xdg_toplevel: { set_title: ({ client, object }) => title(client, object) } } };
}

// Each line that the compiler has to refuse says so: the build fails if it does not.
describe("an object of the wrong interface", () => {
  it("compiles in no request, and throws before anything reaches the host", async (t) => {
    const found: HookError[] = [];
    const { client, host, toplevel } = await windowed(
      t,
      hooked((client, object) => {
        const region = client.createObject("wl_region", 1);
        found.push(
          // @ts-expect-error: a window has another window as its parent
          mistake(() => client.sendRequest(object, "set_parent", { parent: region })),
          // @ts-expect-error: neither is the seat
          mistake(() => client.sendRequest(object, "move", { seat: object, serial: 1 })),
        );
      }),
    );
    toplevel.ours.send("set_title", "still");
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "still");
    await client.roundtrip();
    assert.deepEqual(
      found.map(({ code, message }) => [code, message]),
      [
        [
          "bad-value",
          "a wl_region is no value for the argument parent of xdg_toplevel.set_parent, which is a xdg_toplevel",
        ],
        ["bad-value", "a xdg_toplevel is no value for the argument seat of xdg_toplevel.move, which is a wl_seat"],
      ],
    );
    assert.equal(host.inbox.count("xdg_toplevel.set_parent") + host.inbox.count("xdg_toplevel.move"), 0);
  });

  it("ends the session of a hook that does not catch it, by the hook's name, and no other", async (t) => {
    const stage = await windowed(
      t,
      hooked((client, object) => {
        // @ts-expect-error: a window has another window as its parent
        client.sendRequest(object, "set_parent", { parent: client.display });
      }),
    );
    const witness = await stage.connect();
    stage.toplevel.ours.send("set_title", "lost");
    const { code, text } = await stage.client.disconnected();
    assert.deepEqual(
      [code, text],
      [
        3,
        "wayland-proxy: internal error: the hook of xdg_toplevel.set_title failed: a wl_display is no value for the " +
          "argument parent of xdg_toplevel.set_parent, which is a xdg_toplevel",
      ],
    );
    await stage.host.closed;
    assert.deepEqual(
      stage.host.inbox.all.filter(({ name }) => name === "xdg_toplevel.set_title" || name.endsWith("set_parent")),
      [],
    );
    await witness.client.roundtrip();
  });

  it("compiles in no change of a message, which stays as it was", async (t) => {
    const found: HookError[] = [];
    const { host, surface } = await windowed(t, {
      requests: {
        wl_surface: {
          set_opaque_region(message) {
            const { client, object } = message;
            // @ts-expect-error: a surface is no region
            found.push(mistake(() => message.change({ region: object })));
            found.push(mistake(() => message.change({ region: client.createObject("wl_callback", 1) as never })));
          },
        },
      },
    });
    surface.ours.send("set_opaque_region", null);
    assert.deepEqual((await host.expect("wl_surface.set_opaque_region")).args, { region: null });
    assert.deepEqual(
      found.map(({ code }) => code),
      ["bad-value", "bad-value"],
    );
  });

  it("leaves no gap in the ids of the host, and no descriptor", async (t) => {
    const found: HookError[] = [];
    const { client, host, wlCompositor } = await windowed(t, {
      requests: {
        wl_compositor: {
          create_region({ client, object }) {
            const id = client.createObject("wl_region", 1);
            // @ts-expect-error: this makes a surface
            found.push(mistake(() => client.sendRequest(object, "create_surface", { id })));
          },
        },
        wl_shm: {
          create_pool({ client, object }) {
            const id = client.createObject("wl_shm_pool", 1);
            const args = { id, fd: fileWith(""), size: "many" };
            // @ts-expect-error: the size is a number
            found.push(mistake(() => client.sendRequest(object, "create_pool", args)));
          },
        },
      },
    });
    const region = wlCompositor.ours.create("create_region");
    // The fake host refuses gaps, as libwayland does.
    assert.equal((await host.expect("wl_compositor.create_region")).object, wlCompositor.theirs);
    const shm = await client.bind("wl_shm");
    shm.create("create_pool", fileWith("x"), 4096);
    await host.expect("wl_shm.create_pool");
    region.send("destroy");
    await client.roundtrip();
    assert.equal(found.length, 2);
  });
});

describe("what the type of an object says", () => {
  it("is which messages there are, and it is checked at run time, too", async (t) => {
    const found: HookError[] = [];
    const { host, toplevel } = await windowed(
      t,
      hooked((client, object) => {
        const region = client.createObject("wl_region", 1);
        found.push(
          // @ts-expect-error: a region has no title
          mistake(() => client.sendRequest(region, "set_title", { title: "" })),
          // @ts-expect-error: and a window no damage
          mistake(() => client.sendEvent(object, "damage", {})),
          // @ts-expect-error: there is no such interface
          mistake(() => client.createObject("wl_nothing", 1)),
        );
        // @ts-expect-error: that is a request
        onEvents(object, { set_title: () => {} });
        // @ts-expect-error: x is a number
        onRequests(region, { add: ({ x }) => x.trim() });
        assert.ok(object.is("xdg_toplevel") && !object.is("wl_region"));
        const any: WlObject = object;
        if (any.is("xdg_toplevel")) client.sendRequest(any, "set_min_size", { width: 7, height: 8 });
        // @ts-expect-error: it may be any object otherwise
        else client.sendRequest(any, "set_min_size", { width: 1, height: 1 });
      }),
    );
    toplevel.ours.send("set_title", "x");
    assert.deepEqual((await host.expect("xdg_toplevel.set_min_size")).args, { width: 7, height: 8 });
    assert.deepEqual(
      found.map(({ code }) => code),
      ["no-such-message", "no-such-message", "no-such-interface"],
    );
  });

  it("is which messages its version has: hooks can ask, and a later one is not sent", async (t) => {
    const found: HookError[] = [];
    const asked: boolean[] = [];
    const { client, host, toplevel } = await windowed(
      t,
      hooked((session) => {
        const surface = session.createObject("wl_surface", 4);
        const pointer = session.createObject("wl_pointer", 4);
        asked.push(session.hasRequest(surface, "damage_buffer"), session.hasEvent(pointer, "axis"));
        asked.push(session.hasRequest(surface, "offset"), session.hasEvent(pointer, "frame"));
        found.push(mistake(() => session.sendRequest(surface, "offset", { x: 1, y: 1 })));
        found.push(mistake(() => session.injectRequest(surface, "offset", { x: 1, y: 1 })));
        found.push(mistake(() => session.sendEvent(pointer, "frame", {})));
        // @ts-expect-error: no version has it
        found.push(mistake(() => session.hasRequest(surface, "explode")));
      }),
    );
    toplevel.ours.send("set_title", "still");
    await host.expect("xdg_toplevel.set_title");
    await client.roundtrip();
    assert.deepEqual(asked, [true, true, false, false]);
    const tooNew =
      "a wl_surface has no offset among its requests: offset came with version 5, and the object has version 4";
    assert.deepEqual(
      found.map(({ code, message }) => [code, message]),
      [
        ["no-such-message", tooNew],
        ["no-such-message", tooNew],
        [
          "no-such-message",
          "a wl_pointer has no frame among its events: frame came with version 5, and the object has version 4",
        ],
        ["no-such-message", "a wl_surface has no explode among its requests"],
      ],
    );
  });

  it("goes with the values of enums, which users of the library import", async (t) => {
    const states = new Uint8Array(Uint32Array.of(XdgToplevelState.maximized, XdgToplevelState.activated).buffer);
    const { client, toplevel } = await windowed(
      t,
      hooked((client, object) => client.sendEvent(object, "configure", { width: 1, height: 2, states })),
    );
    toplevel.ours.send("set_title", "x");
    const { args } = await client.expect("xdg_toplevel.configure");
    assert.deepEqual(args, { width: 1, height: 2, states: Buffer.of(1, 0, 0, 0, 4, 0, 0, 0) });
  });
});
