// SPDX-License-Identifier: Apache-2.0
/**
 * Indices of rings in shared memory (a Mapping), in the order that the other process relies on. Numbers are in the
 * machine's own byte order. A call costs as much as a few dozen plain reads: one for each batch.
 */

import { type Binding, native } from "./binding.ts";

/** The 16-bit number at an even `offset`. What is read after it is as new as that number, or newer. */
export const loadAcquire16: Binding["loadAcquire16"] = native.loadAcquire16;

/** Stores a 16-bit number, modulo 2^16, at an even `offset`. Whoever reads it sees everything stored before it. */
export const storeRelease16: Binding["storeRelease16"] = native.storeRelease16;

/**
 * The fence between a store and a read of another place. The other process does the same in the opposite order, as for
 * event suppression of a virtqueue. With the fence at least one of the two sees the other's store.
 */
export const fullFence: Binding["fullFence"] = native.fullFence;
