// SPDX-License-Identifier: Apache-2.0
import { test } from "node:test";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { targets } from "../support/fuzz/targets.ts";
import { scaled } from "../support/patience.ts";
import { seed } from "../support/random.ts";

/** Milliseconds for each; `npm run test:fuzz` has more patience. */
const SHARE = 4_000;

for (const create of targets) {
  const target = create();
  test(`whatever is said to it, ${target.name} ends nothing but that session`, {
    timeout: scaled(60_000),
  }, async (t) => {
    t.diagnostic(`${await fuzz(target, seed, SHARE)} attempts from seed ${seed} on`);
  });
}
