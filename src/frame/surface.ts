// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Shape } from "./regions.ts";
import { movedBy, NO_OFFSET, negative, type Offset, type Size } from "./size.ts";

/** A part of a buffer, as wp_viewport has it. */
export interface Source extends Size {
  readonly x: number;
  readonly y: number;
}

/** What lets the host show a part of a surface, as far as clients are in its way: by a viewport of their own. */
export interface Crop {
  /** The client has said something to its viewport, or destroyed it. */
  overridden(): void;
  /** The client is to have a viewport of its own: a surface has one alone. */
  giveWay(): void;
}

/** The frame of a window, as far as surfaces know it. */
interface Enclosure {
  readonly crop: Crop | null;
  /** What it encloses, in the coordinates of the window's surface; null for as long as nothing is shown. */
  readonly box: Rect | null;
}

/** A region of a surface. */
interface SurfaceRegion {
  /** What the client has said it to. */
  readonly holder: WlObject;
  readonly shape: Shape;
  /** Says another one in its place. */
  readonly tell: (client: Client, region: WlObject<"wl_region">) => void;
}

/** The size of a buffer that nobody here has seen made. It fits nowhere. */
export const UNKNOWN_SIZE: Size = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

/** Sub-surfaces of one surface, sub-surfaces within sub-surfaces, and all of a window. What is beyond is not shown. */
const MAX_CHILDREN = 256;
const MAX_DEPTH = 16;
const MAX_IN_WINDOW = 1024;

/** A whole that nothing fits into. */
const NOWHERE: Rect = { left: 0, top: 0, right: -1, bottom: -1 };

/** Counts commits and moves, to tell which was first. */
let clock = 0;

/** The place of a sub-surface in its parent along one axis: what was asked for last, and what the host may show still. */
class Place {
  last = 0;
  least = 0;
  most = 0;

  set(value: number): void {
    this.last = value;
    this.least = Math.min(this.least, value);
    this.most = Math.max(this.most, value);
  }

  settle(): void {
    this.least = this.most = this.last;
  }
}

/**
 * A surface of a client, as far as it decides which pixels the host shows. A sub-surface's state may wait for its parent's,
 * so what counts of it is its reach: everything that it covers in any state that the host may still show.
 */
export class Surface {
  readonly object: WlObject<"wl_surface">;
  /** What the next commit applies. */
  buffer: Size | null = null;
  scale = 1;
  /** Whether the buffer is turned by a quarter. */
  isTurned = false;
  source: Source | null = null;
  destination: Size | null = null;
  /** What the client has made for it; null for none. */
  viewport: WlObject<"wp_viewport"> | null = null;
  subsurface: WlObject<"wl_subsurface"> | null = null;
  /** The regions that the client has set, by their kinds. The usual ones are not among them, nor those that are not known. */
  readonly regions: Map<string, SurfaceRegion> = new Map();
  /** The place from which the host counts, in the coordinates that the client knows: it may show no more than a part. */
  origin: Offset = NO_OFFSET;
  /** Where the host has it in its parent, as a sub-surface of a window, in the coordinates that the client knows. */
  shownAt: Offset = NO_OFFSET;
  /** What the last commit said. */
  size: Size | null = null;
  /** The frame of the window whose surface it is. */
  window: Enclosure | null = null;
  /** Whether it is a cursor or the icon of a drag. */
  isPointed = false;
  parent: Surface | null = null;
  /** Whether it is a sub-surface of one that has too many. */
  isSurplus = false;
  isSync = false;
  readonly children: Set<Surface> = new Set();
  /** How many it and all within it are. */
  #count = 1;
  readonly #x = new Place();
  readonly #y = new Place();
  #width = 0;
  #height = 0;
  #committedAt = 0;
  #movedAt = 0;

  constructor(object: WlObject<"wl_surface">) {
    this.object = object;
  }

  /** The size that the next commit gives it; null without a buffer. */
  get nextSize(): Size | null {
    const { buffer, destination, source } = this;
    if (buffer === null) return null;
    if (destination !== null) return destination;
    const { width, height } = source ?? this.wholeSize;
    return { width: Math.ceil(width), height: Math.ceil(height) };
  }

  /** The size of its buffer, in its own coordinates. */
  get wholeSize(): Size {
    const { width, height } = this.buffer ?? { width: 0, height: 0 };
    const [across, down] = this.isTurned ? [height, width] : [width, height];
    return { width: across / this.scale, height: down / this.scale };
  }

