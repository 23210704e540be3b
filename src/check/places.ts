// SPDX-License-Identifier: Apache-2.0
/** Checks the places where sockets are to be. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { requireRuntimeDir } from "../listen/socket-path.ts";
import { type Finding, failed, missing, ok } from "./finding.ts";

const OTHERS = 0o077;

/** @param path $XDG_RUNTIME_DIR */
export function checkRuntimeDirectory(path: string | undefined): Finding {
  const subject = "runtime directory";
  const directory = requireRuntimeDir(path);
  const status = statSync(directory, { throwIfNoEntry: false });
  if (!status?.isDirectory()) {
    return failed(subject, `${directory} is no directory: create it with mode 0700, or log in to a session that does`);
  }
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch {
    return failed(subject, `nothing may be created in ${directory}: it belongs to user ${status.uid}`);
  }
  if ((status.mode & OTHERS) !== 0) {
    return missing(subject, `${directory} is open to other users: chmod 700 ${directory}`);
  }
  return ok(subject, directory);
}

/**
 * The path of a program, null when there is none that can be executed.
 *
 * @param program a name in $PATH, or a path
 */
export function findProgram(program: string, searchPath: string): string | null {
  const candidates = program.includes("/") ? [program] : searchPath.split(delimiter).map((one) => join(one, program));
  const found = candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
  return found ?? null;
}

/** @param program a name in $PATH, or a path */
export function checkCommand(program: string, searchPath: string): Finding {
  const found = findProgram(program, searchPath);
  if (found === null) return failed("command", `${program} is not found: check its spelling and $PATH`);
  return ok("command", found);
}
