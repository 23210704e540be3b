// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { BareState } from "./bare-state.ts";
import type { ContentCrop } from "./content-crop.ts";
import type { Edges } from "./edges.ts";
import type { MovedPopup } from "./positioners.ts";
import { growthBy, type Insets, NO_INSETS, NO_SIZE, type Offset, type Size } from "./size.ts";
import type { Surface } from "./surface.ts";

const NO_RECT: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

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
  /** The sizes of the content and of its buffer that the frame was laid out for last, and what the client called its window. */
  #content: Size = NO_SIZE;
  #whole: Size = NO_SIZE;
  #called: Rect | null = null;
  crop: ContentCrop | null = null;
  /** The size that the host has asked for last, with the frame. */
  configured: Size = NO_SIZE;
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
    this.crop?.show(null, NO_SIZE);
    this.edges = this.crop = null;
    this.box = null;
    this.surface.window = null;
  }

  /**
   * What the frame has to enclose with content of some size: what the client calls the window, and all of the content where
   * it cannot be cropped to that. Without a word of the client's, the protocol takes the sub-surfaces for a part of it.
   */
  boxFor(size: Size, canCrop: boolean): Rect {
    if (this.geometry !== null && canCrop) return this.geometry;
    const named = this.geometry ?? this.surface.reachOfChildren ?? NO_RECT;
    return {
      left: Math.min(0, named.left),
      top: Math.min(0, named.top),
      right: Math.max(size.width, named.right),
      bottom: Math.max(size.height, named.bottom),
    };
  }

  /** The frame has been laid out for content of some size. */
  settle(content: Size): void {
    this.#content = content;
    this.#whole = this.surface.wholeSize;
    this.#called = this.geometry;
  }

  /** Whether nothing is different with content of some size, and a layout: as with nearly every commit. */
  isSettled(content: Size, layout: Layout): boolean {
    const { geometry, surface } = this;
    return (
      this.box !== null &&
      isSameSize(content, this.#content) &&
      isSameSize(surface.wholeSize, this.#whole) &&
      layout === this.layout &&
      geometry === this.#called &&
      (geometry !== null || surface.children.size === 0) &&
      this.crop?.isOverridden === false
    );
  }

  /** What the frame adds to the window now. */
  get insets(): Insets {
    return this.layout === "framed" ? this.frame : NO_INSETS;
  }

  /** The distance from the window's upper left corner as the host knows it to the one that the client knows. */
  get offset(): Offset {
    const { geometry, box, insets } = this;
    if (geometry === null || box === null) return { x: insets.left, y: insets.top };
    return { x: geometry.left - box.left + insets.left, y: geometry.top - box.top + insets.top };
  }

  /** A popup, as the host knows it. */
  get moved(): MovedPopup {
    const { insets, parent } = this;
    return {
      growth: growthBy(insets),
      parent: parent && { offset: parent.offset, growth: parent.growthWith(parent.insets) },
    };
  }

  /** How much larger the window is for the host than for the client, with a frame. */
  growthWith(insets: Insets): Size {
    const { geometry, box } = this;
    const { width, height } = growthBy(insets);
    if (geometry === null || box === null) return { width, height };
    return {
      width: box.right - box.left - (geometry.right - geometry.left) + width,
      height: box.bottom - box.top - (geometry.bottom - geometry.top) + height,
    };
  }
}

function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

export function isSameBox(one: Rect, other: Rect | null): boolean {
  return one.left === other?.left && one.top === other.top && one.right === other.right && one.bottom === other.bottom;
}
