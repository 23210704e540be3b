// SPDX-License-Identifier: Apache-2.0
import {
  type BigIntStats,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { Fd } from "../native/fd.ts";
import { unlinkIfSame } from "./own-files.ts";

/** Why there can be no lock, although nobody has the number. */
export class LockError extends Error {
  override readonly name: string = "LockError";
}

/**
 * A claim on an X display's number, as every X server makes it: a file with the owner's process id in it. It is good
 * for as long as that process lives.
 */
export class XLock {
  readonly #path: string;
  readonly #file: BigIntStats;

  private constructor(path: string, file: BigIntStats) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Takes the number, from an owner who is dead if need be. Throws a UserError that says whose it is, or a LockError when
   * no file can be made.
   *
   * @param directory where the files of X servers are
   * @param isServed whether anybody listens there
   */
  static take(directory: string, number: number, isServed: () => boolean): XLock {
    const path = join(directory, `.X${number}-lock`);
    const draft = new Draft(join(directory, `.tX${number}-lock-${process.pid}`));
    try {
      while (!draft.publish(path)) removeStale(path, number, isServed);
      return new XLock(path, draft.file);
    } finally {
      draft.remove();
    }
  }

  release(): void {
    unlinkIfSame(this.#path, this.#file);
  }
}

/** The lock file under another name, so that nobody ever finds it half-written. */
class Draft {
  readonly #path: string;
  readonly file: BigIntStats;

  constructor(path: string) {
    this.#path = path;
    try {
      // A process before us that had our id may have left one.
      unlinkSync(path);
    } catch {}
    try {
      using fd = new Fd(openSync(path, "wx", 0o444));
      writeSync(fd.raw, `${String(process.pid).padStart(10)}\n`);
      this.file = fstatSync(fd.raw, { bigint: true });
    } catch (error) {
      throw cannotCreate(path, error);
    }
  }

  /** Gives the file its name, unless that is taken. */
  publish(path: string): boolean {
    try {
      linkSync(this.#path, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw cannotCreate(path, error);
    }
  }

  remove(): void {
    unlinkIfSame(this.#path, this.file);
  }
}

function cannotCreate(path: string, error: unknown): LockError {
  return new LockError(`${path} cannot be created (${(error as NodeJS.ErrnoException).code})`);
}

/** Removes the lock of an owner who is dead. Throws a UserError when it cannot be removed, or may not be. */
function removeStale(path: string, number: number, isServed: () => boolean): void {
  const file = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return;
  const owner = readOwner(path);
  if (owner === null) {
    throw new UserError(`${path} names no process, so X display :${number} may be in use`, {
      code: "x-display",
      remedy: "remove it",
    });
  }
  // In a container a server and the one after it may have the same id, which is then ours.
  if (isAlive(owner) && (owner !== process.pid || isServed())) {
    throw new UserError(`X display :${number} is in use by ${nameOf(owner)} (process ${owner}, which holds ${path})`, {
      code: "x-display",
      remedy: "end that program",
    });
  }
  try {
    // Another one may have taken it over meanwhile. If even this is too late, the sockets tell: they have one owner.
    unlinkIfSame(path, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the program that held ${path} is gone, but it cannot be removed (${code})`, {
      code: "x-display",
    });
  }
}

function readOwner(path: string): number | null {
  try {
    const [, pid] = /^ *([1-9]\d*)\n$/.exec(readFileSync(path, "latin1")) ?? [];
    return pid === undefined ? null : Number(pid);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "another program";
  }
}
