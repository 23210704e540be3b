// SPDX-License-Identifier: Apache-2.0
/** The paths of the control sockets of running programs. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const PREFIX = "wayland-proxy-";
const SUFFIX = ".control";

/** @param runtimeDir $XDG_RUNTIME_DIR */
export function controlPath(runtimeDir: string, name: string): string {
  return join(runtimeDir, `${PREFIX}${name}${SUFFIX}`);
}

/** The names of those that have one, also of some that have ended without removing it. */
export function controlNames(runtimeDir: string): string[] {
  let files: string[];
  try {
    files = readdirSync(runtimeDir);
  } catch {
    return [];
  }
  return files
    .filter((file) => file.startsWith(PREFIX) && file.endsWith(SUFFIX))
    .map((file) => file.slice(PREFIX.length, -SUFFIX.length))
    .sort();
}
