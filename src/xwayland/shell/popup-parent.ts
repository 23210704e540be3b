// SPDX-License-Identifier: Apache-2.0
import type { Geometry, XWindow } from "../base/window.ts";

/** What helps to guess where a window belongs that its client put on the screen by itself. */
export interface PopupCandidates {
  /** All windows with a role, the one that was mapped last at the end. */
  readonly shown: readonly XWindow[];
  /** Under the pointer. */
  readonly pointed: XWindow | null;
  /** With the keyboard. */
  readonly focused: XWindow | null;
  /** Whether two windows belong to one client. */
  readonly related: (a: XWindow, b: XWindow) => boolean;
}

/** A popup's parent, and why it is that one. */
export interface ParentChoice {
  readonly parent: XWindow;
  readonly reason: string;
}

/** Types of windows that go away by themselves, and would take with them what belongs to them. */
const fleeting = ["TOOLTIP", "NOTIFICATION"];

/**
 * The window that a menu, a tooltip or the like belongs to, since a popup needs one: what it names itself, else the menu
 * of the same client that it touches, else where the user is. Null when nothing is shown.
 */
export function popupParent(
  popup: XWindow,
  { shown, pointed, focused, related }: PopupCandidates,
): ParentChoice | null {
  const others = shown.filter((window) => window !== popup);
  const named = others.find(({ id }) => id === popup.properties?.transientFor);
  const candidates = others.filter(({ properties }) => !fleeting.includes(properties?.types[0] ?? ""));
  const menu = candidates.findLast(
    (window) => window.overrideRedirect && related(window, popup) && touch(window.geometry, popup.geometry),
  );
  const own = candidates.filter((window) => related(window, popup));
  const here = [pointed, focused].filter((window) => window !== null && candidates.includes(window));
  const hereAndOwn = here.find((window) => window !== null && own.includes(window));
  const choices: readonly (readonly [parent: XWindow | null | undefined, reason: string])[] = [
    [named, "it names that itself"],
    [menu, "that is a menu of the same client's, which it touches"],
    [hereAndOwn, "the user is there, and it is of the same client"],
    [own.at(-1), "that is the latest of the same client's"],
    [here[0], "the user is there"],
  ];
  for (const [parent, reason] of choices) if (parent != null) return { parent, reason };
  return null;
}

/** Whether two rectangles overlap or have a side in common. */
function touch(a: Geometry, b: Geometry): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}
