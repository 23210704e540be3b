// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { MapState } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { Explain } from "../base/wm-context.ts";
import type { XEvents } from "../base/x-events.ts";

/** Milliseconds that a client has to close itself what belonged to a window that has gone. */
const REMAP_DELAY_MS = 100;

/**
 * Popups that are still mapped when their parent has gone. An xdg_popup keeps its parent to its end, and a surface that was
 * one can become nothing else: so such windows are mapped anew, for which Xwayland makes another surface.
 */
export class PopupRemapper {
  readonly #x: X11Connection;
  readonly #explain: Explain | null;
  /** By the ids of windows that are being mapped anew: the numbers of the requests that unmap them. */
  readonly #unmappedBy = new Map<number, number>();

  constructor(x: X11Connection, events: XEvents, explain: Explain | null) {
    this.#x = x;
    this.#explain = explain;
    events.on("UnmapNotify", ({ window, sequence }) => {
      const ours = this.#unmappedBy.get(window);
      this.#unmappedBy.delete(window);
      // Its client was just before us, so that we have shown what it had hidden.
      if (ours !== undefined && sequence < ours) x.send("UnmapWindow", { window });
    });
    events.on("DestroyNotify", ({ window }) => void this.#unmappedBy.delete(window));
  }

  /** Takes care of windows that have lost their role. @param popups parents first */
  async remap(popups: readonly XWindow[]): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, REMAP_DELAY_MS).unref());
    for (const popup of popups) {
      // Gone meanwhile, as the X server itself or the end of its connection says.
      if (popup.mapped && popup.role === null) await this.#mapAnew(popup).catch(() => {});
    }
  }

  async #mapAnew(popup: XWindow): Promise<void> {
    const x = this.#x;
    const window = popup.id;
    const { map_state } = await x.call("GetWindowAttributes", { window });
    if (map_state === MapState.Unmapped) return;
    this.#explain?.(`${popup} is mapped anew, since what it belonged to has gone`);
    // Xwayland lets nobody have the server to itself (GrabServer), if it is rootless.
    x.send("UnmapWindow", { window });
    this.#unmappedBy.set(window, x.sequence);
    x.send("MapWindow", { window });
  }
}
