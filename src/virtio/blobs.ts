// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import { BlobFlags, BlobMemory, type DrmFile } from "./driver.ts";

/**
 * Makes memory of the host a dma-buf of ours. The host gives each id away once, and keeps a descriptor open for those
 * that nobody asks for.
 *
 * @param size in bytes, exactly as the host gave it
 * @throws SystemError: ENOSPC when the window for host memory is full, or the size is 0. That the host refuses shows
 * only when the dma-buf is mapped (EINVAL).
 */
export function hostMemory(file: DrmFile, blobId: number, size: number): Fd {
  const { handle } = file.createBlob({
    memory: BlobMemory.host3d,
    // Without "shareable" the host would give its own descriptor away, and could not pass the buffer on later.
    flags: BlobFlags.mappable | BlobFlags.shareable,
    size,
    blobId,
  });
  try {
    return file.exportHandle(handle);
  } finally {
    // The dma-buf keeps the buffer.
    file.closeHandle(handle);
  }
}
