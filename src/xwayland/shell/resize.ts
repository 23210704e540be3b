// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { EventMask } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";

/** Gives a window a size. It gets an event in any case: a client that asked waits for the answer (ICCCM 4.1.5). */
export function resize(x: X11Connection, window: XWindow, width: number, height: number): void {
  const { geometry } = window;
  if (width !== geometry.width || height !== geometry.height) {
    x.send("ConfigureWindow", { window: window.id, width, height });
    window.requested({ width, height }, x.sequence);
    return;
  }
  confirm(x, window);
}

/** Puts a window somewhere else. Its size stays. */
export function move(x: X11Connection, window: XWindow, toX: number, toY: number): void {
  x.send("ConfigureWindow", { window: window.id, x: toX, y: toY });
  window.requested({ x: toX, y: toY }, x.sequence);
}

/** Tells a client that has asked for a place or a size that its window stays as it is (ICCCM 4.1.5). */
export function confirm(x: X11Connection, window: XWindow): void {
  x.sendEvent(window.id, EventMask.StructureNotify, {
    name: "ConfigureNotify",
    event: window.id,
    window: window.id,
    above_sibling: 0,
    ...window.geometry,
    border_width: 0,
    override_redirect: false,
  });
}
