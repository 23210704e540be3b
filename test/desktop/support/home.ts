// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment } from "./compositor.ts";

// Nothing may move by itself, or no two screenshots are equal.
const gtkSettings = `[Settings]
gtk-enable-animations=0
gtk-cursor-blink=0
`;

/** Fills an empty home directory with the settings that make programs repeatable. */
export function furnish(home: string): void {
  for (const toolkit of ["gtk-3.0", "gtk-4.0"]) {
    mkdirSync(join(home, ".config", toolkit), { recursive: true });
    writeFileSync(join(home, ".config", toolkit, "settings.ini"), gtkSettings);
  }
}

/** The environment of a client: Wayland only, software drawing, no bus and no settings of the user. */
export function clientEnvironment(home: string, runtime: string, socket: string): Record<string, string> {
  return {
    ...cleanEnvironment(home, runtime),
    WAYLAND_DISPLAY: socket,
    GDK_BACKEND: "wayland",
    // The GL renderer works too, on llvmpipe, but takes seven times as long to show a window.
    GSK_RENDERER: "cairo",
    MOZ_ENABLE_WAYLAND: "1",
    QT_QPA_PLATFORM: "wayland",
    DBUS_SESSION_BUS_ADDRESS: "disabled:",
    GSETTINGS_BACKEND: "memory",
    GTK_A11Y: "none",
    NO_AT_BRIDGE: "1",
  };
}
