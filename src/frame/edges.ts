// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import { XdgToplevelResizeEdge as ResizeEdge } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { EdgeInput, Piece } from "./edge-input.ts";
import { ALL, MARGIN, STRIP_LENGTH, type Strips, type SurfaceMakers } from "./host-tools.ts";
import type { LabelSurface } from "./label-surface.ts";
import type { Insets } from "./size.ts";

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
  isShown: boolean;
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
  readonly #label: LabelSurface | null;

  /**
   * @param toplevel what the edges resize; null for a popup's
   * @param label makes the label, which lies above the edges; null for none
   */
  constructor(
    client: Client,
    makers: SurfaceMakers,
    window: WlObject<"wl_surface">,
    strips: Strips,
    toplevel: WlObject<"xdg_toplevel"> | null,
    input: EdgeInput,
    label: (() => LabelSurface) | null,
  ) {
    this.#client = client;
    this.#makers = makers;
    this.#window = window;
    this.#strips = strips;
    this.#input = input;
    this.#edges = places.map((edge) => this.#make(edge, toplevel));
    this.#label = label?.() ?? null;
  }

  #make(edge: number, toplevel: WlObject<"xdg_toplevel"> | null): Edge {
    const client = this.#client;
    const surface = client.createObject("wl_surface", this.#makers.compositor.version);
    client.sendRequest(this.#makers.compositor, "create_surface", { id: surface });
    const subsurface = client.createObject("wl_subsurface", 1);
    client.sendRequest(this.#makers.subcompositor, "get_subsurface", { id: subsurface, surface, parent: this.#window });
    const viewport = client.createObject("wp_viewport", 1);
    client.sendRequest(this.#makers.viewporter, "get_viewport", { id: viewport, surface });
    const piece = { toplevel, edge, grip: 0, width: 0, height: 0 };
    this.#input.add(surface, this.#window, piece);
    return { surface, subsurface, viewport, piece, isShown: false };
  }

  /** Puts the edges around a box, outside of it. */
  place({ left, top, right, bottom }: Rect, insets: Insets): void {
    const [x, y] = [left - insets.left, top - insets.top];
    const [width, height] = [right - left, bottom - top];
    this.#place(TOP, left, y, width, insets.top);
    this.#place(BOTTOM, left, bottom, width, insets.bottom);
    this.#place(LEFT, x, top, insets.left, height);
    this.#place(RIGHT, right, top, insets.right, height);
    this.#place(4, x, y, insets.left, insets.top);
    this.#place(5, right, y, insets.right, insets.top);
    this.#place(6, x, bottom, insets.left, insets.bottom);
    this.#place(7, right, bottom, insets.right, insets.bottom);
    for (const { piece } of this.#edges) piece.grip = insets.bottom;
    this.#label?.place(left, y, insets.top, width);
  }

  /** Takes them off the window, with its next commit. */
  hide(): void {
    for (const edge of this.#edges) this.#hide(edge);
    this.#label?.hide();
  }

  #place(index: number, x: number, y: number, width: number, height: number): void {
    this.#put(this.#edges[index] as Edge, x, y, width, height);
  }

  #put(edge: Edge, x: number, y: number, width: number, height: number): void {
    const { surface, subsurface, viewport, piece } = edge;
    const { across, down } = this.#strips;
    const isDown = piece.edge === ResizeEdge.left || piece.edge === ResizeEdge.right;
    if (!edge.isShown) {
      this.#client.sendRequest(surface, "attach", { buffer: isDown ? down : across, x: 0, y: 0 });
      this.#client.sendRequest(surface, "damage", ALL);
      edge.isShown = true;
    }
    Object.assign(piece, { width, height });
    this.#client.sendRequest(subsurface, "set_position", { x, y });
    const longest = STRIP_LENGTH - 2 * MARGIN;
    const source = isDown ? { width, height: Math.min(height, longest) } : { width: Math.min(width, longest), height };
    this.#client.sendRequest(viewport, "set_source", { x: MARGIN, y: MARGIN, ...source });
    this.#client.sendRequest(viewport, "set_destination", { width, height });
    this.#client.sendRequest(surface, "commit", {});
  }

  #hide(edge: Edge): void {
    if (!edge.isShown) return;
    edge.isShown = false;
    this.#client.sendRequest(edge.surface, "attach", { buffer: null, x: 0, y: 0 });
    this.#client.sendRequest(edge.surface, "commit", {});
  }

  /** Keeps the edges above a new sub-surface of the window's. */
  raiseAbove(sibling: WlObject<"wl_surface">): void {
    this.#label?.raiseAbove(sibling);
    for (const { subsurface } of this.#edges) this.#client.sendRequest(subsurface, "place_above", { sibling });
  }

  destroy(): void {
    this.#label?.destroy();
    for (const { surface, subsurface, viewport } of this.#edges) {
      this.#client.sendRequest(viewport, "destroy", {});
      this.#client.sendRequest(subsurface, "destroy", {});
      this.#client.sendRequest(surface, "destroy", {});
    }
  }
}
