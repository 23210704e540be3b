// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Mapping } from "../../src/native/memory.ts";
import type { Hooks } from "../../src/relay/hooks.ts";
import { setProperty } from "../../src/x11/client/properties.ts";
import { Atom, EventMask } from "../../src/x11/generated/enums.ts";
import { eventually } from "../support/eventually.ts";
import type { Received } from "../support/inbox.ts";
import { XAnyWindow, XTestWindow } from "../support/x-test-window.ts";
import { servers } from "./support/x-programs.ts";
import { XScene } from "./support/x-scene.ts";

const ICON = "_NET_WM_ICON";

function isAck({ name, args }: Received, serial: number): boolean {
  return name === "xdg_surface.ack_configure" && args["serial"] === serial;
}

for (const server of Object.keys(servers)) {
  describe(`an X11 window and its host, by ${server}`, () => {
    it("does not synchronize what is kept back: of that Xwayland sees no global", async (t) => {
      const seen: string[] = [];
      const hooks: Hooks[] = [{ events: { wl_registry: { global: ({ args }) => void seen.push(args.interface) } } }];
      const { scene, x } = await XScene.set(t, server, {
        globals: ["wp_linux_drm_syncobj_manager_v1 1", "wp_presentation 1"],
        hooks,
      });
      await XTestWindow.show(x);
      await scene.shown("toplevel");
      assert.ok(seen.includes("wp_presentation"));
      assert.ok(!seen.includes("wp_linux_drm_syncobj_manager_v1"));
    });

    it("has its icons, as squares of premultiplied pixels", async (t) => {
      const {
        scene: { host },
        x,
      } = await XScene.set(t, server, { globals: ["xdg_toplevel_icon_manager_v1 1"] });
      const pixels = [2, 1, 0x80ff0000, 0xff00ff00, 1, 1, 0xff0000ff, 300, 300, ...Array(90_000).fill(7)];
      await XTestWindow.show(x, { title: "icon", properties: { [ICON]: { type: "CARDINAL", value: pixels } } });
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
      const {
        scene: { host },
        x,
      } = await XScene.set(t, server, { globals: ["xdg_wm_dialog_v1 1"] });
      const main = await XTestWindow.show(x, { title: "main" });
      const transient = { WM_TRANSIENT_FOR: { type: "WINDOW", value: [main.id] } };
      const state = { _NET_WM_STATE: { type: "ATOM", value: ["_NET_WM_STATE_MODAL"] } };
      const dialog = await XTestWindow.show(x, { title: "dialog", properties: { ...transient, ...state } });
      await host.expect("xdg_wm_dialog_v1.get_xdg_dialog");
      await host.expect("xdg_dialog_v1.set_modal");
      await dialog.ask("_NET_WM_STATE", 0, "_NET_WM_STATE_MODAL");
      await host.expect("xdg_dialog_v1.unset_modal");
    });

    it("is iconic once a host that can minimize windows was asked", async (t) => {
      const { scene, x } = await XScene.set(t, server);
      const { host } = scene;
      const ours = await XTestWindow.show(x, { title: "small" });
      const window = await scene.shown("toplevel");
      window.role.send("wm_capabilities", new Uint8Array(Uint32Array.of(4).buffer));
      await scene.accepted(scene.configured(window, 0, 0, 4));
      await ours.ask("WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await ours.get("WM_STATE"), [1, 0], "it has the keyboard still");
      scene.configured(window, 0, 0);
      await ours.becomes("WM_STATE", ([state]) => state === 3);
      assert.deepEqual(await ours.names("_NET_WM_STATE"), ["_NET_WM_STATE_HIDDEN"]);
      scene.configured(window, 0, 0, 4);
      await ours.becomes("WM_STATE", ([state]) => state === 1);
      assert.deepEqual(await ours.names("_NET_WM_STATE"), []);
    });

    it("is never iconic where the host leaves it as it was", async (t) => {
      const { scene, x } = await XScene.set(t, server);
      const { host } = scene;
      const hints = { type: "WM_HINTS", value: [2, 0, 3, 0, 0, 0, 0, 0, 0] };
      const ours = await XTestWindow.show(x, { title: "large", properties: { WM_HINTS: hints } });
      const window = await scene.shown("toplevel");
      await host.expect("xdg_toplevel.set_minimized");
      window.role.send("wm_capabilities", new Uint8Array());
      await scene.accepted(scene.configured(window, 0, 0));
      assert.deepEqual(await ours.get("WM_STATE"), [1, 0]);
      await ours.ask("WM_CHANGE_STATE", 3);
      await host.expect("xdg_toplevel.set_minimized");
      assert.deepEqual(await ours.get("WM_STATE"), [1, 0]);
    });

    it("is not spoken of any more when it has gone while the host configured it", async (t) => {
      const { scene, x } = await XScene.set(t, server);
      const { host } = scene;
      const ours = await XTestWindow.show(x, { title: "short" });
      const window = await scene.shown("toplevel");
      await host.expect("wl_surface.commit");
      // The host's message crosses with the end of the window.
      host.deletesIds = false;
      x.send("UnmapWindow", { window: ours.id });
      await host.expect("xdg_surface.destroy");
      const crossed = scene.configured(window, 0, 0);
      await XTestWindow.show(x, { title: "next" });
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "next");
      assert.ok(!host.inbox.all.some((message) => isAck(message, crossed)));
    });

    it("stays away if its client withdraws it before it is mapped", async (t) => {
      const {
        scene: { host },
        x,
      } = await XScene.set(t, server);
      const ours = await XTestWindow.show(x, { title: "withdrawn" });
      // As XWithdrawWindow does it (ICCCM 4.1.4): it does not know either that the window is not mapped yet.
      x.send("UnmapWindow", { window: ours.id });
      x.sendEvent(x.setup.root, EventMask.SubstructureNotify | EventMask.SubstructureRedirect, {
        name: "UnmapNotify",
        event: x.setup.root,
        window: ours.id,
        from_configure: false,
      });
      await XTestWindow.show(x, { title: "next" });
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "next");
      await ours.becomes("WM_STATE", ([state]) => state === 0);
    });

    it("uses the token of whoever started its program", async (t) => {
      const { scene, x } = await XScene.set(t, server, { globals: ["xdg_activation_v1 1"] });
      const { host } = scene;
      const [startup = 0, utf8 = 0] = await x.atoms.intern(["_NET_STARTUP_ID", "UTF8_STRING"]);
      const ours = await XTestWindow.show(x, { title: "not yet" });
      const first = await scene.shown("toplevel");
      scene.configured(first, 0, 0);
      // Known before it is mapped, as programs do it.
      x.send("UnmapWindow", { window: ours.id });
      await host.expect("xdg_surface.destroy");
      setProperty(x, ours.id, startup, utf8, Buffer.from("a token of the host's"));
      x.send("MapWindow", { window: ours.id });
      const window = await scene.shown("toplevel");
      scene.configured(window, 0, 0);
      const { args } = await host.expect("xdg_activation_v1.activate");
      assert.deepEqual([args["token"], args["surface"]], ["a token of the host's", window.surface]);
      // Once is enough.
      const last = scene.configured(window, 0, 0, 4);
      await scene.accepted(last);
      assert.equal(host.inbox.count("xdg_activation_v1.activate"), 1);
    });

    it("wants attention as often as it says so", async (t) => {
      const { scene, x } = await XScene.set(t, server, { globals: ["xdg_activation_v1 1"] });
      const { host } = scene;
      const ours = await XTestWindow.show(x, { title: "urgent" });
      const window = await scene.shown("toplevel");
      for (let i = 1; i <= 2; i++) {
        await scene.accepted(scene.configured(window, 0, 0));
        await ours.ask("_NET_WM_STATE", 1, "_NET_WM_STATE_DEMANDS_ATTENTION");
        const token = await host.expect("xdg_activation_token_v1.commit");
        token.object.send("done", `number ${i}`);
        assert.equal((await host.expect("xdg_activation_v1.activate")).arg("token"), `number ${i}`);
        scene.configured(window, 0, 0, 4);
        await ours.becomes("_NET_WM_STATE", (states) => states.length === 0);
      }
      assert.equal(host.inbox.count("xdg_activation_token_v1.set_serial"), 0, "the user did nothing");
    });

    it("is moved and resized by a press in it, and activated by a key in another one", async (t) => {
      const { scene, x } = await XScene.set(t, server, { globals: ["xdg_activation_v1 1"] });
      const { host } = scene;
      const ours = await XTestWindow.show(x, { title: "moved" });
      const window = await scene.shown("toplevel");
      await scene.accepted(scene.configured(window, 0, 0));
      const touch = scene.input("wl_touch");
      touch.send("down", 40, 0, window.surface, 1, 20, 20);
      touch.send("frame");
      await eventually("the host to move it", async () => {
        await ours.ask("_NET_WM_MOVERESIZE", 20, 20, 8, 1, 1);
        return host.inbox.count("xdg_toplevel.move") > 0;
      });
      assert.equal((await host.expect("xdg_toplevel.move")).arg("serial"), 40);
      // What Wayland has no word for, as by keys or to end it, and then the corner at the lower right.
      for (const direction of [9, 10, 11, 99, 4]) await ours.ask("_NET_WM_MOVERESIZE", 20, 20, direction, 1, 1);
      const { args } = await host.expect("xdg_toplevel.resize");
      assert.deepEqual([args["serial"], args["edges"]], [40, 10]);
      const other = await XTestWindow.show(x, { title: "other" });
      const second = await scene.shown("toplevel");
      scene.configured(second, 0, 0, 4);
      const keyboard = scene.input("wl_keyboard");
      keyboard.send("enter", 50, second.surface, new Uint8Array());
      await new XAnyWindow(x, x.setup.root).becomes("_NET_ACTIVE_WINDOW", ([active]) => active === other.id);
      keyboard.send("key", 51, 0, 30, 1);
      keyboard.send("key", 52, 0, 30, 0);
      // Nothing tells when the proxy has seen the key.
      const isKey = ({ name, args }: Received) =>
        name === "xdg_activation_token_v1.set_serial" && args["serial"] === 51;
      await eventually("the key to be the reason", async () => {
        await ours.ask("_NET_ACTIVE_WINDOW", 1, 0, 0);
        return host.inbox.all.some(isKey);
      });
      await host.expect("xdg_activation_token_v1.set_serial", isKey);
      assert.equal((await host.expect("xdg_activation_token_v1.set_surface")).arg("surface"), second.surface);
    });

    it("has its title in any encoding and length", async (t) => {
      const {
        scene: { host },
        x,
      } = await XScene.set(t, server);
      const ours = await XTestWindow.show(x, { title: "first" });
      const says = async (property: string, type: string, text: Uint8Array | string): Promise<unknown> => {
        const [name = 0, ofType = 0] = await x.atoms.intern([property, type]);
        setProperty(x, ours.id, name, ofType, Buffer.from(text));
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
      x.send("DeleteProperty", { window: ours.id, property: x.atoms.atom("_NET_WM_NAME") });
      assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "a 日本語 b");
    });

    it("may change its title faster than anybody reads it, and the last one counts", async (t) => {
      const {
        scene: { host },
        x,
      } = await XScene.set(t, server);
      const ours = await XTestWindow.show(x, { title: "0" });
      await host.expect("xdg_toplevel.set_title");
      for (let i = 1; i <= 2000; i++) setProperty(x, ours.id, Atom.WM_NAME, Atom.STRING, Buffer.from(`${i}`));
      await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "2000");
      const count = host.inbox.count("xdg_toplevel.set_title");
      assert.ok(count < 1000, `it was read ${count} times`);
    });

    it("has the size that the host wants inside its shadow, also when it fills the screen and has none", async (t) => {
      const { scene, x } = await XScene.set(t, server, { globals: ["zxdg_decoration_manager_v1 1"] });
      const { host } = scene;
      const frame = { type: "CARDINAL", value: [20, 20, 20, 30] };
      const ours = await XTestWindow.show(x, {
        width: 300,
        height: 200,
        title: "gtk",
        properties: { _GTK_FRAME_EXTENTS: frame },
      });
      const window = await scene.shown("toplevel");
      const geometry = async (...expected: number[]): Promise<void> => {
        const fits = ({ args }: Received) =>
          expected.every((n, i) => n === args[["x", "y", "width", "height"][i] ?? ""]);
        await host.expect("xdg_surface.set_window_geometry", fits);
      };
      await geometry(20, 20, 260, 150);
      assert.equal((await host.expect("zxdg_toplevel_decoration_v1.set_mode")).arg("mode"), 1);
      const sized = async (width: number, height: number): Promise<void> => {
        await ours.expect("ConfigureNotify", (event) => event.width === width && event.height === height);
      };
      scene.configured(window, 400, 300);
      await sized(440, 350);
      await geometry(20, 20, 400, 300);
      const last = scene.configured(window, 800, 600, 1);
      await sized(840, 650);
      // The toolkit has heard that it is maximized.
      await ours.set("_GTK_FRAME_EXTENTS", "CARDINAL", [0, 0, 0, 0]);
      await sized(800, 600);
      await geometry(0, 0, 800, 600);
      await eventually("the host to hear that it is", () => host.inbox.all.some((message) => isAck(message, last)));
      const told = host.inbox.all.filter(({ name }) => name === "xdg_surface.set_window_geometry");
      const maximized = told.slice(told.findIndex(({ args }) => args["width"] === 800));
      assert.ok(maximized.every(({ args }) => args["width"] === 800 && args["height"] === 600));
      // Nonsense is no frame.
      await ours.set("_GTK_FRAME_EXTENTS", "CARDINAL", [-5, 1 << 30, 0, 0]);
      assert.equal((await host.expect("zxdg_toplevel_decoration_v1.set_mode")).arg("mode"), 2);
    });

    it("is not what its client is killed for when a tool closes it, and it is not shown", async (t) => {
      const { scene, x } = await XScene.set(t, server);
      const ours = await XTestWindow.show(x, { title: "hidden" });
      await scene.shown("toplevel");
      x.send("UnmapWindow", { window: ours.id });
      await ours.becomes("WM_STATE", ([state]) => state === 0);
      await ours.ask("_NET_CLOSE_WINDOW");
      await ours.ask("_NET_REQUEST_FRAME_EXTENTS");
      await ours.becomes("_NET_FRAME_EXTENTS", (extents) => extents.length === 4);
      assert.ok(!x.closed);
    });
  });
}

it("a program that does not answer for 10 s is reported, and ended when its window is closed again", async (t) => {
  const { scene, x } = await XScene.set(t);
  const ours = await XTestWindow.show(x, { title: "hangs", protocols: ["WM_DELETE_WINDOW", "_NET_WM_PING"] });
  const { role } = await scene.shown("toplevel");
  role.send("close");
  await ours.told("_NET_WM_PING");
  const warned = () => scene.log.some((line) => /^warn: .*does not answer/.test(line));
  await eventually("the warning", warned, 15_000);
  assert.ok(!x.closed);
  role.send("close");
  await eventually("the program to be ended", () => x.closed);
});
