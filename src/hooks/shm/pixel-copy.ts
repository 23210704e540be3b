// SPDX-License-Identifier: Apache-2.0
import { BLOCK_NUMBERS, type ClientMemory, MAX_BLOCKS } from "../../native/client-memory.ts";
import { SystemError } from "../../native/errors.ts";
import type { Mapping } from "../../native/memory.ts";
import type { Rect } from "../damage.ts";
import { type Block, blockOf } from "./formats.ts";
import type { Shape } from "./shape.ts";

/** The least cost of a row, in bytes that could be copied meanwhile: each may lie in a page of its own. */
const ROW_COST = 1024;

/** Lines are copied as a whole when no more than this part of them would be left out: one long copy is faster. */
const WHOLE_LINES_FROM = 15 / 16;

const nothing: readonly Rect[] = [];

/** The blocks that the next call copies; see `ClientMemory.copyBlocks`. */
const blocks = new Float64Array(MAX_BLOCKS * BLOCK_NUMBERS);

/**
 * A copy of some pixels between a buffer in a client's memory and an image of the same shape, which begins at 0. It is
 * made piece by piece, so that other things can be done between them. An instance is used for one copy after another,
 * and copying allocates nothing.
 */
export class PixelCopy {
  #client: ClientMemory | null = null;
  #image: Mapping | null = null;
  #shape: Shape | null = null;
  /** The blocks that rows consist of; undefined when they are not known. */
  #block: Block | undefined;
  #isInward = false;
  /** The place of the buffer in the client's memory. */
  #offset = 0;
  /** The rectangles that are left, from `#next` on. */
  #rects: readonly Rect[] = nothing;
  #next = 0;
  // The state of the rectangle that is being copied, in bytes. It has the place of the next row in the image, the
  // length of each row, and how many are left. It also says how much of the first is copied already.
  #start = 0;
  #length = 0;
  #rows = 0;
  #done = 0;
  #copied = 0;
  #isComplete = true;

  /** Begins to copy rectangles from the client's memory: as many bytes as they have, or all if the format is unknown. */
  begin(client: ClientMemory, offset: number, image: Mapping, shape: Shape, rects: readonly Rect[]): void {
    this.#set(client, offset, image, shape, false);
    if (this.#block !== undefined) this.#rects = rects;
    else if (rects.length > 0) this.#setRows(0, shape.size, 1);
  }

  /** Begins to copy all pixels into the client's memory, and not what is between its lines: that may be another picture. */
  beginInward(client: ClientMemory, offset: number, image: Mapping, shape: Shape): void {
    this.#set(client, offset, image, shape, true);
    const block = this.#block;
    if (block === undefined) this.#setRows(0, shape.size, 1);
    else this.#setRows(0, Math.ceil(shape.width / block.pixels) * block.bytes, shape.height);
  }

  /** Whether all is copied, or was given up. */
  get finished(): boolean {
    return this.#rows === 0 && this.#next === this.#rects.length;
  }

  /** False when some pixels of the client's memory were not there, or it cannot be written to. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** How many bytes were copied so far. */
  get copied(): number {
    return this.#copied;
  }

  /** Gives up what is not copied yet: one of the memories is no more. */
  cancel(): void {
    this.#client = this.#image = this.#shape = null;
    this.#rects = nothing;
    this.#next = this.#rows = 0;
  }

  /** Copies the next piece, of at most so many bytes. */
  step(limit: number): void {
    const client = this.#client;
    const image = this.#image;
    const shape = this.#shape;
    if (client === null || image === null || shape === null) return;
    let count = 0;
    for (let left = limit; left > 0; ) {
      if (this.#rows === 0 && !this.#findRows(shape)) break;
      if (count === MAX_BLOCKS) {
        if (!this.#copyBlocks(client, image, shape.stride, count)) return;
        count = 0;
      }
      const cost = Math.max(this.#length, ROW_COST);
      const whole = this.#done === 0 ? Math.min(Math.floor(left / cost), this.#rows) : 0;
      const length = whole > 0 ? this.#length : Math.min(this.#length - this.#done, left);
      const rows = Math.max(whole, 1);
      const at = BLOCK_NUMBERS * count++;
      blocks[at] = this.#start + this.#done;
      blocks[at + 1] = length;
      blocks[at + 2] = rows;
      this.#copied += length * rows;
      left -= Math.max(length, ROW_COST) * rows;
      this.#advance(length, rows, shape.stride);
    }
    this.#copyBlocks(client, image, shape.stride, count);
  }

  /** Copies what is in `blocks`. @returns false when that is not possible, and all is given up */
  #copyBlocks(client: ClientMemory, image: Mapping, stride: number, count: number): boolean {
    const isComplete = this.#isInward
      ? this.#storeBlocks(client, image, stride, count)
      : client.copyBlocks(image, this.#offset, stride, blocks, count);
    if (isComplete) return true;
    this.cancel();
    this.#isComplete = false;
    return false;
  }

  #storeBlocks(client: ClientMemory, image: Mapping, stride: number, count: number): boolean {
    try {
      for (let i = 0; i < count; i++) {
        const [at = 0, length = 0, rows = 0] = blocks.subarray(BLOCK_NUMBERS * i, BLOCK_NUMBERS * (i + 1));
        if (!client.copyFrom(image, at, this.#offset + at, length, rows, stride, stride)) return false;
      }
      return true;
    } catch (error) {
      // A file that is open for reading alone.
      if (!(error instanceof SystemError)) throw error;
      return false;
    }
  }

  #set(client: ClientMemory, offset: number, image: Mapping, shape: Shape, isInward: boolean): void {
    this.cancel();
    this.#copied = 0;
    this.#isComplete = true;
    this.#client = client;
    this.#offset = offset;
    this.#image = image;
    this.#shape = shape;
    this.#block = blockOf(shape.format);
    this.#isInward = isInward;
  }

  #setRows(start: number, length: number, rows: number): void {
    this.#start = start;
    this.#length = length;
    this.#rows = rows;
    this.#done = 0;
  }

  /** Goes on with the next rectangle, as far as it lies within the buffer. @returns false when there is none */
  #findRows({ width, height, stride }: Shape): boolean {
    const block = this.#block;
    if (block === undefined) return false;
    while (this.#next < this.#rects.length) {
      const rect = this.#rects[this.#next++] as Rect;
      const top = Math.max(rect.top, 0);
      const rows = Math.min(rect.bottom, height) - top;
      const start = Math.floor(Math.max(rect.left, 0) / block.pixels) * block.bytes;
      const length = Math.ceil(Math.min(rect.right, width) / block.pixels) * block.bytes - start;
      if (rows <= 0 || length <= 0) continue;
      if (length >= stride * WHOLE_LINES_FROM) this.#setRows(top * stride, stride * rows, 1);
      else this.#setRows(top * stride + start, length, rows);
      return true;
    }
    return false;
  }

  /** Notes what was copied: some whole rows, or the next part of one. */
  #advance(length: number, rows: number, stride: number): void {
    this.#done += length;
    if (this.#done < this.#length) return;
    this.#done = 0;
    this.#rows -= rows;
    this.#start += rows * stride;
  }
}
