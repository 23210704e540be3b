// SPDX-License-Identifier: Apache-2.0
/** A size in logical pixels, or in those of a buffer. */
export interface Size {
  readonly width: number;
  readonly height: number;
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
