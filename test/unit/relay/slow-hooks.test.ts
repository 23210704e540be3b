// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { RECEIVE_SIZE } from "../../../src/wire/limits.ts";
import { packet, word } from "../../support/codec.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed } from "../../support/echo.ts";
import { Gate } from "../../support/gate.ts";
import { Relay } from "../../support/relay.ts";
import { windowed } from "../../support/window.ts";

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

  it("leaves nothing that holds up others: what has waited behind it is handled turn by turn", async (t) => {
    const gate = new Gate();
    const relay = new Relay({ requests: { echo: { numbers: gate.hook } } });
    t.after(() => relay.end());
    const count = 100_000;
    relay.client.give(packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes);
    relay.client.give(Buffer.concat(new Array<Buffer>(count).fill(packet(4, 9).bytes)));
    relay.client.deliver();
    gate.open();
    const waiting = packet(4, 9).bytes.length * count;
    relay.client.give(packet(4, 2, Buffer.concat([word(4), Buffer.from("last")])).bytes);
    let [turns, handled] = [0, 0];
    while (handled < 20 + waiting + 16) {
      await setImmediate();
      assert.ok(turns < 1000, `${handled} bytes so far`);
      const length = relay.host.sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(length - handled <= 3 * RECEIVE_SIZE + 20, `${length - handled} bytes in one turn`);
      handled = length;
      // What comes meanwhile waits for its turn, too.
      if (++turns === 2) relay.client.deliver();
    }
    assert.equal(relay.host.stream.toString("latin1", handled - 4), "last");
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
            message.client.sendRequest(message.object, "set_app_id", { app_id: "first" });
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
    assert.deepEqual([code, text], [3, "wayland-proxy: internal error: the hook of echo.fds failed: no such window"]);
    await witness.client.roundtrip();
    assert.equal(stage.host.inbox.count("echo.numbers"), 0);
  });

  for (const first of ["requests", "events"] as const) {
    it(`in each direction lets a session end from which both have left, the ${first} first`, async (t) => {
      const gates = { requests: new Gate(), events: new Gate() };
      const hooksOf = (direction: "requests" | "events") => ({ echo: { numbers: gates[direction].hook } });
      const hooks = [{ requests: hooksOf("requests"), events: hooksOf("events") } as Hooks];
      const { client, host, echo, proxy } = await echoed(t, { hooks });
      echo.ours.send("numbers", 1, 1, 1);
      echo.theirs.send("numbers", 2, 2, 2);
      await Promise.all([gates.requests.entered, gates.events.entered]);
      host.close();
      client.close();
      await setImmediate();
      assert.equal(proxy.sessions, 1);
      gates[first].open();
      await setImmediate();
      gates[first === "requests" ? "events" : "requests"].open();
      await proxy.idle();
    });
  }
});
