// SPDX-License-Identifier: Apache-2.0
import { type Geometry, overlap, type XWindow } from "../base/window.ts";

/** What an X window is for the host; "nothing" is not shown. */
export type WindowKind = "toplevel" | "fullscreen" | "popup" | "nothing";

/**
 * What becomes of a window. What asks the window manager is a window of its own, whatever else it says; what its client
 * puts on the screen by itself is a menu or the like, unless it fills the screen, as old games do.
 *
 * @param outputs their places; none when the host has none at the moment
 */
export function windowKind(
  { geometry, overrideRedirect, properties }: XWindow,
  outputs: readonly Geometry[],
): WindowKind {
  // Meant to be a part of another one, such as a panel, which is not there. Qt says this of every window; but it always
  // says what the window is, too, which only means something where a window manager shows it.
  if (properties?.embedded && properties.types.length === 0) return "nothing";
  if (!overrideRedirect) return "toplevel";
  // The host shows it under the pointer, with what is dragged (`DragFromX`).
  if (properties?.types.includes("DND")) return "nothing";
  const isPoint = geometry.width <= 1 && geometry.height <= 1;
  const isOutside = outputs.length > 0 && !outputs.some((output) => overlap(output, geometry));
  // Clients have such for themselves, to be told of things or to keep something for later.
  if (isPoint || isOutside) return "nothing";
  const type = properties?.types[0] ?? "NORMAL";
  return type === "NORMAL" && outputs.some((output) => covers(geometry, output)) ? "fullscreen" : "popup";
}

function covers(a: Geometry, b: Geometry): boolean {
  return a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;
}
