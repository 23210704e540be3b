// SPDX-License-Identifier: Apache-2.0
import { accessSync, closeSync, constants, fchmodSync, fstatSync, ftruncateSync, lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { foresee, openOutside } from "../native/outside.ts";

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK, W_OK, X_OK } = constants;

/** The mode of a file for our user alone. */
const MODE = 0o600;
const FLAGS = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

const reasons: Readonly<Record<string, string>> = {
  ELOOP: "is a symbolic link, which could lead to another file",
  // A pipe without a reader.
  ENXIO: "is neither a file nor a device",
};

/**
 * Opens a file that is nobody else's business, and makes it if there is none. From then on only our user can read it,
 * whatever could be read before; links are not followed. A device such as /dev/full is left as it is.
 *
 * @param wish whether to begin anew, or to append
 * @returns the descriptor
 * @throws UserError when the file cannot be written, or could be another user's
 */
export function openPrivateFile(path: string, wish: "anew" | "append"): number {
  let fd: number;
  try {
    fd = openOutside(path, wish === "append" ? FLAGS | O_APPEND : FLAGS, MODE);
  } catch (error) {
    throw refusal(path, error);
  }
  try {
    const file = fstatSync(fd);
    refuseOthers(path, file);
    if (file.isFile()) fchmodSync(fd, MODE);
    if (file.isFile() && wish === "anew") ftruncateSync(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Says that the file will be opened again, to append. */
export function foreseePrivateFile(path: string): void {
  foresee({ kind: "open", path, flags: FLAGS | O_APPEND, mode: MODE });
}

/** Throws the UserError that opening such a file would throw, as far as that shows without making or changing one. */
export function checkPrivateFile(path: string): void {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file?.isSymbolicLink()) throw refusal(path, { code: "ELOOP" });
  if (file !== undefined) refuseOthers(path, file);
  try {
    if (file === undefined) accessSync(dirname(path), W_OK | X_OK);
    else accessSync(path, W_OK);
  } catch (error) {
    throw refusal(path, error);
  }
}

function refusal(path: string, error: unknown): UserError {
  const { code = "" } = error as NodeJS.ErrnoException;
  return new UserError(`${path} ${reasons[code] ?? `cannot be written (${code})`}`);
}

/** Throws a UserError for what is no file of our own. */
function refuseOthers(path: string, file: Stats): void {
  if (file.isCharacterDevice()) return;
  if (!file.isFile()) throw new UserError(`${path} is neither a file nor a device`);
  if (file.uid !== process.geteuid?.()) throw new UserError(`${path} belongs to user ${file.uid}`);
  if (file.nlink > 1) throw new UserError(`${path} has another name, too, by which another user could read it`);
}
