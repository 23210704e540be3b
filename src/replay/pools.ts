// SPDX-License-Identifier: Apache-2.0
import { fstatSync, ftruncateSync, writeSync } from "node:fs";
import type { Fd } from "../native/fd.ts";
import { memfd } from "../native/memory.ts";

/** Bytes of pixels that all played clients together may have at once: some dozen windows on a large screen. */
const MAX_PAINTED_BYTES: number = 1024 * 1024 * 1024;

/** The largest pool; its size is an int. */
const MAX_POOL_BYTES = 0x7fffffff;

/** Bytes of a block in `stat`. */
const BLOCK_BYTES = 512;

/** The gray in place of pixels, of which a recording has none; it is opaque in the usual formats. */
const GRAY = Buffer.alloc(64 * 1024, Uint8Array.of(0x80, 0x80, 0x80, 0xff));

/** The memory that played clients share. */
export class PixelBudget {
  /** Bytes that may still be painted. */
  left: number = MAX_PAINTED_BYTES;
}

interface Pool {
  readonly file: Fd;
  size: number;
  /** Bytes of memory that it has; what nobody has painted needs none. */
  painted: number;
  /** The pool itself and its buffers, as far as they are there. */
  users: number;
}

/** The pools of one played client. The client says where buffers are, and is not believed. */
export class Pools {
  readonly #budget: PixelBudget;
  readonly #pools = new Map<number, Pool>();
  /** The pools of buffers, by the ids of these. */
  readonly #buffers = new Map<number, Pool>();

  constructor(budget: PixelBudget) {
    this.#budget = budget;
  }

  /**
   * Makes a pool; returns its file for the host, or null for a size that no pool has. Throws a SystemError (EMFILE).
   */
  create(id: number, size: number): Fd | null {
    if (size < 1 || size > MAX_POOL_BYTES) return null;
    const file = memfd("wayland-proxy-replay", size);
    this.#pools.set(id, { file: file.duplicate(), size, painted: 0, users: 1 });
    return file;
  }

  /** Makes a pool larger; it never becomes smaller. */
  resize(id: number, size: number): void {
    const pool = this.#pools.get(id);
    if (pool === undefined || size <= pool.size || size > MAX_POOL_BYTES) return;
    ftruncateSync(pool.file.raw, size);
    pool.size = size;
  }

  /** Paints where a buffer is, and nowhere else: foot's pool has 512 MiB, nearly all of which are never touched. */
  addBuffer(poolId: number, id: number, offset: number, bytes: number): void {
    const pool = this.#pools.get(poolId);
    if (pool === undefined) return;
    pool.users++;
    this.#buffers.set(id, pool);
    if (offset < 0 || bytes < 1 || offset + bytes > pool.size || bytes > this.#budget.left) return;
    paint(pool.file.raw, offset, bytes);
    const painted = fstatSync(pool.file.raw).blocks * BLOCK_BYTES;
    this.#budget.left -= painted - pool.painted;
    pool.painted = painted;
  }

  /** A pool or a buffer is gone. */
  destroy(id: number): void {
    const pool = this.#pools.get(id) ?? this.#buffers.get(id);
    if (pool === undefined) return;
    this.#pools.delete(id);
    this.#buffers.delete(id);
    if (--pool.users === 0) this.#free(pool);
  }

  /** Frees all of them. */
  close(): void {
    for (const pool of new Set([...this.#pools.values(), ...this.#buffers.values()])) this.#free(pool);
    this.#pools.clear();
    this.#buffers.clear();
  }

  #free(pool: Pool): void {
    this.#budget.left += pool.painted;
    pool.file.close();
  }
}

function paint(fd: number, from: number, bytes: number): void {
  const end = from + bytes;
  for (let offset = from; offset < end; ) offset += writeSync(fd, GRAY, 0, Math.min(GRAY.length, end - offset), offset);
}
