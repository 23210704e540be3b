// SPDX-License-Identifier: Apache-2.0
import { SERVER_ID_BASE, type WlObject } from "./wl-object.ts";

/** Counts the memory that the tables take which share it. */
export interface TableMemory {
  bytes: number;
}

/**
 * The bytes that an id takes if it was ever in use: its place in the list of free ones, and half of an object. An
 * object is in two tables.
 */
const ID_BYTES = 16;
const OBJECT_BYTES = 48;

/**
 * The objects of one connection by id. There are two plain arrays, because ids are dense, and because a Map costs ten
 * times as much for the ids above 2^31. One range is filled by the peer, the other by us. libwayland refuses an id
 * that leaves a gap (wl_map_insert_at), so ours are handed out densely. The id that was freed last comes first.
 */
export class ObjectTable {
  /** Objects with the client's ids, 1 and up. */
  readonly #low: (WlObject | undefined)[] = [undefined];
  /** Objects with the server's ids, SERVER_ID_BASE and up. */
  readonly #high: (WlObject | undefined)[] = [];
  readonly #free: number[] = [];
  #memory: TableMemory;
  #isCounted = true;
  #next: number;
  #size = 0;

  /**
   * @param firstOwn the first id that we give out ourselves on this connection
   * @param memory where it is counted what the table takes
   */
  constructor(firstOwn: number, memory: TableMemory) {
    this.#next = firstOwn;
    this.#memory = memory;
  }

  /** The size of the table and its objects, in bytes. */
  get bytes(): number {
    return this.#isCounted ? (this.#low.length + this.#high.length - 1) * ID_BYTES + this.#size * OBJECT_BYTES : 0;
  }

  /** The number of ids in use. */
  get size(): number {
    return this.#size;
  }

  get(id: number): WlObject | undefined {
    if (id < this.#low.length) return this.#low[id];
    const index = id - SERVER_ID_BASE;
    return index >= 0 && index < this.#high.length ? this.#high[index] : undefined;
  }

  /**
   * Whether an id leaves a gap: it is beyond the next one that was never used. libwayland refuses such an id, and so
   * must whoever lets a peer choose ids. A table with gaps costs far more memory than the messages that make them.
   */
  leavesGap(id: number): boolean {
    return id >= SERVER_ID_BASE ? id - SERVER_ID_BASE > this.#high.length : id > this.#low.length;
  }

  /** Gives an object an id, which must not leave a gap. */
  set(id: number, object: WlObject): void {
    const high = id >= SERVER_ID_BASE;
    const range = high ? this.#high : this.#low;
    const index = high ? id - SERVER_ID_BASE : id;
    if (range[index] === undefined) {
      this.#size++;
      this.#memory.bytes += index === range.length ? ID_BYTES + OBJECT_BYTES : OBJECT_BYTES;
    }
    range[index] = object;
  }

  /** Gives an object an id of our own range. */
  allocate(object: WlObject): number {
    const id = this.#free.pop() ?? this.#next++;
    this.set(id, object);
    return id;
  }

  /** Forgets an id of the peer's range. */
  remove(id: number): void {
    const high = id >= SERVER_ID_BASE;
    const range = high ? this.#high : this.#low;
    const index = high ? id - SERVER_ID_BASE : id;
    if (range[index] === undefined) return;
    range[index] = undefined;
    this.#size--;
    this.#memory.bytes -= OBJECT_BYTES;
  }

  /** Forgets an id of our own range, which may then be given out again. */
  release(id: number): void {
    this.remove(id);
    this.#free.push(id);
  }

  /** Counts no more: the connection is over, and nothing keeps the objects but what is about to be dropped. */
  uncount(): void {
    this.#memory.bytes -= this.bytes;
    this.#memory = { bytes: 0 };
    this.#isCounted = false;
  }
}
