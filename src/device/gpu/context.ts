// SPDX-License-Identifier: Apache-2.0
/**
 * The boundary between the device and what a context makes of the commands that are submitted to it. The device knows
 * virtqueues and the commands of virtio-gpu. It checks ids, sizes and addresses, counts, and cleans up; a context sees
 * only what has passed.
 */

import type { Fd } from "../../native/fd.ts";
import type { Share } from "./budget.ts";
import type { HostMemory } from "./host-memory.ts";

/** A kind of context, offered to the guest as one capset (virtio-gpu, VIRTIO_GPU_CMD_GET_CAPSET_INFO). */
export interface ContextType {
  /** The capset's number; 5 is cross-domain. */
  readonly capsetId: number;
  /** The answer to GET_CAPSET; its length is the capset's max_size, its max_version is 0. */
  readonly capset: Uint8Array;
  /** Makes the context of a CTX_CREATE. May throw: the guest then gets an error, and has no such context. */
  create(setup: ContextSetup): GpuContext;
}

/** The services and limits that a new context gets. */
export interface ContextSetup {
  /** The guest's number for it, from 1 on, unique among the live ones. */
  readonly id: number;
  /** The name of the context in the guest's kernel, usually that of the process; only for logs. */
  readonly name: string;
  /**
   * The share of descriptors that the context may have, its blobs' among them: it takes for those that it keeps, and
   * releases them.
   */
  readonly descriptors: Share;
  /** The share of kinds of images that it may know, in the same way. */
  readonly images: Share;
  /** The resources that are attached now, by id; kept up to date by the device. */
  readonly attached: ReadonlyMap<number, Resource>;
}

/** A context of the guest. What its methods throw is logged, and answered as a failed command. */
export interface GpuContext {
  /**
   * Runs the commands of a SUBMIT_3D, of any content and length. They are a copy that the guest cannot change any more,
   * and the device's again when this returns.
   *
   * @returns whether all were good; false makes the guest's kernel log an error
   */
  submit(commands: Uint8Array): boolean;
  /**
   * Holds a fence that came with a SUBMIT_3D (after `submit`). One of ring 0 is held until the commands are done, one
   * of others until the context has an event for the guest. When the device has no slot left to hold a fence of ring 0,
   * it completes that itself.
   *
   * @param ring 0 to 63
   * @returns false when there is no such ring; the command fails then
   */
  hold(ring: number, fence: Fence): boolean;
  /**
   * The memory of a RESOURCE_CREATE_BLOB in host memory. It should be a memfd with `F_SEAL_SHRINK`, of `size` rounded
   * up to a page. Others are copied, because the VM must be able to map it, and must not die when another process
   * truncates it.
   *
   * @param blobId any whole number >= 0
   * @param size what the guest asks for, in bytes; never 0, and within the device's limits
   * @returns a descriptor, now the device's; null when this id means nothing, or not this size
   */
  createBlob(blobId: number, size: number): Fd | null;
  /**
   * Ends it: CTX_DESTROY, a reset of the guest, or the VM is gone. Nothing is called after it. Fences that it still
   * holds need no care: the device completes or forgets them.
   */
  close(): void;
}

/** A submitted command that the guest waits for. */
export interface Fence {
  /** Tells the guest; does nothing the second time, and when the context has been closed. */
  complete(): void;
}

/** Memory that guest and host share. */
export interface Resource {
  readonly id: number;
  /** The size in bytes, > 0. */
  readonly size: number;
  /**
   * A guest blob's memory, in order: views of the guest's RAM, which the guest may change at any moment. Empty for a host
   * blob, and while QEMU has taken the RAM away. Ask each time, and do not keep views beyond a turn. The rings of
   * cross-domain are one page, and so in the first piece.
   */
  readonly pieces: readonly Uint8Array[];
  /** A host blob's memory, for as long as the resource lives: duplicate it to keep it. Null for a guest blob. */
  readonly fd: Fd | null;
  /** The count of a host blob's memory, to be held for as long as a duplicate of `fd` is kept; else null. */
  readonly memory: HostMemory | null;
}
