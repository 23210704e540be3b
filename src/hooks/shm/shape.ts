// SPDX-License-Identifier: Apache-2.0
import type { ClientMemory } from "../../native/client-memory.ts";
import type { Mapping } from "../../native/memory.ts";
import { clipped, type Rect } from "../damage.ts";
import { blockOf } from "./formats.ts";

/** How the pixels of a buffer lie in memory. */
export interface Shape {
  readonly width: number;
  readonly height: number;
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** Of the enum wl_shm.format. */
  readonly format: number;
  /** All bytes of it. */
  readonly size: number;
}

/** Lines are copied as a whole when no more than this part of them would be left out: one long copy is faster. */
const WHOLE_LINES_FROM = 15 / 16;

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

/**
 * Copies rectangles of a buffer, as many bytes as they have, or all of it when its format does not tell where they are.
 *
 * @param offset of the buffer in the client's memory; in the target it begins at 0
 * @returns false when the client's memory is not all there
 */
export function copyPixels(
  source: ClientMemory,
  offset: number,
  target: Mapping,
  shape: Shape,
  rects: readonly Rect[],
): boolean {
  const { stride } = shape;
  const block = blockOf(shape.format);
  if (block === undefined) {
    return rects.length === 0 || source.copyTo(target, 0, offset, shape.size, 1, 0, 0);
  }
  let complete = true;
  for (const rect of rects) {
    const { left, top, right, bottom } = clipped(rect, shape.width, shape.height);
    const rows = bottom - top;
    const start = Math.floor(left / block.pixels) * block.bytes;
    const length = Math.ceil(right / block.pixels) * block.bytes - start;
    if (rows <= 0 || length <= 0) continue;
    const from = top * stride;
    const copied =
      length >= stride * WHOLE_LINES_FROM
        ? source.copyTo(target, from, offset + from, stride * rows, 1, 0, 0)
        : source.copyTo(target, from + start, offset + from + start, length, rows, stride, stride);
    complete &&= copied;
  }
  return complete;
}

/**
 * Copies all pixels of a buffer the other way, and not what is between its lines: that may be another picture.
 *
 * @param offset of the buffer in the client's memory; in the source it begins at 0
 * @returns false when the client's memory is not all there. Throws a SystemError when it cannot be written to
 */
export function storePixels(source: Mapping, target: ClientMemory, offset: number, shape: Shape): boolean {
  const { width, height, stride, format, size } = shape;
  const block = blockOf(format);
  if (block === undefined) return target.copyFrom(source, 0, offset, size, 1, 0, 0);
  const length = Math.ceil(width / block.pixels) * block.bytes;
  return target.copyFrom(source, 0, offset, length, height, stride, stride);
}
