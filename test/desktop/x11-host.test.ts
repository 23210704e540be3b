// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Mapping } from "../../src/native/memory.ts";
import { Atom, EventMask } from "../../src/x11/generated/enums.ts";
import { setProperty } from "../../src/x11/properties.ts";
import type { Received } from "../support/inbox.ts";
import { eventually } from "./support/eventually.ts";
import { servers } from "./support/x-programs.ts";
import { XStage } from "./support/x-stage.ts";

const ICON = "_NET_WM_ICON";

for (const [name, server] of Object.entries(servers)) {
  describe(`an X11 window and its host, by ${name}`, () => {
    it("has its icons, as squares of premultiplied pixels", async (t) => {
      const { client, host } = await XStage.open(t, server, ["xdg_toplevel_icon_manager_v1 1"]);
      const pixels = [2, 1, 0x80ff0000, 0xff00ff00, 1, 1, 0xff0000ff, 300, 300, ...Array(90_000).fill(7)];
      await client.show({ title: "icon", properties: { [ICON]: { type: "CARDINAL", value: pixels } } });
      // Xwayland has others.
      const pool = await host.expect("wl_shm.create_pool", (message) => message.arg("size") === 20);
      const sizes: number[] = [];
      for (let i = 0; i < 2; i++) sizes.push((await host.expect("wl_shm_pool.create_buffer")).arg("width") as number);
      assert.deepEqual(sizes, [1, 2]);
      await host.expect("xdg_toplevel_icon_manager_v1.set_icon");
      const fd = pool.fdArg("fd");
      using mapping = Mapping.map(fd.raw, pool.arg("size") as number);
      assert.deepEqual([...mapping.words], [0xff0000ff, 0x80800000, 0xff00ff00, 0, 0]);
    });

    it("is modal when it says so, and not any more when it does not", async (t) => {
      const { client, host } = await XStage.open(t, server, ["xdg_wm_dialog_v1 1"]);
      const main = await client.show({ title: "main" });
      const transient = { WM_TRANSIENT_FOR: { type: "WINDOW", value: [main] } };
      const state = { _NET_WM_STATE: { type: "ATOM", value: ["_NET_WM_STATE_MODAL"] } };
      const dialog = await client.show({ title: "dialog", properties: { ...transient, ...state } });
      await host.expect("xdg_wm_dialog_v1.get_xdg_dialog");
      await host.expect("xdg_dialog_v1.set_modal");
      await client.ask(dialog, "_NET_WM_STATE", 0, "_NET_WM_STATE_MODAL");
      await host.expect("xdg_dialog_v1.unset_modal");
    });

    it("is iconic once a host that can minimize windows was asked", async (t) => {
      const stage = await XStage.open(t, server);
      const { client, host } = stage;
      const id = await client.show({ title: "small" });
      const window = await stage.window();
      window.toplevel.send("wm_capabilities", new Uint8Array(Uint32Array.of(4).buffer));
      stage.configure(window, 0, 0, [4], 1);
      await host.expect("xdg_surface.ack_configure");
      await client.ask(id, "WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0], "it has the keyboard still");
      stage.configure(window, 0, 0, [], 2);
      await client.property(id, "WM_STATE", ([state]) => state === 3);
      assert.deepEqual(await client.names(id, "_NET_WM_STATE"), ["_NET_WM_STATE_HIDDEN"]);
      stage.configure(window, 0, 0, [4], 3);
      await client.property(id, "WM_STATE", ([state]) => state === 1);
      assert.deepEqual(await client.names(id, "_NET_WM_STATE"), []);
    });

    it("is never iconic where the host leaves it as it was", async (t) => {
      const stage = await XStage.open(t, server);
      const { client, host } = stage;
      const hints = { type: "WM_HINTS", value: [2, 0, 3, 0, 0, 0, 0, 0, 0] };
      const id = await client.show({ title: "large", properties: { WM_HINTS: hints } });
      const window = await stage.window();
      await host.expect("xdg_toplevel.set_minimized");
      window.toplevel.send("wm_capabilities", new Uint8Array());
      stage.configure(window, 0, 0, [], 1);
      await host.expect("xdg_surface.ack_configure");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0]);
      await client.ask(id, "WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await client.get(id, "WM_STATE"), [1, 0]);
    });

    it("is not spoken of any more when it has gone while the host configured it", async (t) => {
      const stage = await XStage.open(t, server);
      const { client, host } = stage;
      const id = await client.show({ title: "short" });
      const window = await stage.window();
      await host.expect("wl_surface.commit");
      // What the host says now crosses with the end of the window.
      host.deletesIds = false;
      client.x.send("UnmapWindow", { window: id });
      await host.expect("xdg_surface.destroy");
      stage.configure(window, 0, 0, [], 1);
      await client.show({ title: "next" });
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "next");
      assert.equal(host.inbox.count("xdg_surface.ack_configure"), 0);
      assert.deepEqual(host.violations, []);
    });

    it("stays away if its client withdraws it before it is mapped", async (t) => {
      const { client, host } = await XStage.open(t, server);
      const { x } = client;
      const id = await client.show({ title: "withdrawn" });
      // As XWithdrawWindow does it (ICCCM 4.1.4): it does not know either that the window is not mapped yet.
      x.send("UnmapWindow", { window: id });
      x.sendEvent(x.setup.root, EventMask.SubstructureNotify | EventMask.SubstructureRedirect, {
        name: "UnmapNotify",
        event: x.setup.root,
        window: id,
        from_configure: false,
      });
      await client.show({ title: "next" });
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "next");
      await client.property(id, "WM_STATE", ([state]) => state === 0);
    });

    it("uses the token of whoever started its program", async (t) => {
      const stage = await XStage.open(t, server, ["xdg_activation_v1 1"]);
      const { client, host } = stage;
      const { x } = client;
      const [startup = 0, utf8 = 0] = await x.atoms.intern(["_NET_STARTUP_ID", "UTF8_STRING"]);
      const id = await client.show({ title: "not yet" });
      const first = await stage.window();
      stage.configure(first, 0, 0, [], 1);
      // Known before it is mapped, as programs do it.
      x.send("UnmapWindow", { window: id });
      await host.expect("xdg_surface.destroy");
      setProperty(x, id, startup, utf8, Buffer.from("a token of the host's"));
      x.send("MapWindow", { window: id });
      const window = await stage.window();
      stage.configure(window, 0, 0, [], 2);
      const { args } = await host.expect("xdg_activation_v1.activate");
      assert.deepEqual([args["token"], args["surface"]], ["a token of the host's", window.surface]);
      // Once is enough.
      stage.configure(window, 0, 0, [4], 3);
      await host.expect("xdg_surface.ack_configure", (message) => message.arg("serial") === 3);
      assert.equal(host.inbox.count("xdg_activation_v1.activate"), 1);
    });

    it("wants attention as often as it says so", async (t) => {
      const stage = await XStage.open(t, server, ["xdg_activation_v1 1"]);
      const { client, host } = stage;
      const id = await client.show({ title: "urgent" });
      const window = await stage.window();
      for (let i = 1; i <= 2; i++) {
        stage.configure(window, 0, 0, [], 2 * i);
        await host.expect("xdg_surface.ack_configure");
        await client.ask(id, "_NET_WM_STATE", 1, "_NET_WM_STATE_DEMANDS_ATTENTION");
        const token = await host.expect("xdg_activation_token_v1.commit");
        token.object.send("done", `number ${i}`);
        assert.equal((await host.expect("xdg_activation_v1.activate")).arg("token"), `number ${i}`);
        stage.configure(window, 0, 0, [4], 2 * i + 1);
        await client.property(id, "_NET_WM_STATE", (states) => states.length === 0);
      }
      assert.equal(host.inbox.count("xdg_activation_token_v1.set_serial"), 0, "the user did nothing");
    });

    it("is moved and resized by a press in it, and activated by a key in another one", async (t) => {
      const stage = await XStage.open(t, server, ["xdg_activation_v1 1"], 7);
      const { client, host } = stage;
      const id = await client.show({ title: "moved" });
      const window = await stage.window();
      stage.configure(window, 0, 0, [], 1);
      await host.expect("xdg_surface.ack_configure");
      const touch = await stage.device("touch");
      touch.send("down", 40, 0, window.surface, 1, 20, 20);
      touch.send("frame");
      await eventually("the host to move it", async () => {
        await client.ask(id, "_NET_WM_MOVERESIZE", 20, 20, 8, 1, 1);
        return host.inbox.count("xdg_toplevel.move") > 0;
      });
      assert.equal((await host.expect("xdg_toplevel.move")).arg("serial"), 40);
      // What Wayland has no word for, as by keys or to end it, and then the corner at the lower right.
      for (const direction of [9, 10, 11, 99, 4]) await client.ask(id, "_NET_WM_MOVERESIZE", 20, 20, direction, 1, 1);
      const { args } = await host.expect("xdg_toplevel.resize");
      assert.deepEqual([args["serial"], args["edges"]], [40, 10]);
      const other = await client.show({ title: "other" });
      const second = await stage.window();
      stage.configure(second, 0, 0, [4], 2);
      const keyboard = await stage.device("keyboard");
      keyboard.send("enter", 50, second.surface, new Uint8Array());
      await client.property(client.x.setup.root, "_NET_ACTIVE_WINDOW", ([active]) => active === other);
      keyboard.send("key", 51, 0, 30, 1);
      keyboard.send("key", 52, 0, 30, 0);
      // Nothing tells when the proxy has seen the key.
      const isKey = ({ name, args }: Received) =>
        name === "xdg_activation_token_v1.set_serial" && args["serial"] === 51;
      await eventually("the key to be the reason", async () => {
        await client.ask(id, "_NET_ACTIVE_WINDOW", 1, 0, 0);
        return host.inbox.all.some(isKey);
      });
      await host.expect("xdg_activation_token_v1.set_serial", isKey);
      assert.equal((await host.expect("xdg_activation_token_v1.set_surface")).arg("surface"), second.surface);
      assert.deepEqual(host.violations, []);
    });

    it("has its title in any encoding and length", async (t) => {
      const { client, host } = await XStage.open(t, server);
      const { x } = client;
      const id = await client.show({ title: "first" });
      const says = async (property: string, type: string, text: Uint8Array | string): Promise<unknown> => {
        const [name = 0, ofType = 0] = await x.atoms.intern([property, type]);
        setProperty(x, id, name, ofType, Buffer.from(text));
        return (await host.expect("xdg_toplevel.set_title")).arg("title");
      };
      assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "first");
      assert.equal(await says("WM_NAME", "STRING", Buffer.from("Grüße", "latin1")), "Grüße");
      // As Java writes what is not Latin 1.
      assert.equal(await says("WM_NAME", "COMPOUND_TEXT", "a \x1b%G日本語\x1b%@ b"), "a 日本語 b");
      assert.equal(await says("_NET_WM_NAME", "UTF8_STRING", "newer\0behind"), "newer");
      assert.equal(await says("_NET_WM_NAME", "UTF8_STRING", Uint8Array.of(0x61, 0xff)), "a\ufffd");
      const long = await says("_NET_WM_NAME", "UTF8_STRING", "€".repeat(5000));
      assert.match(String(long), /^€{1300,1365}$/, "as long as a message, without half a character");
      x.send("DeleteProperty", { window: id, property: x.atoms.atom("_NET_WM_NAME") });
      assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "a 日本語 b");
    });

    it("may change its title faster than anybody reads it, and the last one counts", async (t) => {
      const { client, host } = await XStage.open(t, server);
      const { x } = client;
      const id = await client.show({ title: "0" });
      await host.expect("xdg_toplevel.set_title");
      for (let i = 1; i <= 2000; i++) setProperty(x, id, Atom.WM_NAME, Atom.STRING, Buffer.from(`${i}`));
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "2000");
      const count = host.inbox.count("xdg_toplevel.set_title");
      assert.ok(count < 1000, `it was read ${count} times`);
    });

    it("has the size that the host wants inside its shadow, also when it fills the screen and has none", async (t) => {
      const stage = await XStage.open(t, server, ["zxdg_decoration_manager_v1 1"]);
      const { client, host } = stage;
      const frame = { type: "CARDINAL", value: [20, 20, 20, 30] };
      const id = await client.show({ title: "gtk", properties: { _GTK_FRAME_EXTENTS: frame } });
      const window = await stage.window();
      const geometry = async (...expected: number[]): Promise<void> => {
        const fits = ({ args }: Received) =>
          expected.every((n, i) => n === args[["x", "y", "width", "height"][i] ?? ""]);
        await host.expect("xdg_surface.set_window_geometry", fits);
      };
      await geometry(20, 20, 260, 150);
      assert.equal((await host.expect("zxdg_toplevel_decoration_v1.set_mode")).arg("mode"), 1);
      const sized = async (width: number, height: number): Promise<void> => {
        await client.event("ConfigureNotify", (event) => event.width === width && event.height === height);
      };
      stage.configure(window, 400, 300, [], 1);
      await sized(440, 350);
      await geometry(20, 20, 400, 300);
      stage.configure(window, 800, 600, [1], 2);
      await sized(840, 650);
      // The toolkit has heard that it is maximized.
      await client.set(id, "_GTK_FRAME_EXTENTS", "CARDINAL", [0, 0, 0, 0]);
      await sized(800, 600);
      await geometry(0, 0, 800, 600);
      // Xwayland shows nothing new before the host has shown what was before.
      const shown = new Set<Received>();
      await eventually("the host to hear that it is", () => {
        const frames = host.inbox.all.filter(({ name }) => name === "wl_surface.frame");
        for (const frame of frames.filter((one) => !shown.has(one))) frame.objectArg("callback").send("done", 0);
        for (const frame of frames) shown.add(frame);
        return host.inbox.all.some(({ name, args }) => name === "xdg_surface.ack_configure" && args["serial"] === 2);
      });
      const told = host.inbox.all.filter(({ name }) => name === "xdg_surface.set_window_geometry");
      const maximized = told.slice(told.findIndex(({ args }) => args["width"] === 800));
      assert.ok(maximized.every(({ args }) => args["width"] === 800 && args["height"] === 600));
      // Nonsense is no frame.
      await client.set(id, "_GTK_FRAME_EXTENTS", "CARDINAL", [-5, 1 << 30, 0, 0]);
      assert.equal((await host.expect("zxdg_toplevel_decoration_v1.set_mode")).arg("mode"), 2);
    });

    it("is not what its client is killed for when a tool closes it, and it is not shown", async (t) => {
      const stage = await XStage.open(t, server);
      const { client } = stage;
      const { x } = client;
      const id = await client.show({ title: "hidden" });
      await stage.window();
      x.send("UnmapWindow", { window: id });
      await client.property(id, "WM_STATE", ([state]) => state === 0);
      await client.ask(id, "_NET_CLOSE_WINDOW");
      await client.ask(id, "_NET_REQUEST_FRAME_EXTENTS");
      await client.property(id, "_NET_FRAME_EXTENTS", (extents) => extents.length === 4);
      assert.ok(!x.closed);
    });
  });
}

it("a program that does not answer for 10 s is told of, and ended when its window is closed again", async (t) => {
  const stage = await XStage.open(t, "Xwayland");
  const { client } = stage;
  const id = await client.show({ title: "hangs", protocols: ["WM_DELETE_WINDOW", "_NET_WM_PING"] });
  const { toplevel } = await stage.window();
  toplevel.send("close");
  await client.told(id, "_NET_WM_PING");
  const warned = () => stage.log.some((line) => /^warn: .*does not answer/.test(line));
  await eventually("the warning", warned, 15_000);
  assert.ok(!client.x.closed);
  toplevel.send("close");
  await eventually("the program to be ended", () => client.x.closed);
});
