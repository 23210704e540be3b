// SPDX-License-Identifier: Apache-2.0
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import { Mapping, memfd } from "../native/memory.ts";

/** Memory for pixels that a compositor on this machine can map. */
export const localImages: SharedImages = {
  async allocate(size) {
    const fd = memfd("pixels", size);
    let mapping: Mapping;
    try {
      mapping = Mapping.map(fd.raw, size, { writable: true });
    } catch (error) {
      fd.close();
      throw error;
    }
    return {
      mapping,
      fd,
      size,
      close(): void {
        mapping.close();
        fd.close();
      },
    };
  },
};
