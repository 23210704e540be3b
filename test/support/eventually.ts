// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import { scaled } from "./patience.ts";

/** How long a test waits for a thing that it expects, in milliseconds. Long enough for a slow machine; nothing waits it out when all is well. */
export const patience = 20_000;

/**
 * Asks `probe` again and again until it gives something else than undefined, null or false, and returns that.
 * Programs of others announce nothing to us, so asking is the only way to await them. Throws, naming `what`, once
 * `limit` milliseconds are over; an error thrown by `probe` ends the wait at once. A function for `what` is asked then,
 * and can say what there is instead.
 */
export async function eventually<T>(
  what: string | (() => string),
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limit: number = patience,
): Promise<T> {
  const deadline = performance.now() + scaled(limit);
  for (let delay = 5; ; delay = Math.min(delay * 1.5, 100)) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`waited ${limit / 1000} s in vain for ${typeof what === "string" ? what : what()}`);
    }
    await pause(delay);
  }
}
