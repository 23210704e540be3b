// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../x11/client/connection.ts";
import { setProperty } from "../x11/client/properties.ts";
import { createHiddenWindow } from "./base/hidden-window.ts";

/** Atoms that have to be interned for `announce`. */
export const announcementAtoms: readonly string[] = [
  "WM_S0",
  "_NET_WM_CM_S0",
  "_NET_SUPPORTED",
  "_NET_SUPPORTING_WM_CHECK",
  "_NET_WM_NAME",
  "UTF8_STRING",
];

/**
 * The window manager's name, by which programs judge it. Java takes both of these for managers that put no window of
 * their own around others. Otherwise it waits for one, shows an empty window, and has its menus beside their places.
 * Chromium draws its frame itself for a compiz. It leaves that to managers that it does not know, which only a host
 * that draws frames can do. No other program is known to mind.
 *
 * @param hostDrawsFrames whether windows can ask the host for frames
 */
export function managerName(hostDrawsFrames: boolean): string {
  return hostDrawsFrames ? "LG3D" : "compiz";
}

/**
 * Announces the window manager to X clients (EWMH, "Root Window Properties"). The selection WM_S0 comes last, since
 * that makes Xwayland let clients in. Until then no client could hear of new owners (MANAGER, ICCCM 2.8).
 *
 * @param supported the features that programs may rely on, by their names: toolkits change what they do by them
 * @param name the window manager's name; see `managerName`
 */
export function announce(x: X11Connection, supported: readonly string[], name: string): void {
  const { root } = x.setup;
  const check = createHiddenWindow(x);
  const atom = (name: string): number => x.atoms.atom(name);
  for (const window of [root, check]) {
    setProperty(x, window, atom("_NET_SUPPORTING_WM_CHECK"), atom("WINDOW"), Uint32Array.of(check));
  }
  setProperty(x, check, atom("_NET_WM_NAME"), atom("UTF8_STRING"), Buffer.from(name));
  setProperty(
    x,
    root,
    atom("_NET_SUPPORTED"),
    atom("ATOM"),
    Uint32Array.from(["_NET_SUPPORTING_WM_CHECK", ...supported], atom),
  );
  for (const selection of ["_NET_WM_CM_S0", "WM_S0"]) {
    x.send("SetSelectionOwner", { owner: check, selection: atom(selection), time: 0 });
  }
}
