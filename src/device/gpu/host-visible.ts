// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { type FileInfo, fileInfo, pageSize } from "../../native/memory.ts";
import { MAX_MAPS, MAX_WAITING_MAPS } from "../limits.ts";
import type { ShmemRequests } from "../vhost/shmem-requests.ts";
import { wholePages } from "./host-blob.ts";

/** A place in the window that has, or will have, a file in it. */
export interface Placement {
  readonly offset: number;
  readonly length: number;
  readonly dev: bigint;
  readonly ino: bigint;
  /** QEMU refused it: there is nothing to undo. */
  failed: boolean;
}

/** Why a blob cannot be mapped: a wrong place, or one too many. */
export type MapRefusal = "place" | "limit";

/**
 * The window of memory that host and guest share, a region of the PCI device. The guest chooses the place of a blob,
 * and its kernel reuses a place as soon as it has asked to unmap it. So places are kept as the guest sees them, while
 * the requests to QEMU follow in the same order.
 */
export class HostVisible {
  readonly size: number;
  readonly #shmem: ShmemRequests;
  /** The placements that the guest believes to be mapped. */
  readonly #placements = new Set<Placement>();
  /** The placements that QEMU may know of: the same, and those that it has still to unmap. */
  readonly #known = new Set<Placement>();

  /** @param size in bytes; whole pages */
  constructor(size: number, shmem: ShmemRequests) {
    this.size = size;
    this.#shmem = shmem;
  }

  /** How many blobs are mapped, for the guest. */
  get count(): number {
    return this.#placements.size;
  }

  /** Whether a file is one that QEMU may know from us. */
  has(file: FileInfo): boolean {
    for (const { dev, ino } of this.#known) if (dev === file.dev && ino === file.ino) return true;
    return false;
  }

  /**
   * Maps `size` bytes of `fd`, which stays the caller's. Throws a SystemError (EMFILE).
   *
   * @param done called once the guest may use it, or that QEMU refused; never if the window is reset before
   */
  map(fd: Fd, size: number, offset: number, done: (ok: boolean) => void): Placement | MapRefusal {
    const length = wholePages(size);
    // Written so that a NaN is refused.
    if (!(offset % pageSize === 0 && offset + length <= this.size)) return "place";
    for (const other of this.#placements) {
      if (offset < other.offset + other.length && other.offset < offset + length) return "place";
    }
    if (this.#known.size >= MAX_MAPS || this.#shmem.pending >= MAX_WAITING_MAPS || !this.#shmem.connected)
      return "limit";
    const { dev, ino } = fileInfo(fd.raw);
    const placement: Placement = { offset, length, dev, ino, failed: false };
    const own = fd.duplicate();
    this.#placements.add(placement);
    this.#known.add(placement);
    this.#shmem.map(offset, length, own, (ok) => {
      if (!ok) {
        placement.failed = true;
        this.#known.delete(placement);
        this.#placements.delete(placement);
      }
      done(ok);
    });
    return placement;
  }

  /**
   * Frees a place.
   *
   * @returns false when too many requests wait already; then nothing has changed
   */
  unmap(placement: Placement, done: (ok: boolean) => void): boolean {
    if (this.#shmem.pending >= MAX_WAITING_MAPS) return false;
    this.#placements.delete(placement);
    const { offset, length } = placement;
    const wanted = (): boolean => !placement.failed;
    this.#shmem.unmap(offset, length, wanted, (ok) => {
      this.#known.delete(placement);
      done(ok);
    });
    return true;
  }

  /**
   * Forgets all places, after a reset of the device. QEMU has emptied the window by then, and 11.1 would crash if it
   * were asked to unmap what it has unmapped itself.
   */
  reset(): void {
    this.#placements.clear();
    this.#known.clear();
    this.#shmem.reset();
  }
}
