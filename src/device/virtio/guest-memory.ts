// SPDX-License-Identifier: Apache-2.0
import { Mapping } from "../../native/memory.ts";
import { RAM_CHUNK } from "../limits.ts";

/** A stretch of guest RAM as vhost-user describes it (memory region description). All in bytes. */
export interface Region {
  /** The address at which the guest sees the region. */
  readonly guest: number;
  readonly size: number;
  /** The address at which QEMU sees the region: the addresses of rings are given so. */
  readonly user: number;
  /** The place in its descriptor at which the region begins. */
  readonly offset: number;
}

/** Part of a region, mapped. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly mapping: Mapping;
  readonly bytes: Uint8Array;
}

/** A region with what is mapped of it. */
interface MappedRegion {
  readonly region: Region;
  readonly chunks: readonly Chunk[];
}

/**
 * The RAM of the guest. Addresses and lengths come from the guest and may be anything. The guest changes the content
 * whenever it likes, so whoever decides on a value reads it once.
 */
export class GuestMemory {
  /** Changes with every change of the table; views from before may be dead. */
  generation = 0;
  #regions: MappedRegion[] = [];
  #chunks: Chunk[] = [];
  /** The chunk of the last hit: commands come from few pages. */
  #last: Chunk | null = null;

  get regionCount(): number {
    return this.#regions.length;
  }

  /** Maps a region of `fd`, which stays the caller's. Throws a SystemError, or a RangeError when it overlaps another. */
  add(region: Region, fd: number): void {
    const end = region.guest + region.size;
    if (this.#chunks.some((chunk) => chunk.start < end && region.guest < chunk.end)) {
      throw new RangeError("memory regions overlap");
    }
    const chunks: Chunk[] = [];
    try {
      for (let at = 0; at < region.size; at += RAM_CHUNK) {
        const length = Math.min(RAM_CHUNK, region.size - at);
        const mapping = Mapping.map(fd, length, { offset: region.offset + at, writable: true });
        const start = region.guest + at;
        chunks.push({ start, end: start + length, mapping, bytes: mapping.bytes });
      }
    } catch (error) {
      for (const { mapping } of chunks) mapping.close();
      throw error;
    }
    this.#regions.push({ region, chunks });
    this.#update();
  }

  /** Unmaps a region; false when there is none there. */
  remove(guest: number, size: number): boolean {
    const index = this.#regions.findIndex(({ region }) => region.guest === guest && region.size === size);
    if (index < 0) return false;
    for (const { chunks } of this.#regions.splice(index, 1)) for (const { mapping } of chunks) mapping.close();
    this.#update();
    return true;
  }

  /** Unmaps everything. */
  clear(): void {
    for (const { chunks } of this.#regions) for (const { mapping } of chunks) mapping.close();
    this.#regions = [];
    this.#update();
  }

  /** The guest's address of what QEMU sees at `user`; -1 when that is not guest RAM. */
  fromUser(user: number): number {
    for (const { region } of this.#regions) {
      if (user >= region.user && user < region.user + region.size) return region.guest + (user - region.user);
    }
    return -1;
  }

  /** A view of `length` > 0 bytes at `address`; null when they are not all in one mapping. */
  view(address: number, length: number): Uint8Array | null {
    const chunk = this.#find(address);
    if (chunk === null || length > chunk.end - address) return null;
    const offset = address - chunk.start;
    return chunk.bytes.subarray(offset, offset + length);
  }

  /** Whether all of it is RAM. */
  contains(address: number, length: number): boolean {
    let at = address;
    let left = length;
    while (left > 0) {
      const chunk = this.#find(at);
      if (chunk === null) return false;
      const count = chunk.end - at;
      at += count;
      left -= count;
    }
    return true;
  }

  /** Appends views of all of it to `pieces`; false when some of it is not RAM. */
  collect(address: number, length: number, pieces: Uint8Array[]): boolean {
    let at = address;
    let left = length;
    while (left > 0) {
      const chunk = this.#find(at);
      if (chunk === null) return false;
      const count = Math.min(left, chunk.end - at);
      const offset = at - chunk.start;
      pieces.push(chunk.bytes.subarray(offset, offset + count));
      at += count;
      left -= count;
    }
    return true;
  }

  /** Copies `length` bytes of the guest's to `target` at `offset`; false when some of them are not RAM. */
  read(address: number, length: number, target: Uint8Array, offset: number): boolean {
    let at = address;
    let to = offset;
    let left = length;
    while (left > 0) {
      const chunk = this.#find(at);
      if (chunk === null) return false;
      const count = Math.min(left, chunk.end - at);
      copy(chunk.bytes, at - chunk.start, target, to, count);
      at += count;
      to += count;
      left -= count;
    }
    return true;
  }

  /** Copies `length` bytes of `source` from `offset` on to the guest; false when some of that is not RAM. */
  write(address: number, source: Uint8Array, offset: number, length: number): boolean {
    let at = address;
    let from = offset;
    let left = length;
    while (left > 0) {
      const chunk = this.#find(at);
      if (chunk === null) return false;
      const count = Math.min(left, chunk.end - at);
      copy(source, from, chunk.bytes, at - chunk.start, count);
      at += count;
      from += count;
      left -= count;
    }
    return true;
  }

  #find(address: number): Chunk | null {
    const last = this.#last;
    if (last !== null && address >= last.start && address < last.end) return last;
    for (const chunk of this.#chunks) {
      if (address >= chunk.start && address < chunk.end) {
        this.#last = chunk;
        return chunk;
      }
    }
    return null;
  }

  #update(): void {
    this.generation++;
    this.#last = null;
    this.#chunks = this.#regions.flatMap(({ chunks }) => chunks);
  }
}

/** Below this many bytes a loop is faster than two views. */
const SMALL = 64;

function copy(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  if (count > SMALL) {
    target.set(source.subarray(from, from + count), to);
    return;
  }
  for (let i = 0; i < count; i++) target[to + i] = source[from + i] as number;
}
