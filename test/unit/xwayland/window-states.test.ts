// SPDX-License-Identifier: Apache-2.0
/** States, decorations, closing and parents of windows: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setProperty } from "../../../src/x11/client/properties.ts";
import { Atom } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { type StagedWindow, WmStage } from "../../support/wm-stage.ts";
import { XAnyWindow, XTestWindow } from "../../support/x-test-window.ts";

const STATE = "_NET_WM_STATE";
const REMOVE = 0;
const ADD = 1;
const TOGGLE = 2;

/** xdg_toplevel.state. */
const MAXIMIZED = 1;
const FULLSCREEN = 2;
const ACTIVATED = 4;

/** WM_STATE (ICCCM 4.1.3.1), and what a client asks for by WM_CHANGE_STATE. */
const WITHDRAWN = 0;
const NORMAL = 1;
const ICONIC = 3;

/** BTN_LEFT of the kernel's. */
const LEFT = 0x110;

/** Waits until _NET_WM_STATE has exactly those names. */
function named({ ours }: StagedWindow, ...names: string[]): Promise<unknown> {
  const wanted = names.map((name) => `${STATE}_${name}`).sort();
  return eventually(`${STATE} to be ${wanted}`, async () => `${await ours.names(STATE)}` === `${wanted}`);
}

describe("what a client wants its window to be", () => {
  for (const [what, states, number] of [
    ["fullscreen", ["FULLSCREEN"], FULLSCREEN],
    ["maximized", ["MAXIMIZED_HORZ", "MAXIMIZED_VERT"], MAXIMIZED],
  ] as const) {
    const names = states.map((state) => `${STATE}_${state}`);

    it(`is asked of the host, and true for X programs once the host has made it ${what}`, async (t) => {
      const { stage, x } = await WmStage.set(t);
      const window = await stage.show(x);
      await window.ours.ask(STATE, ADD, ...names);
      await stage.host.expect(`xdg_toplevel.set_${what}`);
      await named(window);
      stage.desktop.configure(window.theirs, 1280, 1024, number);
      await named(window, ...states);
      await window.ours.expect("ConfigureNotify", ({ width, height }) => width === 1280 && height === 1024);
      await window.ours.ask(STATE, TOGGLE, ...names);
      await stage.host.expect(`xdg_toplevel.unset_${what}`);
      await named(window, ...states);
      stage.desktop.configure(window.theirs, 0, 0);
      await named(window);
      await window.ours.expect("ConfigureNotify", ({ width, height }) => width === 200 && height === 100);
    });

    it(`is asked of the host before a window is shown that begins ${what}`, async (t) => {
      const { stage, x } = await WmStage.set(t);
      stage.desktop.configureToplevel = (one) => void stage.desktop.configure(one, 1280, 1024, number);
      const window = await stage.show(x, { properties: { [STATE]: { type: "ATOM", value: names } } });
      const asked = stage.host.inbox.all.findIndex(({ name }) => name === `xdg_toplevel.set_${what}`);
      const shown = stage.host.inbox.all.findIndex(({ name, object }) => {
        return name === "wl_surface.attach" && object === window.theirs.surface;
      });
      assert.ok(asked >= 0 && asked < shown);
      assert.deepEqual(stage.desktop.contentSize(window.theirs), [1280, 1024]);
      await named(window, ...states);
    });
  }

  it("is not asked of the host for half of what maximized is there", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await stage.show(x);
    await window.ours.ask(STATE, ADD, `${STATE}_MAXIMIZED_HORZ`);
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("xdg_toplevel.set_maximized"), 0);
    await named(window);
  });

  it("is published no more when it is withdrawn, and begins anew with what the client has set then", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await stage.show(x);
    await window.ours.becomes("WM_STATE", ([state]) => state === NORMAL);
    stage.desktop.configure(window.theirs, 1280, 1024, FULLSCREEN);
    await named(window, "FULLSCREEN");
    window.ours.unmap();
    await window.ours.becomes("WM_STATE", ([state]) => state === WITHDRAWN);
    await named(window);
    await window.ours.set(STATE, "ATOM", [`${STATE}_FULLSCREEN`]);
    window.ours.map();
    await stage.host.expect("xdg_toplevel.set_fullscreen");
  });

  it("has attention until the user is there, whatever else the host says of the window meanwhile", async (t) => {
    const { stage, x } = await WmStage.set(t, { globals: ["xdg_activation_v1 1"] });
    const window = await stage.show(x);
    await window.ours.ask(STATE, ADD, `${STATE}_DEMANDS_ATTENTION`);
    await stage.host.expect("xdg_activation_v1.get_activation_token");
    await named(window, "DEMANDS_ATTENTION");
    stage.desktop.configure(window.theirs, 400, 300);
    await window.ours.expect("ConfigureNotify", ({ width }) => width === 400);
    await stage.settled(x);
    await named(window, "DEMANDS_ATTENTION");
    stage.desktop.configure(window.theirs, 400, 300, ACTIVATED);
    await named(window);
  });

  it("is to be minimized, which it is for X once a host that can do so has taken the keyboard from it", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await stage.show(x);
    window.theirs.role.send("wm_capabilities", new Uint8Array(Uint32Array.of(4).buffer));
    stage.desktop.configure(window.theirs, 0, 0, ACTIVATED);
    await stage.host.expect("xdg_surface.ack_configure");
    await window.ours.ask("WM_CHANGE_STATE", ICONIC);
    await stage.host.expect("xdg_toplevel.set_minimized");
    assert.deepEqual(await window.ours.get("WM_STATE"), [NORMAL, 0]);
    stage.desktop.configure(window.theirs, 0, 0);
    await named(window, "HIDDEN");
    await window.ours.becomes("WM_STATE", ([state]) => state === ICONIC);
    stage.desktop.configure(window.theirs, 0, 0, ACTIVATED);
    await named(window);
  });

  it("is not minimized for X where the host cannot do so", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await stage.show(x);
    window.theirs.role.send("wm_capabilities", new Uint8Array());
    await window.ours.ask("WM_CHANGE_STATE", ICONIC);
    await stage.host.expect("xdg_toplevel.set_minimized");
    await stage.settled(x);
    assert.deepEqual(await window.ours.get("WM_STATE"), [NORMAL, 0]);
  });

  it("is to look active while it has the keyboard, for programs that draw themselves by that", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await stage.show(x), await stage.show(x)];
    stage.desktop.focus(first.theirs);
    await named(first, "FOCUSED");
    stage.desktop.focus(second.theirs);
    await named(second, "FOCUSED");
    await named(first);
  });
});

