// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, type Stats } from "node:fs";
import { UserError } from "../errors.ts";

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/** For nobody but our user. */
const MODE = 0o600;

const reasons: Readonly<Record<string, string>> = {
  ELOOP: "is a symbolic link, which could lead to another file",
  // A pipe without a reader.
  ENXIO: "is neither a file nor a device",
};

/**
 * Opens a file for what is nobody else's business, and makes it if there is none. From then on only our user can read it,
 * whatever could be read before; links are not followed. A device such as /dev/full is left as it is.
 *
 * @param wish whether to begin anew, or to append
 * @returns the descriptor
 * @throws UserError when the file cannot be written, or could be somebody else's
 */
export function openPrivateFile(path: string, wish: "anew" | "append"): number {
  let fd: number;
  try {
    fd = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (wish === "append" ? O_APPEND : 0), MODE);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UserError(`${path} ${reasons[code] ?? `cannot be written (${code})`}`);
  }
  try {
    const problem = makePrivate(fd, fstatSync(fd), wish === "anew");
    if (problem !== null) throw new UserError(`${path} ${problem}`);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Returns what is wrong with the file; null for one that will do. */
function makePrivate(fd: number, file: Stats, isAnew: boolean): string | null {
  if (file.isCharacterDevice()) return null;
  if (!file.isFile()) return "is neither a file nor a device";
  if (file.uid !== process.geteuid?.()) return `belongs to user ${file.uid}`;
  if (file.nlink > 1) return "has another name, too, by which somebody else could read it";
  fchmodSync(fd, MODE);
  if (isAnew) ftruncateSync(fd);
  return null;
}
