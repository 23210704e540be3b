// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Rights of everybody. */
const READ_FILE = 0o4;
const READ_FOLDER = 0o5;

/**
 * The files and folders in a folder that are not for everybody to read. A user may belong to a group that can read
 * them, or have put them there, and root can read all of them.
 */
export function privatePaths(folder: string): string[] {
  if (!allows(folder, READ_FOLDER)) return [folder];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return privatePaths(path);
    return entry.isFile() && !allows(path, READ_FILE) ? [path] : [];
  });
}

function allows(path: string, rights: number): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & rights) === rights;
}
