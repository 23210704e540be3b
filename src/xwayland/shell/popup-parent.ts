// SPDX-License-Identifier: Apache-2.0

import type { Geometry } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";
import { isFleeting, leavesKeyboard } from "../window/window-kind.ts";

/** The facts that help to guess the parent of a window that its client put on the screen by itself. */
export interface PopupCandidates {
  /** All windows with a role, the one that was mapped last at the end. */
  readonly shown: readonly XWindow[];
  /** The window under the pointer. */
  readonly pointed: XWindow | null;
  /** The window with the keyboard. */
  readonly focused: XWindow | null;
  /** Whether two windows belong to one client. */
  readonly related: (a: XWindow, b: XWindow) => boolean;
}

/** A popup's parent, and why it is that one. */
export interface ParentChoice {
  readonly parent: XWindow;
  readonly reason: string;
  /** Whether it is the popup's own, and not only where the user happens to be. */
  readonly isOwn: boolean;
}

/**
 * Finds the window that a menu, a tooltip or the like belongs to, since a popup needs one. The first choice is the
 * window that the popup names itself, then the menu of the same client that it touches. Next comes where the user is:
 * first the window with the keyboard, as an input method's window is another client's. A window that must not take the
 * keyboard belongs to any window rather than to none. Returns null for none.
 */
export function popupParent(
  popup: XWindow,
  { shown, pointed, focused, related }: PopupCandidates,
): ParentChoice | null {
  const others = shown.filter((window) => window !== popup);
  // What goes away by itself would take with it what belongs to it.
  const candidates = others.filter((window) => !isFleeting(window));
  const isCandidate = (window: XWindow | null): window is XWindow => window !== null && candidates.includes(window);
  const named = others.find(({ id }) => id === popup.properties?.transientFor);
  const here = [focused, pointed].find(isCandidate);
  // An input method has a bar where the user was when that came, and where nothing else of it belongs.
  const isElsewhere = ({ base }: XWindow): boolean => !related(base, popup) && base !== here?.base;
  const own = candidates.filter((window) => related(window, popup) && !isElsewhere(window));
  const menu = own.filter((window) => window.overrideRedirect && touch(window.geometry, popup.geometry)).at(-1);
  const hereAndOwn = [pointed, focused].find((window) => isCandidate(window) && own.includes(window));
  const choices: readonly (readonly [parent: XWindow | null | undefined, reason: string, isOwn: boolean])[] = [
    [named, "it names that itself", true],
    [menu, "that is a menu of the same client's, which it touches", true],
    [hereAndOwn, "the user is there, and it is of the same client", true],
    [own.at(-1), "that is the latest of the same client's", true],
    [here, "the user is there", false],
    [
      leavesKeyboard(popup) ? lastVisited(candidates) : null,
      "the user was there last, and it must not stand alone",
      false,
    ],
  ];
  for (const [parent, reason, isOwn] of choices) if (parent != null) return { parent, reason, isOwn };
  return null;
}

/** The window with which the user has worked last, of those that do not place themselves. */
function lastVisited(windows: readonly XWindow[]): XWindow | null {
  let last: XWindow | null = null;
  for (const window of windows) {
    if (!window.overrideRedirect && window.focusedAt >= (last?.focusedAt ?? 0)) last = window;
  }
  return last;
}

/** Whether two rectangles overlap or have a side in common. */
function touch(a: Geometry, b: Geometry): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}
