// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { StackMode } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { Windows } from "../base/windows.ts";
import type { XEvents } from "../base/x-events.ts";

/**
 * In which order the X windows lie on top of each other, the lowest first: as the X server has told, and as we have asked
 * since. The host knows nothing of it, while the X server gives input to the topmost window at a place.
 */
export class Stacking {
  readonly #x: X11Connection;
  readonly #windows: Windows;
  readonly #order: number[] = [];

  constructor(x: X11Connection, events: XEvents, windows: Windows) {
    this.#x = x;
    this.#windows = windows;
    const { root } = x.setup;
    events.on("CreateNotify", ({ parent, window }) => {
      if (parent === root) this.#order.push(window);
    });
    events.on("ReparentNotify", ({ parent, window }) => {
      this.#remove(window);
      if (parent === root) this.#order.push(window);
    });
    events.on("ConfigureNotify", ({ window, above_sibling }) => {
      if (!this.#order.includes(window)) return;
      this.#remove(window);
      this.#order.splice(this.#order.indexOf(above_sibling) + 1, 0, window);
    });
    events.on("DestroyNotify", ({ window }) => this.#remove(window));
  }

  /** Whether a window is above all others that are shown but for its own popups, which are above it. */
  isOnTop(window: XWindow): boolean {
    const above = this.shown();
    const own = this.#withPopups(window, above);
    return own.every((one, i) => one === above[above.length - own.length + i]);
  }

  /** Puts a window on top, below its own popups. */
  raise(window: XWindow): void {
    for (const { id } of this.#withPopups(window, this.shown())) {
      // One that has been destroyed since would be there for ever, and twice when its id is used again.
      if (!this.#order.includes(id)) continue;
      this.#x.send("ConfigureWindow", { window: id, stack_mode: StackMode.Above });
      this.#remove(id);
      this.#order.push(id);
    }
  }

  /** The mapped windows, the lowest first. */
  shown(): XWindow[] {
    return this.#order.flatMap((id) => this.#windows.get(id) ?? []).filter(({ mapped }) => mapped);
  }

  #withPopups(window: XWindow, among: readonly XWindow[]): XWindow[] {
    return [window, ...among.filter((other) => other !== window && isPopupOf(other, window))];
  }

  #remove(id: number): void {
    const at = this.#order.indexOf(id);
    if (at >= 0) this.#order.splice(at, 1);
  }
}

/** Whether a window is a popup of another one, or of a popup of that. */
function isPopupOf(window: XWindow, ancestor: XWindow): boolean {
  for (let parent = window.parent; parent !== null; parent = parent.parent) if (parent === ancestor) return true;
  return false;
}
