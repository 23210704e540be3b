// SPDX-License-Identifier: Apache-2.0
/** What the host does for X windows, and what X programs learn of it: the whole window manager between two fakes. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { getProperty, setProperty } from "../../../src/x11/client/properties.ts";
import { Atom } from "../../../src/x11/generated/enums.ts";
import { GRAB_DELAY_MS } from "../../../src/xwayland/shell/shortcut-inhibition.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XAnyWindow, XTestWindow } from "../../support/x-test-window.ts";

/** BTN_LEFT and KEY_A of the kernel's. */
const LEFT = 0x110;
const KEY_A = 30;

/** xdg_toplevel.state. */
const ACTIVATED = 4;

describe("a window that wants to be looked at", () => {
  const activation = { globals: ["xdg_activation_v1 1"] };

  it("is reported to the host as often as it says so, without a serial, since the user did nothing", async (t) => {
    const { stage, x } = await WmStage.set(t, activation);
    const { host, desktop } = stage;
    const { ours, theirs } = await stage.show(x);
    for (const token of ["first", "second"]) {
      await ours.ask("_NET_WM_STATE", 1, "_NET_WM_STATE_DEMANDS_ATTENTION");
      (await host.expect("xdg_activation_token_v1.commit")).object.send("done", token);
      const { args } = await host.expect("xdg_activation_v1.activate");
      assert.deepEqual([args["token"], args["surface"]], [token, theirs.surface]);
      desktop.configure(theirs, 0, 0, ACTIVATED);
      await ours.becomes("_NET_WM_STATE", (states) => states.length === 0);
    }
    assert.equal(host.inbox.count("xdg_activation_token_v1.set_serial"), 0);
  });

  it("is activated by what the user did last in another window of its client", async (t) => {
    const { stage, x } = await WmStage.set(t, activation);
    const { host, desktop } = stage;
    const [first, second] = [await stage.show(x), await stage.show(x)];
    desktop.focus(first.theirs);
    await first.ours.expect("FocusIn");
    const serial = desktop.serial();
    desktop.input("wl_keyboard").send("key", serial, 0, KEY_A, 1);
    await eventually("the key", () => stage.xwayland.heard.length === 1);
    await second.ours.ask("_NET_ACTIVE_WINDOW", 1, 0, 0);
    assert.equal((await host.expect("xdg_activation_token_v1.set_serial")).arg("serial"), serial);
    assert.equal((await host.expect("xdg_activation_token_v1.set_surface")).arg("surface"), first.theirs.surface);
  });

  it("uses the token of whoever started its program, once", async (t) => {
    const { stage, x } = await WmStage.set(t, activation);
    const { host, desktop } = stage;
    const [startup = 0, utf8 = 0] = await x.atoms.intern(["_NET_STARTUP_ID", "UTF8_STRING"]);
    const ours = new XTestWindow(x);
    setProperty(x, ours.id, startup, utf8, Buffer.from("a token of the host's"));
    ours.map();
    const theirs = await desktop.shown("toplevel");
    const { args } = await host.expect("xdg_activation_v1.activate");
    assert.deepEqual([args["token"], args["surface"]], ["a token of the host's", theirs.surface]);
    const last = desktop.configure(theirs, 0, 0, ACTIVATED);
    await host.expect("xdg_surface.ack_configure", (message) => message.arg("serial") === last);
    await stage.settled(x);
    assert.equal(host.inbox.count("xdg_activation_v1.activate"), 1);
  });
});

it("the host gets the icons of a window in all sizes that are useful there", async (t) => {
  const { stage, x } = await WmStage.set(t, { globals: ["xdg_toplevel_icon_manager_v1 1"] });
  const pixels = [2, 1, 0x80ff0000, 0xff00ff00, 1, 1, 0xff0000ff, 300, 300, ...Array<number>(90_000).fill(7)];
  const { theirs } = await stage.show(x, { properties: { _NET_WM_ICON: { type: "CARDINAL", value: pixels } } });
  const { all } = stage.host.inbox;
  const set = all.find(({ name }) => name === "xdg_toplevel_icon_manager_v1.set_icon");
  assert.equal(set?.arg("toplevel"), theirs.role);
  const added = all.filter(({ name }) => name === "xdg_toplevel_icon_v1.add_buffer");
  assert.equal(added.length, 2, "those of 1 and 2 pixels, and not the one of 300");
});

