// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { type Finding, failed, missing, ok } from "./finding.ts";

/** Options that we start it with. Before 22.1 there is a -terminate without a delay. */
const OPTIONS = ["-rootless", "-terminate [delay]", "-wm", "-listenfd"];

/** The first version that pairs surfaces with windows by serials, which no program can get wrong. */
const FIRST_WITH_SERIALS = [23, 1];

const TIMEOUT = 5000;

/** Asks an Xwayland for its version and options. */
export function checkXwayland(binary: string): Finding[] {
  const subject = "Xwayland";
  const version = ask(binary, "-version");
  if (version === null) {
    return [failed(subject, `${binary} cannot be run`, { code: "xwayland", remedy: "install it (Debian: xwayland)" })];
  }
  const [, number = "", major, minor] = /Xwayland Version ((\d+)\.(\d+)\S*)/.exec(version) ?? [];
  if (number === "") return [failed(subject, `${binary} is no Xwayland`, { code: "xwayland" })];
  const options = (ask(binary, "-help") ?? "").split("\n");
  const lacking = OPTIONS.filter((option) => !options.some((line) => `${line} `.startsWith(`${option} `)));
  if (lacking.length > 0) return [failed(subject, `${number} has no ${lacking.join(", ")}: install a newer one`)];
  const [firstMajor = 0, firstMinor = 0] = FIRST_WITH_SERIALS;
  const isOld = Number(major) < firstMajor || (Number(major) === firstMajor && Number(minor) < firstMinor);
  return [
    ok(subject, `${number}, with ${OPTIONS.join(", ")}`),
    ...(isOld
      ? [missing(subject, `before 23.1 it has no xwayland_shell_v1: windows are found by the ids of surfaces`)]
      : []),
  ];
}

/** Returns what Xwayland prints; null when it cannot be run. */
function ask(binary: string, option: string): string | null {
  const { error, stdout, stderr } = spawnSync(binary, [option], { encoding: "utf8", timeout: TIMEOUT });
  return error === undefined ? stdout + stderr : null;
}
