// SPDX-License-Identifier: Apache-2.0

import { type Geometry, overlap } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";

/** The kind of window that an X window is for the host; "nothing" is not shown. */
export type WindowKind = "toplevel" | "fullscreen" | "popup" | "nothing";

/**
 * Types of windows that show something and go away by themselves. Nobody types into them: what the user types elsewhere
 * would land there if they were toplevels, to which hosts give the keyboard.
 */
const fleeting: ReadonlySet<string> = new Set(["NOTIFICATION", "TOOLTIP", "COMBO", "DND"]);

/** The types of windows that need no keyboard either, but are to be seen also where there is no other X window. */
const keyless: ReadonlySet<string> = new Set([...fleeting, "SPLASH", "UTILITY", "TOOLBAR"]);

/** Menus, which belong to a window, also if they leave it to the window manager to map them. */
const menus: ReadonlySet<string> = new Set(["DROPDOWN_MENU", "POPUP_MENU"]);

/** Whether it is a notification, a tooltip or the like, which is rather not shown at all than as a toplevel. */
export function isFleeting({ properties }: XWindow): boolean {
  return fleeting.has(properties?.types[0] ?? "");
}

/** Whether it is of a type that does without the keyboard. */
export function leavesKeyboard({ properties }: XWindow): boolean {
  return keyless.has(properties?.types[0] ?? "");
}

/** Whether a window is to be a popup although it leaves it to the window manager to map it. */
export function isManagedPopup({ overrideRedirect, properties }: XWindow): boolean {
  const type = properties?.types[0] ?? "";
  return !overrideRedirect && (fleeting.has(type) || menus.has(type));
}

/**
 * Decides what kind of window an X window is. A window that leaves its place to the window manager is a window of its
 * own, unless it is a notification or a menu. A window that its client puts on the screen by itself is a menu or the
 * like, unless it fills the screen, as old games do.
 *
 * @param outputs the places of the outputs; none when the host has none at the moment
 */
export function windowKind(window: XWindow, outputs: readonly Geometry[]): WindowKind {
  const { geometry, overrideRedirect, properties } = window;
  // Meant to be a part of another one, such as a panel, which is not there. Qt says this of every window; but it always
  // says what the window is, too, which only means something where a window manager shows it.
  if (properties?.embedded && properties.types.length === 0) return "nothing";
  if (!overrideRedirect) return isManagedPopup(window) ? "popup" : "toplevel";
  // The host shows it under the pointer, with what is dragged (`DragFromX`).
  if (properties?.types.includes("DND")) return "nothing";
  const isPoint = geometry.width <= 1 && geometry.height <= 1;
  const isOutside = outputs.length > 0 && !outputs.some((output) => overlap(output, geometry));
  // Clients have such for themselves, to get events or to keep something for later.
  if (isPoint || isOutside) return "nothing";
  const type = properties?.types[0] ?? "NORMAL";
  return type === "NORMAL" && outputs.some((output) => covers(geometry, output)) ? "fullscreen" : "popup";
}

function covers(a: Geometry, b: Geometry): boolean {
  return a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;
}
