// SPDX-License-Identifier: Apache-2.0
/** The frames of a policy around X windows: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { XdgToplevelState as State } from "../../../src/protocol/generated/enums.ts";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { WmStage, type WmStageOptions } from "../../support/wm-stage.ts";
import { XAnyWindow, XTestWindow } from "../../support/x-test-window.ts";

const WIDTH = 4;
const BAR = 32;
const RIGHT = 8;
const frame = { color: "#cc3333", label: "", width: WIDTH };

async function framed(
  t: TestContext,
  options: WmStageOptions = {},
): Promise<{ stage: WmStage; x: X11Connection; log: string[] }> {
  const log: string[] = [];
  const globals = ["wl_subcompositor 1", "wp_viewporter 1", ...(options.globals ?? [])];
  return { ...(await WmStage.set(t, { ...options, globals, guard: guarding({ frame }, log) })), log };
}

/** The last message of a name that the host got, to that object. */
function last(stage: WmStage, name: string, object: FakeObject): Record<string, unknown> | undefined {
  return stage.host.inbox.all.filter((message) => message.name === name && message.object === object).at(-1)?.args;
}

/** The places and sizes of the pieces of frames around a window, as texts. */
function pieces(stage: WmStage, window: FakeObject): string[] {
  const { all } = stage.host.inbox;
  const made = all.filter(({ name, args }) => name === "wl_subcompositor.get_subsurface" && args["parent"] === window);
  return made.map((message) => {
    const surface = message.objectArg("surface");
    const { x, y } = last(stage, "wl_subsurface.set_position", message.objectArg("id")) ?? {};
    const viewport = all.find(({ name, args }) => name === "wp_viewporter.get_viewport" && args["surface"] === surface);
    const size = last(stage, "wp_viewport.set_destination", viewport?.objectArg("id") as FakeObject) ?? {};
    return `${x},${y} ${size["width"]}x${size["height"]}`;
  });
}

/** The pieces of the frame around a box. */
function around(left: number, top: number, width: number, height: number): string[] {
  const [right, bottom] = [left + width, top + height];
  const [x, y] = [left - WIDTH, top - WIDTH];
  return [
    `${left},${y} ${width}x${WIDTH}`,
    `${left},${bottom} ${width}x${WIDTH}`,
    `${x},${top} ${WIDTH}x${height}`,
    `${right},${top} ${WIDTH}x${height}`,
    ...[`${x},${y}`, `${right},${y}`, `${x},${bottom}`, `${right},${bottom}`].map((at) => `${at} ${WIDTH}x${WIDTH}`),
  ];
}

