// SPDX-License-Identifier: Apache-2.0
import { getHeapStatistics } from "node:v8";
import { DisplayError } from "../wire/errors.ts";
import { OBJECT_HEAP_SHARE } from "../wire/limits.ts";
import type { TableMemory } from "../wire/object-table.ts";

/** A client, as far as its objects matter to others. */
export interface ObjectHolder {
  /** The size of the client's objects, in bytes. */
  readonly objectBytes: number;
  /** Ends the client, and releases the memory of its objects. */
  cutOff(reason: string, code: number): void;
}

/**
 * The memory that the objects of all clients share, since they share one heap. If that ran full, V8 would end all of
 * them. While there is enough, each client has as many objects as it is allowed. After that, the client whose objects
 * take most is ended, so that a client with few is never refused for others with many.
 */
export class ObjectBudget implements TableMemory {
  bytes = 0;
  readonly #limit: number;
  readonly #holders = new Set<ObjectHolder>();

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a client has to give up its objects before there are more. */
  get isExceeded(): boolean {
    return this.bytes > this.#limit;
  }

  /** Why a client is ended for the sake of others; completes "the client is disconnected: …". */
  get reason(): string {
    return `the objects of all clients take ${this.bytes} bytes, and this one's the most of them`;
  }

  add(holder: ObjectHolder): void {
    this.#holders.add(holder);
  }

  delete(holder: ObjectHolder): void {
    this.#holders.delete(holder);
  }

  /**
   * Ends clients until what is left is within the limit.
   *
   * @param asker wants one more object
   * @returns false when the asker has to be ended itself
   */
  makeRoom(asker: ObjectHolder): boolean {
    while (this.isExceeded) {
      let hog = asker;
      for (const holder of this.#holders) if (holder.objectBytes > hog.objectBytes) hog = holder;
      if (hog === asker) return false;
      hog.cutOff(this.reason, DisplayError.noMemory);
      this.#holders.delete(hog);
    }
    return true;
  }
}

/** The budget of this process, which has one heap. */
export const processObjects: ObjectBudget = new ObjectBudget(getHeapStatistics().heap_size_limit * OBJECT_HEAP_SHARE);
