// SPDX-License-Identifier: Apache-2.0
/** Every bound of transfers between X clients and the host's programs. Sizes are in bytes, times in milliseconds. */

/** The most that goes through a property at once, in bytes. A larger value is handed over in parts (ICCCM 2.7.2). */
export const PART: number = 64 * 1024;

/** The most that is read of a property at once, in bytes, however long it is. A multiple of 4. */
export const SLICE: number = 256 * 1024;

/** The most that is read of a list of targets. A multiple of 4. */
export const MAX_TARGETS = 1024;

/** The most that is kept of what a client has copied when it ends, in bytes. */
export const MAX_KEPT: number = 64 * 1024 * 1024;

/** How long either end of a transfer may do nothing at all. */
export const STALL_TIMEOUT = 10_000;

/** How many transfers of one selection there are at once, in each direction; the oldest gives way. */
export const MAX_TRANSFERS = 32;

/** How long who is refused waits for it: some clients ask again at once, and would keep everybody busy. */
export const REFUSAL_DELAY = 50;

/** How many wait for their refusal; further ones get it at once. */
export const MAX_REFUSALS = 256;

/** How many conversions one MULTIPLE may ask for. */
export const MAX_CONVERSIONS = 16;

/** How long one MULTIPLE waits for all its data to come, until what has not is promised in parts. */
export const PROMISE_DELAY = 500;
