// SPDX-License-Identifier: Apache-2.0
/** Removes the files of a VM whose owner was killed, at whatever stage. */
import { spawn } from "node:child_process";
import { type Leftovers, Words } from "../words.ts";

/**
 * Starts a process that outlives us by a moment, and removes what we have left by then. It is to be there before the files
 * are; those of another owner, who holds the lock, stay. Returns what ends it before us.
 */
export function watchLeftovers(launcher: string, leftovers: Leftovers): () => void {
  const words = new Words().watch(process.pid, leftovers);
  // A group of its own: what kills all of ours is to spare it.
  const watcher = spawn(launcher, words.list, { cwd: "/", env: {}, stdio: "ignore", detached: true });
  // Without it nothing is lost but order after a kill.
  watcher.on("error", () => {});
  watcher.unref();
  return () => watcher.kill("SIGKILL");
}
