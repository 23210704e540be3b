// SPDX-License-Identifier: Apache-2.0
/**
 * Fuzzes for a while: `node dist/test/fuzz/main.js [SECONDS [SEED]]`, five minutes unless told otherwise. All that is
 * found is printed with its seed, which belongs into seeds.json together with the mend.
 */
import { randomInt } from "node:crypto";
import { Finding, fuzz } from "../support/fuzz/fuzz.ts";
import { targets } from "../support/fuzz/targets.ts";

const [seconds = "300", seed = String(randomInt(2 ** 32))] = process.argv.slice(2);
const share = (Number(seconds) * 1000) / targets.length;
console.log(`from seed ${seed} on, ${Math.round(share / 1000)} s each`);
for (const create of targets) {
  const target = create();
  try {
    console.log(`${target.name}: ${await fuzz(target, Number(seed), share)} attempts, nothing found`);
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    console.log(error.message);
    process.exitCode = 1;
  }
}
