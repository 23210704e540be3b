// SPDX-License-Identifier: Apache-2.0
/** Places and sizes, in pixels. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in X coordinates, of a window's inside. */
export interface Geometry extends Size {
  readonly x: number;
  readonly y: number;
}

/** The widths of something on each side of a window, in X pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const noFrame: Frame = { left: 0, right: 0, top: 0, bottom: 0 };

/** Damage of all that there may be. */
export const EVERYTHING: Geometry = { x: 0, y: 0, width: 0x7fff_ffff, height: 0x7fff_ffff };

export function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Whether two places have a pixel in common. */
export function overlap(a: Geometry, b: Geometry): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
