// SPDX-License-Identifier: Apache-2.0

import { SystemError } from "../../native/errors.ts";
import type { Mapping } from "../../native/memory.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { Session } from "../../relay/session.ts";
import { ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Rect } from "../damage.ts";
import { ShmError } from "./errors.ts";
import type { ShmPool } from "./pool.ts";
import { copyPixels, type Shape, storePixels } from "./shape.ts";

/** A client's wl_buffer in one of its pools. The host never hears of it. */
export class ShmBuffer {
  readonly object: WlObject;
  readonly shape: Shape;
  readonly #pool: ShmPool;
  readonly #offset: number;

  /** Serves the requests to a new buffer, which begins `offset` bytes behind the start of the pool. */
  constructor(object: WlObject, pool: ShmPool, offset: number, shape: Shape) {
    this.object = object;
    this.shape = shape;
    this.#pool = pool;
    this.#offset = offset;
    pool.use();
    object.listener = (request: HookedMessage<never>) => {
      if (request.signature.name === "destroy") pool.unuse();
    };
  }

  /** Keeps the pixels although the client may destroy the buffer. */
  use(): void {
    this.#pool.use();
  }

  unuse(): void {
    this.#pool.unuse();
  }

  /**
   * Copies some pixels to where they belong in an image of the same shape.
   *
   * @returns how many bytes
   * @throws ProtocolError when the client has taken away the memory
   */
  copyTo(target: Mapping, rects: readonly Rect[]): number {
    const { memory } = this.#pool;
    const before = memory.copied;
    if (copyPixels(memory, this.#offset, target, this.shape, rects)) return memory.copied - before;
    const { width, height } = this.shape;
    const text = `the file of a buffer of ${width}x${height} pixels is shorter than its pool (${memory.length} bytes)`;
    if (this.object.clientId === 0) throw new ProtocolError(text);
    throw new ProtocolError(text, ShmError.invalidFd, this.object.clientId);
  }

  /**
   * Copies all pixels from an image of the same shape, and nothing between its lines.
   *
   * @returns how many bytes; 0 when the client has taken away its memory, or it cannot be written to
   */
  copyFrom(source: Mapping): number {
    const { memory } = this.#pool;
    const before = memory.copied;
    try {
      return storePixels(source, memory, this.#offset, this.shape) ? memory.copied - before : 0;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return 0;
    }
  }

  /** Tells the client that it may draw again, if it still has the buffer. */
  release(session: Session): void {
    if (this.object.clientId !== 0) session.sendEvent(this.object, "wl_buffer", "release", {});
  }
}
