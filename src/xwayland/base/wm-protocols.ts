// SPDX-License-Identifier: Apache-2.0
/** Messages of WM_PROTOCOLS, which a client gets for what it says that it understands (ICCCM 4.2.8). */
import type { X11Connection } from "../../x11/client/connection.ts";
import { EventMask } from "../../x11/generated/enums.ts";
import type { XWindow } from "./window.ts";

/** Whether a window's client wants such messages. */
export function wants(x: X11Connection, window: XWindow, protocol: string): boolean {
  return window.properties?.protocols.includes(x.atoms.atom(protocol)) ?? false;
}

/**
 * Tells a window's client.
 *
 * @param time of the X server's
 * @param detail what the protocol has as its third number
 */
export function tell(x: X11Connection, window: XWindow, protocol: string, time: number, detail = 0): void {
  x.sendEvent(window.id, EventMask.NoEvent, {
    name: "ClientMessage",
    format: 32,
    window: window.id,
    type: x.atoms.atom("WM_PROTOCOLS"),
    data: [x.atoms.atom(protocol), time, detail, 0, 0],
  });
}
