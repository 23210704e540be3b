// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import type { GuestMemory } from "../virtio/guest-memory.ts";
import type { Budgets, Share, Shares } from "./budget.ts";
import type { Resource } from "./context.ts";
import { wholePages } from "./host-blob.ts";
import type { HostMemories, HostMemory } from "./host-memory.ts";
import type { Placement } from "./host-visible.ts";

/** Bytes of an entry in RESOURCE_CREATE_BLOB: address, length, padding. */
export const ENTRY_SIZE = 16;

/** Memory of the guest's own. */
export class GuestBlob implements Resource {
  readonly id: number;
  readonly size: number;
  readonly fd = null;
  readonly memory = null;
  /** The shares that the blob counts for; a guest's kernel makes such a blob before it says for which context. */
  shares: Shares;
  /** Addresses and lengths in turns. */
  readonly stretches: readonly number[];
  readonly #ram: GuestMemory;
  #generation = -1;
  #pieces: Uint8Array[] = [];

  constructor(id: number, size: number, stretches: readonly number[], ram: GuestMemory, shares: Shares) {
    this.id = id;
    this.size = size;
    this.stretches = stretches;
    this.#ram = ram;
    this.shares = shares;
  }

  get entries(): number {
    return this.stretches.length / 2;
  }

  get pieces(): readonly Uint8Array[] {
    if (this.#generation !== this.#ram.generation) {
      this.#generation = this.#ram.generation;
      this.#pieces = [];
      for (let i = 0; i < this.stretches.length; i += 2) {
        if (!this.#ram.collect(this.stretches[i] as number, this.stretches[i + 1] as number, this.#pieces)) {
          this.#pieces = [];
          break;
        }
      }
    }
    return this.#pieces;
  }
}

/** Memory of the host's, that the guest can map. */
export class HostBlob implements Resource {
  readonly id: number;
  readonly size: number;
  readonly pieces: readonly Uint8Array[] = [];
  readonly fd: Fd;
  /** Whether the guest said that it may map it. */
  readonly mappable: boolean;
  /** The shares of the context that made the blob. */
  readonly shares: Shares;
  readonly memory: HostMemory;
  /** The place at which the guest has mapped the blob. */
  placement: Placement | null = null;

  constructor(id: number, size: number, fd: Fd, mappable: boolean, shares: Shares, memory: HostMemory) {
    this.id = id;
    this.size = size;
    this.fd = fd;
    this.mappable = mappable;
    this.shares = shares;
    this.memory = memory;
  }
}

/** All resources of one guest. */
export class Resources {
  readonly #ram: GuestMemory;
  readonly #memories: HostMemories;
  /** The shares of the blobs that are no context's yet. */
  readonly #unowned: Shares;
  readonly #byId = new Map<number, GuestBlob | HostBlob>();

  constructor(ram: GuestMemory, memories: HostMemories, budgets: Budgets) {
    this.#ram = ram;
    this.#memories = memories;
    this.#unowned = budgets.sharesOf("the guest's kernel");
  }

  get count(): number {
    return this.#byId.size;
  }

  get(id: number): GuestBlob | HostBlob | undefined {
    return this.#byId.get(id);
  }

  /**
   * Makes a guest blob of `count` entries in `list`.
   *
   * @returns null when they are not in RAM, or too few for `size`. Throws a LimitError
   */
  createGuest(id: number, size: number, list: Buffer, count: number): GuestBlob | null {
    const stretches: number[] = [];
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = i * ENTRY_SIZE;
      const address = list.readUInt32LE(at) + list.readUInt32LE(at + 4) * 2 ** 32;
      const length = list.readUInt32LE(at + 8);
      if (length === 0) continue;
      if (!this.#ram.contains(address, length)) return null;
      total += length;
      const end = stretches.length;
      if (end > 0 && (stretches[end - 2] as number) + (stretches[end - 1] as number) === address) {
        stretches[end - 1] = (stretches[end - 1] as number) + length;
      } else {
        stretches.push(address, length);
      }
    }
    if (total < size) return null;
    const blob = new GuestBlob(id, size, stretches, this.#ram, this.#unowned);
    takeAll([blob.shares.resources, 1], [blob.shares.entries, blob.entries]);
    this.#byId.set(id, blob);
    return blob;
  }

  /**
   * Notes that a context has a resource. The first one that has a guest blob is charged for it. A context that gets no
   * more loses the blob, since nobody could be charged for it. Throws a LimitError.
   */
  own(resource: GuestBlob | HostBlob, shares: Shares): void {
    if (resource.shares !== this.#unowned || resource instanceof HostBlob) return;
    this.#discharge(resource);
    try {
      takeAll([shares.resources, 1], [shares.entries, resource.entries]);
      resource.shares = shares;
    } catch (error) {
      this.#byId.delete(resource.id);
      throw error;
    }
  }

  /** Drops a resource that no context has, since the one that wanted it does not exist. */
  abandon(id: number): void {
    const resource = this.#byId.get(id);
    if (resource?.shares === this.#unowned) this.delete(resource);
  }

  /**
   * Makes a host blob of the memory that `open` gives.
   *
   * @returns null when it gives none. Throws a LimitError, and what `open` throws
   */
  createHost(id: number, size: number, mappable: boolean, shares: Shares, open: () => Fd | null): HostBlob | null {
    const bytes = wholePages(size);
    takeAll([shares.resources, 1], [shares.descriptors, 1], [shares.bytes, bytes]);
    let fd: Fd | null = null;
    try {
      fd = open();
      if (fd === null) return null;
      const blob = new HostBlob(id, size, fd, mappable, shares, this.#memories.add(fd, bytes, shares.bytes));
      this.#byId.set(id, blob);
      return blob;
    } finally {
      if (this.#byId.get(id) === undefined) {
        fd?.close();
        shares.resources.giveBack(1);
        shares.descriptors.giveBack(1);
        shares.bytes.giveBack(bytes);
      }
    }
  }

  delete(resource: GuestBlob | HostBlob): void {
    this.#byId.delete(resource.id);
    this.#discharge(resource);
  }

  reset(): void {
    for (const resource of this.#byId.values()) this.delete(resource);
  }

  #discharge(resource: GuestBlob | HostBlob): void {
    resource.shares.resources.giveBack(1);
    if (resource instanceof GuestBlob) {
      resource.shares.entries.giveBack(resource.entries);
    } else {
      resource.shares.descriptors.giveBack(1);
      resource.fd.close();
      resource.memory.release();
    }
  }
}

/** Takes all of it or nothing. Throws a LimitError. */
function takeAll(...parts: readonly (readonly [share: Share, amount: number])[]): void {
  let taken = 0;
  try {
    for (const [share, amount] of parts) {
      share.take(amount);
      taken++;
    }
  } finally {
    if (taken < parts.length) for (const [share, amount] of parts.slice(0, taken)) share.giveBack(amount);
  }
}
