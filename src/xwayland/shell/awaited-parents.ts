// SPDX-License-Identifier: Apache-2.0
import type { XWindow } from "../base/window.ts";

/** Whom a window waits for. */
interface Wish {
  /** The X client that it belongs to, as a number. */
  readonly client: number;
  /** The window that it names; 0 for none. */
  readonly named: number;
}

/**
 * Windows that wait for another one that they would belong to if that were shown. A splash, a toolbar or a tooltip may
 * be mapped before the main window of its program.
 */
export class AwaitedParents {
  readonly #clientOf: (window: XWindow) => number;
  readonly #wishes = new Map<XWindow, Wish>();
  readonly #byClient = new Map<number, Set<XWindow>>();
  readonly #byName = new Map<number, Set<XWindow>>();
  /** The windows for which any window would do, since they are not shown alone. */
  readonly #hidden = new Set<XWindow>();

  /** @param clientOf returns the number of the X client that a window belongs to */
  constructor(clientOf: (window: XWindow) => number) {
    this.#clientOf = clientOf;
  }

  /** A window waits from now on. @param isHidden whether it is not shown until then, and any other window would do */
  add(window: XWindow, isHidden: boolean): void {
    this.delete(window);
    const wish = { client: this.#clientOf(window), named: window.properties?.transientFor ?? 0 };
    this.#wishes.set(window, wish);
    addTo(this.#byClient, wish.client, window);
    if (wish.named !== 0) addTo(this.#byName, wish.named, window);
    if (isHidden) this.#hidden.add(window);
  }

  delete(window: XWindow): void {
    const wish = this.#wishes.get(window);
    if (wish === undefined) return;
    this.#wishes.delete(window);
    deleteFrom(this.#byClient, wish.client, window);
    deleteFrom(this.#byName, wish.named, window);
    this.#hidden.delete(window);
  }

  /** Takes out the windows that have waited for a window, which is shown now. They do not wait any more. */
  take(parent: XWindow): XWindow[] {
    const named = this.#byName.get(parent.id) ?? [];
    // What its client places itself is no main window.
    const own = parent.overrideRedirect ? [] : (this.#byClient.get(this.#clientOf(parent)) ?? []);
    const found = new Set([...named, ...own, ...(parent.overrideRedirect ? [] : this.#hidden)]);
    found.delete(parent);
    for (const window of found) this.delete(window);
    return [...found];
  }
}

function addTo(sets: Map<number, Set<XWindow>>, key: number, window: XWindow): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(window));
}

function deleteFrom(sets: Map<number, Set<XWindow>>, key: number, window: XWindow): void {
  const set = sets.get(key);
  set?.delete(window);
  if (set?.size === 0) sets.delete(key);
}
