// SPDX-License-Identifier: Apache-2.0

import type { Hooks } from "../../src/relay/hooks.ts";
import type { Twin } from "./echo.ts";
import { proxied, type Scope, type Stage } from "./proxied.ts";

/** The objects that a window is made of, on both sides. */
export interface Window {
  readonly wlCompositor: Twin;
  readonly surface: Twin;
  readonly toplevel: Twin;
}

/** The globals that `openWindow` needs. */
export const windowGlobals: readonly string[] = ["wl_compositor 6", "xdg_wm_base 6"];

/** Lets the client make a window. */
export async function openWindow({ client, host }: Pick<Stage, "client" | "host">): Promise<Window> {
  const compositor = await client.bind("wl_compositor");
  const wmBase = await client.bind("xdg_wm_base");
  const surface = compositor.create("create_surface");
  const toplevel = wmBase.create("get_xdg_surface", surface).create("get_toplevel");
  const created = await host.expect("wl_compositor.create_surface");
  const got = await host.expect("xdg_surface.get_toplevel");
  return {
    wlCompositor: { ours: compositor, theirs: created.object },
    surface: { ours: surface, theirs: created.objectArg("id") },
    toplevel: { ours: toplevel, theirs: got.objectArg("id") },
  };
}

/** A stage with these hooks, on which the client has a window. */
export async function windowed(t: Scope, ...hooks: Hooks[]): Promise<Stage & Window> {
  const stage = await proxied(t, { globals: [...windowGlobals, "wl_shm 1"], hooks });
  return Object.assign(stage, await openWindow(stage));
}
