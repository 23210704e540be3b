// SPDX-License-Identifier: Apache-2.0
/** WM_NORMAL_HINTS (ICCCM 4.1.2.3): which sizes a window likes. */

/** The sizes that a window likes, in X pixels. Sizes of 0 are not limited. */
export interface SizeHints {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** A terminal has whole characters: its size is the base and so many increments, which are 1 or more. */
  readonly baseWidth: number;
  readonly baseHeight: number;
  readonly widthIncrement: number;
  readonly heightIncrement: number;
  /** Between these is its width divided by its height; null for any. */
  readonly minAspect: number | null;
  readonly maxAspect: number | null;
}

const MIN_SIZE = 1 << 4;
const MAX_SIZE = 1 << 5;
const INCREMENTS = 1 << 6;
const ASPECT = 1 << 7;
const BASE_SIZE = 1 << 8;

/** A window's sides have 16 bits. */
const MAX_SIDE = 0xffff;

/** Reads the property's numbers; those that say nothing sensible say nothing. */
export function readSizeHints(words: Uint32Array): SizeHints {
  const [flags = 0] = words;
  const size = (flag: number, at: number): [number, number] => {
    const [width = 0, height = 0] = (flags & flag) === 0 ? [] : words.subarray(at, at + 2);
    // Negative or beyond what a window can be.
    return [width > MAX_SIDE ? 0 : width, height > MAX_SIDE ? 0 : height];
  };
  const [minWidth, minHeight] = size(MIN_SIZE, 5);
  const [maxWidth, maxHeight] = size(MAX_SIZE, 7);
  const [widthIncrement, heightIncrement] = size(INCREMENTS, 9);
  // "The base size is used if the minimum size is not provided, and vice versa."
  const base = size(BASE_SIZE, 15);
  const [baseWidth, baseHeight] = (flags & BASE_SIZE) === 0 ? [minWidth, minHeight] : base;
  const ratio = (at: number): number | null => {
    const [numerator, denominator] = size(ASPECT, at);
    return numerator > 0 && denominator > 0 ? numerator / denominator : null;
  };
  // xdg_toplevel refuses a maximum below the minimum.
  const valid = (max: number, min: number): number => (max !== 0 && max < min ? 0 : max);
  return {
    minWidth,
    minHeight,
    maxWidth: valid(maxWidth, minWidth),
    maxHeight: valid(maxHeight, minHeight),
    baseWidth,
    baseHeight,
    widthIncrement: Math.max(widthIncrement, 1),
    heightIncrement: Math.max(heightIncrement, 1),
    minAspect: ratio(11),
    maxAspect: ratio(13),
  };
}

/** The size that a window likes best of those up to the given one, but never below its minimum. */
export function fitSize(hints: SizeHints, width: number, height: number): { width: number; height: number } {
  const fit = (side: number, min: number, max: number, base: number, increment: number): number => {
    const limited = Math.max(Math.floor(max === 0 ? side : Math.min(side, max)), min, 1);
    const fitting = base + Math.floor((limited - base) / increment) * increment;
    return limited < base || fitting < Math.max(min, 1) ? limited : fitting;
  };
  const { minAspect, maxAspect } = hints;
  if (maxAspect !== null && width > height * maxAspect)
    return fitSize(withoutAspect(hints), height * maxAspect, height);
  if (minAspect !== null && width < height * minAspect) return fitSize(withoutAspect(hints), width, width / minAspect);
  return {
    width: fit(width, hints.minWidth, hints.maxWidth, hints.baseWidth, hints.widthIncrement),
    height: fit(height, hints.minHeight, hints.maxHeight, hints.baseHeight, hints.heightIncrement),
  };
}

function withoutAspect(hints: SizeHints): SizeHints {
  return { ...hints, minAspect: null, maxAspect: null };
}
