// SPDX-License-Identifier: Apache-2.0
/** The two addresses of an X display's number: a file below /tmp, and a name in the kernel, which clients try first. */
import { type BigIntStats, chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { bindAbstract, connectAbstract, listenAbstract, listenUnix, peerCredentials } from "../native/socket.ts";
import { isStale, unlinkIfSame } from "./own-files.ts";

const STICKY = 0o1000;
const WRITABLE_FOR_OTHERS = 0o022;

/** Why there can be no file, which some clients can do without. */
export class NoFileError extends Error {
  override readonly name: string = "NoFileError";
}

/** Whether a server listens at a path. */
export function isServed(path: string): boolean {
  return existsSync(path) && !isStale(path);
}

/**
 * Listens at the path of display `:number`, for nobody but this user: the file has mode 0600. The caller has the
 * display's lock, so that no other process does it at the same time.
 *
 * @throws NoFileError, UserError when another server listens there
 */
export function listenAtFile(path: string, number: number): { readonly fd: Fd; readonly file: BigIntStats } {
  prepareDirectory(dirname(path));
  removeStale(path, number);
  try {
    const fd = listenUnix(path);
    return { fd, file: lstatSync(path, { bigint: true }) };
  } catch (error) {
    throw new NoFileError(`${path} cannot be created (${codeOf(error)})`);
  }
}

/**
 * Takes the name of display `:number`, which needs no file and has no permissions. So nobody can leave it behind, and
 * everybody can connect.
 *
 * @param listens whether clients are to connect there; if not they are refused, and try the file
 * @throws UserError when somebody else has it
 */
export function takeName(path: string, number: number, listens: boolean): Fd {
  try {
    return listens ? listenAbstract(path) : bindAbstract(path);
  } catch (error) {
    if (codeOf(error) === "EADDRINUSE") throw inUse(number, `${ownerOf(path)} has the name @${path}`);
    throw new UserError(`cannot create @${path} (${codeOf(error)})`, { code: "x-display" });
  }
}

/** The error that a display is another server's. */
export function inUse(number: number, how: string): UserError {
  return new UserError(`X display :${number} is in use (${how})`, { code: "x-display", remedy: "end that program" });
}

/**
 * Makes the directory for sockets, if there is none. A directory may belong to another user, or let anybody remove
 * what others made. There clients could be led to another server (the checks are wlroots').
 */
function prepareDirectory(path: string): void {
  try {
    mkdirSync(path);
    // Not by mkdir, which would leave out what the umask denies.
    chmodSync(path, 0o1777);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw new NoFileError(`the directory ${path} cannot be created (${codeOf(error)})`);
  }
  const directory = lstatSync(path);
  if (!directory.isDirectory()) throw new NoFileError(`${path} is not a directory`);
  if (directory.uid !== 0 && directory.uid !== process.getuid?.()) {
    throw new NoFileError(`${path} belongs to user ${directory.uid}, who could take our clients`);
  }
  if ((directory.mode & WRITABLE_FOR_OTHERS) !== 0 && (directory.mode & STICKY) === 0) {
    throw new NoFileError(`${path} lets anybody remove our socket (it has no sticky bit)`);
  }
}

/** Removes a socket on which nobody listens. */
function removeStale(path: string, number: number): void {
  const file = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isSocket()) throw new UserError(`${path} is not a socket`, { code: "x-display", remedy: "remove it" });
  if (!isStale(path)) throw inUse(number, `another server listens on ${path}`);
  try {
    unlinkIfSame(path, file);
  } catch (error) {
    throw new NoFileError(`${path} is left over and cannot be removed (${codeOf(error)})`);
  }
}

function ownerOf(name: string): string {
  try {
    using connection = connectAbstract(name);
    return `process ${peerCredentials(connection.raw).pid}`;
  } catch {
    // It does not listen, or has a full backlog.
    return "another program";
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof SystemError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
  return (error as NodeJS.ErrnoException).code as string;
}
