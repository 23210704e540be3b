// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { InputFocus } from "../../src/x11/generated/enums.ts";
import { eventually } from "../support/eventually.ts";
import { scaled } from "../support/patience.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { servers } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

/** BTN_LEFT and KEY_A of the kernel's, and what X calls the key. */
const LEFT = 0x110;
const KEY_A = 30;
const X_KEY_A = KEY_A + 8;

interface Shown {
  readonly ours: XTestWindow;
  readonly theirs: HostWindow;
}

/** How a client wants to get the keyboard. */
interface Model {
  readonly hint?: boolean;
  readonly takesFocus?: boolean;
}

/** A window that is shown, on both sides. */
async function shown(scene: XScene, x: X11Connection, { hint, takesFocus = false }: Model = {}): Promise<Shown> {
  const ours = new XTestWindow(x);
  if (hint !== undefined) await ours.set("WM_HINTS", "WM_HINTS", [1, hint ? 1 : 0, 0, 0, 0, 0, 0, 0, 0]);
  if (takesFocus) await ours.set("WM_PROTOCOLS", "ATOM", ["WM_TAKE_FOCUS"]);
  ours.map();
  return { ours, theirs: await scene.shown("toplevel") };
}

/** The host gives a window the keyboard. */
function giveKeyboard(scene: XScene, { theirs }: Shown): void {
  scene.input("wl_keyboard").send("enter", scene.serial(), theirs.surface, new Uint8Array(0));
}

function takeKeyboard(scene: XScene, { theirs }: Shown): void {
  scene.input("wl_keyboard").send("leave", scene.serial(), theirs.surface);
}

function press(scene: XScene, isDown: boolean): void {
  scene.input("wl_keyboard").send("key", scene.serial(), 0, KEY_A, isDown ? 1 : 0);
}

/** The host's user types a letter. */
function type(scene: XScene): void {
  press(scene, true);
  press(scene, false);
}

async function focusOf(x: X11Connection): Promise<number> {
  return (await x.call("GetInputFocus")).focus;
}

