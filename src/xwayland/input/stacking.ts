// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { StackMode } from "../../x11/generated/enums.ts";
import { LinkedSet } from "../base/linked-set.ts";
import type { XWindow } from "../base/window.ts";
import type { Windows } from "../base/windows.ts";
import type { XEvents } from "../base/x-events.ts";

/**
 * The order in which the X windows lie on top of each other, the lowest first. It is the order that the X server
 * reports, with what we have asked for since. The host knows nothing of it, while the X server gives input to the
 * topmost window at a place.
 */
export class Stacking {
  readonly #x: X11Connection;
  readonly #windows: Windows;
  /** The windows by their ids: among them are windows of ours. */
  readonly #order = new LinkedSet<number>();

  constructor(x: X11Connection, events: XEvents, windows: Windows) {
    this.#x = x;
    this.#windows = windows;
    const { root } = x.setup;
    events.on("CreateNotify", ({ parent, window }) => {
      if (parent === root) this.#order.push(window);
    });
    events.on("ReparentNotify", ({ parent, window }) => {
      if (parent === root) this.#order.push(window);
      else this.#order.delete(window);
    });
    events.on("ConfigureNotify", ({ window, above_sibling }) => {
      if (this.#order.has(window)) this.#order.putBehind(window, above_sibling);
    });
    events.on("DestroyNotify", ({ window }) => void this.#order.delete(window));
  }

  /** Whether a window is above all others that are shown but for its own popups, which are above it. */
  isOnTop(window: XWindow): boolean {
    const own = withPopups(window);
    for (const one of this.shownFromTop()) {
      if (!own.delete(one)) return false;
      if (one === window) return own.size === 0;
    }
    return false;
  }

  /** Puts a window on top, below its own popups. */
  raise(window: XWindow): void {
    for (const { id } of [window, ...this.#inOrder(withPopups(window), window)]) {
      // One that has been destroyed since would be there for ever, and twice when its id is used again.
      if (!this.#order.has(id)) continue;
      this.#x.send("ConfigureWindow", { window: id, stack_mode: StackMode.Above });
      this.#order.push(id);
    }
  }

  /** The shown windows among some, but for one, the lowest first. */
  #inOrder(some: Set<XWindow>, but: XWindow): XWindow[] {
    some.delete(but);
    const found: XWindow[] = [];
    if (some.size === 0) return found;
    for (const window of this.shownFromTop()) {
      if (some.delete(window)) found.push(window);
      if (some.size === 0) break;
    }
    return found.reverse();
  }

  /** The mapped windows, the highest first. */
  *shownFromTop(): IterableIterator<XWindow> {
    for (const id of this.#order.backwards()) {
      const window = this.#windows.get(id);
      if (window?.mapped) yield window;
    }
  }
}

/** A window, its popups that are mapped, and theirs. */
function withPopups(window: XWindow): Set<XWindow> {
  const own = new Set([window]);
  // It grows meanwhile.
  for (const one of own) for (const popup of one.popups) if (popup.mapped) own.add(popup);
  return own;
}
