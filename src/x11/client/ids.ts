// SPDX-License-Identifier: Apache-2.0
import { RESTING_IDS } from "./limits.ts";
import type { Setup } from "./setup.ts";

/** The client that an id belongs to, as a number: the ids of a client differ only in bits of the server's mask. */
export function clientOf({ idMask }: Setup, id: number): number {
  return (id & ~idMask) >>> 0;
}

/** The ids of what this client creates on the server. */
export class ResourceIds {
  readonly #base: number;
  readonly #mask: number;
  readonly #step: number;
  #next = 0;
  /** Released ids, the one that rested longest first. */
  readonly #released: number[] = [];

  constructor(base: number, mask: number) {
    this.#base = base;
    this.#mask = mask;
    // The mask is one run of bits, of which the lowest counts.
    this.#step = (mask & -mask) >>> 0;
  }

  /** An id that is not in use. Throws an Error when there is none. */
  allocate(): number {
    if (this.#released.length > RESTING_IDS) return this.#released.shift() as number;
    if (this.#next > this.#mask) {
      const oldest = this.#released.shift();
      if (oldest === undefined) throw new Error("all X11 resource ids are in use");
      return oldest;
    }
    const id = (this.#base | this.#next) >>> 0;
    this.#next += this.#step;
    return id;
  }

  /** Says that the request which destroys what had this id was sent. */
  release(id: number): void {
    this.#released.push(id);
  }
}
