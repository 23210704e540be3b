// SPDX-License-Identifier: Apache-2.0
/**
 * The ioctls of Linux's virtio-gpu driver, each with plain arguments. `fd` is that of an open DRM node; handles are
 * numbers that mean something in that open file alone. Each throws a SystemError when the kernel refuses, ENOTTY for
 * a file of another driver.
 */

import { constants } from "node:os";
import { native } from "./binding.ts";
import { check } from "./errors.ts";
import { Fd } from "./fd.ts";

/** Longer than the name of any driver in the kernel. */
const NAME_BYTES = 64;
const NO_HANDLES = new Int32Array(0);
const NO_RING = -1;

/** The name of the kernel's driver: `virtio_gpu` for ours. */
export function drmVersion(fd: number): string {
  const name = new Uint8Array(NAME_BYTES);
  const length = check(native.drmVersion(fd, name), "DRM_IOCTL_VERSION");
  return new TextDecoder().decode(name.subarray(0, length));
}

/** A parameter by its number (VIRTGPU_PARAM_…); undefined when this kernel or device does not have it. */
export function getParam(fd: number, param: number): number | undefined {
  const value = native.drmGetParam(fd, param);
  if (value === -constants.errno.EINVAL || value === -constants.errno.ENOENT) return undefined;
  return check(value, "DRM_IOCTL_VIRTGPU_GETPARAM");
}

/**
 * The first `size` bytes of what the host says of a capability set. Waits for the host (5 s at most), so it is for the
 * start. Throws EINVAL when the host does not have it, ENOSYS when it has none at all.
 */
export function getCaps(fd: number, id: number, version: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  check(native.drmGetCaps(fd, id, version, bytes), "DRM_IOCTL_VIRTGPU_GET_CAPS");
  return bytes;
}

/** Makes the open file a context, once (EEXIST). Parameters are VIRTGPU_CONTEXT_PARAM_… numbers with their values. */
export function contextInit(fd: number, params: readonly (readonly [key: number, value: number])[]): void {
  const pairs = Int32Array.from(params.flat());
  check(native.drmContextInit(fd, pairs, params.length), "DRM_IOCTL_VIRTGPU_CONTEXT_INIT");
}

/** The form of a new blob: memory and flags are VIRTGPU_BLOB_… numbers, `size` is in bytes. */
export interface BlobRequest {
  readonly mem: number;
  readonly flags: number;
  readonly size: number;
  /** The host's name for what it is to be; 0 for memory of the guest. */
  readonly blobId: number;
}

/** A new blob, as the open file and as the device know it. */
export interface CreatedBlob {
  readonly handle: number;
  readonly resource: number;
}

/**
 * Makes a blob. ENOSPC: its size is 0, or the window for the host's memory is full. That the host refused it shows only
 * when it is mapped.
 */
export function createBlob(fd: number, { mem, flags, size, blobId }: BlobRequest): CreatedBlob {
  const out = new Int32Array(2);
  check(native.drmCreateBlob(fd, mem, flags, size, blobId, out), "DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB");
  return { handle: unsigned(out, 0), resource: unsigned(out, 1) };
}

/** At which offset of the node a handle can be mapped. */
export function mapOffset(fd: number, handle: number): number {
  return check(native.drmMapOffset(fd, handle), "DRM_IOCTL_VIRTGPU_MAP");
}

/** The signals that the host has handled a command. */
export interface ExecbufferOptions {
  /** Makes a fence on that ring. On one that the context polls it becomes an event, see `readDrmEvents`. */
  readonly ringIdx?: number;
  /** Handles of buffers that count as busy until then. */
  readonly handles?: Int32Array;
  /** Whether to return a descriptor that becomes readable then. */
  readonly fenceOut?: boolean;
}

/**
 * Submits `bytes[offset … offset+length-1]` to the host (`length` >= 1). It says nothing of what the host made of them.
 * Blocks while the device's queue is full.
 */
export function execbuffer(
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  { ringIdx = NO_RING, handles = NO_HANDLES, fenceOut = false }: ExecbufferOptions = {},
): Fd | null {
  const result = native.drmExecbuffer(fd, bytes, offset, length, ringIdx, handles, handles.length, fenceOut);
  check(result, "DRM_IOCTL_VIRTGPU_EXECBUFFER");
  return fenceOut ? new Fd(result) : null;
}

/** The resource that a handle stands for. */
export interface ResourceInfo {
  /** The device's number for it, which commands to the host use. */
  readonly resource: number;
  /** The size in bytes, modulo 2^32. */
  readonly size: number;
  /** A VIRTGPU_BLOB_MEM_… number; 0 when it is no blob. */
  readonly mem: number;
}

/** Asks the kernel for what it knows of a handle. ENOENT: there is none of that number. */
export function resourceInfo(fd: number, handle: number): ResourceInfo {
  const out = new Int32Array(3);
  check(native.drmResourceInfo(fd, handle, out), "DRM_IOCTL_VIRTGPU_RESOURCE_INFO");
  return { resource: unsigned(out, 0), size: unsigned(out, 1), mem: unsigned(out, 2) };
}

/** A dma-buf of a handle, to read and write. */
export function handleToFd(fd: number, handle: number): Fd {
  return new Fd(check(native.drmHandleToFd(fd, handle), "DRM_IOCTL_PRIME_HANDLE_TO_FD"));
}

/**
 * The handle of a dma-buf of the same device. One buffer has one handle, however often it is asked for, and one
 * `gemClose` gives it back. Throws when it is a buffer of another device, or no dma-buf.
 */
export function fdToHandle(fd: number, dmabuf: number): number {
  return check(native.drmFdToHandle(fd, dmabuf), "DRM_IOCTL_PRIME_FD_TO_HANDLE");
}

/** Gives a handle back. EINVAL: there is none of that number. */
export function gemClose(fd: number, handle: number): void {
  check(native.drmGemClose(fd, handle), "DRM_IOCTL_GEM_CLOSE");
}

/** Takes the events that wait on a node. Returns how many of them say that a fence is signalled; 0 without any. */
export function readDrmEvents(fd: number): number {
  const count = native.drmReadEvents(fd);
  return count === -constants.errno.EAGAIN ? 0 : check(count, "read", "DRM events");
}

/** Waits for a buffer's writers (linux/dma-buf.h): for who wants to read it. */
export const DMA_BUF_SYNC_READ = 1;

/**
 * A descriptor that becomes readable when a dma-buf can be used as `flags` say. ENOTTY: no dma-buf, or Linux before 6.0.
 */
export function exportSyncFile(dmabuf: number, flags: number): Fd {
  return new Fd(check(native.exportSyncFile(dmabuf, flags), "DMA_BUF_IOCTL_EXPORT_SYNC_FILE"));
}

/** The addon stores unsigned numbers into signed arrays. */
function unsigned(array: Int32Array, index: number): number {
  return (array[index] as number) >>> 0;
}
