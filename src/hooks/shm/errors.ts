// SPDX-License-Identifier: Apache-2.0

/** The codes of the enum wl_shm.error. */
export const ShmError = { invalidFormat: 0, invalidStride: 1, invalidFd: 2 } as const;
