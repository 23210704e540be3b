// SPDX-License-Identifier: Apache-2.0

/** Milliseconds for anything: here much is to happen on purpose at once, and none of it may fail for being slow. */
export const patience = 120_000;