/** Waits until the X server's focus is somewhere. */
async function focusIs(x: X11Connection, window: number): Promise<void> {
  while ((await focusOf(x)) !== window);
}

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  xTest("the window under the pointer gets the click, whatever order X knew", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    const pointer = scene.input("wl_pointer");
    for (const { ours, theirs } of [first, second, first]) {
      pointer.send("enter", scene.serial(), theirs.surface, 10, 10);
      pointer.send("frame");
      for (const state of [1, 0]) {
        pointer.send("button", scene.serial(), 0, LEFT, state);
        pointer.send("frame");
      }
      await ours.expect("ButtonRelease");
      pointer.send("leave", scene.serial(), theirs.surface);
      pointer.send("frame");
    }
    assert.equal(first.ours.seen("ButtonPress").length, 2);
    assert.equal(second.ours.seen("ButtonPress").length, 1);
  });

  xTest("a window is raised only when Xwayland has taken in what was before, and not for ever", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    const isRaise = (line: string): boolean => line.includes("stack_mode=Above");
    const pointer = scene.input("wl_pointer");
    pointer.send("enter", scene.serial(), first.theirs.surface, 10, 10);
    pointer.send("frame");
    await first.ours.expect("EnterNotify");
    process.kill(scene.pid, "SIGSTOP");
    try {
      for (const state of [1, 0]) pointer.send("button", scene.serial(), 0, LEFT, state);
      pointer.send("enter", scene.serial(), second.theirs.surface, 10, 10);
      pointer.send("frame");
      await eventually("it to give up", () =>
        scene.log.some((line) => line.startsWith("warn: Xwayland did not raise")),
      );
      assert.equal(scene.log.findIndex(isRaise), -1);
    } finally {
      process.kill(scene.pid, "SIGCONT");
    }
    await second.ours.expect("EnterNotify");
    assert.equal(first.ours.seen("ButtonPress").length, 1);
  });

  xTest("a touched window is on top before it hears of it", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    const touch = scene.input("wl_touch");
    for (const { ours, theirs } of [first, second, first]) {
      touch.send("down", scene.serial(), 0, theirs.surface, 0, 10, 10);
      touch.send("frame");
      touch.send("up", scene.serial(), 0, 0);
      touch.send("frame");
      // Of a touch that nobody asked for the X server makes a click.
      await ours.expect("ButtonRelease");
    }
    assert.equal(first.ours.seen("ButtonPress").length, 2);
    assert.equal(second.ours.seen("ButtonPress").length, 1);
  });

  xTest("a window is raised below its own popups, and above another's", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    const menu = async (of: Shown): Promise<XTestWindow> => {
      const ours = new XTestWindow(x, { overrideRedirect: true });
      await ours.set("WM_TRANSIENT_FOR", "WINDOW", [of.ours.id]);
      ours.map();
      await scene.shown("popup");
      return ours;
    };
    const menus = [await menu(first), await menu(second)];
    const pointer = scene.input("wl_pointer");
    pointer.send("enter", scene.serial(), first.theirs.surface, 10, 10);
    pointer.send("frame");
    // Where they all are it is the menu that gets it, as it would if the host did not know better.
    await menus[0]?.expect("EnterNotify");
    const { children } = await x.call("QueryTree", { window: x.setup.root });
    const ids = [second.ours.id, menus[1]?.id, first.ours.id, menus[0]?.id];
    assert.deepEqual(
      children.filter((id) => ids.includes(id)),
      ids,
    );
  });

  xTest("a window with the passive input model gets the focus and no message", async (scene, x) => {
    const window = await shown(scene, x, { hint: true });
    giveKeyboard(scene, window);
    type(scene);
    assert.equal((await window.ours.expect("KeyPress")).detail, X_KEY_A);
    assert.equal(await focusOf(x), window.ours.id);
    assert.deepEqual(window.ours.seen("ClientMessage"), []);
  });

  xTest("a window without hints gets the focus", async (scene, x) => {
    const window = await shown(scene, x);
    giveKeyboard(scene, window);
    type(scene);
    await window.ours.expect("KeyPress");
  });

  xTest("a window with the locally active input model gets the focus and a message", async (scene, x) => {
    const window = await shown(scene, x, { hint: true, takesFocus: true });
    giveKeyboard(scene, window);
    type(scene);
    const { data } = await window.ours.expect("ClientMessage");
    assert.equal(data[0], x.atoms.atom("WM_TAKE_FOCUS"));
    await window.ours.expect("KeyPress");
  });

  xTest("a window with the globally active input model takes the focus itself, as Java's do", async (scene, x) => {
    // The focus has moved since the last time that the window manager heard of.
    const other = await shown(scene, x);
    giveKeyboard(scene, other);
    await other.ours.expect("FocusIn");
    const window = await shown(scene, await scene.connect(), { hint: false, takesFocus: true });
    takeKeyboard(scene, other);
    giveKeyboard(scene, window);
    type(scene);
    const { data } = await window.ours.expect("ClientMessage");
    const [protocol, time = 0] = data;
    assert.equal(protocol, window.ours.x.atoms.atom("WM_TAKE_FOCUS"));
    // With the time that it was told: the X server ignores what is older than the last change.
    window.ours.x.send("SetInputFocus", { revert_to: InputFocus.None, focus: window.ours.id, time });
    await window.ours.expect("KeyPress");
    assert.equal(other.ours.seen("KeyPress").length, 0);
  });

  xTest("a window that wants no input gets no keys, and nobody else does", async (scene, x) => {
    const other = await shown(scene, x);
    giveKeyboard(scene, other);
    await other.ours.expect("FocusIn");
    const window = await shown(scene, await scene.connect(), { hint: false });
    takeKeyboard(scene, other);
    giveKeyboard(scene, window);
    await focusIs(x, InputFocus.None);
    assert.deepEqual(window.ours.seen("ClientMessage"), []);
  });

  xTest("another client that takes the focus loses it again", async (scene, x) => {
    const window = await shown(scene, x);
    giveKeyboard(scene, window);
    await window.ours.expect("FocusIn");
    const thief = await shown(scene, await scene.connect());
    thief.ours.x.send("SetInputFocus", { revert_to: InputFocus.None, focus: thief.ours.id, time: 0 });
    await thief.ours.expect("FocusIn");
    await window.ours.expect("FocusIn");
    type(scene);
    await window.ours.expect("KeyPress");
    assert.equal(thief.ours.seen("KeyPress").length, 0);
  });

  xTest("two clients that fight for the focus do not fight for ever", async (scene, x) => {
    const window = await shown(scene, x);
    giveKeyboard(scene, window);
    await window.ours.expect("FocusIn");
    const thief = await shown(scene, await scene.connect());
    const take = () =>
      thief.ours.x.send("SetInputFocus", { revert_to: InputFocus.None, focus: thief.ours.id, time: 0 });
    for (let i = 0; i < 10; i++) {
      take();
      await thief.ours.expect("FocusIn");
      await thief.ours.expect("FocusOut");
    }
    take();
    await thief.ours.expect("FocusIn");
    // That lasts until the user comes back.
    takeKeyboard(scene, window);
    await focusIs(x, InputFocus.None);
    giveKeyboard(scene, window);
    await focusIs(x, window.ours.id);
  });

  xTest("a client may move the focus among its windows, and gets it back when a menu closes", async (scene, x) => {
    const window = await shown(scene, x);
    giveKeyboard(scene, window);
    await window.ours.expect("FocusIn");
    const menu = new XTestWindow(x, { overrideRedirect: true });
    menu.map();
    await scene.shown("popup");
    x.send("SetInputFocus", { revert_to: InputFocus.None, focus: menu.id, time: 0 });
    // The key goes another way to the X server, and could overtake it.
    await focusIs(x, menu.id);
    type(scene);
    await menu.expect("KeyPress");
    menu.unmap();
    await window.ours.expect("FocusIn");
    type(scene);
    await window.ours.expect("KeyPress");
  });

  xTest("between two windows the focus is nowhere else", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    giveKeyboard(scene, first);
    await first.ours.expect("FocusIn");
    takeKeyboard(scene, first);
    giveKeyboard(scene, second);
    type(scene);
    await second.ours.expect("KeyPress");
    const details = first.ours.seen("FocusOut").map(({ detail }) => detail);
    // Nonlinear: straight to the other one. It says the same of None, but there would be a second change.
    assert.deepEqual(details, [3]);
    assert.equal(second.ours.seen("FocusIn").length, 1);
    assert.ok(!scene.log.includes("no window has the keyboard"));
  });

  xTest("keys before the keyboard leaves belong to the window that had it", async (scene, x) => {
    const first = await shown(scene, x);
    const second = await shown(scene, x);
    giveKeyboard(scene, first);
    await first.ours.expect("FocusIn");
    for (let i = 0; i < 50; i++) type(scene);
    takeKeyboard(scene, first);
    giveKeyboard(scene, second);
    type(scene);
    await second.ours.expect("KeyPress");
    assert.equal(first.ours.seen("KeyPress").length, 50);
  });

  xTest("a key that is held while its window vanishes is not repeated elsewhere", async (scene, x) => {
    const window = await shown(scene, x);
    const other = await shown(scene, x);
    giveKeyboard(scene, window);
    press(scene, true);
    await window.ours.expect("KeyPress");
    window.ours.destroy();
    await scene.host.expect("xdg_toplevel.destroy");
    giveKeyboard(scene, other);
    await other.ours.expect("FocusIn");
    const { keys } = await x.call("QueryKeymap");
    assert.equal(((keys[X_KEY_A >> 3] ?? 0) >> (X_KEY_A & 7)) & 1, 0, "the key is still down");
  });
}
