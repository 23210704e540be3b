// SPDX-License-Identifier: Apache-2.0

/** The way in which the pixels of a buffer lie in memory. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** The format, of the enum wl_shm.format. */
  readonly format: number;
  /** All bytes of it. */
  readonly size: number;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.stride === b.stride &&
    a.format === b.format &&
    // Planes behind the first may be cut off by the end of the pool.
    a.size === b.size
  );
}
