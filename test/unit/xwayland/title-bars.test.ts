// SPDX-License-Identifier: Apache-2.0
/** Title bars on a desktop that draws no frames: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Font } from "../../../src/frame/font.ts";
import { loadTextLibraries } from "../../../src/frame/load-libraries.ts";
import { TextPainter } from "../../../src/frame/text-painter.ts";
import { Mapping } from "../../../src/native/memory.ts";
import {
  XdgToplevelResizeEdge as Edge,
  ZxdgToplevelDecorationV1Mode as Mode,
  XdgToplevelState as State,
} from "../../../src/protocol/generated/enums.ts";
import type { BarStyle, WatchBarStyle } from "../../../src/title-bars/bar-style.ts";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Received } from "../../support/inbox.ts";
import type { Scope } from "../../support/proxied.ts";
import { testFont } from "../../support/test-font.ts";
import { type StagedWindow, WmStage, type WmStageOptions } from "../../support/wm-stage.ts";
import { type ShownOptions, XTestWindow } from "../../support/x-test-window.ts";

const BAR = 32;
const LEFT = 0x110;
const RIGHT = 0x111;

/** What our sub-surfaces need of a desktop. */
const needed = ["wl_subcompositor 1", "wp_viewporter 1"];

/** Paints with the test's own font. It is loaded before: meanwhile there are more descriptors than before and after. */
let painter: TextPainter;

before(async () => {
  const font = Font.read(await loadTextLibraries(), testFont(), 0);
  assert.ok(font);
  painter = new TextPainter(font);
});

const style: WatchBarStyle = (_log, changed) => {
  changed({ painter, isDark: false });
  return () => {};
};

interface Scene {
  readonly stage: WmStage;
  readonly x: X11Connection;
  readonly window: StagedWindow;
  /** Top, left, right, bottom; empty for a window without a bar. */
  readonly sides: readonly FakeObject[];
}

async function scene(t: Scope, shown: ShownOptions = {}, options: WmStageOptions = {}): Promise<Scene> {
  const { stage, x } = await WmStage.set(t, { titleBars: style, globals: needed, ...options });
  releaseBuffers(stage);
  const window = await stage.show(x, { width: 200, height: 100, title: "abc", ...shown });
  await stage.settled(x);
  const sides = stage.host.inbox.all
    .filter(({ name, args }) => name === "wl_subcompositor.get_subsurface" && args["parent"] === window.theirs.surface)
    .map((message) => message.objectArg("surface"));
  return { stage, x, window, sides };
}

/** Lets the desktop give back each buffer when it gets another one for the same surface, as compositors do. */
function releaseBuffers(stage: WmStage): void {
  const { reactions } = stage.desktop.compositor;
  const attached = reactions.get("wl_surface.attach");
  const shown = new Map<FakeObject, FakeObject | null>();
  reactions.set("wl_surface.attach", (message) => {
    attached?.(message);
    const before = shown.get(message.object) ?? null;
    const now = message.args["buffer"] as FakeObject | null;
    shown.set(message.object, now);
    if (before !== null && before !== now && before.alive) before.send("release");
  });
}

/** The last message of a name that the host got, to that object. */
function last(stage: WmStage, name: string, object: FakeObject): Record<string, unknown> | undefined {
  return stage.host.inbox.all.filter((message) => message.name === name && message.object === object).at(-1)?.args;
}

function geometry({ stage, window }: Scene): Record<string, unknown> | undefined {
  return last(stage, "xdg_surface.set_window_geometry", window.theirs.xdgSurface);
}

/** The size and the pixels of what a surface shows; null for nothing. */
function picture(stage: WmStage, surface: FakeObject): { width: number; height: number; pixels: Uint32Array } | null {
  const buffer = last(stage, "wl_surface.attach", surface)?.["buffer"] as FakeObject | null | undefined;
  if (buffer == null) return null;
  const { all } = stage.host.inbox;
  const made = all.find(({ name, args }) => name === "wl_shm_pool.create_buffer" && args["id"] === buffer) as Received;
  const pool = all.find(({ name, args }) => name === "wl_shm.create_pool" && args["id"] === made.object) as Received;
  const [width, height] = [made.arg("width") as number, made.arg("height") as number];
  const mapping = Mapping.map(pool.fdArg("fd").raw, pool.arg("size") as number, { writable: false });
  const pixels = mapping.words.slice(0, width * height);
  mapping.close();
  return { width, height, pixels };
}

