// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import { CAPSET_CROSS_DOMAIN, RING_CHANNEL, RINGS } from "../cross-domain/protocol.ts";
import { DMA_BUF_SYNC_READ, exportSyncFile } from "../native/drm.ts";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import type { Device } from "./device.ts";
import { BlobMemory, ContextParam, type DrmFile, Param } from "./driver.ts";

/** The device as programs of the guest draw with it: what it draws into, the host has. */
export class GuestGpu {
  readonly path: string;
  /** The node's dev_t, as it lies in memory. */
  readonly device: Uint8Array;
  readonly #file: DrmFile;

  /**
   * Opens the device once more, to look at buffers.
   *
   * @returns null when it offers connections to the host alone, and nothing can draw with it
   * @throws SystemError
   */
  static open({ driver, path }: Device): GuestGpu | null {
    const file = driver.open(path);
    try {
      const capsets = file.param(Param.supportedCapsets) ?? 0;
      if ((capsets & ~(1 << CAPSET_CROSS_DOMAIN)) === 0) {
        file.close();
        return null;
      }
      // A buffer that is looked at gets attached to the file's context, which has to be one that is no other's.
      file.initContext([
        [ContextParam.capset, CAPSET_CROSS_DOMAIN],
        [ContextParam.rings, RINGS],
        [ContextParam.polledRings, 1 << RING_CHANNEL],
      ]);
      return new GuestGpu(file, path);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor(file: DrmFile, path: string) {
    this.#file = file;
    this.path = path;
    const { rdev } = statSync(path, { bigint: true });
    this.device = new Uint8Array(new BigUint64Array([rdev]).buffer);
  }

  /** Whether a descriptor is for a buffer of this device whose memory is the host's. */
  owns(raw: number): boolean {
    let handle: number;
    try {
      handle = this.#file.importFd(raw);
    } catch (error) {
      if (error instanceof SystemError) return false;
      throw error;
    }
    try {
      return this.#file.resource(handle).memory !== BlobMemory.guest;
    } finally {
      this.#file.closeHandle(handle);
    }
  }

  /**
   * Returns a descriptor that becomes readable when a buffer is drawn; null without: for Linux before 6.0, and when
   * files run out.
   */
  fence(raw: number): Fd | null {
    try {
      return exportSyncFile(raw, DMA_BUF_SYNC_READ);
    } catch (error) {
      if (error instanceof SystemError) return null;
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }
}
