// SPDX-License-Identifier: Apache-2.0
/**
 * The memory of V8 and of malloc. Both keep what is freed in case that it is needed again: malloc for each thread, and V8
 * compiles in several.
 */
import { native } from "./binding.ts";

/** From now on malloc keeps less of what is freed, in the whole process. */
export function keepLittle(): void {
  native.heapLimit();
}

/** Gives the system what malloc has free, which takes less than a millisecond. */
export function trim(): void {
  native.heapTrim();
}

/**
 * Gives the system what is free. Everything waits for that, for some 30 ms. A Node without an inspector gives back
 * less: nothing else lets a program ask V8 for it.
 */
export async function giveBack(): Promise<void> {
  if (process.features.inspector) await collectGarbage();
  trim();
}

async function collectGarbage(): Promise<void> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  session.connect();
  // Node answers with a lock held that it takes to disconnect, too. So that has to come later.
  await new Promise<void>((resolve) => session.post("HeapProfiler.collectGarbage", () => setImmediate(resolve)));
  session.disconnect();
}
