// SPDX-License-Identifier: Apache-2.0
import { readSync } from "node:fs";
import type { Fd } from "../../native/fd.ts";
import {
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  fileInfo,
  Mapping,
  memfd,
  pageSize,
  seal,
  sealsOf,
} from "../../native/memory.ts";
import { MAX_COPY_SIZE } from "../limits.ts";

/** `size` in whole pages. */
export function wholePages(size: number): number {
  return Math.ceil(size / pageSize) * pageSize;
}

/**
 * Makes sure that the VM can map a file. QEMU maps for reading and writing, in whole pages, and dies when another
 * process truncates what the guest reads. So a memfd that is sealed against that is shared as it is. Of anything else
 * (a keymap, a format table) the guest gets a copy.
 *
 * @param fd taken, or closed
 * @param size how many bytes the guest is to see
 * @returns a file of at least `size` bytes in whole pages. Throws a SystemError or RangeError when there can be none
 */
export function mappable(fd: Fd, size: number): Fd {
  let shared = false;
  try {
    shared = canBeShared(fd, size);
    return shared ? fd : copyOf(fd, size);
  } finally {
    if (!shared) fd.close();
  }
}

function canBeShared(fd: Fd, size: number): boolean {
  const info = fileInfo(fd.raw);
  if (info.kind !== "file" || info.access !== "both" || info.size < wholePages(size)) return false;
  return (sealsOf(fd.raw) & (F_SEAL_SHRINK | F_SEAL_WRITE)) === F_SEAL_SHRINK;
}

function copyOf(fd: Fd, size: number): Fd {
  const info = fileInfo(fd.raw);
  // Reading anything but a file may block.
  if (info.kind !== "file") throw new RangeError("what the guest wants to map is not a file");
  if (size > MAX_COPY_SIZE) throw new RangeError(`${size} bytes are too many to copy`);
  const length = wholePages(size);
  const copy = memfd("wayland-proxy-blob", length);
  try {
    seal(copy.raw, F_SEAL_SHRINK | F_SEAL_GROW);
    using mapping = Mapping.map(copy.raw, length, { writable: true });
    let at = 0;
    while (at < size) {
      const count = readSync(fd.raw, mapping.bytes, at, size - at, at);
      if (count === 0) break;
      at += count;
    }
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}