describe("on a host whose scale X programs are to draw for", () => {
  const twofold = { globals: ["wp_viewporter 1"], unscale: 2 };

  it("a window has twice the pixels for its size there", async (t) => {
    const { stage, x } = await WmStage.set(t, twofold);
    const { ours, theirs } = await stage.show(x, { width: 400, height: 300 });
    assert.deepEqual(stage.desktop.contentSize(theirs), [400, 300]);
    const shown = stage.host.inbox.all.filter(({ name }) => name === "wp_viewport.set_destination").at(-1);
    assert.deepEqual(shown?.args, { width: 200, height: 150 });
    stage.desktop.configure(theirs, 320, 240);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 640 && height === 480);
  });

  it("a menu is where it belongs there, and the pointer where it is for X", async (t) => {
    const { stage, x } = await WmStage.set(t, twofold);
    const { desktop } = stage;
    const { theirs } = await stage.show(x, { width: 400, height: 300 });
    new XTestWindow(x, { x: 40, y: 60, width: 120, height: 80, overrideRedirect: true }).map();
    const popup = await desktop.shown("popup");
    assert.deepEqual(popup.place, { x: 20, y: 30, width: 60, height: 40 });
    const pointer = desktop.input("wl_pointer");
    pointer.send("enter", desktop.serial(), theirs.surface, 10, 20);
    const { args } = await stage.xwayland.client.expect("wl_pointer.enter");
    assert.deepEqual([args["surface_x"], args["surface_y"]], [20, 40]);
    pointer.send("button", desktop.serial(), 0, LEFT, 1);
    await eventually("the press", () => stage.xwayland.heard.length === 1);
  });

  it("programs learn of it by their resources", async (t) => {
    const { x } = await WmStage.set(t, twofold);
    const root = new XAnyWindow(x, x.setup.root);
    const value = await getProperty(x, root.id, Atom.RESOURCE_MANAGER);
    assert.match(Buffer.from(value?.bytes ?? []).toString(), /^Xft.dpi:\t192$/m);
  });
});

it("the windows that there are stand in a list, in the order in which they came", async (t) => {
  const { stage, x } = await WmStage.set(t);
  const [first, second] = [await stage.show(x), await stage.show(x)];
  const root = new XAnyWindow(x, x.setup.root);
  await root.becomes("_NET_CLIENT_LIST", (ids) => `${ids}` === `${[first.ours.id, second.ours.id]}`);
  first.ours.unmap();
  await root.becomes("_NET_CLIENT_LIST", (ids) => `${ids}` === `${[second.ours.id]}`);
});

describe("a client that has grabbed the keyboard", () => {
  const INHIBIT = "zwp_keyboard_shortcuts_inhibit_manager_v1.inhibit_shortcuts";

  /** A window on a stage, and how Xwayland says that its client grabs the keyboard by it. */
  async function grabbing(t: TestContext) {
    const { stage, x } = await WmStage.set(t, { globals: ["zwp_keyboard_shortcuts_inhibit_manager_v1 1"] });
    const window = await stage.show(x);
    const { client } = stage.xwayland;
    const manager = await client.bind("zwp_xwayland_keyboard_grab_manager_v1");
    const seat = await client.bind("wl_seat");
    const grab = (): FakeObject =>
      manager.create("grab_keyboard", stage.xwayland.surfaceOf(window.ours.id) ?? null, seat);
    return { stage, x, window, grab };
  }

  it("gets the host's shortcuts after a while, until it lets go or its window goes", async (t) => {
    const { stage, window, grab } = await grabbing(t);
    const before = performance.now();
    const first = grab();
    const { args } = await stage.host.expect(INHIBIT);
    assert.ok(performance.now() - before >= GRAB_DELAY_MS - 1, "no menu is as patient");
    assert.equal(args["surface"], window.theirs.surface);
    first.send("destroy");
    const ended = await stage.host.expect("zwp_keyboard_shortcuts_inhibitor_v1.destroy");
    assert.equal(ended.object, args["id"]);
    grab();
    await stage.host.expect(INHIBIT);
    window.ours.unmap();
    await stage.host.expect("zwp_keyboard_shortcuts_inhibitor_v1.destroy");
    await stage.host.expect("xdg_toplevel.destroy");
  });

  it("does not get them while a menu of it is open, nor for a moment", async (t) => {
    const { stage, x, grab } = await grabbing(t);
    grab().send("destroy");
    const menu = new XTestWindow(x, { x: 20, y: 30, width: 100, height: 100, overrideRedirect: true });
    menu.map();
    await stage.desktop.shown("popup");
    grab();
    await pause(GRAB_DELAY_MS + 1);
    await stage.settled(x);
    assert.equal(stage.host.inbox.count(INHIBIT), 0);
    menu.unmap();
    await stage.host.expect(INHIBIT);
  });
});
