// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import { XdgToplevelResizeEdge as ResizeEdge } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { EdgeInput, Piece } from "./edge-input.ts";
import { STRIP_LENGTH, type Strips, type SurfaceMakers } from "./host-tools.ts";

/** The largest size that a message can say, for damage of everything. */
const ALL = 0x7fffffff;

/** Four edges and four corners. sway up to 1.8 would cut off a bit of edges that are longer than the content. */
const places: readonly number[] = [
  ResizeEdge.top,
  ResizeEdge.bottom,
  ResizeEdge.left,
  ResizeEdge.right,
  ResizeEdge.top_left,
  ResizeEdge.top_right,
  ResizeEdge.bottom_left,
  ResizeEdge.bottom_right,
];
const TOP = 0;
const BOTTOM = 1;
const LEFT = 2;
const RIGHT = 3;

/** A piece of the frame: a sub-surface of the window's. */
interface Edge {
  readonly surface: WlObject<"wl_surface">;
  readonly subsurface: WlObject<"wl_subsurface">;
  readonly viewport: WlObject<"wp_viewport">;
  readonly piece: Piece;
}

/**
 * The edges of a frame, which lie around a window's content. They are synchronized sub-surfaces: what is said of them counts
 * with the next commit of the window, at the same moment as its content.
 */
export class Edges {
  readonly #client: Client;
  readonly #makers: SurfaceMakers;
  readonly #window: WlObject<"wl_surface">;
  readonly #strips: Strips;
  readonly #input: EdgeInput;
  readonly #edges: readonly Edge[];
  /** What lies below the window, and whether it shows something. */
  #back: Edge | null = null;
  #isBacked = false;

  constructor(
    client: Client,
    makers: SurfaceMakers,
    window: WlObject<"wl_surface">,
    strips: Strips,
    toplevel: WlObject<"xdg_toplevel"> | null,
    input: EdgeInput,
  ) {
    this.#client = client;
    this.#makers = makers;
    this.#window = window;
    this.#strips = strips;
    this.#input = input;
    this.#edges = places.map((edge) => this.#make(edge, toplevel));
  }

  #make(edge: number, toplevel: WlObject<"xdg_toplevel"> | null): Edge {
    const client = this.#client;
    const surface = client.createObject("wl_surface", this.#makers.compositor.version);
    client.sendRequest(this.#makers.compositor, "create_surface", { id: surface });
    const subsurface = client.createObject("wl_subsurface", 1);
    client.sendRequest(this.#makers.subcompositor, "get_subsurface", { id: subsurface, surface, parent: this.#window });
    const viewport = client.createObject("wp_viewport", 1);
    client.sendRequest(this.#makers.viewporter, "get_viewport", { id: viewport, surface });
    const { across, down } = this.#strips;
    const isDown = edge === ResizeEdge.left || edge === ResizeEdge.right;
    client.sendRequest(surface, "attach", { buffer: isDown ? down : across, x: 0, y: 0 });
    client.sendRequest(surface, "damage", { x: 0, y: 0, width: ALL, height: ALL });
    const piece = { toplevel, edge, width: 0, height: 0 };
    this.#input.add(surface, piece);
    return { surface, subsurface, viewport, piece };
  }

  /**
   * Fills what the window's content leaves free of a box, as programs do around their shadows: nobody is to look through
   * between frame and window. Null for nothing.
   */
  fill(box: Rect | null, width: number): void {
    if (box === null) {
      if (this.#back !== null && this.#isBacked) {
        this.#client.sendRequest(this.#back.surface, "attach", { buffer: null, x: 0, y: 0 });
        this.#client.sendRequest(this.#back.surface, "commit", {});
      }
      this.#isBacked = false;
      return;
    }
    if (this.#back === null) {
      this.#back = this.#make(ResizeEdge.none, null);
      this.#client.sendRequest(this.#back.subsurface, "place_below", { sibling: this.#window });
    } else if (!this.#isBacked) {
      this.#client.sendRequest(this.#back.surface, "attach", { buffer: this.#strips.across, x: 0, y: 0 });
      this.#client.sendRequest(this.#back.surface, "damage", { x: 0, y: 0, width: ALL, height: ALL });
    }
    this.#isBacked = true;
    const { left, top, right, bottom } = box;
    this.#put(this.#back, left, top, right - left, bottom - top, width);
  }

  /** Puts the edges around a box, outside of it. */
  place({ left, top, right, bottom }: Rect, width: number): void {
    const [x, y] = [left - width, top - width];
    this.#place(TOP, left, y, right - left, width);
    this.#place(BOTTOM, left, bottom, right - left, width);
    this.#place(LEFT, x, top, width, bottom - top);
    this.#place(RIGHT, right, top, width, bottom - top);
    this.#place(4, x, y, width, width);
    this.#place(5, right, y, width, width);
    this.#place(6, x, bottom, width, width);
    this.#place(7, right, bottom, width, width);
  }

  #place(index: number, x: number, y: number, width: number, height: number): void {
    this.#put(this.#edges[index] as Edge, x, y, width, height, STRIP_LENGTH);
  }

  /** @param maxHeight of what there is of its picture, which is enlarged then */
  #put(
    { surface, subsurface, viewport, piece }: Edge,
    x: number,
    y: number,
    width: number,
    height: number,
    maxHeight: number,
  ): void {
    Object.assign(piece, { width, height });
    this.#client.sendRequest(subsurface, "set_position", { x, y });
    const source = { width: Math.min(width, STRIP_LENGTH), height: Math.min(height, maxHeight) };
    this.#client.sendRequest(viewport, "set_source", { x: 0, y: 0, ...source });
    this.#client.sendRequest(viewport, "set_destination", { width, height });
    this.#client.sendRequest(surface, "commit", {});
  }

  /** Keeps the edges above a new sub-surface of the window's. */
  raiseAbove(sibling: WlObject<"wl_surface">): void {
    for (const { subsurface } of this.#edges) this.#client.sendRequest(subsurface, "place_above", { sibling });
  }

  destroy(): void {
    for (const { surface, subsurface, viewport } of [...this.#edges, ...(this.#back === null ? [] : [this.#back])]) {
      this.#client.sendRequest(viewport, "destroy", {});
      this.#client.sendRequest(subsurface, "destroy", {});
      this.#client.sendRequest(surface, "destroy", {});
    }
  }
}
