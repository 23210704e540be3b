// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openDescriptors } from "../descriptors.ts";
import { scaled } from "../patience.ts";

/** Something that is given what nobody should send it. */
export interface Target {
  readonly name: string;
  /** Makes one attempt, of which the seed decides everything. Throws when it broke a rule. */
  attempt(seed: number): Promise<void>;
  /** Ends it, and checks that nothing is left. */
  close(): Promise<void>;
}

/** A seed that broke a rule. */
export class Finding extends Error {
  constructor(target: string, seed: number, cause: unknown) {
    super(`${target}, seed ${seed}: ${cause instanceof Error ? (cause.stack ?? cause.message) : cause}`, { cause });
    this.name = "Finding";
  }
}

/** Attempts after which all caches are full, and by how many bytes memory may grow from then on. */
const WARM_UP = 50;
const MAX_GROWTH: number = 8 * 1024 * 1024;

/** Milliseconds within which all has to be closed, before they are scaled to the machine. */
const CLOSING_TIMEOUT_MS = 5_000;

/** Waits until no other descriptors are open than before. */
export async function nothingLeft(before: readonly string[]): Promise<void> {
  const end = performance.now() + scaled(CLOSING_TIMEOUT_MS);
  while (openDescriptors().join() !== before.join() && performance.now() < end) await setImmediate();
  assert.deepEqual(openDescriptors(), before, "descriptors are left");
}

/** Milliseconds that one attempt may take, before they are scaled to the machine; beyond that it hangs or spins. */
const ATTEMPT_TIMEOUT_MS = 20_000;

/** The seeds that have found something, or nearly, by the name of their target; they come first. */
const SEEDS: string = fileURLToPath(new URL("../../../../test/fuzz/seeds.json", import.meta.url));

function knownSeeds(target: string): number[] {
  const seeds = JSON.parse(readFileSync(SEEDS, "utf8")) as Record<string, number[]>;
  return seeds[target] ?? [];
}

/**
 * Tries known seeds, and then one after the other from `first` on until the time is over.
 *
 * @returns how many were tried beside the known ones. Throws a Finding
 */
export async function fuzz(target: Target, first: number, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let tried = 0;
  let memory = 0;
  try {
    for (const seed of knownSeeds(target.name)) await attempt(target, seed);
    for (let seed = first; performance.now() < end; seed = (seed + 1) >>> 0) {
      await attempt(target, seed);
      if (++tried === WARM_UP) memory = await memoryInUse();
    }
    const more = (await memoryInUse()) - memory;
    if (tried > WARM_UP && more > MAX_GROWTH) {
      throw new Finding(target.name, first, `${more} bytes more are in use after ${tried} attempts than at first`);
    }
  } finally {
    await target.close();
  }
  return tried;
}

/** Bytes that JavaScript has in use, once all is over that the last attempt has set in motion. */
async function memoryInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  collect();
  // What finalizers have let go of.
  await setImmediate();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Makes one attempt, in which nothing may be thrown outside of it either. */
async function attempt(target: Target, seed: number): Promise<void> {
  let strayed: unknown;
  const stray = (error: unknown): void => {
    strayed ??= error ?? new Error("something that is no error was thrown");
  };
  process.on("uncaughtException", stray);
  const start = performance.now();
  const limit = scaled(ATTEMPT_TIMEOUT_MS);
  let hangs: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      target.attempt(seed),
      new Promise((_, reject) => {
        hangs = setTimeout(() => reject(new Error("it hangs")), limit);
      }),
    ]);
    if (strayed !== undefined) throw strayed;
    const duration = performance.now() - start;
    if (duration > limit) throw new Error(`it took ${Math.round(duration)} ms`);
  } catch (error) {
    throw new Finding(target.name, seed, strayed ?? error);
  } finally {
    clearTimeout(hangs);
    process.off("uncaughtException", stray);
  }
}