/** A pointer of the desktop's, over one of our surfaces or Xwayland's. */
class Pointer {
  readonly #stage: WmStage;
  readonly #object: FakeObject;
  #surface: FakeObject | null = null;

  constructor(stage: WmStage) {
    this.#stage = stage;
    this.#object = stage.desktop.input("wl_pointer");
  }

  /** Moves it to a place in a surface. @returns the serial of its entering, 0 if it was there */
  moveTo(surface: FakeObject, x: number, y: number): number {
    if (this.#surface === surface) {
      this.#object.send("motion", 0, x, y);
      this.#object.send("frame");
      return 0;
    }
    if (this.#surface !== null) this.#object.send("leave", this.#stage.desktop.serial(), this.#surface);
    this.#surface = surface;
    const serial = this.#stage.desktop.serial();
    this.#object.send("enter", serial, surface, x, y);
    this.#object.send("frame");
    return serial;
  }

  button(button: number, isPressed: boolean): number {
    const serial = this.#stage.desktop.serial();
    this.#object.send("button", serial, 0, button, isPressed ? 1 : 0);
    this.#object.send("frame");
    return serial;
  }

  click(button: number = LEFT): number {
    const serial = this.button(button, true);
    this.button(button, false);
    return serial;
  }
}

describe("a window on a desktop that draws no frames", () => {
  it("has a title bar, which counts as a part of it, and a shadow that does not", async (t) => {
    const all = await scene(t);
    const { stage, sides, window } = all;
    assert.deepEqual(geometry(all), { x: 0, y: -BAR, width: 200, height: 100 + BAR });
    await eventually("pictures on all sides", () => sides.every((side) => picture(stage, side) !== null));
    const subsurfaces = stage.host.inbox.all
      .filter(({ name }) => name === "wl_subcompositor.get_subsurface")
      .map((message) => last(stage, "wl_subsurface.set_position", message.objectArg("id")));
    assert.deepEqual(subsurfaces, [
      { x: -8, y: -40 },
      { x: -8, y: 0 },
      { x: 200, y: 0 },
      { x: -8, y: 100 },
    ]);
    const bar = picture(stage, sides[0] as FakeObject);
    assert.deepEqual([bar?.width, bar?.height], [216, 40]);
    assert.deepEqual(await window.ours.get("_NET_FRAME_EXTENTS"), [0, 0, BAR, 0]);
  });

  it("shows its title there, also a new one, with the tag in front", async (t) => {
    const { stage, sides, window } = await scene(t, { width: 400 }, { tag: "[1] " });
    const [top] = sides as [FakeObject];
    const shown = (): string => {
      const pixels = picture(stage, top)?.pixels;
      return pixels === undefined ? "" : Buffer.from(pixels.buffer).toString("latin1");
    };
    // In the color of a window without the keyboard, and not where the buttons are.
    const hasText = (): boolean => {
      const { pixels, width } = picture(stage, top) ?? { pixels: new Uint32Array(0), width: 1 };
      return pixels.some((pixel, index) => pixel === 0xff6a6a6a && index % width < 250);
    };
    await eventually("a picture with text", hasText);
    const first = shown();
    await window.ours.setText("WM_NAME", "cba");
    await stage.host.expect("xdg_toplevel.set_title", ({ args }) => args["title"] === "[1] cba");
    await eventually("another picture", () => shown() !== first);
    await window.ours.setText("WM_NAME", "abc");
    await eventually("the first picture again", () => shown() === first);
  });

  it("is dark as soon as the desktop is", async (t) => {
    let change: (style: BarStyle) => void = () => {};
    const titleBars: WatchBarStyle = (_log, changed) => {
      change = changed;
      return () => {};
    };
    const { stage, sides } = await scene(t, {}, { titleBars });
    const [top] = sides as [FakeObject];
    const colour = (): number | undefined => {
      const { pixels, width } = picture(stage, top) ?? { pixels: [], width: 0 };
      return pixels[24 * width + 20];
    };
    await eventually("a light bar", () => colour() === 0xfffafafa);
    change({ painter, isDark: true });
    await eventually("a dark bar", () => colour() === 0xff242424);
    change({ painter, isDark: false });
    await eventually("a light bar again", () => colour() === 0xfffafafa);
  });

  it("gets as much less of what the desktop gives it, and has larger limits", async (t) => {
    const value = [(1 << 4) | (1 << 5), 0, 0, 0, 0, 100, 50, 800, 600, ...Array(9).fill(0)];
    const all = await scene(t, { properties: { WM_NORMAL_HINTS: { type: "WM_SIZE_HINTS", value } } });
    const { stage, window } = all;
    assert.deepEqual(last(stage, "xdg_toplevel.set_min_size", window.theirs.role), { width: 100, height: 50 + BAR });
    assert.deepEqual(last(stage, "xdg_toplevel.set_max_size", window.theirs.role), { width: 800, height: 600 + BAR });
    stage.desktop.configure(window.theirs, 300, 232);
    await window.ours.expect("ConfigureNotify", ({ width, height }) => width === 300 && height === 200);
    await eventually("the geometry", () => geometry(all)?.["width"] === 300);
    assert.deepEqual(geometry(all), { x: 0, y: -BAR, width: 300, height: 232 });
  });

  it("has nothing but the bar when it is maximized, and nothing in fullscreen", async (t) => {
    const all = await scene(t);
    const { stage, window, sides } = all;
    const isShown = (side: FakeObject): boolean => picture(stage, side) !== null;
    stage.desktop.configure(window.theirs, 1280, 1024, State.maximized);
    await eventually("the geometry", () => geometry(all)?.["width"] === 1280);
    assert.deepEqual(geometry(all), { x: 0, y: -BAR, width: 1280, height: 1024 });
    await eventually("the bar alone", () => sides.map(isShown).join() === "true,false,false,false");
    stage.desktop.configure(window.theirs, 1280, 1024, State.fullscreen);
    await eventually("the geometry", () => geometry(all)?.["y"] === 0);
    assert.deepEqual(geometry(all), { x: 0, y: 0, width: 1280, height: 1024 });
    await eventually("no bar", () => !sides.some(isShown));
    await window.ours.becomes("_NET_FRAME_EXTENTS", ([, , top]) => top === 0);
    stage.desktop.configure(window.theirs, 0, 0);
    await eventually("all of it again", () => sides.every(isShown));
    await eventually("its own size", () => geometry(all)?.["height"] === 100 + BAR);
    await window.ours.becomes("_NET_FRAME_EXTENTS", ([, , top]) => top === BAR);
  });

  it("has its menus where they belong", async (t) => {
    const { stage, x } = await scene(t, { width: 400, height: 300 });
    const menu = new XTestWindow(x, { overrideRedirect: true, x: 20, y: 30, width: 100, height: 20 });
    menu.map();
    const { place } = await stage.desktop.shown("popup");
    // The desktop counts from the corner of the bar.
    assert.deepEqual(place, { x: 20, y: 30 + BAR, width: 100, height: 20 });
    await stage.settled(x);
    assert.deepEqual(
      menu.seen("ConfigureNotify").filter((event) => event.y !== 30),
      [],
    );
  });

  it("is moved, resized, maximized, minimized and closed by the pointer, of which Xwayland hears nothing", async (t) => {
    const { stage, x, window, sides } = await scene(t, { protocols: ["WM_DELETE_WINDOW"] });
    const { host, xwayland } = stage;
    const [top, left] = sides as [FakeObject, FakeObject];
    const pointer = new Pointer(stage);

    pointer.moveTo(top, 60, 24);
    const press = pointer.button(LEFT, true);
    pointer.moveTo(top, 62, 24);
    pointer.moveTo(top, 70, 30);
    const move = await host.expect("xdg_toplevel.move");
    assert.deepEqual([move.object, move.arg("serial")], [window.theirs.role, press]);
    pointer.button(LEFT, false);

    pointer.moveTo(left, 3, 50);
    const grip = pointer.button(LEFT, true);
    const resize = await host.expect("xdg_toplevel.resize");
    assert.deepEqual([resize.arg("serial"), resize.arg("edges")], [grip, Edge.left]);
    pointer.button(LEFT, false);

    pointer.moveTo(top, 60, 24);
    pointer.click();
    pointer.click();
    await host.expect("xdg_toplevel.set_maximized");
    const menu = pointer.click(RIGHT);
    const shown = await host.expect("xdg_toplevel.show_window_menu");
    assert.deepEqual({ ...shown.args, seat: null }, { seat: null, serial: menu, x: 52, y: 24 - 40 });

    pointer.moveTo(top, 8 + 158, 24);
    pointer.click();
    await host.expect("xdg_toplevel.set_maximized");
    pointer.moveTo(top, 8 + 126, 24);
    pointer.click();
    await host.expect("xdg_toplevel.set_minimized");
    // Only where it was pressed is it released.
    pointer.moveTo(top, 8 + 190, 24);
    pointer.button(LEFT, true);
    pointer.moveTo(top, 60, 24);
    pointer.button(LEFT, false);
    pointer.moveTo(top, 8 + 190, 24);
    await stage.settled(x);
    assert.deepEqual(window.ours.seen("ClientMessage"), []);
    pointer.click();
    await window.ours.told("WM_DELETE_WINDOW");
    assert.deepEqual(
      xwayland.client.inbox.all.filter(({ name }) => name.startsWith("wl_pointer.") && name !== "wl_pointer.frame"),
      [],
    );

    pointer.moveTo(window.theirs.surface, 10, 10);
    await xwayland.client.expect("wl_pointer.enter");
  });

  it("is moved and closed by a finger, too", async (t) => {
    const { stage, window, sides, x } = await scene(t, { protocols: ["WM_DELETE_WINDOW"] });
    const [top] = sides as [FakeObject];
    const touch = stage.desktop.input("wl_touch");
    const serial = stage.desktop.serial();
    touch.send("down", serial, 0, top, 0, 60, 24);
    touch.send("motion", 0, 0, 70, 30);
    touch.send("frame");
    const move = await stage.host.expect("xdg_toplevel.move");
    assert.equal(move.arg("serial"), serial);
    touch.send("up", stage.desktop.serial(), 0, 0);
    touch.send("down", stage.desktop.serial(), 0, top, 1, 8 + 190, 24);
    touch.send("up", stage.desktop.serial(), 0, 1);
    touch.send("frame");
    await window.ours.told("WM_DELETE_WINDOW");
    await stage.settled(x);
    const heard = stage.xwayland.client.inbox.all.filter(({ name }) => name.startsWith("wl_touch."));
    assert.deepEqual(
      heard.filter(({ name }) => name !== "wl_touch.frame"),
      [],
    );
  });

  it("is used by a pen as by a pointer", async (t) => {
    const globals = [...needed, "zwp_tablet_manager_v2 1", "wp_cursor_shape_manager_v1 1"];
    const { stage, x, window, sides } = await scene(t, { protocols: ["WM_DELETE_WINDOW"] }, { globals });
    const [top, left] = sides as [FakeObject, FakeObject];
    const { host } = stage;
    const seat = host.inbox.all.find(({ name }) => name === "zwp_tablet_manager_v2.get_tablet_seat");
    const [tablet, pen] = ["tablet_added", "tool_added"].map((name) =>
      (seat as Received).objectArg("tablet_seat").create(name),
    ) as [FakeObject, FakeObject];
    const enter = (surface: FakeObject, x: number, y: number): number => {
      const serial = stage.desktop.serial();
      pen.send("proximity_in", serial, tablet, surface);
      pen.send("motion", x, y);
      pen.send("frame", 0);
      return serial;
    };
    const press = (): number => {
      const serial = stage.desktop.serial();
      pen.send("down", serial);
      pen.send("frame", 0);
      return serial;
    };
    const coming = enter(top, 60, 24);
    const shape = await host.expect("wp_cursor_shape_device_v1.set_shape");
    assert.deepEqual([shape.arg("serial"), shape.arg("shape")], [coming, 1]);
    assert.equal(host.inbox.count("wp_cursor_shape_manager_v1.get_tablet_tool_v2"), 1);
    const serial = press();
    pen.send("motion", 70, 30);
    const move = await host.expect("xdg_toplevel.move");
    assert.deepEqual([move.object, move.arg("serial")], [window.theirs.role, serial]);
    assert.equal(move.objectArg("seat").interface.name, "wl_seat");
    pen.send("up");
    // The button that is for menus.
    pen.send("button", stage.desktop.serial(), 0x14b, 1);
    await host.expect("xdg_toplevel.show_window_menu");
    pen.send("proximity_out");
    enter(left, 3, 50);
    press();
    assert.equal((await host.expect("xdg_toplevel.resize")).arg("edges"), Edge.left);
    pen.send("up");
    pen.send("proximity_out");
    enter(top, 8 + 190, 24);
    press();
    pen.send("up");
    await window.ours.told("WM_DELETE_WINDOW");
    await stage.settled(x);
    assert.deepEqual(
      stage.xwayland.client.inbox.all.filter(({ name }) => /^zwp_tablet_tool_v2\.(?!frame)/.test(name)),
      [],
    );
    pen.send("proximity_out");
    pen.send("proximity_in", stage.desktop.serial(), tablet, window.theirs.surface);
    await stage.xwayland.client.expect("zwp_tablet_tool_v2.proximity_in");
  });

  it("leaves the keyboard to its window where the desktop gives it to what is clicked, as weston does", async (t) => {
    const { stage, x, window, sides } = await scene(t);
    const [top] = sides as [FakeObject];
    const keyboard = stage.desktop.input("wl_keyboard");
    keyboard.send("enter", stage.desktop.serial(), window.theirs.surface, new Uint8Array(0));
    const { client } = stage.xwayland;
    const surface = (await client.expect("wl_keyboard.enter")).arg("surface");
    keyboard.send("leave", stage.desktop.serial(), window.theirs.surface);
    keyboard.send("enter", stage.desktop.serial(), top, new Uint8Array(0));
    assert.equal((await client.expect("wl_keyboard.leave")).arg("surface"), surface);
    assert.equal((await client.expect("wl_keyboard.enter")).arg("surface"), surface);
    await stage.settled(x);
    assert.equal(stage.xwayland.model.focus, window.ours.id);
  });

  for (const [what, isOpen] of [
    ["lets X clients hear of a press on it while a menu is open", true],
    ["keeps presses on it to itself without a menu", false],
  ] as const) {
    it(what, async (t) => {
      const { stage, x, window, sides } = await scene(t, { width: 400, height: 300 });
      const [top] = sides as [FakeObject];
      const { client, heard, model } = stage.xwayland;
      if (isOpen) {
        const menu = new XTestWindow(x, { overrideRedirect: true, x: 20, y: 30, width: 100, height: 60 });
        menu.map();
        await stage.desktop.shown("popup");
      }
      await stage.settled(x);
      const known = new Set(model.stack.map(({ id }) => id));
      const pointer = new Pointer(stage);
      pointer.moveTo(top, 60, 24);
      pointer.click();
      await stage.settled(x);
      if (!isOpen) return assert.deepEqual(heard, []);
      await eventually("a press and its end", () => heard.length === 2);
      // It is nobody's, but of who has grabbed the pointer.
      const [press] = heard;
      assert.equal(press?.name, "wl_pointer.button");
      assert.ok(!known.has(press?.top ?? 0));
      const enter = client.inbox.all.find(({ name }) => name === "wl_pointer.enter");
      assert.deepEqual([enter?.args["surface_x"], enter?.args["surface_y"]], [1279, 1023]);
      assert.equal(client.inbox.count("wl_pointer.leave"), 1);
      await eventually("our window to go", () => model.stack.every(({ id, mapped }) => known.has(id) || !mapped));
      assert.ok(window.theirs.isMapped);
    });
  }

  it("asks for nothing when what the user does there crosses with the end of the window", async (t) => {
    const { stage, x, window, sides } = await scene(t);
    const [top] = sides as [FakeObject];
    const { role } = window.theirs;
    const pointer = new Pointer(stage);
    const touch = stage.desktop.input("wl_touch");
    pointer.moveTo(top, 60, 24);
    pointer.button(LEFT, true);
    touch.send("down", stage.desktop.serial(), 0, top, 0, 8 + 158, 24);
    await stage.settled(x);
    window.ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    pointer.moveTo(top, 90, 24);
    pointer.button(LEFT, false);
    touch.send("up", stage.desktop.serial(), 0, 0);
    await stage.settled(x);
    const names = stage.host.inbox.all.filter(({ object }) => object === role).map(({ name }) => name);
    assert.equal(names.at(-1), "xdg_toplevel.destroy");
    assert.equal(stage.host.inbox.count("xdg_toplevel.move"), 0);
    assert.equal(stage.host.inbox.count("xdg_toplevel.set_maximized"), 0);
  });

  it("can be resized as soon as its program allows it", async (t) => {
    const hints = (max: number): number[] => [(1 << 4) | (1 << 5), 0, 0, 0, 0, 200, 100, max, max, ...Array(9).fill(0)];
    const fixed = [(1 << 4) | (1 << 5), 0, 0, 0, 0, 200, 100, 200, 100, ...Array(9).fill(0)];
    const properties = { WM_NORMAL_HINTS: { type: "WM_SIZE_HINTS", value: fixed } };
    const { stage, sides, window } = await scene(t, { properties });
    const [, left] = sides as [FakeObject, FakeObject];
    await window.ours.set("WM_NORMAL_HINTS", "WM_SIZE_HINTS", hints(800));
    await stage.host.expect("xdg_toplevel.set_max_size", ({ args }) => args["width"] === 800);
    await eventually("a place for the pointer", () => {
      const region = last(stage, "wl_surface.set_input_region", left)?.["region"] as FakeObject;
      return last(stage, "wl_region.add", region)?.["width"] === 8;
    });
    const pointer = new Pointer(stage);
    pointer.moveTo(left, 3, 50);
    pointer.button(LEFT, true);
    const resize = await stage.host.expect("xdg_toplevel.resize");
    assert.equal(resize.arg("edges"), Edge.left);
  });

  it("fills the screen with its bar when it gets that while it is maximized", async (t) => {
    const motif = { type: "_MOTIF_WM_HINTS", value: [2, 0, 0, 0, 0] };
    const all = await scene(t, { properties: { _MOTIF_WM_HINTS: motif } });
    const { stage, window } = all;
    const height = (): number | undefined => stage.desktop.contentSize(window.theirs)?.[1];
    stage.desktop.configure(window.theirs, 1280, 1024, State.maximized);
    await eventually("its content", () => height() === 1024);
    await window.ours.set("_MOTIF_WM_HINTS", "_MOTIF_WM_HINTS", [2, 0, 1, 0, 0]);
    await eventually("room for the bar", () => height() === 1024 - BAR);
    await eventually("the geometry", () => geometry(all)?.["y"] === -BAR);
    assert.deepEqual(geometry(all), { x: 0, y: -BAR, width: 1280, height: 1024 });
    await window.ours.set("_MOTIF_WM_HINTS", "_MOTIF_WM_HINTS", [2, 0, 0, 0, 0]);
    await eventually("all of the screen", () => height() === 1024);
    await eventually("the geometry", () => geometry(all)?.["height"] === 1024);
    assert.deepEqual(geometry(all), { x: 0, y: 0, width: 1280, height: 1024 });
  });

  it("closes nothing by a finger that slides off its button, or that the desktop takes for something else", async (t) => {
    const { stage, sides, x, window } = await scene(t, { protocols: ["WM_DELETE_WINDOW"] });
    const [top] = sides as [FakeObject];
    const touch = stage.desktop.input("wl_touch");
    touch.send("down", stage.desktop.serial(), 0, top, 0, 8 + 190, 24);
    touch.send("motion", 0, 0, 60, 24);
    touch.send("up", stage.desktop.serial(), 0, 0);
    touch.send("frame");
    touch.send("down", stage.desktop.serial(), 0, top, 1, 8 + 190, 24);
    touch.send("cancel");
    const pointer = new Pointer(stage);
    pointer.moveTo(top, 8 + 190, 24);
    pointer.button(LEFT, false);
    await stage.settled(x);
    assert.deepEqual(window.ours.seen("ClientMessage"), []);
  });

  it("gives the pointer its shape where the desktop has some", async (t) => {
    const { stage, sides } = await scene(t, {}, { globals: [...needed, "wp_cursor_shape_manager_v1 1"] });
    const [top, left, , bottom] = sides as [FakeObject, FakeObject, FakeObject, FakeObject];
    const pointer = new Pointer(stage);
    for (const [side, x, y, shape] of [
      [top, 60, 24, 1],
      [top, 100, 2, 19],
      [left, 2, 50, 25],
      [bottom, 214, 4, 23],
    ] as const) {
      const serial = pointer.moveTo(side, x, y);
      const { args } = await stage.host.expect("wp_cursor_shape_device_v1.set_shape");
      assert.equal(args["shape"], shape);
      if (serial !== 0) assert.equal(args["serial"], serial);
    }
  });

  it("has only the buttons that the desktop and the window have a use for", async (t) => {
    const { stage, x } = await WmStage.set(t, { titleBars: style, globals: needed });
    stage.desktop.configureToplevel = (window) => {
      window.role.send("wm_capabilities", new Uint8Array(Uint32Array.of(2).buffer));
      stage.desktop.configure(window, 0, 0);
    };
    const window = await stage.show(x, { width: 200, height: 100, title: "" });
    await stage.settled(x);
    const all = stage.host.inbox.all.filter(({ name }) => name === "wl_subcompositor.get_subsurface");
    const top = (all[0] as Received).objectArg("surface");
    const pointer = new Pointer(stage);
    pointer.moveTo(top, 8 + 126, 24);
    pointer.click();
    pointer.click(RIGHT);
    pointer.moveTo(top, 8 + 158, 24);
    pointer.click();
    await stage.host.expect("xdg_toplevel.set_maximized");
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("xdg_toplevel.set_minimized"), 0);
    assert.equal(stage.host.inbox.count("xdg_toplevel.show_window_menu"), 0);
    assert.ok(window);
  });
});

