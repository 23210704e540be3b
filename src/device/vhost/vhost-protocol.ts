// SPDX-License-Identifier: Apache-2.0
/** Numbers and layouts of vhost-user, as far as a virtio-gpu device needs them. All is little-endian. */

/** Requests of the front-end (vhost-user specification, "Front-end message types"). */
export const Request = {
  GET_FEATURES: 1,
  SET_FEATURES: 2,
  SET_OWNER: 3,
  RESET_OWNER: 4,
  SET_MEM_TABLE: 5,
  SET_VRING_NUM: 8,
  SET_VRING_ADDR: 9,
  SET_VRING_BASE: 10,
  GET_VRING_BASE: 11,
  SET_VRING_KICK: 12,
  SET_VRING_CALL: 13,
  SET_VRING_ERR: 14,
  GET_PROTOCOL_FEATURES: 15,
  SET_PROTOCOL_FEATURES: 16,
  GET_QUEUE_NUM: 17,
  SET_VRING_ENABLE: 18,
  SET_BACKEND_REQ_FD: 21,
  GET_CONFIG: 24,
  GET_MAX_MEM_SLOTS: 36,
  ADD_MEM_REG: 37,
  REM_MEM_REG: 38,
  GET_SHMEM_CONFIG: 44,
} as const;

/** Requests of the back-end. */
export const BackendRequest = { SHMEM_MAP: 9, SHMEM_UNMAP: 10 } as const;

/** Bits of GET_PROTOCOL_FEATURES. */
export const ProtocolFeature = {
  MQ: 0,
  REPLY_ACK: 3,
  BACKEND_REQ: 5,
  CONFIG: 9,
  BACKEND_SEND_FD: 10,
  MEM_SLOTS: 15,
} as const;

/** The bit of VHOST_USER_PROTOCOL_F_SHMEM in QEMU 11.1 and crosvm; drafts of the specification had others. */
export const SHMEM_FEATURE = 22;

/** Virtio features, and the bit by which vhost-user shows that there are protocol features. */
export const Feature = { INDIRECT_DESC: 28, VHOST_PROTOCOL: 30, VERSION_1: 32 } as const;

/** The parts of the number that comes with SET_VRING_KICK, _CALL and _ERR: the queue, and that no descriptor comes. */
export const VRING_INDEX_MASK = 0xff;
export const VRING_NO_FD = 0x100;

/** The shared memory region that virtio-gpu calls HOST_VISIBLE (VIRTIO_GPU_SHM_ID_HOST_VISIBLE). */
const HOST_VISIBLE = 1;

/** SHMEM_MAP's flag for memory that the guest may write to. */
const MAP_WRITABLE = 1;

/** Regions whose sizes a GET_SHMEM_CONFIG answer has. */
const SHMEM_REGIONS = 256;

/** A 64-bit number; above 2^53 it is not exact, and no valid address or size. */
export function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}

function writeU64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, offset);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), offset + 4);
}

/** A payload of one 64-bit number. */
export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  writeU64(bytes, value, 0);
  return bytes;
}

/** The number with these bits set. */
export function bits(...numbers: number[]): number {
  return numbers.reduce((sum, bit) => sum + 2 ** bit, 0);
}

/** Whether a bit of a 64-bit number is set. */
export function hasBit(value: number, bit: number): boolean {
  return Math.floor(value / 2 ** bit) % 2 === 1;
}

/** The answer to GET_SHMEM_CONFIG of a device with one region: how many have a size, padding, all sizes. */
export function shmemConfig(size: number): Buffer {
  const bytes = Buffer.alloc(8 + SHMEM_REGIONS * 8);
  bytes.writeUInt32LE(size > 0 ? 1 : 0, 0);
  writeU64(bytes, size, 8 + HOST_VISIBLE * 8);
  return bytes;
}

/** The payload of SHMEM_MAP, and of the SHMEM_UNMAP that undoes it (VhostUserMMap). */
export function shmemRange(offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt8(HOST_VISIBLE, 0);
  writeU64(bytes, 0, 8);
  writeU64(bytes, offset, 16);
  writeU64(bytes, length, 24);
  writeU64(bytes, MAP_WRITABLE, 32);
  return bytes;
}