  /** Becomes a sub-surface. */
  join(parent: Surface, subsurface: WlObject<"wl_subsurface">): void {
    this.leave();
    this.subsurface = subsurface;
    this.isSync = true;
    const { top } = parent;
    // The host refuses one that would be within itself.
    this.isSurplus = top === this || parent.children.size >= MAX_CHILDREN || top.#count + this.#count > MAX_IN_WINDOW;
    for (const place of [this.#x, this.#y]) {
      place.set(0);
      place.settle();
    }
    if (this.isSurplus) return;
    this.shownAt = parent.origin;
    this.parent = parent;
    parent.children.add(this);
    for (let above: Surface | null = parent; above !== null; above = above.parent) above.#count += this.#count;
  }

  /** Is a sub-surface no more. */
  leave(): void {
    this.parent?.children.delete(this);
    for (let { parent: above } = this; above !== null; above = above.parent) above.#count -= this.#count;
    this.parent = this.subsurface = null;
    this.isSurplus = false;
    this.isSync = false;
  }

  /** The surface is gone. */
  end(): void {
    this.leave();
    for (const child of this.children) child.parent = null;
    this.children.clear();
    this.#count = 1;
    this.size = this.buffer = null;
  }

  /** The place in its parent that the client wants, from the parent's next commit on. */
  get place(): Offset {
    return { x: this.#x.last, y: this.#y.last };
  }

  /** That place as the host counts it: from where it begins with the parent to where it begins with this one. */
  get hostPlace(): Offset {
    return movedBy(movedBy(this.place, this.origin), negative(this.parent?.origin ?? NO_OFFSET));
  }

  /** Says to the host where a sub-surface is. */
  tellPlace(client: Client): void {
    const { subsurface, parent } = this;
    if (subsurface === null || subsurface.clientGone || parent === null) return;
    client.sendRequest(subsurface, "set_position", this.hostPlace);
  }

  move(x: number, y: number): void {
    this.#x.set(x);
    this.#y.set(y);
    this.#movedAt = ++clock;
  }

  /** The surface is committed, with what was set before. */
  commit(): void {
    this.size = this.nextSize;
    this.#committedAt = ++clock;
    this.#width = Math.max(this.#width, this.size?.width ?? 0);
    this.#height = Math.max(this.#height, this.size?.height ?? 0);
    if (this.isImmediate) this.#settle();
  }

  /** It shows nothing, from the commit on that we have made for it. */
  hide(): void {
    this.buffer = this.size = null;
  }

  /** Whether a commit is applied at once, and does not wait for that of a parent. */
  get isImmediate(): boolean {
    let surface: Surface = this;
    for (let depth = 0; surface.parent !== null && depth <= MAX_DEPTH; depth++) {
      if (surface.isSync) return false;
      surface = surface.parent;
    }
    return true;
  }

  /** What all of its pixels have to lie in, now, in its root's coordinates; null for as long as it is not shown at all. */
  get bounds(): Rect | null {
    const root = this.root;
    if (root === null || (root.isPointed && root !== this)) return NOWHERE;
    return root.window === null ? null : root.window.box;
  }

  /** The surface at the top of the tree that it is in, however deep it lies. */
  get top(): Surface {
    let surface: Surface = this;
    while (surface.parent !== null) surface = surface.parent;
    return surface;
  }

  /** The surface at the top of the tree that it is in; null if it is too deep in it. */
  get root(): Surface | null {
    let surface: Surface = this;
    for (let depth = 0; depth <= MAX_DEPTH; depth++) {
      if (surface.isSurplus) return null;
      if (surface.parent === null) return surface;
      surface = surface.parent;
    }
    return null;
  }

  /** Whether it or a sub-surface of it reaches out of some bounds, which are in its root's coordinates. */
  reachesOutOf(bounds: Rect): boolean {
    const reach = new Reach();
    let [left, right, top, bottom] = [0, 0, 0, 0];
    for (let above = this.parent; above?.parent; above = above.parent) {
      left += above.#x.least;
      right += above.#x.most;
      top += above.#y.least;
      bottom += above.#y.most;
    }
    this.#add(reach, { left, top, right, bottom }, 0);
    const { rect } = reach;
    if (rect === null) return false;
    const isWithin =
      rect.left >= bounds.left && rect.top >= bounds.top && rect.right <= bounds.right && rect.bottom <= bounds.bottom;
    return !isWithin;
  }

  /** Everything that its sub-surfaces may cover, in its own coordinates; null for nothing. */
  get reachOfChildren(): Rect | null {
    const reach = new Reach();
    for (const child of this.children) child.#add(reach, { left: 0, top: 0, right: 0, bottom: 0 }, 0);
    return reach.rect;
  }

  /** @param origin where its parent's upper left corner may be */
  #add(reach: Reach, origin: Rect, depth: number): void {
    if (this.size === null) return;
    const isChild = this.parent !== null;
    const left = origin.left + (isChild ? this.#x.least : 0);
    const right = origin.right + (isChild ? this.#x.most : 0);
    const top = origin.top + (isChild ? this.#y.least : 0);
    const bottom = origin.bottom + (isChild ? this.#y.most : 0);
    reach.add(left, top, right + this.#width, bottom + this.#height);
    if (depth > MAX_DEPTH) return reach.addAll();
    const place = { left, top, right, bottom };
    for (const child of this.children) child.#add(reach, place, depth + 1);
  }

  /** Everything that was committed before its last commit is shown now, and nothing that was before that. */
  #settle(): void {
    this.#width = this.size?.width ?? 0;
    this.#height = this.size?.height ?? 0;
    for (const child of this.children) {
      if (child.#movedAt <= this.#committedAt) {
        child.#x.settle();
        child.#y.settle();
      }
      if (child.#committedAt <= this.#committedAt) child.#settle();
    }
  }
}

/** A rectangle that grows. */
class Reach {
  rect: Rect | null = null;

  add(left: number, top: number, right: number, bottom: number): void {
    const known = this.rect ?? { left, top, right, bottom };
    this.rect = {
      left: Math.min(known.left, left),
      top: Math.min(known.top, top),
      right: Math.max(known.right, right),
      bottom: Math.max(known.bottom, bottom),
    };
  }

  addAll(): void {
    const far = Number.POSITIVE_INFINITY;
    this.rect = { left: -far, top: -far, right: far, bottom: far };
  }
}
