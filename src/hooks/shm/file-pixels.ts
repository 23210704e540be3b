// SPDX-License-Identifier: Apache-2.0
import type { BlockingFile } from "../../native/blocking-file.ts";
import { SystemError } from "../../native/errors.ts";
import type { Mapping } from "../../native/memory.ts";
import type { Rect } from "../damage.ts";
import { blockOf } from "./formats.ts";
import type { Shape } from "./shape.ts";

/**
 * Copies the lines with these rectangles from a buffer in a file, which may take its time, into an image of the same
 * shape. Whole lines are copied, since a call costs more than what they have beside the rectangles.
 *
 * @param offset the buffer's place in the file; in the image it begins at 0
 * @returns the number of bytes; null when they are not all there, or the file was closed
 */
export async function readPixels(
  file: BlockingFile,
  offset: number,
  image: Mapping,
  shape: Shape,
  rects: readonly Rect[],
): Promise<number | null> {
  const { height, stride, size } = shape;
  const isKnown = blockOf(shape.format) !== undefined;
  const spans = isKnown ? rects.map(({ top, bottom }) => [top * stride, bottom * stride]) : [[0, size]];
  let copied = 0;
  for (const [from = 0, to = 0] of rects.length > 0 ? spans : []) {
    const start = Math.max(from, 0);
    const end = Math.min(to, isKnown ? height * stride : size, size);
    if (start >= end) continue;
    const count = await orNull(file.read(image.bytes.subarray(start, end), offset + start));
    if (count !== end - start) return null;
    copied += count;
  }
  return copied;
}

/**
 * Copies all pixels of an image into a buffer in a file, and not what is between its lines: that may be another picture.
 *
 * @returns how many bytes; null when the file cannot be written to, or was closed
 */
export async function storePixels(
  file: BlockingFile,
  offset: number,
  image: Mapping,
  shape: Shape,
): Promise<number | null> {
  const { width, height, stride, size } = shape;
  const block = blockOf(shape.format);
  const length = block === undefined ? size : Math.ceil(width / block.pixels) * block.bytes;
  const isWhole = block === undefined || length === stride;
  const rows = isWhole ? 1 : height;
  const step = block === undefined ? size : isWhole ? length * height : length;
  for (let row = 0; row < rows; row++) {
    const start = row * stride;
    const done = await orNull(file.store(image.bytes.subarray(start, start + step), offset + start).then(() => step));
    if (done === null) return null;
  }
  return rows * step;
}

/** Resolves to the result of a call; to null when the kernel refuses it, or nobody waits for it any more. */
async function orNull(call: Promise<number>): Promise<number | null> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return null;
  }
}
