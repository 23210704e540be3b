// SPDX-License-Identifier: Apache-2.0
/** The path of a Wayland socket. The rules are libwayland's, so that every program agrees with us. */
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { UserError } from "../errors.ts";

/** sockaddr_un.sun_path has 108 bytes, the last of which is the terminating zero. */
const MAX_PATH_BYTES = 107;

/** Linux follows at most 40 links in one path (MAXSYMLINKS), so a longer chain is a loop. */
const MAX_LINKS = 40;

/**
 * The path of the socket that a display name stands for. An absolute name is the path; any other is a file in the
 * runtime directory ($XDG_RUNTIME_DIR, undefined if not set). Throws a UserError if there can be no such socket.
 */
export function socketPath(runtimeDir: string | undefined, name: string): string {
  if (name === "") {
    throw new UserError("the display name is empty: give a name such as wayland-1, or an absolute path");
  }
  const path = isAbsolute(name) ? name : join(requireRuntimeDir(runtimeDir), name);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    throw new UserError(
      `the path ${path} has ${bytes} bytes, but a socket's path can have ${MAX_PATH_BYTES} at most: choose a shorter one`,
    );
  }
  return path;
}

/** Whether both paths lead to the same file, through symbolic links too, and also before that file exists. */
export function isSameSocket(path: string, other: string): boolean {
  return canonicalPath(path) === canonicalPath(other);
}

/** $XDG_RUNTIME_DIR, if sockets can be there at all. Throws a UserError. */
export function requireRuntimeDir(runtimeDir: string | undefined): string {
  const remedy = "log in to a session that sets it, or set it to a directory of your own with mode 0700";
  if (runtimeDir === undefined || runtimeDir === "") {
    throw new UserError(`XDG_RUNTIME_DIR is not set, so there is no place for sockets: ${remedy}`);
  }
  // The specification of base directories asks for absolute paths, and libwayland refuses others.
  if (!isAbsolute(runtimeDir)) {
    throw new UserError(`XDG_RUNTIME_DIR is "${runtimeDir}", which is not an absolute path: ${remedy}`);
  }
  return runtimeDir;
}

/** Like realpath(3), but the last component may be missing, and so may the target of a link. */
function canonicalPath(path: string): string {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const directory = realpathOr(dirname(current));
    current = join(directory, basename(current));
    if (!lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink()) break;
    current = resolve(directory, readlinkSync(current));
  }
  return current;
}

function realpathOr(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
