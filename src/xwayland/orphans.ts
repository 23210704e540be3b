// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../x11/connection.ts";
import { MapState } from "../x11/generated/enums.ts";
import type { Explain } from "./part.ts";
import type { XWindow } from "./window.ts";

/** Milliseconds that a client has to close itself what belonged to a window that has gone. */
const PATIENCE = 100;

/**
 * Popups that are still mapped when their parent has gone. An xdg_popup keeps its parent to its end, and a surface that was
 * one can become nothing else: so such windows are mapped anew, for which Xwayland makes another surface.
 */
export class Orphans {
  readonly #x: X11Connection;
  readonly #explain: Explain | null;

  constructor(x: X11Connection, explain: Explain | null) {
    this.#x = x;
    this.#explain = explain;
  }

  /** Takes care of windows that have lost their role. @param popups parents first */
  async adopt(popups: readonly XWindow[]): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());
    for (const popup of popups) {
      // Gone meanwhile, as the X server itself or the end of its connection says.
      if (popup.mapped && popup.role === null) await this.#mapAnew(popup).catch(() => {});
    }
  }

  async #mapAnew(popup: XWindow): Promise<void> {
    const x = this.#x;
    const window = popup.id;
    // What its client unmaps at this very moment must not come back.
    x.send("GrabServer");
    try {
      const { map_state } = await x.call("GetWindowAttributes", { window });
      if (map_state === MapState.Unmapped) return;
      this.#explain?.(`${popup} is mapped anew, since what it belonged to has gone`);
      x.send("UnmapWindow", { window });
      x.send("MapWindow", { window });
    } finally {
      x.send("UngrabServer");
    }
  }
}
