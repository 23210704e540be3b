// SPDX-License-Identifier: Apache-2.0
/** Files of ours at paths where others may put theirs. */
import { type BigIntStats, lstatSync } from "node:fs";
import { SystemError } from "../native/errors.ts";
import { unlinkOutside } from "../native/outside.ts";
import { connectUnix } from "../native/socket.ts";

/** Whether it is that file which is at the path, and not a later one that has got the number of its inode. */
export function isAt(path: string, file: BigIntStats): boolean {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return false;
  return found.dev === file.dev && found.ino === file.ino && found.birthtimeNs === file.birthtimeNs;
}

/** Removes our own file, but not another one that was put at its place. */
export function unlinkIfSame(path: string, file: BigIntStats): void {
  if (isAt(path, file)) unlinkOutside(path);
}

/** Whether a socket's file was left behind: nobody listens on it. */
export function isStale(path: string): boolean {
  try {
    connectUnix(path).close();
    return false;
  } catch (error) {
    // ECONNREFUSED is the one answer that says that nobody listens. EAGAIN is a listener with a full backlog.
    return error instanceof SystemError && error.code === "ECONNREFUSED";
  }
}
