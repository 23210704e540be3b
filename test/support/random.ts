// SPDX-License-Identifier: Apache-2.0
/**
 * Chance that is the same in every run, so that a failure is the change's and not the day's. `RANDOM_SEED=N npm test`
 * begins elsewhere, as a nightly run should.
 */
import fc from "fast-check";

/** The seed of all that is tried at random. */
export const seed: number = Number(process.env["RANDOM_SEED"] ?? 1);

fc.configureGlobal({ seed });

export default fc;
