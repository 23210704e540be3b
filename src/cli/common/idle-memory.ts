// SPDX-License-Identifier: Apache-2.0
import { getHeapStatistics } from "node:v8";
import { giveBack, keepLittle, trim } from "../../native/heap.ts";

/** For so many milliseconds no client has to have come or gone. By then V8 has compiled what it began to compile. */
const QUIET_MS = 500;

/** By so many bytes V8's memory has to have grown since the last time, for this to be worth its while. */
const GROWTH_BYTES = 4 * 1024 * 1024;

/**
 * Gives memory back to the system while there is no client: what the start has left, and later what clients have left.
 */
export class IdleMemory implements Disposable {
  readonly #isIdle: () => boolean;
  readonly #timer: NodeJS.Timeout;
  /** The size of V8's memory when some was last given back. */
  #size = 0;
  #isGivingBack = false;
  #isClosed = false;

  /** @param isIdle returns whether there is no client */
  constructor(isIdle: () => boolean) {
    keepLittle();
    this.#isIdle = isIdle;
    this.#timer = setTimeout(() => void this.giveBack(), QUIET_MS).unref();
  }

  /** A client has come or gone, or something else has left memory. */
  counted(): void {
    this.#timer.refresh();
  }

  /** Gives back what there is, once at a time; while there is a client, only what takes no time that it would notice. */
  async giveBack(): Promise<void> {
    if (this.#isGivingBack || this.#isClosed) return;
    if (!this.#isIdle() || heapSize() < this.#size + GROWTH_BYTES) return trim();
    this.#isGivingBack = true;
    try {
      await giveBack();
      this.#size = heapSize();
    } finally {
      this.#isGivingBack = false;
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}

/** Returns the size of V8's heap, and of what its objects keep outside of it. */
function heapSize(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}