describe("the frame of a window", () => {
  /** zxdg_toplevel_decoration_v1.mode. */
  const CLIENT = 1;
  const SERVER = 2;
  const manager = { globals: ["zxdg_decoration_manager_v1 1"] };

  for (const [what, properties, mode] of [
    ["is drawn by the host", {}, SERVER],
    [
      "is not drawn for a window that wants none (Motif)",
      { _MOTIF_WM_HINTS: { type: "_MOTIF_WM_HINTS", value: [2, 0, 0, 0, 0] } },
      CLIENT,
    ],
    [
      "is not drawn for a window that draws one itself, with a shadow",
      { _GTK_FRAME_EXTENTS: { type: "CARDINAL", value: [20, 30, 10, 40] } },
      CLIENT,
    ],
  ] as const) {
    it(what, async (t) => {
      const { stage, x } = await WmStage.set(t, manager);
      await XTestWindow.show(x, { width: 300, height: 200, properties });
      const { args } = await stage.host.expect("zxdg_toplevel_decoration_v1.set_mode");
      assert.equal(args["mode"], mode);
    });
  }

  it("has a width of 0 for X programs, which ask for it", async (t) => {
    const { stage, x } = await WmStage.set(t, manager);
    const { ours } = await stage.show(x);
    assert.deepEqual(await ours.get("_NET_FRAME_EXTENTS"), [0, 0, 0, 0]);
  });

  it("is no part of the window for the host, if it is a shadow that the client draws", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const properties = { _GTK_FRAME_EXTENTS: { type: "CARDINAL", value: [20, 30, 10, 40] } };
    const { ours, theirs } = await stage.show(x, { width: 300, height: 200, properties });
    const told = stage.host.inbox.all.find(({ name }) => name === "xdg_surface.set_window_geometry");
    assert.deepEqual(told?.args, { x: 20, y: 10, width: 250, height: 150 });
    stage.desktop.configure(theirs, 400, 300);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 450 && height === 350);
  });
});

