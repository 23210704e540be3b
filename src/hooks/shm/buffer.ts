// SPDX-License-Identifier: Apache-2.0
import type { Mapping } from "../../native/memory.ts";
import { WlShmError } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import { onRequests } from "../../relay/one-sided.ts";
import { ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Rect } from "../damage.ts";
import { readPixels, storePixels } from "./file-pixels.ts";
import type { PixelCopy } from "./pixel-copy.ts";
import type { ShmPool } from "./pool.ts";
import type { Shape } from "./shape.ts";

/** A client's wl_buffer in one of its pools. The host never hears of it. */
export class ShmBuffer {
  readonly object: WlObject<"wl_buffer">;
  readonly shape: Shape;
  readonly #pool: ShmPool;
  readonly #offset: number;

  /** Serves the requests to a new buffer, which begins `offset` bytes behind the start of the pool. */
  constructor(object: WlObject<"wl_buffer">, pool: ShmPool, offset: number, shape: Shape) {
    this.object = object;
    this.shape = shape;
    this.#pool = pool;
    this.#offset = offset;
    pool.use();
    onRequests(object, { destroy: () => pool.unuse() });
  }

  /** Keeps the pixels although the client may destroy the buffer. */
  use(): void {
    this.#pool.use();
  }

  unuse(): void {
    this.#pool.unuse();
  }

  /**
   * Begins to copy rectangles of it to where they belong in an image of the same shape.
   *
   * @returns false when it is not in memory: then `read` is for that
   */
  beginCopyTo(copy: PixelCopy, target: Mapping, rects: readonly Rect[]): boolean {
    const { memory } = this.#pool;
    if (memory !== null) copy.begin(memory, this.#offset, target, this.shape, rects);
    return memory !== null;
  }

  /**
   * Begins to copy all pixels from an image of the same shape into it.
   *
   * @returns false when it is not in memory: then `store` is for that
   */
  beginCopyFrom(copy: PixelCopy, source: Mapping): boolean {
    const { memory } = this.#pool;
    if (memory !== null) copy.beginInward(memory, this.#offset, source, this.shape);
    return memory !== null;
  }

  /** Copies from its file what `beginCopyTo` cannot; see `readPixels`. */
  async read(target: Mapping, rects: readonly Rect[]): Promise<number | null> {
    const { file } = this.#pool;
    return file === null ? null : readPixels(file, this.#offset, target, this.shape, rects);
  }

  /** Copies into its file what `beginCopyFrom` cannot; see `storePixels`. */
  async store(source: Mapping): Promise<number | null> {
    const { file } = this.#pool;
    return file === null ? null : storePixels(file, this.#offset, source, this.shape);
  }

  /** The error for a client whose memory is not all there. */
  get missingMemory(): ProtocolError {
    const { width, height } = this.shape;
    const { length } = this.#pool;
    const text = `the file of a buffer of ${width}x${height} pixels is shorter than its pool (${length} bytes)`;
    if (this.object.clientId === 0) return new ProtocolError(text);
    return new ProtocolError(text, WlShmError.invalid_fd, this.object.clientId);
  }

  /** Tells the client that it may draw again, if it still has the buffer. */
  release(client: Client): void {
    if (this.object.clientId !== 0) client.sendEvent(this.object, "release", {});
  }
}
