// SPDX-License-Identifier: Apache-2.0

import { MAX_CHAIN_LENGTH } from "../limits.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** Flags of a descriptor (virtio 1.2, section 2.7.5). */
const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;

/** Words in a descriptor: address (2), length, flags and next (1). */
const WORDS = 4;

/** A driver broke the rules of its virtqueue, after which nothing in that queue means anything. */
export class RingError extends Error {
  constructor(text: string) {
    super(text);
    this.name = "RingError";
  }
}

/** The copy of an indirect table, from which it is read: the guest can still write to its own. */
const indirect: Uint32Array = new Uint32Array(MAX_CHAIN_LENGTH * WORDS);
const indirectBytes: Uint8Array = new Uint8Array(indirect.buffer);

/** One buffer of a virtqueue: the part that the device reads, and the part that it may write. */
export class Chain {
  /** The number by which the driver knows it. */
  head = 0;
  /** Bytes that the driver wrote. */
  readable = 0;
  /** Bytes that the device may write. */
  writable = 0;
  /** Descriptors of the queue's own table that it takes. */
  slots = 0;
  /** Addresses and lengths in turns. */
  #sources: number[] = [];
  #targets: number[] = [];
  #count = 0;

  /**
   * Becomes the chain that begins at `head` of `table`, which has `size` descriptors. Throws a RingError unless it
   * ends, lies in RAM, and has what the device may write behind what it may read (virtio 1.2, section 2.7.4.2).
   */
  walk(memory: GuestMemory, table: Uint32Array, size: number, head: number): void {
    this.head = head;
    this.readable = 0;
    this.writable = 0;
    this.slots = 0;
    this.#sources.length = 0;
    this.#targets.length = 0;
    this.#count = 0;
    this.#walk(memory, table, size, head, false);
  }

  /** Copies what the driver wrote to `target`, which has room for it. */
  gather(memory: GuestMemory, target: Uint8Array): void {
    let at = 0;
    for (let i = 0; i < this.#sources.length; i += 2) {
      const length = this.#sources[i + 1] as number;
      memory.read(this.#sources[i] as number, length, target, at);
      at += length;
    }
  }

  /** Writes the first `length` bytes of `source`, as far as there is room. @returns how many */
  scatter(memory: GuestMemory, source: Uint8Array, length: number): number {
    let at = 0;
    for (let i = 0; i < this.#targets.length && at < length; i += 2) {
      const count = Math.min(length - at, this.#targets[i + 1] as number);
      if (!memory.write(this.#targets[i] as number, source, at, count)) break;
      at += count;
    }
    return at;
  }

  #walk(memory: GuestMemory, table: Uint32Array, size: number, first: number, inner: boolean): void {
    let index = first;
    for (;;) {
      if (index >= size) throw new RingError(`descriptor ${index} does not exist`);
      if (++this.#count > MAX_CHAIN_LENGTH)
        throw new RingError(`a chain has a loop, or over ${MAX_CHAIN_LENGTH} parts`);
      if (!inner) this.slots++;
      const at = index * WORDS;
      // Each word is read once, since the guest may be changing them.
      const address = (table[at] as number) + (table[at + 1] as number) * 2 ** 32;
      const length = table[at + 2] as number;
      const last = table[at + 3] as number;
      if (last & INDIRECT) {
        if (inner) throw new RingError("an indirect table has an indirect descriptor");
        if (last & NEXT) throw new RingError("something follows an indirect table");
        this.#walkIndirect(memory, address, length);
        return;
      }
      if (length > 0) this.#add(memory, address, length, (last & WRITE) !== 0);
      if ((last & NEXT) === 0) return;
      index = last >>> 16;
    }
  }

  #walkIndirect(memory: GuestMemory, address: number, length: number): void {
    if (length === 0 || length % (WORDS * 4) !== 0 || length > indirectBytes.length) {
      throw new RingError(`an indirect table has ${length} bytes`);
    }
    if (!memory.read(address, length, indirectBytes, 0)) throw new RingError("an indirect table is not in RAM");
    this.#walk(memory, indirect, length / (WORDS * 4), 0, true);
  }

  #add(memory: GuestMemory, address: number, length: number, write: boolean): void {
    if (!memory.contains(address, length)) {
      throw new RingError(`${length} bytes at 0x${address.toString(16)} are not in RAM`);
    }
    if (write) {
      this.#targets.push(address, length);
      this.writable += length;
    } else {
      if (this.writable > 0) throw new RingError("a chain has something to read behind something to write");
      this.#sources.push(address, length);
      this.readable += length;
    }
  }
}
