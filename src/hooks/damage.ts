// SPDX-License-Identifier: Apache-2.0
/** Regions of pixels, and how the coordinates of a surface relate to those of its buffer. */
import { WlOutputTransform as Transform } from "../protocol/generated/enums.ts";

/** Pixels from `left` and `top` up to, but without, `right` and `bottom`. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Rectangles in a region from which on it is made coarser: to keep many tiny ones apart costs more than it saves. */
const MAX_RECTS = 128;

/** A set of pixels that only grows, until it is cleared. */
export class Region {
  #rects: Rect[] = [];
  /** The number of rectangles, from the beginning, that are known to be apart and in order. */
  #united = 0;
  /** Whether there were too many, so that what is added just makes one rectangle larger. */
  #isCoarse = false;

  get empty(): boolean {
    return this.#rects.length === 0;
  }

  /** Rectangles that do not overlap, from top to bottom. */
  get rects(): readonly Rect[] {
    if (this.#united !== this.#rects.length) {
      const exact = united(this.#rects);
      this.#isCoarse = exact === null;
      this.#rects = exact ?? coarsened(this.#rects);
      this.#united = this.#rects.length;
    }
    return this.#rects;
  }

  /** The area in pixels. */
  get area(): number {
    let area = 0;
    for (const { left, top, right, bottom } of this.rects) area += (right - left) * (bottom - top);
    return area;
  }

  /** Takes in what a rectangle covers, if it covers anything. */
  add(rect: Rect): void {
    if (!(rect.left < rect.right && rect.top < rect.bottom)) return;
    if (this.#isCoarse) {
      this.#rects[0] = this.#rects.reduce(enclosing, rect);
      this.#united = this.#rects.length = 1;
      return;
    }
    this.#rects.push(rect);
    // Whoever sends a great many pays for uniting them once, and not in memory.
    if (this.#rects.length >= 2 * MAX_RECTS) void this.rects;
  }

  addAll(other: Region): void {
    for (const rect of other.rects) this.add(rect);
  }

  clear(): void {
    this.#rects = [];
    this.#united = 0;
    this.#isCoarse = false;
  }
}

const byTop = (a: Rect, b: Rect): number => a.top - b.top;
const byNumber = (a: number, b: number): number => a - b;

/**
 * Returns the same pixels as rectangles that do not overlap. They lie in bands. The rectangles of one band have the
 * same top and bottom, and a band begins where a rectangle begins or ends.
 *
 * @returns null, as soon as there are more than MAX_RECTS of them
 */
function united(rects: readonly Rect[]): Rect[] | null {
  if (rects.length === 1) return [...rects];
  const waiting = [...rects].sort(byTop);
  const edges = rects.flatMap(({ top, bottom }) => [top, bottom]).sort(byNumber);
  const done: Rect[] = [];
  let above: Rect[] = [];
  /** The rectangles that cross the band, from left to right. */
  const active: Rect[] = [];
  let next = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const [top, bottom] = [edges[i] as number, edges[i + 1] as number];
    if (top === bottom) continue;
    dropEnded(active, top);
    for (; next < waiting.length && (waiting[next] as Rect).top === top; next++) insert(active, waiting[next] as Rect);
    const band = bandOf(active, top, bottom);
    if (continues(above, band)) {
      above = above.map((rect) => ({ ...rect, bottom }));
    } else {
      done.push(...above);
      above = band;
    }
    if (done.length + above.length > MAX_RECTS) return null;
  }
  done.push(...above);
  return done;
}

/** Takes out rectangles that do not reach below a line. */
function dropEnded(active: Rect[], line: number): void {
  let kept = 0;
  for (const rect of active) if (rect.bottom > line) active[kept++] = rect;
  active.length = kept;
}

/** Puts a rectangle in its place among others, from left to right. */
function insert(active: Rect[], rect: Rect): void {
  let at = active.length;
  for (; at > 0 && (active[at - 1] as Rect).left > rect.left; at--) active[at] = active[at - 1] as Rect;
  active[at] = rect;
}

/** Returns the part of a band that rectangles cover. All of them cross the band, from left to right. */
function bandOf(rects: readonly Rect[], top: number, bottom: number): Rect[] {
  const band: Rect[] = [];
  let from = 0;
  let to = Number.NEGATIVE_INFINITY;
  for (const { left, right } of rects) {
    if (left > to) {
      if (to > from) band.push({ left: from, top, right: to, bottom });
      from = left;
      to = right;
    } else if (right > to) {
      to = right;
    }
  }
  if (to > from) band.push({ left: from, top, right: to, bottom });
  return band;
}

/** Whether a band covers the same columns as the one right above it. */
function continues(above: readonly Rect[], band: readonly Rect[]): boolean {
  return (
    above.length === band.length &&
    above.every((rect, i) => {
      const { left, top, right } = band[i] as Rect;
      return rect.left === left && rect.right === right && rect.bottom === top;
    })
  );
}

/** All those pixels and more: what lies between rectangles that overlap in height, or if there are many such, the rest. */
function coarsened(rects: readonly Rect[]): Rect[] {
  const bands: Rect[] = [];
  for (const rect of [...rects].sort(byTop)) {
    const last = bands.at(-1);
    if (last !== undefined && rect.top < last.bottom) bands[bands.length - 1] = enclosing(last, rect);
    else bands.push(rect);
  }
  return bands.length <= MAX_RECTS ? bands : [bands.reduce(enclosing)];
}

function enclosing(a: Rect, b: Rect): Rect {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The part that lies within (0, 0) and a width and a height; it may cover nothing. */
export function clipped(rect: Rect, width: number, height: number): Rect {
  return {
    left: Math.max(rect.left, 0),
    top: Math.max(rect.top, 0),
    right: Math.min(rect.right, width),
    bottom: Math.min(rect.bottom, height),
  };
}

/**
 * The way in which a surface shows its buffer: wl_surface.set_buffer_scale and set_buffer_transform, and wp_viewport.
 */
export interface View {
  readonly scale: number;
  /** The transform, of the enum wl_output.transform. */
  readonly transform: number;
  /** The part that is shown, in surface coordinates before it is stretched; null for all of it. */
  readonly source: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  /** The size that it is stretched to; null for its own. */
  readonly destination: { readonly width: number; readonly height: number } | null;
}

/** Whether two views show the same part of a buffer in the same size. */
export function isSameExtent(
  a: Pick<View, "source" | "destination">,
  b: Pick<View, "source" | "destination">,
): boolean {
  return (
    a.source?.x === b.source?.x &&
    a.source?.y === b.source?.y &&
    a.source?.width === b.source?.width &&
    a.source?.height === b.source?.height &&
    a.destination?.width === b.destination?.width &&
    a.destination?.height === b.destination?.height
  );
}

/** The way in which a surface shows its buffer by default. */
export const plainView: View = { scale: 1, transform: Transform.normal, source: null, destination: null };

/**
 * The pixels of a buffer of that width and height that a rectangle of the surface shows any part of. It may reach beyond
 * the buffer, where the rectangle reaches beyond the surface.
 */
export function toBuffer(rect: Rect, view: View, width: number, height: number): Rect {
  const { scale, transform, source, destination } = view;
  const turned = (transform & 1) !== 0;
  const shown = { width: turned ? height : width, height: turned ? width : height };
  let { left, top, right, bottom } = rect;
  if (source !== null || destination !== null) {
    const from = source ?? { x: 0, y: 0, width: shown.width / scale, height: shown.height / scale };
    const to = destination ?? from;
    [left, right] = [left, right].map((x) => from.x + (x * from.width) / to.width) as [number, number];
    [top, bottom] = [top, bottom].map((y) => from.y + (y * from.height) / to.height) as [number, number];
  }
  const [ax, ay] = turnBack(left * scale, top * scale, transform, shown);
  const [bx, by] = turnBack(right * scale, bottom * scale, transform, shown);
  return {
    left: Math.floor(Math.min(ax, bx)),
    top: Math.floor(Math.min(ay, by)),
    right: Math.ceil(Math.max(ax, bx)),
    bottom: Math.ceil(Math.max(ay, by)),
  };
}

/**
 * Undoes a transform for a point of a picture that has the given size when it is shown. The transforms of
 * wl_output.transform turn counter-clockwise by 0 to 3 quarters; from 4 on the picture is mirrored first.
 */
function turnBack(x: number, y: number, transform: number, shown: { width: number; height: number }): [number, number] {
  switch (transform) {
    case Transform["90"]:
      return [y, shown.width - x];
    case Transform["180"]:
      return [shown.width - x, shown.height - y];
    case Transform["270"]:
      return [shown.height - y, x];
    case Transform.flipped:
      return [shown.width - x, y];
    case Transform.flipped_90:
      return [y, x];
    case Transform.flipped_180:
      return [x, shown.height - y];
    case Transform.flipped_270:
      return [shown.height - y, shown.width - x];
    default:
      return [x, y];
  }
}
