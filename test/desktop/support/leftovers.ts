// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process that a test started or that came from one: its id and command line. */
export interface Stray {
  readonly pid: number;
  readonly command: string;
}

/**
 * All processes, except this one, that have `folder` in their environment. Every program of a desktop gets its private
 * folder that way and hands it on, so daemons that left their parent are found too.
 */
export function processesOf(folder: string): Stray[] {
  return readdirSync("/proc").flatMap((id) => {
    try {
      if (!/^\d+$/.test(id) || Number(id) === process.pid) return [];
      if (!readFileSync(join("/proc", id, "environ"), "latin1").includes(folder)) return [];
      const command = readFileSync(join("/proc", id, "cmdline"), "utf8")
        .replaceAll("\0", " ")
        .trim();
      return [{ pid: Number(id), command }];
    } catch {
      return []; // gone meanwhile, or of another user
    }
  });
}

/** The sockets and lock files in a folder: what programs must remove when they end. */
export function socketsAndLocks(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(".lock") || lstatSync(path).isSocket());
}
