// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import { Toplevel } from "./toplevel.ts";

/** How many windows may be above each other as transients. */
const MAX_DEPTH = 100;

/** The facts that are known when the parent of a dialog is looked for. */
export interface WindowGroup {
  /** The windows to look among. */
  readonly shown: Iterable<XWindow>;
  /** The root itself: whoever names it means all windows of the group (EWMH, WM_TRANSIENT_FOR). */
  readonly root: number;
}

/**
 * The toplevel above which a window is to stay: what it names, or of its group the one that the user was in last. Null for
 * none, also where it would be above itself in the end.
 */
export function transientParent(window: XWindow, { shown, root }: WindowGroup): XWindow | null {
  const { transientFor = null, group = 0 } = window.properties ?? {};
  if (transientFor === null) return null;
  const isForAll = isForGroup(transientFor, root) && group !== 0;
  let best: XWindow | null = null;
  for (const other of shown) {
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

/**
 * Whether a window is the other one, or directly or indirectly a transient of it. A chain that is too long to follow
 * counts as one.
 */
function isAbove(window: XWindow, below: XWindow): boolean {
  let at: XWindow | null = window;
  for (let depth = 0; depth < MAX_DEPTH && at !== null; depth++, at = at.transientOf) if (at === below) return true;
  return at !== null;
}
