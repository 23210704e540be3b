// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, loadavg } from "node:os";

/** Nothing waits longer than so many times its limit, however busy the machine is. */
const MOST = 8;

/**
 * A limit in milliseconds, on this machine and now: longer by as much as there is more to do than processors, since a test
 * that gives up early fails for what others do. Nothing waits it out when all is well.
 */
export function scaled(milliseconds: number): number {
  const [lastMinute = 0] = loadavg();
  return Math.ceil(milliseconds * Math.min(MOST, Math.max(1, lastMinute / availableParallelism())));
}

/** Waits, turn by turn of the event loop, until something is so that nothing announces. Throws after a while, naming it. */
export async function turnUntil(condition: () => boolean, what: string, limit = 20_000): Promise<void> {
  const deadline = performance.now() + scaled(limit);
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
