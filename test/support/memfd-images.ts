// SPDX-License-Identifier: Apache-2.0
import type { SharedImage } from "../../src/hooks/shm/host-buffer.ts";
import type { SharedImages } from "../../src/hooks/shm/host-buffers.ts";
import { localImages } from "../../src/title-bars/local-images.ts";

/** The size of an image for so many bytes, in steps like those of the real ones. */
const STEP = 4096;

/** Memory files in the place of images on the host of a VM. */
export class MemfdImages implements SharedImages {
  /** Images that are in use, and their bytes. */
  count = 0;
  bytes = 0;
  /** How many were ever made. */
  made = 0;
  /** How many bytes there are. */
  limit: number = Number.POSITIVE_INFINITY;
  /** How many images there can be. */
  maxCount: number = Number.POSITIVE_INFINITY;
  /** How many bytes an image takes at least. */
  least: number = STEP;
  /** The promise that each allocation waits for, and may fail with. */
  ready: Promise<void> = Promise.resolve();

  async allocate(size: number): Promise<SharedImage> {
    await this.ready;
    const rounded = Math.max(Math.ceil(size / STEP) * STEP, this.least);
    if (this.bytes + rounded > this.limit) {
      throw Object.assign(new Error(`${this.bytes} of ${this.limit} bytes are in use`), { scarce: "bytes" });
    }
    if (this.count >= this.maxCount) throw Object.assign(new Error("the host refuses"), { scarce: "images" });
    this.count++;
    this.made++;
    this.bytes += rounded;
    const image = await localImages.allocate(rounded);
    const close = (): void => {
      image.close();
      this.count--;
      // As in a VM, the memory is free when the host knows.
      setImmediate(() => {
        this.bytes -= rounded;
      });
    };
    return { ...image, close };
  }
}
