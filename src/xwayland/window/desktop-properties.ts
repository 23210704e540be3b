// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import type { WmContext } from "../base/wm-context.ts";

/**
 * The properties in which EWMH has root windows describe desktops. For X there is one desktop, as large as the screen.
 * The host does not report desktops of its own, nor where its panels are.
 */
export class DesktopProperties {
  static readonly atoms: readonly string[] = [
    "_NET_NUMBER_OF_DESKTOPS",
    "_NET_CURRENT_DESKTOP",
    "_NET_DESKTOP_VIEWPORT",
    "_NET_DESKTOP_GEOMETRY",
    "_NET_WORKAREA",
    "_NET_WM_DESKTOP",
  ];
  static readonly supported: readonly string[] = DesktopProperties.atoms;

  constructor({ x, events, windows }: Pick<WmContext, "x" | "events" | "windows">) {
    const { root } = x.setup;
    const write = (name: string, ...values: number[]): void => {
      setProperty(x, root, x.atoms.atom(name), x.atoms.atom("CARDINAL"), Uint32Array.from(values));
    };
    const writeSize = (width: number, height: number): void => {
      write("_NET_DESKTOP_GEOMETRY", width, height);
      write("_NET_WORKAREA", 0, 0, width, height);
    };
    write("_NET_NUMBER_OF_DESKTOPS", 1);
    write("_NET_CURRENT_DESKTOP", 0);
    write("_NET_DESKTOP_VIEWPORT", 0, 0);
    writeSize(x.setup.width, x.setup.height);
    events.on("ConfigureNotify", ({ window, width, height }) => {
      if (window === root) writeSize(width, height);
    });
    windows.listen({
      mapping: ({ id }) =>
        setProperty(x, id, x.atoms.atom("_NET_WM_DESKTOP"), x.atoms.atom("CARDINAL"), new Uint32Array(1)),
      unmapped: ({ id }) => x.send("DeleteProperty", { window: id, property: x.atoms.atom("_NET_WM_DESKTOP") }),
    });
  }
}
