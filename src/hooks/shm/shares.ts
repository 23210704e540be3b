// SPDX-License-Identifier: Apache-2.0

/** The ratio at which a client is ended for another: it has so many times what the other would then have. */
const HOG_RATIO = 2;

/** Images that a client has at least to be ended for their number: a host may also refuse for reasons of its own. */
const HOG_IMAGES = 64;

/** How much more is given up whenever what was given up before was not enough. */
const GROWTH = 4;

/** A client, and what it holds of what there is for all. */
export interface Holder {
  /** Images that it shares with the host, and their bytes. */
  readonly images: number;
  readonly bytes: number;
  /** Mappings of its memory. */
  readonly pools: number;
  /** Whether the client stands for several programs, which are not to end for the sake of one. */
  readonly isShared: boolean;
  /** Gives up images that the host does not use; @returns how many bytes. */
  giveUpIdle(): number;
  /** Ends the client, and frees all that it holds. */
  end(reason: string): void;
}

/**
 * The resource that clients have used up together: the bytes of host memory, or something of the host's that each image
 * takes.
 */
export type Scarce = "bytes" | "images";

/**
 * Makes a client give up memory, for another that still has too little.
 *
 * @param scarce the resource that has run out; null when it is not known that any has
 * @returns false when no client has to give any
 */
export type Shortage = (scarce: Scarce | null) => boolean;

/**
 * The memory that all clients share: the host's, and mappings of this process. As long as there is enough, each client
 * has what it likes. After that, the client that has most gives first: what is idle, and then everything. So a client
 * that has little is never refused for one that has much.
 */
export class Shares {
  readonly #holders = new Set<Holder>();

  add(holder: Holder): void {
    this.#holders.add(holder);
  }

  delete(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** Begins to look for an image of that size for a client. */
  shortage(asker: Holder, size: number): Shortage {
    let wanted = size;
    return (scarce) => {
      const isFreed = this.#giveUpIdle(wanted) > 0;
      wanted *= GROWTH;
      return isFreed || (scarce !== null && this.#endHog(asker, size, scarce));
    };
  }

  /** Whether a client may have one more mapping, where there are at most so many; if need be, another one is ended. */
  hasPool(asker: Holder, limit: number): boolean {
    let count = 0;
    for (const { pools } of this.#holders) count += pools;
    if (count < limit) return true;
    const hog = this.#largest(asker, "pools");
    if (hog === undefined || hog.pools < HOG_RATIO * (asker.pools + 1)) return false;
    hog.end(`it has ${hog.pools} pools of ${count}, and another one needs some`);
    return true;
  }

  /** Frees so many bytes that nobody uses, first of those who hold most; @returns how many it were. */
  #giveUpIdle(wanted: number): number {
    let freed = 0;
    for (const holder of [...this.#holders].sort((a, b) => b.bytes - a.bytes)) {
      if (freed < wanted) freed += holder.giveUpIdle();
    }
    return freed;
  }

  /** Ends the client that holds most, if that is far more than the one has that asks; @returns whether it is so. */
  #endHog(asker: Holder, size: number, scarce: Scarce): boolean {
    const hog = this.#largest(asker, scarce);
    if (hog === undefined) return false;
    const own = scarce === "bytes" ? asker.bytes + size : asker.images + 1;
    if (hog[scarce] < HOG_RATIO * own) return false;
    // Then it may be the share of this client alone that is used up.
    if (scarce === "images" && (hog.images < HOG_IMAGES || this.#isLarge(asker, size))) return false;
    hog.end(`it has ${hog.images} images with ${hog.bytes} bytes of the host's memory, and another one needs some`);
    return true;
  }

  /** Whether a client would have more than an equal part of all bytes. */
  #isLarge(asker: Holder, size: number): boolean {
    let all = size;
    for (const { bytes } of this.#holders) all += bytes;
    return (asker.bytes + size) * this.#holders.size > all;
  }

  /** The other one that holds most, of those that can be ended. */
  #largest(asker: Holder, what: "bytes" | "images" | "pools"): Holder | undefined {
    let largest: Holder | undefined;
    for (const holder of this.#holders) {
      if (holder !== asker && !holder.isShared && (largest === undefined || holder[what] > largest[what]))
        largest = holder;
    }
    return largest;
  }
}
