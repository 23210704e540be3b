// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { Pairing } from "./pairing.ts";
import type { Surface } from "./surface.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "surfaces" | "events" | "windows" | "explain">;

/** X windows and the surfaces that Xwayland makes for them find each other, by serials or, before Xwayland 23.1, by ids. */
export class Association {
  static readonly atoms: readonly string[] = ["WL_SURFACE_SERIAL", "WL_SURFACE_ID"];

  readonly #context: Context;
  readonly #pairing = new Pairing<Surface, XWindow>();
  /** Windows that have named a surface by an id which Xwayland has not used yet. */
  readonly #byId = new Map<number, XWindow>();
  /** The id that each of those windows has named. */
  readonly #awaited = new Map<XWindow, number>();

  constructor(context: Context) {
    this.#context = context;
    context.events.onServerMessage("WL_SURFACE_SERIAL", (window, [low = 0, high = 0]) => {
      window.serial = high * 2 ** 32 + low;
      const surface = this.#pairing.addWindow(window.serial, window);
      if (surface !== undefined) this.#pair(window, surface);
      else context.explain?.(`${window} waits for the surface with serial ${window.serial}`);
    });
    context.events.onServerMessage("WL_SURFACE_ID", (window, [id = 0]) => {
      const surface = context.surfaces.withId(id);
      if (surface !== undefined) return this.#pair(window, surface);
      this.#byId.set(id, window);
      this.#awaited.set(window, id);
      context.explain?.(`${window} waits for wl_surface@${id}`);
    });
    context.surfaces.listen({
      identified: (surface) => {
        const window = this.#pairing.addSurface(surface.serial, surface);
        if (window !== undefined) this.#pair(window, surface);
      },
      created: (surface) => this.#created(surface),
      destroyed: (surface) => {
        if (surface.serial !== 0) this.#pairing.removeSurface(surface.serial);
        surface.window?.advance("unpair");
      },
    });
    context.windows.listen({ unmapped: (window) => this.#unmapped(window) });
  }

  close(): void {
    this.#context.surfaces.listen(null);
  }

  #created(surface: Surface): void {
    const id = surface.object.clientId;
    const window = this.#byId.get(id);
    if (window === undefined) return;
    this.#byId.delete(id);
    this.#awaited.delete(window);
    this.#pair(window, surface);
  }

  #unmapped(window: XWindow): void {
    if (window.serial !== 0) this.#pairing.removeWindow(window.serial);
    window.serial = 0;
    const id = this.#awaited.get(window) ?? 0;
    this.#awaited.delete(window);
    if (this.#byId.get(id) === window) this.#byId.delete(id);
  }

  #pair(window: XWindow, surface: Surface): void {
    surface.showWindow();
    this.#context.explain?.(`${window} is paired with wl_surface@${surface.object.clientId}`);
    window.pair(surface);
  }
}
