// SPDX-License-Identifier: Apache-2.0
/** The sockets that X clients connect to. They exist before there is an X server, and outlive it. */
import { type BigIntStats, chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { accept, connectAbstract, connectUnix, listenAbstract, listenUnix, peerCredentials } from "../native/socket.ts";
import { READABLE, Watch } from "../native/watch.ts";
import { isStale, unlinkIfSame } from "./own-files.ts";
import { XLock } from "./x-lock.ts";

const ANOTHER_NUMBER = "give another number with --x-display";

const STICKY = 0o1000;
const WRITABLE_FOR_OTHERS = 0o022;

/** The number of an X display, and what listens there; the files are removed by `close`. */
export class XDisplay {
  readonly number: number;
  /** Listening sockets, for the X server to accept its clients from; they stay this object's. */
  readonly fds: readonly Fd[];
  readonly #lock: XLock | null;
  readonly #path: string | null;
  readonly #file: BigIntStats | null;
  #watches: readonly Watch[] = [];
  #closed = false;

  private constructor(number: number, fds: readonly Fd[], lock: XLock | null, path: string | null) {
    this.number = number;
    this.fds = fds;
    this.#lock = lock;
    this.#path = path;
    this.#file = path === null ? null : lstatSync(path, { bigint: true });
  }

  /**
   * Takes display `:number`: its lock, and the two sockets where clients look for it, of which one has no file. Throws a
   * UserError that says what is in the way.
   * @param directory where the files go; clients look for them in /tmp
   */
  static open(number: number, directory = "/tmp"): XDisplay {
    const sockets = join(directory, ".X11-unix");
    prepareDirectory(sockets);
    const path = join(sockets, `X${number}`);
    const lock = XLock.take(directory, number, () => existsSync(path) && !isStale(path));
    const fds: Fd[] = [];
    try {
      removeStale(path, number);
      // First the one that nobody can leave behind: whoever gets it has the number.
      fds.push(listenWithoutFile(path, number));
      fds.push(listenAt(path));
      return new XDisplay(number, fds, lock, path);
    } catch (error) {
      for (const fd of fds) fd.close();
      lock.release();
      throw error;
    }
  }

  /** Throws a UserError when somebody listens at `:number`. Clients look for its sockets below `directory`. */
  static requireFree(number: number, directory = "/tmp"): void {
    const path = join(directory, ".X11-unix", `X${number}`);
    if (existsSync(path) && !isStale(path)) throw inUse(number, `somebody listens on ${path}`);
    try {
      connectAbstract(path).close();
    } catch (error) {
      if (error instanceof SystemError && error.code === "ECONNREFUSED") return;
    }
    throw inUse(number, `${listenerOf(path)} listens on @${path}`);
  }

  /** Takes over sockets that somebody else has made to listen at `:number`, and becomes their owner. */
  static fromFds(number: number, fds: readonly Fd[]): XDisplay {
    return new XDisplay(number, fds, null, null);
  }

  /** What DISPLAY is to be for clients. */
  get name(): string {
    return `:${this.number}`;
  }

  /** Calls back, once, when a client wants to connect, and leaves that client to the X server. */
  wait(onClient: () => void): void {
    this.stopWaiting();
    this.#watches = this.fds.map((fd) => {
      const watch = new Watch(fd.raw, () => {
        this.stopWaiting();
        onClient();
      });
      watch.set(READABLE);
      return watch;
    });
  }

  /** No call comes any more from `wait`. */
  stopWaiting(): void {
    for (const watch of this.#watches) watch.close();
    this.#watches = [];
  }

  /** Connects to the X server as any client does. Throws a SystemError. */
  connect(): Fd {
    const path = this.#path ?? `/tmp/.X11-unix/X${this.number}`;
    try {
      return connectAbstract(path);
    } catch {
      // Whoever made the sockets for us may have made only the one with a file.
      return connectUnix(path);
    }
  }

  /** Turns away the clients that want to connect now: nobody can serve them, and they would call for a server for ever. */
  drain(): void {
    for (const fd of this.fds) {
      try {
        for (let client = accept(fd.raw); client !== null; client = accept(fd.raw)) client.close();
      } catch {
        // Out of descriptors: the rest stays, and calls again.
      }
    }
  }

  /** Stops listening and removes the files. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stopWaiting();
    if (this.#path !== null && this.#file !== null) unlinkIfSame(this.#path, this.#file);
    for (const fd of this.fds) fd.close();
    // Last, since the next owner takes the sockets as soon as the lock is his.
    this.#lock?.release();
  }
}

/**
 * Makes the directory for sockets, if there is none. In one that belongs to somebody else, or where anybody can remove
 * what others made, clients could be led to somebody else's server (the checks are wlroots').
 */
function prepareDirectory(path: string): void {
  const remedy = "X displays need it: remove it, or ask the administrator";
  try {
    mkdirSync(path);
    // Not by mkdir, which would leave out what the umask denies.
    chmodSync(path, 0o1777);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw new UserError(`cannot create the directory ${path} (${code}): X displays need it`);
  }
  const directory = lstatSync(path);
  if (!directory.isDirectory()) throw new UserError(`${path} is not a directory: ${remedy}`);
  if (directory.uid !== 0 && directory.uid !== process.getuid?.()) {
    throw new UserError(`${path} belongs to user ${directory.uid}, who could take our clients: ${remedy}`);
  }
  if ((directory.mode & WRITABLE_FOR_OTHERS) !== 0 && (directory.mode & STICKY) === 0) {
    throw new UserError(`${path} lets anybody remove our socket (it has no sticky bit): ${remedy}`);
  }
}

/** Removes a socket on which nobody listens; we hold the lock, so nobody else does so at the same time. */
function removeStale(path: string, number: number): void {
  const file = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isSocket()) throw new UserError(`${path} is not a socket: remove it, or ${ANOTHER_NUMBER}`);
  if (!isStale(path)) throw inUse(number, `somebody listens on ${path}`);
  try {
    unlinkIfSame(path, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${path} is left over, but cannot be removed (${code}): ${ANOTHER_NUMBER}`);
  }
}

function listenWithoutFile(path: string, number: number): Fd {
  try {
    return listenAbstract(path);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== "EADDRINUSE") throw cannotCreate(`@${path}`, error);
    throw inUse(number, `${listenerOf(path)} listens on @${path}`);
  }
}

function listenerOf(name: string): string {
  try {
    using connection = connectAbstract(name);
    return `process ${peerCredentials(connection.raw).pid}`;
  } catch {
    // Gone by now, or with a full backlog.
    return "somebody";
  }
}

function listenAt(path: string): Fd {
  try {
    return listenUnix(path);
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

function cannotCreate(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  return new UserError(`cannot create ${path} (${code}): check who owns its directory, or ${ANOTHER_NUMBER}`);
}

function inUse(number: number, how: string): UserError {
  return new UserError(`X display :${number} is in use (${how}): ${ANOTHER_NUMBER}, or end that program`);
}
