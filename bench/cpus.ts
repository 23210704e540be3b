// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** The CPUs that this process may use, as proc_pid_status(5) lists them: 0-3,8. */
export function allowedCpus(): string[] {
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return list.split(",").flatMap((range) => {
    const [low = 0, high = low] = range.split("-").map(Number);
    return Array.from({ length: high - low + 1 }, (_, i) => String(low + i));
  });
}
