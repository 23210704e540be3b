// SPDX-License-Identifier: Apache-2.0
/** Pictures of _NET_WM_ICON (EWMH): for each its width, its height and its pixels, not premultiplied ARGB. */

/** A picture as it stands in the property. */
export interface Icon {
  readonly width: number;
  readonly height: number;
  /** The pixels from top to bottom, in lines without gaps. */
  readonly pixels: Uint32Array;
}

/** The icons in a property's numbers, up to the first that is cut off. */
export function iconsIn(words: Uint32Array): Icon[] {
  const icons: Icon[] = [];
  for (let at = 0; at + 2 < words.length; ) {
    const width = words[at] as number;
    const height = words[at + 1] as number;
    const start = at + 2;
    at = start + width * height;
    if (width === 0 || height === 0 || at > words.length) break;
    icons.push({ width, height, pixels: words.subarray(start, at) });
  }
  return icons;
}

/** How many sizes are shown at most: clients have a handful. */
const MAX_SIZES = 16;

/** The longest side of all, in pixels: what is thin in its property becomes a square. */
const MAX_SIDE = 1024;

/**
 * Chooses the icons to show: one of each size, from the smallest on, and none larger than `largest`, unless there are
 * only such.
 */
export function chooseIcons(icons: readonly Icon[], largest: number): Icon[] {
  const bySize = new Map(icons.map((icon) => [sideOf(icon), icon]));
  const sorted = [...bySize].filter(([side]) => side <= MAX_SIDE).sort(([a], [b]) => a - b);
  const fitting = sorted.filter(([side]) => side <= largest).slice(-MAX_SIZES);
  return (fitting.length > 0 ? fitting : sorted.slice(0, 1)).map(([, icon]) => icon);
}

/** The side of the square that a picture fits into. */
export function sideOf({ width, height }: Icon): number {
  return Math.max(width, height);
}

/** Draws an icon in the middle of a square of `sideOf(icon)`, which is empty so far, as premultiplied ARGB for wl_shm. */
export function drawSquare({ width, height, pixels }: Icon, target: Uint32Array): void {
  const side = Math.max(width, height);
  const left = (side - width) >>> 1;
  const top = (side - height) >>> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      target[(top + y) * side + left + x] = premultiplied(pixels[y * width + x] as number);
    }
  }
}

function premultiplied(argb: number): number {
  const alpha = argb >>> 24;
  const scaled = (shift: number): number => Math.round((((argb >>> shift) & 0xff) * alpha) / 0xff) << shift;
  return ((alpha << 24) | scaled(16) | scaled(8) | scaled(0)) >>> 0;
}
