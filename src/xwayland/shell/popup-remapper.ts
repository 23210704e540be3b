// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { MapState } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { Explain, WmContext } from "../base/wm-context.ts";

/** Milliseconds that a client has to close itself what belonged to a window that has gone. */
export const REMAP_DELAY_MS = 100;

/** A window that is being mapped anew. */
interface Remapping {
  readonly window: XWindow;
  /** The number of the request that unmaps it. */
  readonly unmappedBy: number;
}

/**
 * Remaps windows that are to become popups, or popups of another parent. They are still mapped when their parent has
 * gone, or their parent has come only now. An xdg_popup keeps its parent to its end, and a surface keeps its role. So
 * such a window is mapped anew, for which Xwayland makes another surface.
 */
export class PopupRemapper {
  readonly #x: X11Connection;
  readonly #explain: Explain | null;
  /** The remappings underway, by the ids of their windows. */
  readonly #remappings = new Map<number, Remapping>();

  constructor({ x, events, explain }: Pick<WmContext, "x" | "events" | "explain">) {
    this.#x = x;
    this.#explain = explain;
    events.on("UnmapNotify", ({ window: id, sequence }) => {
      const remapping = this.#remappings.get(id);
      this.#remappings.delete(id);
      if (remapping !== undefined) this.#unmapped(remapping, sequence);
    });
    events.on("DestroyNotify", ({ window }) => void this.#remappings.delete(window));
  }

  /**
   * Maps windows anew, a moment later: by then their clients may have closed them.
   *
   * @param popups parents first
   * @param isDue whether that is still to be done; by default of those that have no role
   */
  async remap(popups: readonly XWindow[], isDue = ({ role }: XWindow): boolean => role === null): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, REMAP_DELAY_MS).unref());
    for (const popup of popups) {
      // Gone meanwhile, as the X server itself or the end of its connection says.
      if (popup.mapped && isDue(popup)) await this.#mapAnew(popup).catch(() => {});
    }
  }

  async #mapAnew(popup: XWindow): Promise<void> {
    const x = this.#x;
    const window = popup.id;
    const { map_state } = await x.call("GetWindowAttributes", { window });
    if (map_state === MapState.Unmapped) return;
    this.#explain?.(`${popup} is mapped anew, since it belongs to another window now`);
    // Xwayland lets nobody have the server to itself (GrabServer), if it is rootless.
    x.send("UnmapWindow", { window });
    this.#remappings.set(window, { window: popup, unmappedBy: x.sequence });
    if (popup.overrideRedirect) x.send("MapWindow", { window });
  }

  #unmapped({ window, unmappedBy }: Remapping, sequence: number): void {
    const { id, overrideRedirect } = window;
    const isOurs = sequence >= unmappedBy;
    // Its client was just before us, so that we have shown what it had hidden.
    if (overrideRedirect && !isOurs) this.#x.send("UnmapWindow", { window: id });
    if (overrideRedirect || !isOurs) return;
    // Its states end when it is unmapped, and begin anew.
    window.advance("map request");
    this.#x.send("MapWindow", { window: id });
  }
}
