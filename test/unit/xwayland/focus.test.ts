// SPDX-License-Identifier: Apache-2.0
/** Where the user is, for X clients: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { InputFocus } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { type StagedWindow, WmStage } from "../../support/wm-stage.ts";
import { XAnyWindow, XTestWindow } from "../../support/x-test-window.ts";

/** BTN_LEFT and KEY_A of the kernel's. */
const LEFT = 0x110;
const KEY_A = 30;

/** How a client wants to get the keyboard (ICCCM 4.1.7). */
interface Model {
  readonly hint?: boolean;
  readonly takesFocus?: boolean;
}

function shown(stage: WmStage, x: X11Connection, { hint, takesFocus = false }: Model = {}): Promise<StagedWindow> {
  const value = hint === undefined ? [0] : [1, hint ? 1 : 0];
  return stage.show(x, {
    properties: { WM_HINTS: { type: "WM_HINTS", value: [...value, 0, 0, 0, 0, 0, 0, 0].slice(0, 9) } },
    protocols: takesFocus ? ["WM_TAKE_FOCUS"] : [],
  });
}

/** The user types a letter. */
function type({ desktop }: WmStage): void {
  for (const state of [1, 0]) desktop.input("wl_keyboard").send("key", desktop.serial(), 0, KEY_A, state);
}

/** The user clicks into a window. */
function click({ desktop }: WmStage, { theirs }: StagedWindow): void {
  const pointer = desktop.input("wl_pointer");
  pointer.send("enter", desktop.serial(), theirs.surface, 10, 10);
  pointer.send("frame");
  for (const state of [1, 0]) pointer.send("button", desktop.serial(), 0, LEFT, state);
  pointer.send("leave", desktop.serial(), theirs.surface);
  pointer.send("frame");
}

/** Waits until Xwayland has heard of so many keys, buttons and touches, and returns what it has heard. */
async function heard({ xwayland }: WmStage, count: number): Promise<typeof xwayland.heard> {
  await eventually(`${count} inputs`, () => xwayland.heard.length >= count);
  return xwayland.heard;
}

/** A client takes the focus without being asked. */
function steal({ ours }: StagedWindow): void {
  ours.x.send("SetInputFocus", { revert_to: InputFocus.None, focus: ours.id, time: 0 });
}

/** To which windows the window manager has given the focus. */
function given({ xwayland }: WmStage): unknown[] {
  return xwayland.model.requests.flatMap(({ name, args }) => (name === "SetInputFocus" ? [args["focus"]] : []));
}

/** Whether a line of the log says that the focus is given to a window. */
function isRequestFor(line: string, { ours }: StagedWindow): boolean {
  return line.includes(" SetInputFocus(") && line.includes(`focus=0x${ours.id.toString(16)}`);
}

describe("the window that the user points at", () => {
  it("is on top for the X server before a button is pressed, whatever order that knew", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    for (const window of [first, second, first]) click(stage, window);
    const inputs = await heard(stage, 6);
    const [one, other] = [first.ours.id, second.ours.id];
    assert.deepEqual(
      inputs.map(({ top }) => top),
      [one, one, other, other, one, one],
    );
  });

  it("is on top before a finger that touches it is heard of", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    const touch = stage.desktop.input("wl_touch");
    for (const { theirs } of [first, second, first]) {
      touch.send("down", stage.desktop.serial(), 0, theirs.surface, 0, 10, 10);
      touch.send("frame");
      touch.send("up", stage.desktop.serial(), 0, 0);
      touch.send("frame");
    }
    const inputs = await heard(stage, 3);
    const [one, other] = [first.ours.id, second.ours.id];
    assert.deepEqual(
      inputs.map(({ top }) => top),
      [one, other, one],
    );
  });

  it("is raised only when Xwayland has taken in what was done before, and is not waited for for ever", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    click(stage, first);
    await heard(stage, 2);
    const { xwayland } = stage;
    xwayland.pause();
    click(stage, second);
    await eventually("it to give up", () => stage.log.some((line) => line.includes("Xwayland did not raise a window")));
    const inputs = await heard(stage, 4);
    assert.deepEqual(inputs.at(-1)?.top, first.ours.id);
    xwayland.resume();
    await stage.settled(x);
  });

  it("is raised below its own menus, and above those of another one", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    const menuOf = async ({ ours }: StagedWindow): Promise<number> => {
      const owner = { WM_TRANSIENT_FOR: { type: "WINDOW", value: [ours.id] } };
      const { id } = await XTestWindow.show(x, { overrideRedirect: true, properties: owner });
      await stage.desktop.shown("popup");
      return id;
    };
    const [menu, otherMenu] = [await menuOf(first), await menuOf(second)];
    click(stage, first);
    await heard(stage, 2);
    const ids = [second.ours.id, otherMenu, first.ours.id, menu];
    const { children } = await x.call("QueryTree", { window: x.setup.root });
    assert.deepEqual(
      children.filter((id) => ids.includes(id)),
      ids,
    );
  });
});

