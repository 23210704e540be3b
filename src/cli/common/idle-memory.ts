// SPDX-License-Identifier: Apache-2.0
import { getHeapStatistics } from "node:v8";
import { giveBack, keepLittle, trim } from "../../native/heap.ts";
import { ProgramPages } from "../../native/program-pages.ts";

/** For so many milliseconds no client has to have come or gone before what is free goes back. By then V8 has compiled. */
const QUIET_MS = 500;

/**
 * For so many milliseconds no client has to have come or gone before V8 is asked to collect. What comes next is slower
 * for some time: new clients' floods take a quarter more processor time. So this is not for a short pause.
 */
const REST_MS = 5000;

/** By so many bytes V8's memory has to have grown since the last time, for this to be worth its while. */
const GROWTH_BYTES = 4 * 1024 * 1024;

/**
 * Gives memory back to the system while there is no client: what the start has left, and later what clients have left.
 */
export class IdleMemory implements Disposable {
  readonly #isIdle: () => boolean;
  readonly #pages: ProgramPages | null;
  readonly #prepare: () => Promise<void>;
  readonly #quiet: NodeJS.Timeout;
  readonly #rest: NodeJS.Timeout;
  /** The size of V8's memory when some was last given back. */
  #size = 0;
  /** A client has come or gone since. */
  #isUsed = true;
  #isGivingBack = false;
  #isClosed = false;

  /**
   * @param isIdle returns whether there is no client
   * @param pages become its own
   * @param prepare called afterwards, for the next client not to wait until what it needs is there again
   */
  constructor(
    isIdle: () => boolean,
    pages: ProgramPages | null = ProgramPages.open(),
    prepare: () => Promise<void> = async () => {},
  ) {
    keepLittle();
    this.#isIdle = isIdle;
    this.#pages = pages;
    this.#prepare = prepare;
    // What the start has left goes back soon: it is much, and hardly ever does a client come just then.
    this.#quiet = setTimeout(() => (this.#size === 0 ? void this.giveBack() : trim()), QUIET_MS).unref();
    this.#rest = setTimeout(() => void this.giveBack(), REST_MS).unref();
  }

  /** A client has come or gone, or something else has left memory. */
  counted(): void {
    this.#isUsed = true;
    this.#quiet.refresh();
    this.#rest.refresh();
  }

  /** Gives back what there is, once at a time; while there is a client, only what takes no time that it would notice. */
  async giveBack(): Promise<void> {
    if (this.#isGivingBack || this.#isClosed) return;
    const isGrown = heapSize() >= this.#size + GROWTH_BYTES;
    if (!this.#isIdle() || !(isGrown || this.#isUsed)) return trim();
    this.#isGivingBack = true;
    this.#isUsed = false;
    try {
      if (isGrown) await giveBack();
      // Who has come meanwhile would have to wait for what comes next.
      if (this.#isClosed || !this.#isIdle()) return;
      this.#pages?.giveUp();
      await this.#prepare();
      if (isGrown) this.#size = heapSize();
      // Once more, since V8 has begun to compile by then, and malloc has that memory.
      this.#quiet.refresh();
    } finally {
      this.#isGivingBack = false;
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#quiet);
    clearTimeout(this.#rest);
    this.#pages?.[Symbol.dispose]();
  }
}

/** Returns the size of V8's heap, and of what its objects keep outside of it. */
function heapSize(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}
