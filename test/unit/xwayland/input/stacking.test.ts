// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { Windows } from "../../../../src/xwayland/base/windows.ts";
import type { XEvents } from "../../../../src/xwayland/base/x-events.ts";
import { Stacking } from "../../../../src/xwayland/input/stacking.ts";
import { scaled } from "../../../support/patience.ts";

const ROOT = 1;
const place = { x: 0, y: 0, width: 10, height: 10 };

describe("the order of X windows", () => {
  let windows: Map<number, XWindow>;
  let stacking: Stacking;
  let tell: (name: string, event: object) => void;
  /** The windows that the X server was asked to put on top. */
  let raised: number[];

  beforeEach(() => {
    const handlers = new Map<string, (event: object) => void>();
    tell = (name, event) => handlers.get(name)?.(event);
    raised = [];
    windows = new Map();
    const x = { setup: { root: ROOT }, send: (_name: string, { window }: { window: number }) => raised.push(window) };
    const events = { on: (name: string, handler: (event: object) => void) => handlers.set(name, handler) };
    stacking = new Stacking(x as unknown as X11Connection, events as unknown as XEvents, windows as unknown as Windows);
  });

  function create(id: number, parent: XWindow | null = null): XWindow {
    const window = new XWindow(id, place, parent !== null);
    window.advance("map");
    window.parent = parent;
    windows.set(id, window);
    tell("CreateNotify", { parent: ROOT, window: id });
    return window;
  }

  function destroy({ id }: XWindow): void {
    windows.delete(id);
    tell("DestroyNotify", { window: id });
  }

  const shown = (): number[] => [...stacking.shownFromTop()].map(({ id }) => id).reverse();

  it("has the newest on top, and follows what the X server reports", () => {
    create(2);
    create(3);
    create(4);
    assert.deepEqual(shown(), [2, 3, 4]);
    tell("ConfigureNotify", { window: 4, above_sibling: 2 });
    assert.deepEqual(shown(), [2, 4, 3]);
    tell("ConfigureNotify", { window: 3, above_sibling: 0 });
    assert.deepEqual(shown(), [3, 2, 4]);
    tell("ReparentNotify", { window: 2, parent: 99 });
    assert.deepEqual(shown(), [3, 4]);
  });

  it("raises a window below its own popups, and above those of others", () => {
    const one = create(2);
    create(3);
    const menu = create(4, one);
    create(5, menu);
    assert.equal(stacking.isOnTop(one), false);
    stacking.raise(one);
    assert.deepEqual(raised, [2, 4, 5]);
    assert.deepEqual(shown(), [3, 2, 4, 5]);
    assert.equal(stacking.isOnTop(one), true);
  });

  it("costs little for each of very many windows", () => {
    const MANY = 140_000;
    const began = performance.now();
    for (let id = 2; id < MANY; id++) tell("CreateNotify", { parent: ROOT, window: id });
    for (let id = 2; id < MANY; id++) tell("ConfigureNotify", { window: id, above_sibling: id - 1 });
    for (let id = MANY - 1; id >= 2; id -= 2) tell("DestroyNotify", { window: id });
    // Searching all for each takes ten times as long on a fast machine.
    assert.ok(performance.now() - began < scaled(5000), `${performance.now() - began} ms`);
    assert.equal(stacking.isOnTop(create(MANY)), true);
  });

  it("does not raise what was destroyed meanwhile, whose id may come again", () => {
    const gone = create(2);
    create(3);
    destroy(gone);
    stacking.raise(gone);
    assert.deepEqual(raised, []);
    create(2);
    assert.deepEqual(shown(), [3, 2]);
  });
});
