// SPDX-License-Identifier: Apache-2.0
import { pageSize } from "../../native/memory.ts";
import type { ImageRequest } from "./commands.ts";

/** Bytes a pixel takes, by DRM fourcc: R8, RG16, the 32-bit formats and the one of four half floats. */
const bytesPerPixel: ReadonlyMap<number, number> = new Map(
  Object.entries({
    "R8  ": 1,
    RG16: 2,
    XR24: 4,
    AR24: 4,
    XB24: 4,
    AB24: 4,
    XR30: 4,
    AR30: 4,
    XB30: 4,
    AB30: 4,
    AB4H: 8,
  }).map(([code, bytes]) => [Buffer.from(code).readUInt32LE(), bytes]),
);

/** The answer has 32 bits for it. */
const MAX_STRIDE = 0xffffffff;

/** The way in which an image lies in memory, in bytes. */
export interface ImageLayout {
  readonly stride: number;
  /** A whole number of pages, since guests map it. */
  readonly size: number;
}

/** The layout of an image that a guest asks for; null when there can be none. */
export function imageLayout({ width, height, format }: ImageRequest): ImageLayout | null {
  const pixel = bytesPerPixel.get(format);
  if (pixel === undefined || width === 0 || height === 0) return null;
  const stride = width * pixel;
  const size = wholePages(stride * height);
  return stride > MAX_STRIDE || !Number.isSafeInteger(size) ? null : { stride, size };
}

/** The least whole number of pages that has so many bytes, in bytes. */
export function wholePages(size: number): number {
  return Math.ceil(size / pageSize) * pageSize;
}
