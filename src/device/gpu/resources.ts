// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { MAX_BACKING_ENTRIES, MAX_CONTEXT_SHARE, MAX_MAPS, MAX_RESOURCES } from "../limits.ts";
import type { GuestMemory } from "../virtio/guest-memory.ts";
import type { Resource } from "./context.ts";
import { wholePages } from "./host-blob.ts";
import type { Placement } from "./host-visible.ts";

/** The guest asked for more than it gets, all its resources together. */
export class LimitError extends Error {}

/** What one context has of the host's memory. Its blobs may outlive it. */
export interface HostShare {
  /** The context, for logs. */
  readonly owner: string;
  bytes: number;
  maps: number;
}

/** Bytes of an entry in RESOURCE_CREATE_BLOB: address, length, padding. */
export const ENTRY_SIZE = 16;

/** Memory of the guest's own. */
export class GuestBlob implements Resource {
  readonly id: number;
  readonly size: number;
  readonly fd = null;
  /** Addresses and lengths in turns. */
  readonly stretches: readonly number[];
  readonly #memory: GuestMemory;
  #generation = -1;
  #pieces: Uint8Array[] = [];

  constructor(id: number, size: number, stretches: readonly number[], memory: GuestMemory) {
    this.id = id;
    this.size = size;
    this.stretches = stretches;
    this.#memory = memory;
  }

  get pieces(): readonly Uint8Array[] {
    if (this.#generation !== this.#memory.generation) {
      this.#generation = this.#memory.generation;
      this.#pieces = [];
      for (let i = 0; i < this.stretches.length; i += 2) {
        if (!this.#memory.collect(this.stretches[i] as number, this.stretches[i + 1] as number, this.#pieces)) {
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
  /** Of the context that made it. */
  readonly share: HostShare;
  /** Where the guest has mapped it. */
  placement: Placement | null = null;

  constructor(id: number, size: number, fd: Fd, mappable: boolean, share: HostShare) {
    this.id = id;
    this.size = size;
    this.fd = fd;
    this.mappable = mappable;
    this.share = share;
  }
}

/** All resources of one guest. */
export class Resources {
  readonly #memory: GuestMemory;
  readonly #maxHostBytes: number;
  readonly #byId = new Map<number, GuestBlob | HostBlob>();
  #entries = 0;
  #hostBytes = 0;

  /** @param maxHostBytes how much memory of the host's the guest may have at once */
  constructor(memory: GuestMemory, maxHostBytes: number) {
    this.#memory = memory;
    this.#maxHostBytes = maxHostBytes;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** Bytes of the host's memory that the guest has. */
  get hostBytes(): number {
    return this.#hostBytes;
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
    this.#checkCount();
    const stretches: number[] = [];
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = i * ENTRY_SIZE;
      const address = list.readUInt32LE(at) + list.readUInt32LE(at + 4) * 2 ** 32;
      const length = list.readUInt32LE(at + 8);
      if (length === 0) continue;
      if (!this.#memory.contains(address, length)) return null;
      total += length;
      const end = stretches.length;
      if (end > 0 && (stretches[end - 2] as number) + (stretches[end - 1] as number) === address) {
        stretches[end - 1] = (stretches[end - 1] as number) + length;
      } else {
        stretches.push(address, length);
      }
    }
    if (total < size) return null;
    const entries = stretches.length / 2;
    if (this.#entries + entries > MAX_BACKING_ENTRIES) throw new LimitError("too many pieces of guest memory");
    this.#entries += entries;
    const blob = new GuestBlob(id, size, stretches, this.#memory);
    this.#byId.set(id, blob);
    return blob;
  }

  /** Throws a LimitError unless there is room for one more host blob of `size` bytes, in all and in that share. */
  checkHost(size: number, { owner, bytes }: HostShare): void {
    this.#checkCount();
    const length = wholePages(size);
    if (this.#hostBytes + length > this.#maxHostBytes) throw new LimitError("too much memory of the host's");
    if (bytes + length > this.#maxHostBytes * MAX_CONTEXT_SHARE) {
      throw new LimitError(`${owner} gets no more memory of the host's, as it has ${bytes} bytes`);
    }
  }

  /** Throws a LimitError unless one more blob of that share may be mapped. */
  checkMap({ owner, maps }: HostShare): void {
    if (maps >= MAX_MAPS * MAX_CONTEXT_SHARE) throw new LimitError(`${owner} gets no more maps, as it has ${maps}`);
  }

  /** Makes a host blob of `fd`, which is then its. `checkHost` comes first. */
  createHost(id: number, size: number, fd: Fd, mappable: boolean, share: HostShare): HostBlob {
    this.#hostBytes += wholePages(size);
    share.bytes += wholePages(size);
    const blob = new HostBlob(id, size, fd, mappable, share);
    this.#byId.set(id, blob);
    return blob;
  }

  delete(resource: GuestBlob | HostBlob): void {
    this.#byId.delete(resource.id);
    if (resource instanceof GuestBlob) {
      this.#entries -= resource.stretches.length / 2;
    } else {
      this.#hostBytes -= wholePages(resource.size);
      resource.share.bytes -= wholePages(resource.size);
      resource.fd.close();
    }
  }

  reset(): void {
    for (const resource of this.#byId.values()) this.delete(resource);
  }

  #checkCount(): void {
    if (this.#byId.size >= MAX_RESOURCES) throw new LimitError("too many resources");
  }
}
