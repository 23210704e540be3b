// SPDX-License-Identifier: Apache-2.0
/**
 * The functions of Linux's virtio-gpu driver that the guest side needs. A test can put a host of its own in its
 * place.
 */
import type { Fd } from "../native/fd.ts";
import type { Mapping } from "../native/memory.ts";

/** Numbers of `DRM_IOCTL_VIRTGPU_GETPARAM` (linux/virtgpu_drm.h). */
export const Param = {
  features3d: 1,
  resourceBlob: 3,
  hostVisible: 4,
  contextInit: 6,
  supportedCapsets: 7,
} as const;

/** Keys of `DRM_IOCTL_VIRTGPU_CONTEXT_INIT`. */
export const ContextParam = { capset: 1, rings: 2, polledRings: 3 } as const;

/** Kinds of memory in which a blob can lie. */
export const BlobMemory = { guest: 1, host3d: 2 } as const;

export const BlobFlags = { mappable: 1, shareable: 2 } as const;

/** The form of a new blob. */
export interface BlobOptions {
  /** A BlobMemory. */
  readonly memory: number;
  /** BlobFlags, combined. */
  readonly flags: number;
  /** The size in bytes. */
  readonly size: number;
  /** The host's name for what the blob shall be; 0 for guest memory. */
  readonly blobId: number;
}

/** A buffer by the number of this open file, and by the device's. */
export interface Blob {
  readonly handle: number;
  readonly resource: number;
}

/** The nodes of the system. */
export interface Driver {
  /** The paths of all nodes: render nodes first, then card nodes, each in the order of their numbers. */
  nodes(): readonly string[];
  /** Opens one, as a context of its own. Throws a SystemError (ENOENT, EACCES). */
  open(path: string): DrmFile;
}

/** An open node. No call blocks for the host's answer; each throws a SystemError when the kernel refuses. */
export interface DrmFile {
  /** Readable when `readEvents` has something. */
  readonly raw: number;
  /** The name of the kernel's driver. */
  driverName(): string;
  /** A Param's value; undefined when the kernel does not know it. */
  param(param: number): number | undefined;
  /** Returns what the host says of a capability set. Throws EINVAL when it has none of that number. */
  capset(id: number, version: number, size: number): Uint8Array;
  initContext(params: readonly (readonly [key: number, value: number])[]): void;
  /** Throws ENOSPC when the size is 0, or larger than what is free of the window for host memory. */
  createBlob(options: BlobOptions): Blob;
  /** Maps a blob of guest memory as a whole. */
  map(handle: number, size: number): Mapping;
  /**
   * Submits `length` bytes of commands.
   *
   * @param ring on which a fence is made; 1 makes an event, too
   * @param wantsFence whether to return a descriptor that becomes readable when the host has handled them
   */
  submit(commands: Uint8Array, length: number, ring?: number, wantsFence?: boolean): Fd | null;
  /** The resource behind a handle, and the BlobMemory that it lies in (0 if it is no blob). */
  resource(handle: number): { readonly resource: number; readonly memory: number };
  /** A dma-buf. */
  exportHandle(handle: number): Fd;
  /** The handle of a dma-buf of this device; the same one for the same buffer. Throws when it is anything else. */
  importFd(raw: number): number;
  closeHandle(handle: number): void;
  /** Takes the events that have come, and returns how many of them say that a fence of ring 1 is signalled. */
  readEvents(): number;
  close(): void;
}
