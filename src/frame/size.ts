// SPDX-License-Identifier: Apache-2.0
/** A size in logical pixels, or in those of a buffer. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const NO_SIZE: Size = { width: 0, height: 0 };

/** A distance across and down. */
export interface Offset {
  readonly x: number;
  readonly y: number;
}

export const NO_OFFSET: Offset = { x: 0, y: 0 };

export function isNone({ x, y }: Offset): boolean {
  return x === 0 && y === 0;
}

export function negative({ x, y }: Offset): Offset {
  return { x: -x, y: -y };
}

/** A place that is moved, as far as a message can say it. */
export function movedBy({ x, y }: Offset, by: Offset): Offset {
  return { x: bounded(x + by.x), y: bounded(y + by.y) };
}

/** A number as far as a message can say it. */
export function bounded(value: number): number {
  return Math.min(Math.max(value, -0x80000000), 0x7fffffff);
}

/** How far a frame reaches beyond what it encloses, at each side, in logical pixels. */
export interface Insets {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** No frame. */
export const NO_INSETS: Insets = { left: 0, top: 0, right: 0, bottom: 0 };

/** A frame that is as wide at each side, unless its top is to be higher. */
export function insetsOf(width: number, top: number = width): Insets {
  return { left: width, top, right: width, bottom: width };
}

/** How much larger something is with a frame around it. */
export function growthBy({ left, top, right, bottom }: Insets): Size {
  return { width: left + right, height: top + bottom };
}
