// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import { Toplevel } from "./toplevel.ts";

/** What is known when the parent of a dialog is looked for. */
export interface WindowGroup {
  /** All windows of the root's. */
  readonly windows: Iterable<XWindow>;
  /** The root itself: whoever names it means all windows of the group (EWMH, WM_TRANSIENT_FOR). */
  readonly root: number;
}

/**
 * The toplevel above which a window is to stay: what it names, or of its group the one that the user was in last. Null for
 * none, also where it would be above itself in the end.
 */
export function transientParent(window: XWindow, { windows, root }: WindowGroup): XWindow | null {
  const { transientFor = null, group = 0 } = window.properties ?? {};
  if (transientFor === null) return null;
  const isForAll = isForGroup(transientFor, root) && group !== 0;
  let best: XWindow | null = null;
  for (const other of windows) {
    const isNamed = other.id === transientFor;
    const isMember = isForAll && (other.id === group || other.properties?.group === group);
    if (!(isNamed || isMember) || !(other.role instanceof Toplevel) || isAbove(other, window)) continue;
    if (isNamed) return other;
    if (other.focusedAt >= (best?.focusedAt ?? 0)) best = other;
  }
  return best;
}

/** Whether what a window names as its parent means all of its group. */
export function isForGroup(transientFor: number, root: number): boolean {
  return transientFor === 0 || transientFor === root;
}

/** Whether a window is that one, or a transient of it, or a transient of such a one. */
function isAbove(window: XWindow, below: XWindow): boolean {
  for (let at: XWindow | null = window; at !== null; at = at.transientOf) if (at === below) return true;
  return false;
}