describe("a window has no title bar of ours", () => {
  it("if it draws its own, or wants none, until it does", async (t) => {
    const motif = { type: "_MOTIF_WM_HINTS", value: [2, 0, 0, 0, 0] };
    const all = await scene(t, { properties: { _MOTIF_WM_HINTS: motif } });
    const { stage, window } = all;
    assert.equal(all.sides.length, 0);
    assert.deepEqual(await window.ours.get("_NET_FRAME_EXTENTS"), [0, 0, 0, 0]);
    const before = stage.host.inbox.count("wl_surface.commit");
    await window.ours.set("_MOTIF_WM_HINTS", "_MOTIF_WM_HINTS", [2, 0, 1, 0, 0]);
    await stage.host.expect("wl_subcompositor.get_subsurface");
    await eventually("the geometry", () => geometry(all)?.["y"] === -BAR);
    await eventually("a commit", () => stage.host.inbox.count("wl_surface.commit") > before);
    await window.ours.becomes("_NET_FRAME_EXTENTS", ([, , top]) => top === BAR);
    await window.ours.set("_MOTIF_WM_HINTS", "_MOTIF_WM_HINTS", [2, 0, 0, 0, 0]);
    await eventually("the geometry", () => geometry(all)?.["y"] === 0);
    assert.deepEqual(geometry(all), { x: 0, y: 0, width: 200, height: 100 });
    await window.ours.becomes("_NET_FRAME_EXTENTS", ([, , top]) => top === 0);
    // The host keeps a geometry until it is told another one.
    stage.desktop.configure(window.theirs, 320, 240);
    await eventually("the geometry", () => geometry(all)?.["width"] === 320);
    assert.deepEqual(geometry(all), { x: 0, y: 0, width: 320, height: 240 });
  });

  it("if it has a shadow of its own", async (t) => {
    const shadow = { type: "CARDINAL", value: [10, 10, 10, 10] };
    const { sides } = await scene(t, { properties: { _GTK_FRAME_EXTENTS: shadow } });
    assert.equal(sides.length, 0);
  });

  for (const [what, mode, surfaces] of [
    ["if the desktop draws one", Mode.server_side, 0],
    ["unless the desktop leaves it to the program", Mode.client_side, 4],
  ] as const) {
    it(what, async (t) => {
      const globals = [...needed, "zxdg_decoration_manager_v1 1"];
      const { stage, x } = await WmStage.set(t, { titleBars: style, globals });
      stage.desktop.compositor.reactions.set("zxdg_toplevel_decoration_v1.set_mode", ({ object }) => {
        object.send("configure", mode);
      });
      await stage.show(x, { width: 200, height: 100 });
      await stage.settled(x);
      assert.equal(stage.host.inbox.count("wl_subcompositor.get_subsurface"), surfaces);
    });
  }

  it("if a hundred have one: a client may make as many windows as it likes", async (t) => {
    const { stage, x } = await WmStage.set(t, { titleBars: style, globals: needed });
    const windows: StagedWindow[] = [];
    for (let count = 0; count < 102; count++) windows.push(await stage.show(x, { width: 100, height: 50 }));
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("wl_subcompositor.get_subsurface"), 4 * 100);
    windows[0]?.ours.unmap();
    await windows[0]?.ours.expect("UnmapNotify");
    await stage.show(x);
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("wl_subcompositor.get_subsurface"), 4 * 101);
  });

  it("if nobody wants them", async (t) => {
    const { stage, x } = await WmStage.set(t, { globals: needed });
    await stage.show(x);
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("wl_subcompositor.get_subsurface"), 0);
  });

  it("if the desktop lacks what they are made with", async (t) => {
    const { sides } = await scene(t, {}, { globals: ["wl_subcompositor 1"] });
    assert.equal(sides.length, 0);
  });
});