describe("a window that its client lets the user move", () => {
  /** _NET_WM_MOVERESIZE: to move it, and to resize it from its bottom right corner. */
  const MOVE = 8;
  const BOTTOM_RIGHT = 4;

  it("is moved by a press in it and resized by the next, and not at all without one", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop, host } = stage;
    const window = await stage.show(x);
    await window.ours.ask("_NET_WM_MOVERESIZE", 0, 0, MOVE, 1, 1);
    await stage.settled(x);
    const pointer = desktop.input("wl_pointer");
    pointer.send("enter", desktop.serial(), window.theirs.surface, 10, 10);
    const serial = desktop.serial();
    pointer.send("button", serial, 0, LEFT, 1);
    await eventually("the press", () => stage.xwayland.heard.length === 1);
    await window.ours.ask("_NET_WM_MOVERESIZE", 0, 0, MOVE, 1, 1);
    assert.equal((await host.expect("xdg_toplevel.move")).arg("serial"), serial);
    await window.ours.ask("_NET_WM_MOVERESIZE", 0, 0, BOTTOM_RIGHT, 1, 1);
    const { args } = await host.expect("xdg_toplevel.resize");
    assert.deepEqual([args["serial"], args["edges"]], [serial, 10]);
    assert.equal(host.inbox.count("xdg_toplevel.move"), 1);
  });

  it("is moved by the host when it goes where the pointer goes, once for each press", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop, host } = stage;
    const window = await stage.show(x);
    const pointer = desktop.input("wl_pointer");
    pointer.send("enter", desktop.serial(), window.theirs.surface, 10, 10);
    pointer.send("button", desktop.serial(), 0, LEFT, 1);
    await eventually("the press", () => stage.xwayland.heard.length === 1);
    for (const place of [50, 60, 70]) x.send("ConfigureWindow", { window: window.ours.id, x: place, y: place });
    await host.expect("xdg_toplevel.move");
    await stage.settled(x);
    assert.equal(host.inbox.count("xdg_toplevel.move"), 1);
  });
});

describe("a window that the user closes", () => {
  it("gets the request each time, and lives on if its client answers", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours, theirs } = await stage.show(x, { protocols: ["WM_DELETE_WINDOW", "_NET_WM_PING"] });
    for (let times = 0; times < 2; times++) {
      theirs.role.send("close");
      await ours.told("WM_DELETE_WINDOW");
      const { data } = await ours.told("_NET_WM_PING");
      assert.equal(data[2], ours.id);
      await new XAnyWindow(x, x.setup.root).ask("WM_PROTOCOLS", ...data);
      await stage.settled(x);
    }
    assert.ok(!x.closed);
  });

  it("costs its client the connection if it takes no such request, and nobody else anything", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const rude = await stage.connect();
    const { theirs } = await stage.show(rude);
    theirs.role.send("close");
    await eventually("the client to be ended", () => rude.closed);
    await stage.show(x);
  });
});

describe("a dialog", () => {
  it("has the window for its parent that it names, or the one of its group, and no circle of them", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const parents = (): unknown[] =>
      stage.host.inbox.all.flatMap(({ name, args }) => (name === "xdg_toplevel.set_parent" ? [args["parent"]] : []));
    const WM_HINTS = { type: "WM_HINTS", value: [1 << 6, 0, 0, 0, 0, 0, 0, 0, 77] };
    const of = (id: number) => ({ type: "WINDOW", value: [id] });
    const main = await stage.show(x, { properties: { WM_HINTS } });
    await stage.show(x, { properties: { WM_TRANSIENT_FOR: of(main.ours.id) } });
    assert.deepEqual(parents(), [main.theirs.role]);
    await stage.show(x, { properties: { WM_HINTS, WM_TRANSIENT_FOR: of(x.setup.root) } });
    assert.deepEqual(parents(), [main.theirs.role, main.theirs.role]);
    await main.ours.set("WM_TRANSIENT_FOR", "WINDOW", [main.ours.id]);
    await stage.settled(x);
    assert.equal(parents().length, 2);
  });

  it("is modal while it says so", async (t) => {
    const { stage, x } = await WmStage.set(t, { globals: ["xdg_wm_dialog_v1 1"] });
    const main = await stage.show(x);
    const dialog = await stage.show(x, {
      properties: {
        WM_TRANSIENT_FOR: { type: "WINDOW", value: [main.ours.id] },
        [STATE]: { type: "ATOM", value: [`${STATE}_MODAL`] },
      },
    });
    assert.equal(stage.host.inbox.count("xdg_dialog_v1.set_modal"), 1);
    await dialog.ours.ask(STATE, REMOVE, `${STATE}_MODAL`);
    await stage.host.expect("xdg_dialog_v1.unset_modal");
  });
});

describe("the title of a window", () => {
  it("may change faster than anybody reads it, and the last one counts", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours } = await stage.show(x, { title: "first" });
    for (let count = 0; count < 500; count++) {
      setProperty(x, ours.id, Atom.WM_NAME, Atom.STRING, Buffer.from(`title ${count}`));
    }
    await stage.host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "title 499");
    assert.ok(stage.host.inbox.count("xdg_toplevel.set_title") < 400);
  });
});
