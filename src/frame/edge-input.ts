// SPDX-License-Identifier: Apache-2.0
/** Input on the edges of frames: it resizes the window, and the client learns nothing of it. */
import {
  XdgToplevelResizeEdge as ResizeEdge,
  WpCursorShapeDeviceV1Shape as Shape,
} from "../protocol/generated/enums.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { menuHooks, OpenMenus } from "./open-menus.ts";
import { LEFT, type OwnDevice, OwnSurfaces } from "./own-surfaces.ts";

/** So far from a corner an edge resizes in both directions, in logical pixels. */
const CORNER = 16;

/** A piece of a frame. */
export interface Piece {
  /** What it resizes; null for a popup's. */
  readonly toplevel: WlObject<"xdg_toplevel"> | null;
  /** The edge that it is, or the corner, as xdg_toplevel.resize_edge has it. */
  readonly edge: number;
  /** So far from its outer side an upper edge resizes. By the rest, where a label is, the window is moved. */
  grip: number;
  width: number;
  height: number;
}

const cursors: ReadonlyMap<number, number> = new Map([
  [ResizeEdge.top, Shape.n_resize],
  [ResizeEdge.bottom, Shape.s_resize],
  [ResizeEdge.left, Shape.w_resize],
  [ResizeEdge.right, Shape.e_resize],
  [ResizeEdge.top_left, Shape.nw_resize],
  [ResizeEdge.top_right, Shape.ne_resize],
  [ResizeEdge.bottom_left, Shape.sw_resize],
  [ResizeEdge.bottom_right, Shape.se_resize],
]);

/** The pieces of frames, as far as the user can point at them. */
export class EdgeInput {
  readonly #surfaces = new OwnSurfaces();
  readonly #menus = new OpenMenus();
  readonly hooks: readonly Hooks[] = [
    menuHooks(this.#menus),
    this.#surfaces.shapes.finder("policy"),
    ...this.#surfaces.hooks("policy"),
  ];

  /** Makes a surface known as a piece of the frame of a window. */
  add(surface: WlObject<"wl_surface">, window: WlObject<"wl_surface">, piece: Piece): void {
    this.#surfaces.add(surface, {
      window,
      pointerMoved: (pointer) => {
        if (piece.toplevel === null) return;
        this.#surfaces.shapes.set(pointer, cursors.get(edgeAt(piece, pointer.x, pointer.y)) ?? Shape.default);
      },
      pointerButton: (pointer, { button, isPressed, serial }) => {
        if (piece.toplevel !== null && isPressed) this.#menus.close(pointer.client);
        if (button === LEFT && isPressed) take(pointer, piece, edgeAt(piece, pointer.x, pointer.y), serial);
      },
      touched: (touch, serial, x, y) => {
        if (piece.toplevel !== null) this.#menus.close(touch.client);
        take(touch, piece, edgeAt(piece, x, y), serial);
      },
    });
  }
}

/** Lets the user resize a window, or move it. */
function take({ client, seat }: OwnDevice, { toplevel }: Piece, edges: number, serial: number): void {
  if (toplevel === null || toplevel.clientGone || seat === null) return;
  if (edges === ResizeEdge.none) client.sendRequest(toplevel, "move", { seat, serial });
  else client.sendRequest(toplevel, "resize", { seat, serial, edges });
}

/** The edge, or near its ends the corner, that a place of a piece belongs to; none for where a label is. */
function edgeAt({ edge, grip, width, height }: Piece, x: number, y: number): number {
  if (edge === ResizeEdge.top && y >= grip) return ResizeEdge.none;
  const isAcross = edge === ResizeEdge.top || edge === ResizeEdge.bottom;
  const isDown = edge === ResizeEdge.left || edge === ResizeEdge.right;
  if (isAcross && x < CORNER) return edge | ResizeEdge.left;
  if (isAcross && x >= width - CORNER) return edge | ResizeEdge.right;
  if (isDown && y < CORNER) return edge | ResizeEdge.top;
  if (isDown && y >= height - CORNER) return edge | ResizeEdge.bottom;
  return edge;
}
