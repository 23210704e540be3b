// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { jailFilter } from "../jail/call-filters.ts";
import { landlock } from "../jail/landlock.ts";
import { native } from "../native/binding.ts";
import { type Finding, missing, ok } from "./finding.ts";

/** The verdicts of filters that this kernel knows. */
const VERDICTS = "/proc/sys/kernel/seccomp/actions_avail";

/** What the kernel can do to hold a process in a jail. @param launcher the path of the program that stays outside */
export function checkJail(launcher: string): Finding {
  if (jailFilter(process.arch, false) === null) return missing("jail", `none on ${process.arch}`);
  if (!existsSync(launcher)) return missing("jail", `none without ${launcher}`);
  const rules = landlock(native.landlockVersion(), false);
  const walls = [...(rules === null ? [] : [`Landlock ${rules.version}`]), ...(hasFilters() ? ["seccomp"] : [])];
  if (walls.length === 2) return ok("jail", `the kernel has ${walls.join(" and ")}`);
  if (walls.length === 0)
    return missing("jail", "none: the kernel has neither Landlock nor filters of seccomp (Linux 5.7)");
  const lack = rules === null ? "Landlock (Linux 5.13, lsm=landlock)" : "filters of seccomp (Linux 5.7)";
  return missing("jail", `of ${walls[0]} alone: the kernel has no ${lack}`);
}

function hasFilters(): boolean {
  try {
    return readFileSync(VERDICTS, "utf8").split(/\s/).includes("user_notif");
  } catch {
    return false;
  }
}
