// SPDX-License-Identifier: Apache-2.0
import type { Desktop, Display } from "./desktop.ts";

/** The lines of wayland-info about one global. */
export interface ListedGlobal {
  readonly interface: string;
  readonly version: number;
  /** The lines below the global's own: formats, modes, names … */
  readonly details: string;
}

/** What the proxy offers by itself where the host lacks it. */
export const ownGlobals: ReadonlySet<string> = new Set([
  "gtk_primary_selection_device_manager",
  "zxdg_decoration_manager_v1",
]);

/** Runs wayland-info on a display; globals in the order of announcement. */
export async function listGlobals(desktop: Desktop, display: Display): Promise<ListedGlobal[]> {
  const text = (await desktop.run(display, "wayland-info")).toString();
  const blocks = text.matchAll(/^interface: '(\w+)', +version: +(\d+), name: +\d+\n((?:\s.*\n)*)/gm);
  return [...blocks].map(([, name, version, details]) => {
    return { interface: name as string, version: Number(version), details: details as string };
  });
}
