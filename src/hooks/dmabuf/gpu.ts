// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";

/** The GPU with which programs in a guest draw, and whose buffers the host can get. */
export interface GuestGpu {
  /** The node's path in the guest. */
  readonly path: string;
  /** The node's dev_t in the guest, as zwp_linux_dmabuf_feedback_v1 writes it. */
  readonly device: Uint8Array;
  /** Whether a descriptor is for a buffer that the host can get. It stays its owner's. */
  owns(raw: number): boolean;
  /** A descriptor that becomes readable when a buffer is drawn; null when that cannot be known. */
  fence(raw: number): Fd | null;
}
