// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { BareState } from "./bare-state.ts";
import type { Edges } from "./edges.ts";
import { growthBy, type Insets, NO_INSETS, type Size } from "./size.ts";
import type { Surface } from "./surface.ts";

/** The distance from a window's upper left corner as the host knows it to the one that the client knows. */
export interface Offset {
  readonly x: number;
  readonly y: number;
}

/**
 * How a frame and the content go together:
 *
 * - framed: the frame is around the content
 * - bare: there is no frame, where a policy allows that to what fills the screen
 * - covered: the frame lies over the rim of the content, since the client still fills the screen when it should not
 */
export type Layout = "framed" | "bare" | "covered";

/** A window or popup with a frame. */
export class FramedWindow {
  readonly surface: Surface;
  readonly xdgSurface: WlObject<"xdg_surface">;
  /** Null for a popup. */
  readonly toplevel: WlObject<"xdg_toplevel"> | null;
  /** The frame that it has, except where it may do without. */
  readonly frame: Insets;
  layout: Layout = "framed";
  readonly bare: BareState = new BareState();
  /** The window geometry that the client has set; null for none. */
  geometry: Rect | null = null;
  /** What the frame encloses, in the surface's coordinates; null for as long as nothing is shown. */
  box: Rect | null = null;
  edges: Edges | null = null;
  /** Whether what the content leaves free of the box is filled. */
  isFilled = false;
  /** The size that the host has asked for last, with the frame. */
  configured: Size = { width: 0, height: 0 };
  /** The window to which a popup belongs. */
  parent: FramedWindow | null = null;

  constructor(
    surface: Surface,
    xdgSurface: WlObject<"xdg_surface">,
    toplevel: WlObject<"xdg_toplevel"> | null,
    frame: Insets,
  ) {
    this.surface = surface;
    this.toplevel = toplevel;
    this.xdgSurface = xdgSurface;
    this.frame = frame;
    surface.window = this;
  }

  /** The client has taken the role from the surface, or destroys the surface. */
  end(): void {
    this.edges?.destroy();
    this.edges = null;
    this.box = null;
    this.surface.window = null;
  }

  /**
   * What the frame has to enclose with content of some size: all of it, and what the client calls the window. Without a
   * word of the client's about that, the protocol takes the sub-surfaces for a part of it.
   */
  boxFor({ width, height }: Size): Rect {
    const named = this.geometry ?? this.surface.reachOfChildren;
    if (named === null) return { left: 0, top: 0, right: width, bottom: height };
    return {
      left: Math.min(0, named.left),
      top: Math.min(0, named.top),
      right: Math.max(width, named.right),
      bottom: Math.max(height, named.bottom),
    };
  }

  /** Whether the client says that its window is smaller than a box, and so that there is something around it. */
  hasMargins(box: Rect): boolean {
    return this.geometry !== null && !isSameBox(box, this.geometry);
  }

  /** What the frame adds to the window now. */
  get insets(): Insets {
    return this.layout === "framed" ? this.frame : NO_INSETS;
  }

  get offset(): Offset {
    const { geometry, box, insets } = this;
    const own = geometry ?? box;
    if (own === null || box === null) return { x: insets.left, y: insets.top };
    return { x: own.left - box.left + insets.left, y: own.top - box.top + insets.top };
  }

  /** How much larger the window is for the host than for the client. */
  get excess(): Size {
    return this.excessWith(this.insets);
  }

  /** How much larger it is with a frame that it may have later. */
  excessWith(insets: Insets): Size {
    const { geometry, box } = this;
    const { width, height } = growthBy(insets);
    if (geometry === null || box === null) return { width, height };
    return {
      width: box.right - box.left - (geometry.right - geometry.left) + width,
      height: box.bottom - box.top - (geometry.bottom - geometry.top) + height,
    };
  }
}

export function isSameBox(one: Rect, other: Rect | null): boolean {
  return one.left === other?.left && one.top === other.top && one.right === other.right && one.bottom === other.bottom;
}
