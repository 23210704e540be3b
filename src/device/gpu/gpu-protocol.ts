// SPDX-License-Identifier: Apache-2.0
/** Numbers and layouts of virtio-gpu (virtio 1.2, section 5.7), as far as contexts and blobs need them. */

/** Feature bits of the device. Linux wants VIRGL for whatever has contexts. */
export const GpuFeature = { VIRGL: 0, RESOURCE_BLOB: 3, CONTEXT_INIT: 4 } as const;

/** Commands of the control queue. */
export const Command = {
  GET_DISPLAY_INFO: 0x100,
  RESOURCE_UNREF: 0x102,
  GET_CAPSET_INFO: 0x108,
  GET_CAPSET: 0x109,
  RESOURCE_CREATE_BLOB: 0x10c,
  CTX_CREATE: 0x200,
  CTX_DESTROY: 0x201,
  CTX_ATTACH_RESOURCE: 0x202,
  CTX_DETACH_RESOURCE: 0x203,
  SUBMIT_3D: 0x207,
  RESOURCE_MAP_BLOB: 0x208,
  RESOURCE_UNMAP_BLOB: 0x209,
} as const;

/** The types of the device's answers. */
export const Response = {
  OK_NODATA: 0x1100,
  OK_DISPLAY_INFO: 0x1101,
  OK_CAPSET_INFO: 0x1102,
  OK_CAPSET: 0x1103,
  OK_MAP_INFO: 0x1106,
  ERR_UNSPEC: 0x1200,
  ERR_OUT_OF_MEMORY: 0x1201,
  ERR_INVALID_RESOURCE_ID: 0x1203,
  ERR_INVALID_CONTEXT_ID: 0x1204,
  ERR_INVALID_PARAMETER: 0x1205,
} as const;

/** Every command and response begins with type, flags, fence id (two words), context, and ring. */
export const HEADER_SIZE = 24;
export const FLAGS_AT = 4;
export const CONTEXT_AT = 16;
export const RING_AT = 20;

/** Flags of a command: it has a fence, of the ring that the header names. */
export const FLAG_FENCE = 1;
export const FLAG_RING = 2;

/** Rings of a context (VIRTIO_GPU_FLAG_INFO_RING_IDX: 0 to 63). */
export const MAX_RINGS = 64;

/** The place of a blob's memory, and what may be done with it. */
export const BlobMemory = { GUEST: 1, HOST3D: 2 } as const;
export const BLOB_MAPPABLE = 1;

/** The context's kind in CTX_CREATE's context_init. */
export const CAPSET_MASK = 0xff;

/** The guest may cache a mapping (VIRTIO_GPU_MAP_CACHE_CACHED). */
export const MAP_CACHED = 1;

/** The displays that GET_DISPLAY_INFO describes (VIRTIO_GPU_MAX_SCANOUTS), each 24 bytes. */
export const DISPLAY_INFO_SIZE: number = 16 * 24;
