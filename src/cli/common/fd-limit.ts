// SPDX-License-Identifier: Apache-2.0
/**
 * Restores the limit of open files for children. Node raises the soft limit to the hard one when it starts, and
 * children would inherit that. Programs that use select(2) overflow their descriptor sets above 1024, and some old ones
 * close every number up to the limit.
 */
import { readFileSync } from "node:fs";
import { setSoftFdLimit, softFdLimit } from "../../native/socket.ts";
import type { Variables } from "./environment.ts";

/** The limit that Linux and systemd give to programs that ask for nothing. */
const CUSTOMARY_LIMIT = 1024;

/**
 * Calls `start`, which is to start a child without waiting, under the limit that this process was started with.
 *
 * @param environment what this process was started with
 */
export function withOriginalFdLimit<T>(environment: Variables, start: () => T): T {
  const raised = softFdLimit();
  setSoftFdLimit(Math.min(raised, originalFdLimit(environment)));
  try {
    return start();
  } finally {
    setSoftFdLimit(raised);
  }
}

/** Nobody records what Node found, but it came from our parent, who has it still. */
function originalFdLimit(environment: Variables): number {
  // systemd raises its own limit, but not that of its services; it marks the process that it started itself.
  const { SYSTEMD_EXEC_PID: startedBySystemd } = environment;
  if (startedBySystemd === String(process.pid)) return CUSTOMARY_LIMIT;
  try {
    const limits = readFileSync(`/proc/${process.ppid}/limits`, "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? CUSTOMARY_LIMIT);
  } catch {
    // The parent has ended, or /proc hides the processes of others.
    return CUSTOMARY_LIMIT;
  }
}