describe("an X window with a frame", () => {
  it("is as much larger for the desktop, and the program does not learn of it", async (t) => {
    const { stage, x, log } = await framed(t);
    const value = [(1 << 4) | (1 << 5), 0, 0, 0, 0, 100, 50, 800, 600, ...Array(9).fill(0)];
    const properties = { WM_NORMAL_HINTS: { type: "WM_SIZE_HINTS", value } };
    const { ours, theirs } = await stage.show(x, { width: 200, height: 100, properties });
    const geometry = (): unknown => last(stage, "xdg_surface.set_window_geometry", theirs.xdgSurface);
    assert.deepEqual(geometry(), { x: -WIDTH, y: -WIDTH, width: 200 + 2 * WIDTH, height: 100 + 2 * WIDTH });
    assert.deepEqual(pieces(stage, theirs.surface), around(0, 0, 200, 100));
    const limit = (name: string): unknown => last(stage, `xdg_toplevel.set_${name}_size`, theirs.role);
    assert.deepEqual(limit("min"), { width: 100 + 2 * WIDTH, height: 50 + 2 * WIDTH });
    assert.deepEqual(limit("max"), { width: 800 + 2 * WIDTH, height: 600 + 2 * WIDTH });
    stage.desktop.configure(theirs, 308, 208);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 300 && height === 200);
    await eventually("the frame", () => pieces(stage, theirs.surface)[0] === around(0, 0, 300, 200)[0]);
    assert.deepEqual(pieces(stage, theirs.surface), around(0, 0, 300, 200));
    stage.desktop.configure(theirs, 1280, 1024, State.fullscreen);
    await ours.expect("ConfigureNotify", ({ width }) => width === 1280 - 2 * WIDTH);
    await eventually("the frame", () => pieces(stage, theirs.surface)[0] === around(0, 0, 1272, 1016)[0]);
    await stage.settled(x);
    assert.deepEqual(log, []);
  });

  it("has menus with a thin one, where they are for X, too", async (t) => {
    const { stage, x } = await framed(t);
    const { theirs } = await stage.show(x, { width: 400, height: 300 });
    const menu = new XTestWindow(x, { overrideRedirect: true, x: 20, y: 30, width: 100, height: 60 });
    menu.map();
    const popup = await stage.desktop.shown("popup");
    // The desktop counts from the corner of the window's frame, and means that of the popup's.
    assert.deepEqual(popup.place, { x: 20 + WIDTH, y: 30 + WIDTH, width: 100 + 4, height: 60 + 4 });
    await stage.host.expect("wl_surface.commit", () => popup.isMapped);
    assert.equal(pieces(stage, popup.surface)[0], "0,-2 100x2");
    await menu.expect("ConfigureNotify", (event) => event.x === 22 && event.y === 32);
    menu.unmap();
    await stage.host.expect("xdg_popup.destroy");
    await stage.settled(x);
    assert.ok(theirs.isMapped);
  });

  it("has it around its title bar as well, which has no shadow then", async (t) => {
    const titleBars = (): (() => void) => () => {};
    const { stage, x } = await framed(t, { titleBars });
    const { theirs } = await stage.show(x, { width: 200, height: 100 });
    await stage.settled(x);
    const geometry = last(stage, "xdg_surface.set_window_geometry", theirs.xdgSurface);
    assert.deepEqual(geometry, { x: -WIDTH, y: -BAR - WIDTH, width: 200 + 2 * WIDTH, height: 100 + BAR + 2 * WIDTH });
    const all = pieces(stage, theirs.surface);
    for (const piece of [`0,${-BAR} 200x${BAR}`, ...around(0, -BAR, 200, 100 + BAR)]) assert.ok(all.includes(piece));
  });

  it("is resized by its edges, of which Xwayland hears nothing", async (t) => {
    const { stage, x } = await framed(t);
    const { theirs } = await stage.show(x, { width: 200, height: 100 });
    const made = stage.host.inbox.all.filter(({ name }) => name === "wl_subcompositor.get_subsurface");
    const right = made[3]?.objectArg("surface") as FakeObject;
    const pointer = stage.desktop.input("wl_pointer");
    pointer.send("enter", stage.desktop.serial(), right, 2, 50);
    const serial = stage.desktop.serial();
    pointer.send("button", serial, 0, 0x110, 1);
    const resize = await stage.host.expect("xdg_toplevel.resize");
    assert.deepEqual([resize.object, resize.arg("serial"), resize.arg("edges")], [theirs.role, serial, RIGHT]);
    await stage.settled(x);
    const heard = stage.xwayland.client.inbox.all.filter(({ name }) => name.startsWith("wl_pointer."));
    assert.deepEqual(heard, []);
  });

  it("is not shown if it would be larger than the screen with it, and the log says why", async (t) => {
    const { stage, x, log } = await framed(t);
    const window = await XTestWindow.show(x, { width: 1280, height: 1024 });
    const theirs = await stage.desktop.shown("toplevel");
    await eventually("the line", () => log.length > 0);
    assert.match(log.join("\n"), /a window of 1288x1032, whose frame would be off the screen, is refused: see frame/);
    await stage.settled(x);
    assert.ok(!theirs.isMapped);
    window.x.send("ConfigureWindow", { window: window.id, width: 600, height: 400 });
    await stage.host.expect("wl_surface.commit", () => theirs.isMapped);
  });

  it("has it as wide as the desktop counts, also where X programs draw for the screen's own pixels", async (t) => {
    const { stage, x } = await framed(t, { unscale: 2 });
    const { ours, theirs } = await stage.show(x, { width: 400, height: 200 });
    assert.deepEqual(pieces(stage, theirs.surface), around(0, 0, 200, 100));
    stage.desktop.configure(theirs, 308, 208);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 600 && height === 400);
    await eventually("the frame", () => pieces(stage, theirs.surface)[0] === around(0, 0, 300, 200)[0]);
  });

  it("is told to draw no shadow", async (t) => {
    const { x } = await framed(t);
    const root = new XAnyWindow(x, x.setup.root);
    const names = await root.names("_NET_SUPPORTED");
    assert.ok(names.includes("_NET_FRAME_EXTENTS"));
    assert.ok(!names.includes("_GTK_FRAME_EXTENTS"));
  });
});
