// SPDX-License-Identifier: Apache-2.0
import { type ClientMemoryHandle, native } from "./binding.ts";
import { check, SystemError } from "./errors.ts";
import type { Mapping } from "./memory.ts";

/** Blocks of rows that are copied by one call, and the numbers of each; see `ClientMemory.copyBlocks`. */
export const MAX_BLOCKS = 64;
export const BLOCK_NUMBERS = 3;

/**
 * Memory that belongs to a client: the file of a wl_shm_pool. The client may truncate that file at any moment, which
 * turns every access to a mapping of it into SIGBUS. So there is no ArrayBuffer of it; what is needed is copied out or
 * in, guarded. A file that is sealed against shrinking needs no guard, one that cannot be mapped is read.
 */
export class ClientMemory {
  #handle: ClientMemoryHandle | null;
  #length: number;

  private constructor(handle: ClientMemoryHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  /**
   * The first `length` bytes (>= 1) of a file that is open for reading; it can be closed then. Whether the file is as
   * long as that shows in `copyTo`. Throws a SystemError (EACCES: not open for reading; ENODEV: no memory; ENOMEM).
   */
  static map(fd: number, length: number): ClientMemory {
    const handle = native.clientMap(fd, length);
    if (typeof handle === "number") throw new SystemError("mmap", -handle, `fd ${fd}`);
    return new ClientMemory(handle, length);
  }

  /** The size in bytes, as the client says; its file may be shorter. */
  get length(): number {
    return this.#length;
  }

  /** Sets another length (>= 1). Throws a SystemError (ENOMEM); the length is the old one then. */
  resize(length: number): void {
    check(native.clientResize(this.#use(), length), "mremap");
    this.#length = length;
  }

  /**
   * Copies `rows` rows of `rowBytes` bytes each; strides are the distances between the starts of two rows, and all
   * lengths are in bytes. Throws a TypeError for rows that do not lie within both.
   *
   * @returns false when the client's file was shorter, or got so: zeros stand for what is missing then. All of this
   * memory counts as missing from there on, since a client that does this has broken the protocol.
   */
  copyTo(
    target: Mapping,
    targetOffset: number,
    sourceOffset: number,
    rowBytes: number,
    rows: number,
    sourceStride: number,
    targetStride: number,
  ): boolean {
    const { bytes } = target;
    const handle = this.#use();
    return (
      native.clientCopy(handle, bytes, targetOffset, sourceOffset, rowBytes, rows, sourceStride, targetStride) === 1
    );
  }

  /**
   * Copies blocks of rows, from which a picture is made that looks the same on both sides. A block begins where it does
   * in `target`, from `sourceOffset` on, and strides are equal. Throws a TypeError for blocks that do not lie within
   * both.
   *
   * @param blocks for each block where its first row begins in `target`, the bytes of a row, and how many rows it has
   * @param count of at most MAX_BLOCKS blocks
   * @returns as `copyTo`
   */
  copyBlocks(target: Mapping, sourceOffset: number, stride: number, blocks: Float64Array, count: number): boolean {
    return native.clientCopyBlocks(this.#use(), target.bytes, sourceOffset, stride, blocks, count) === 1;
  }

  /**
   * Copies such rows into this memory.
   *
   * @returns false when the client's file was shorter, or got so, as for `copyTo`. Throws a SystemError (EACCES: not
   * open for writing)
   */
  copyFrom(
    source: Mapping,
    sourceOffset: number,
    targetOffset: number,
    rowBytes: number,
    rows: number,
    sourceStride: number,
    targetStride: number,
  ): boolean {
    const { bytes } = source;
    const handle = this.#use();
    const stored = native.clientStore(
      handle,
      bytes,
      sourceOffset,
      targetOffset,
      rowBytes,
      rows,
      targetStride,
      sourceStride,
    );
    return check(stored, "writing a client's memory") === 1;
  }

  /** Gives the memory back. A second call does nothing. */
  close(): void {
    if (this.#handle === null) return;
    native.clientUnmap(this.#handle);
    this.#handle = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #use(): ClientMemoryHandle {
    if (this.#handle === null) throw new Error("this client memory was closed");
    return this.#handle;
  }
}
