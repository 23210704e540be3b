// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { SurfaceMakers } from "./host-tools.ts";

/** The largest size that a message can say, for damage of everything. */
const ALL = 0x7fffffff;

/** One edge: a sub-surface of the window's. */
interface Edge {
  readonly surface: WlObject<"wl_surface">;
  readonly subsurface: WlObject<"wl_subsurface">;
  readonly viewport: WlObject<"wp_viewport">;
}

/**
 * The edges of a frame, which lie around a window's content. They are synchronized sub-surfaces: what is said of them counts
 * with the next commit of the window, at the same moment as its content.
 */
export class Edges {
  readonly #client: Client;
  /** Top, right, bottom, left. */
  readonly #edges: readonly Edge[];

  constructor(client: Client, makers: SurfaceMakers, window: WlObject<"wl_surface">, pixel: WlObject<"wl_buffer">) {
    this.#client = client;
    const region = client.createObject("wl_region", 1);
    client.sendRequest(makers.compositor, "create_region", { id: region });
    this.#edges = Array.from({ length: 4 }, () => {
      const surface = client.createObject("wl_surface", makers.compositor.version);
      client.sendRequest(makers.compositor, "create_surface", { id: surface });
      const subsurface = client.createObject("wl_subsurface", 1);
      client.sendRequest(makers.subcompositor, "get_subsurface", { id: subsurface, surface, parent: window });
      const viewport = client.createObject("wp_viewport", 1);
      client.sendRequest(makers.viewporter, "get_viewport", { id: viewport, surface });
      client.sendRequest(surface, "set_input_region", { region });
      client.sendRequest(surface, "attach", { buffer: pixel, x: 0, y: 0 });
      client.sendRequest(surface, "damage", { x: 0, y: 0, width: ALL, height: ALL });
      return { surface, subsurface, viewport };
    });
    client.sendRequest(region, "destroy", {});
  }

  /**
   * Puts the edges around a box, outside of it. Each begins at one corner and ends before the next one: sway up to 1.8 cuts
   * off what is longer.
   */
  place({ left, top, right, bottom }: Rect, width: number): void {
    const [across, down] = [right - left + width, bottom - top + width];
    this.#place(0, left - width, top - width, across, width);
    this.#place(1, right, top - width, width, down);
    this.#place(2, left, bottom, across, width);
    this.#place(3, left - width, top, width, down);
  }

  #place(index: number, x: number, y: number, width: number, height: number): void {
    const { surface, subsurface, viewport } = this.#edges[index] as Edge;
    this.#client.sendRequest(subsurface, "set_position", { x, y });
    this.#client.sendRequest(viewport, "set_destination", { width, height });
    this.#client.sendRequest(surface, "commit", {});
  }

  /** Keeps the edges above a new sub-surface of the window's. */
  raiseAbove(sibling: WlObject<"wl_surface">): void {
    for (const { subsurface } of this.#edges) this.#client.sendRequest(subsurface, "place_above", { sibling });
  }

  destroy(): void {
    for (const { surface, subsurface, viewport } of this.#edges) {
      this.#client.sendRequest(viewport, "destroy", {});
      this.#client.sendRequest(subsurface, "destroy", {});
      this.#client.sendRequest(surface, "destroy", {});
    }
  }
}
