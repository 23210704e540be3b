// SPDX-License-Identifier: Apache-2.0
// Builds and calls the C program that measures (bench/driver/).

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sourceDirectory = fileURLToPath(new URL("../../bench/driver/", import.meta.url));
/** The built driver. */
export const driverPath: string = fileURLToPath(new URL("./driver", import.meta.url));

/** No measurement lasts as long, the longest a minute; the driver itself gives up after 10 s of silence. */
const timeoutMs = 120_000;

/** The driver's figures: totals over the measured time, latencies in nanoseconds. */
export interface Reading {
  operations: number;
  nanoseconds: number;
  /** Processor time of all that ran on the machine. */
  machineNanoseconds?: number;
  /** Processor time of the process that was named, with its children. */
  cpuNanoseconds?: number;
  /** The part of that which its first thread took. */
  mainThreadNanoseconds?: number;
  p50?: number;
  p99?: number;
}

/** Compiles the driver when its sources are newer. Throws with the compiler's words when that fails. */
export function buildDriver(): void {
  const sources = readdirSync(sourceDirectory).map((name) => join(sourceDirectory, name));
  const builtAt = statSync(driverPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((source) => statSync(source).mtimeMs < builtAt)) {
    return;
  }
  mkdirSync(dirname(driverPath), { recursive: true });
  const units = sources.filter((source) => source.endsWith(".c"));
  const flags = ["-O2", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"];
  execFileSync("cc", [...flags, "-o", driverPath, ...units], { stdio: ["ignore", "inherit", "inherit"] });
}

/**
 * Runs the driver on those CPUs and returns the line that it printed, parsed. Rejects with what it said on stderr.
 * The environment matters where the driver starts a command.
 */
export function runDriver<Result>(
  cpus: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, env: environment };
    execFile("taskset", ["-c", cpus, driverPath, ...words], options, (error, stdout, stderr) => {
      if (error) {
        reject(new Error(stderr.trim() || error.message));
      } else {
        resolve(JSON.parse(stdout) as Result);
      }
    });
  });
}
