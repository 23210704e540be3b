// SPDX-License-Identifier: Apache-2.0
/** Files as memory. Plain numbers stand for descriptors that are only used, an Fd for one that changes hands. */

import { constants as buffers } from "node:buffer";
import { constants as files } from "node:fs";
import { constants as system } from "node:os";
import { native } from "./binding.ts";
import { check, SystemError } from "./errors.ts";
import { Fd } from "./fd.ts";

/** How many bytes a page of this machine's memory has: 4096 mostly, 16384 or 65536 on some arm64 machines. */
export const pageSize: number = native.pageSize();

/** The seals of a memfd (linux/fcntl.h). They forbid sealing it further, shrinking, growing, writing. */
export const F_SEAL_SEAL = 1;
export const F_SEAL_SHRINK = 2;
export const F_SEAL_GROW = 4;
export const F_SEAL_WRITE = 8;

/** An anonymous file of `size` zero bytes. `name` is for whoever looks into /proc. Throws a SystemError (EMFILE). */
export function memfd(name: string, size: number): Fd {
  return new Fd(check(native.memfd(name, size), "memfd_create", name));
}

/**
 * Forbids changes of a memfd for good; `seals` are F_SEAL_… bits. Throws a SystemError (EBUSY: F_SEAL_WRITE while it is
 * mapped writable; EPERM: sealed against it, or the descriptor is read-only; EINVAL: no memfd).
 */
export function seal(fd: number, seals: number): void {
  check(native.addSeals(fd, seals), "fcntl F_ADD_SEALS");
}

/** The F_SEAL_… bits of a file; 0 for a file that cannot have any. Throws a SystemError (EBADF). */
export function sealsOf(fd: number): number {
  const seals = native.seals(fd);
  return seals === -system.errno.EINVAL ? 0 : check(seals, "fcntl F_GET_SEALS");
}

/** The kind of file that a descriptor is for, and what it is open for. */
export interface FileInfo {
  /** A regular file (a memfd, too), pipe, socket, character device, or anything else: a dma-buf, an eventfd … */
  readonly kind: "file" | "fifo" | "socket" | "character" | "other";
  /** The size in bytes; 0 for what has no size. */
  readonly size: number;
  /**
   * The device number. With `ino` it is equal for two descriptors of the same file, and for no others while either is
   * open. It is not the `dev` of node:fs, which packs the same numbers differently.
   */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly access: "read" | "write" | "both";
}

const KINDS: ReadonlyMap<number, FileInfo["kind"]> = new Map([
  [files.S_IFREG, "file"],
  [files.S_IFIFO, "fifo"],
  [files.S_IFSOCK, "socket"],
  [files.S_IFCHR, "character"],
]);

const fields = new BigInt64Array(5);

/** Looks at an open file. Throws a SystemError (EBADF). */
export function fileInfo(fd: number): FileInfo {
  check(native.fileInfo(fd, fields), "fstat");
  const [type, size, dev, ino, access] = fields as unknown as [bigint, bigint, bigint, bigint, bigint];
  return {
    kind: KINDS.get(Number(type)) ?? "other",
    size: Number(size),
    dev,
    ino,
    access: access === 0n ? "read" : access === 1n ? "write" : "both",
  };
}

/** The place and the way of a mapping. */
export interface MapOptions {
  /** The first byte of the file, at a whole page; a DRM device gives one for each object. */
  readonly offset?: number;
  /** Whether to write, too. Without it a store into `bytes` ends the process. */
  readonly writable?: boolean;
}

/**
 * Memory that this process shares with whoever has the same file. Only for files that cannot shrink while they are
 * mapped: memory of the DRM device or of the guest, a memfd of our own. Access to a page that is gone ends the process,
 * so a client's file belongs into a ClientMemory.
 */
export class Mapping {
  readonly #buffer: ArrayBuffer;
  /** All of it; of length 0 once closed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The bytes as 32-bit words, without an odd end; of length 0 once closed. */
  readonly words: Uint32Array<ArrayBuffer>;

  private constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / Uint32Array.BYTES_PER_ELEMENT));
  }

  /**
   * Maps `length` bytes of a file, which can be closed then. Throws a SystemError (ENXIO: the file ends before; EACCES:
   * not open for that; ENODEV: cannot be mapped; ENOMEM), a RangeError when JavaScript has no arrays of that length
   * (4 GiB in Node 20).
   */
  static map(fd: number, length: number, options: MapOptions = {}): Mapping {
    if (length > buffers.MAX_LENGTH) throw new RangeError(`${length} bytes cannot be mapped at once`);
    const buffer = native.map(fd, length, options.offset ?? 0, options.writable ?? false);
    if (typeof buffer === "number") throw new SystemError("mmap", -buffer, `fd ${fd}`);
    return new Mapping(buffer);
  }

  /** Whether the memory is still there. */
  get open(): boolean {
    return this.#buffer.byteLength > 0;
  }

  /** Gives the memory back, and empties `bytes`, `words` and every other view of it. A second call does nothing. */
  close(): void {
    if (this.open) native.unmap(this.#buffer);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Lets this process leave no core dump, and no other process of its user look into it. It is for a process that maps
 * memory which is not its user's own.
 */
export function forbidDumps(): void {
  check(native.forbidDumps(), "prctl");
}
