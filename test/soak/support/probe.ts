// SPDX-License-Identifier: Apache-2.0
/**
 * Loaded into the proxy that is watched (`node --import`). On SIGUSR2 it throws away all garbage, and writes to standard
 * error what is left.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let asked = 0;

process.on("SIGUSR2", async () => {
  // Finalizers run between two collections, and free what the next one finds.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stderr.write(`${JSON.stringify({ probe: ++asked, heapUsed, external, rss })}\n`);
});
