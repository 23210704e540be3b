// SPDX-License-Identifier: Apache-2.0
/** The shared memory of a virtqueue whose two sides are threads: notifications.test.ts and its driver. */

/** Descriptors of the queue. */
export const SIZE = 64;
/** Descriptors of each buffer. */
export const SLOTS = 4;

export const RAM_SIZE = 0x4000;
export const places = { descriptors: 0, available: 0x1000, used: 0x2000, buffers: 0x3000 } as const;

/** What the device does with a buffer, which is its one byte. */
export const Kind = {
  /** Gives it back at once; the driver waits for it. */
  answered: 0,
  /** Gives it back in a later turn; the driver waits for it. */
  later: 1,
  /** Gives it back at once; nothing waits for it. */
  forgotten: 2,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** What the driver is given: descriptors, and what it is to do. */
export interface DriverTask {
  readonly ram: number;
  readonly kick: number;
  readonly call: number;
  /** Buffers to give to the device. */
  readonly count: number;
  readonly seed: number;
  /** Milliseconds after which a notification counts as lost. */
  readonly patience: number;
}
