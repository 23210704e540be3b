// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { move } from "./resize.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "windows" | "outputs">;

/**
 * Places windows for X on the output that the host shows them on. X does not learn where the host shows a window, but
 * the host reports the output. So for X the window is at that output's corner. Programs that look where they are, for
 * their menus or to fill the screen, find the right output.
 */
export class WindowPlaces {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  readonly #stopListening: () => void;

  constructor(context: Context) {
    this.#context = context;
    this.#stopListening = context.outputs.listen({
      changed: () => {
        for (const window of context.windows) this.#place(window);
      },
      moved: (surface) => this.#place(context.windows.withSurface(surface)),
    });
  }

  close(): void {
    this.#stopListening();
  }

  #place(window: XWindow | null): void {
    // What places itself stays where its client has put it.
    if (!(window?.role instanceof Toplevel) || window.overrideRedirect || window.surface === null) return;
    const { x, outputs } = this.#context;
    const place = outputs.of(window.surface.object)?.place;
    if (!place || (place.x === window.geometry.x && place.y === window.geometry.y)) return;
    move(x, window, place.x, place.y);
  }
}
