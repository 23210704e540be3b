// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { EventMask, WindowClass, XFixesSelectionEventMask } from "../../x11/generated/enums.ts";

/** Makes a window that nobody sees, to own selections and properties; we get events of the latter. @returns its id */
export function createHiddenWindow(x: X11Connection): number {
  const window = x.allocateId();
  x.send("CreateWindow", {
    depth: 0,
    wid: window,
    parent: x.setup.root,
    x: -1,
    y: -1,
    width: 1,
    height: 1,
    border_width: 0,
    class: WindowClass.InputOnly,
    visual: 0,
    override_redirect: true,
    event_mask: EventMask.PropertyChange,
  });
  return window;
}

/** Makes the X server report whenever a selection gets another owner, or loses its owner (XFixes.SelectionNotify). */
export function watchSelection(x: X11Connection, window: number, selection: number): void {
  const { SetSelectionOwner, SelectionWindowDestroy, SelectionClientClose } = XFixesSelectionEventMask;
  const event_mask = SetSelectionOwner | SelectionWindowDestroy | SelectionClientClose;
  x.send("XFixes.SelectSelectionInput", { window, selection, event_mask });
}