describe("the window that has the keyboard", () => {
  for (const [model, hints, isGiven, isTold] of [
    ["passive", { hint: true }, true, false],
    ["locally active", { hint: true, takesFocus: true }, true, true],
    ["globally active", { hint: false, takesFocus: true }, false, true],
    ["no input", { hint: false }, false, false],
  ] as const) {
    const how = `${isGiven ? "is given" : "is not given"} the focus and ${isTold ? "is" : "is not"} asked to take it`;
    it(`${how}, if its input model is "${model}"`, async (t) => {
      const { stage, x } = await WmStage.set(t);
      const other = await shown(stage, x);
      stage.desktop.focus(other.theirs);
      await other.ours.expect("FocusIn");
      const window = await shown(stage, await stage.connect(), hints);
      stage.desktop.focus(window.theirs);
      type(stage);
      if (isTold) {
        const { data } = await window.ours.told("WM_TAKE_FOCUS");
        const [, time = 0] = data;
        // With the time that it was told: a server ignores what is older than the last change.
        assert.ok(time > 0);
        if (!isGiven) window.ours.x.send("SetInputFocus", { revert_to: 0, focus: window.ours.id, time });
      }
      const [key] = await heard(stage, 2);
      assert.equal(key?.focus, isGiven || isTold ? window.ours.id : InputFocus.None);
      assert.equal(window.ours.seen("ClientMessage").length, isTold ? 1 : 0);
    });
  }

  it("gets the focus back when another client has taken it", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await shown(stage, x);
    stage.desktop.focus(window.theirs);
    await window.ours.expect("FocusIn");
    const thief = await shown(stage, await stage.connect());
    steal(thief);
    await thief.ours.expect("FocusIn");
    await window.ours.expect("FocusIn");
    assert.deepEqual(given(stage), [window.ours.id, window.ours.id]);
  });

  it("is not given the focus a second time when another client has taken it just before the first time", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { model } = stage.xwayland;
    const before = await shown(stage, x);
    const window = await shown(stage, await stage.connect());
    const thief = await shown(stage, await stage.connect());
    stage.desktop.focus(before.theirs);
    await before.ours.expect("FocusIn");
    model.manager?.pause();
    stage.desktop.focus(window.theirs);
    await eventually("our request", () => stage.log.some((line) => isRequestFor(line, window)));
    steal(thief);
    await thief.ours.expect("FocusIn");
    model.manager?.resume();
    await window.ours.expect("FocusIn");
    await stage.settled(x);
    assert.deepEqual(given(stage), [before.ours.id, window.ours.id]);
  });

  it("is left to whoever takes the focus for the eleventh time, until the user comes back", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await shown(stage, x);
    stage.desktop.focus(window.theirs);
    await window.ours.expect("FocusIn");
    const thief = await shown(stage, await stage.connect());
    for (let times = 0; times < 10; times++) {
      steal(thief);
      await thief.ours.expect("FocusIn");
      await thief.ours.expect("FocusOut");
    }
    steal(thief);
    await thief.ours.expect("FocusIn");
    await stage.settled(x);
    assert.equal(stage.xwayland.model.focus, thief.ours.id);
    stage.desktop.focus(null);
    await eventually("nobody to have it", () => stage.xwayland.model.focus === InputFocus.None);
    stage.desktop.focus(window.theirs);
    await eventually("the window to have it", () => stage.xwayland.model.focus === window.ours.id);
  });

  it("has the focus again when a menu goes to which its client had given that", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await shown(stage, x);
    stage.desktop.focus(window.theirs);
    await window.ours.expect("FocusIn");
    const menu = await XTestWindow.show(x, { overrideRedirect: true });
    await stage.desktop.shown("popup");
    x.send("SetInputFocus", { revert_to: InputFocus.None, focus: menu.id, time: 0 });
    await menu.expect("FocusIn");
    await stage.settled(x);
    assert.equal(stage.xwayland.model.focus, menu.id);
    menu.unmap();
    await window.ours.expect("FocusIn");
  });

  it("has got it from the window before without a moment in which nobody had it", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    for (const { ours, theirs } of [first, second]) {
      stage.desktop.focus(theirs);
      await ours.expect("FocusIn");
    }
    await stage.settled(x);
    assert.deepEqual(given(stage), [first.ours.id, second.ours.id]);
    assert.ok(!stage.log.includes("no window has the keyboard"));
  });

  it("gets the keys that were pressed while it had the keyboard, and no later ones", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    stage.desktop.focus(first.theirs);
    for (let times = 0; times < 10; times++) type(stage);
    stage.desktop.focus(second.theirs);
    type(stage);
    const keys = (await heard(stage, 22)).map(({ focus }) => focus);
    assert.deepEqual(keys, [...Array<number>(20).fill(first.ours.id), second.ours.id, second.ours.id]);
  });

  it("is left by the keyboard when it vanishes, so that a key that is held is not repeated elsewhere", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await shown(stage, x);
    stage.desktop.focus(window.theirs);
    stage.desktop.input("wl_keyboard").send("key", stage.desktop.serial(), 0, KEY_A, 1);
    await heard(stage, 1);
    const left = stage.xwayland.client.expect("wl_keyboard.leave");
    window.ours.destroy();
    await left;
  });

  it("is the active one for programs that look (_NET_ACTIVE_WINDOW)", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const [first, second] = [await shown(stage, x), await shown(stage, x)];
    const root = new XAnyWindow(x, x.setup.root);
    for (const { ours, theirs } of [first, second]) {
      stage.desktop.focus(theirs);
      await root.becomes("_NET_ACTIVE_WINDOW", ([id]) => id === ours.id);
    }
    stage.desktop.focus(null);
    await root.becomes("_NET_ACTIVE_WINDOW", ([id]) => id === 0);
  });
});
