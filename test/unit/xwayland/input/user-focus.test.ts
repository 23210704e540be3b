// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { WlObject } from "../../../../src/wire/wl-object.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { WindowListener } from "../../../../src/xwayland/base/windows.ts";
import { UserFocus, type UserFocusContext } from "../../../../src/xwayland/input/user-focus.ts";

const ROOT = 1;
const keyboard = {} as WlObject<never>;

/** The user's focus with an X server that only notes which windows get the focus, and a ping barrier that waits to be opened. */
function stage(): {
  focus: UserFocus;
  given: number[];
  raised: XWindow[];
  listeners: WindowListener[];
  warnings: string[];
  openFence: () => void;
} {
  const given: number[] = [];
  const raised: XWindow[] = [];
  const listeners: WindowListener[] = [];
  const warnings: string[] = [];
  let openFence = (): void => {};
  const barrier = new Promise<void>((resolve) => {
    openFence = resolve;
  });
  const x = {
    setup: { root: ROOT, idBase: 0x20_0000, idMask: 0x1f_ffff },
    atoms: { atom: () => 0 },
    sequence: 0,
    send: (name: string, { focus }: { focus: number }) => {
      if (name === "SetInputFocus") given.push(focus);
    },
    sync: () => Promise.resolve(),
  };
  const context = {
    client: { sendEvent: () => {} },
    x,
    events: { on: () => {}, now: () => Promise.resolve(1) },
    stacking: { isOnTop: () => false, raise: (window: XWindow) => raised.push(window) },
    windows: { listen: (listener: WindowListener) => listeners.push(listener) },
    pingBarrier: { passed: () => barrier },
    log: { warn: (line: string) => warnings.push(line) },
    explain: null,
  };
  const focus = new UserFocus(context as unknown as UserFocusContext);
  return { focus, given, raised, listeners, warnings, openFence };
}

function newWindow(id: number): XWindow {
  const window = new XWindow(id, { x: 0, y: 0, width: 10, height: 10 }, false);
  window.properties = { title: "", wantsInput: true, protocols: [] } as unknown as XWindow["properties"];
  return window;
}

describe("the user's focus", () => {
  it("is given when Xwayland has taken in what was before", async () => {
    const { focus, given, openFence } = stage();
    const window = newWindow(0x40_0001);
    const held = focus.keyboardEnters(window, keyboard, 1);
    assert.deepEqual(given, []);
    openFence();
    await held;
    assert.deepEqual(given, [window.id]);
  });

  it("is not given to a window that has gone meanwhile", async () => {
    const { focus, given, listeners, openFence } = stage();
    const window = newWindow(0x40_0001);
    const held = focus.keyboardEnters(window, keyboard, 1);
    for (const listener of listeners) listener.unmapped?.(window);
    openFence();
    await held;
    assert.deepEqual(given, []);
  });

  it("raises nothing that the pointer has left meanwhile", async () => {
    const { focus, raised, openFence } = stage();
    const [first, last] = [newWindow(0x40_0001), newWindow(0x60_0001)];
    const held = [focus.pointerEnters(first)];
    focus.pointerLeaves();
    held.push(focus.pointerEnters(last));
    openFence();
    await Promise.all(held);
    assert.deepEqual(raised, [last]);
  });

  it("is given to the last one, when the user has been in another meanwhile", async () => {
    const { focus, given, openFence } = stage();
    const [first, last] = [newWindow(0x40_0001), newWindow(0x60_0001)];
    const held = [focus.keyboardEnters(first, keyboard, 1)];
    focus.keyboardLeaves(keyboard);
    held.push(focus.keyboardEnters(last, keyboard, 2));
    openFence();
    await Promise.all(held);
    assert.deepEqual(given, [last.id]);
  });
  it("is waited for only once while Xwayland is stuck", async () => {
    const { focus, given, warnings, openFence } = stage();
    const [first, second, last] = [newWindow(0x40_0001), newWindow(0x60_0001), newWindow(0x80_0001)];
    await focus.keyboardEnters(first, keyboard, 1);
    assert.equal(warnings.length, 1);
    assert.equal(focus.keyboardEnters(second, keyboard, 2), undefined);
    assert.deepEqual(given, []);
    openFence();
    await setImmediate();
    assert.deepEqual(given, [second.id]);
    const held = focus.keyboardEnters(last, keyboard, 3);
    assert.ok(held);
    await held;
    assert.deepEqual(given, [second.id, last.id]);
    assert.equal(warnings.length, 1);
  });
});
