// SPDX-License-Identifier: Apache-2.0
/**
 * The socket that clients connect to, and the lock file that says whose it is. The rules are libwayland's. NAME.lock
 * is held with flock for as long as NAME is ours. Whoever holds the lock may remove a socket that was left behind.
 */
import { accessSync, type BigIntStats, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { basename, dirname, isAbsolute } from "node:path";
import { UserError } from "../errors.ts";
import { printable } from "../log/printable.ts";
import { Fd } from "../native/fd.ts";
import { foresee } from "../native/outside.ts";
import { listenUnix, lockExclusive } from "../native/socket.ts";
import type { InheritedSocket } from "./inherited-sockets.ts";
import { isAt, isStale, unlinkIfSame } from "./own-files.ts";
import { isSameSocket, socketPath } from "./socket-path.ts";

/** The last name of the search for a free one, wayland-1 to wayland-32, where libwayland's own search ends too. */
const LAST_DEFAULT = 32;

/** The name has another owner. It is apart from other errors, since the search for a free name goes on after it. */
class NameTaken extends UserError {}

/** A listening socket, with its lock if it is our own; the files of those are removed by `close`. */
export class DisplaySocket {
  /** The value of WAYLAND_DISPLAY for our clients: as the user gave it, or the name that was found free. */
  readonly name: string;
  readonly path: string;
  /** The listening socket: nonblocking, with mode 0600. */
  readonly fd: Fd;
  readonly #lock: Lock | null;
  readonly #file: BigIntStats | null;

  private constructor(name: string, path: string, fd: Fd, lock: Lock | null) {
    this.name = name;
    this.path = path;
    this.fd = fd;
    this.#lock = lock;
    this.#file = lock === null ? null : lstatSync(path, { bigint: true });
    if (lock !== null) foresee({ kind: "unlink", path });
  }

  /**
   * Uses a socket that another process has made, whose file stays when it is closed. Throws a UserError when clients
   * cannot connect to it, or when it is the host's own.
   *
   * @internal
   */
  static inherit({ fd, address }: InheritedSocket, runtimeDir: string | undefined, hostPath?: string): DisplaySocket {
    if (!isAbsolute(address)) {
      throw new UserError(
        `clients cannot connect to the socket ${printable(address)}: it must have a path, see ListenStream=`,
      );
    }
    refuseOwnHost(address, hostPath);
    // Many programs, and sandboxes around them, know names in the runtime directory only.
    const name = dirname(address) === runtimeDir ? basename(address) : address;
    return new DisplaySocket(name, address, fd, null);
  }

  /**
   * Takes the display `name`: a name in the runtime directory, or an absolute path. Without a name it takes the first
   * of wayland-1, wayland-2… that is free. `hostPath` is the host's own socket, which may not exist yet: it is never
   * taken, since we would be our own compositor. Throws a UserError that says what is in the way.
   *
   * @param beforeListening called with the path once it is ours: what is to be there when clients see the socket
   */
  static open(
    runtimeDir: string | undefined,
    name?: string,
    hostPath?: string,
    beforeListening: (path: string) => void = () => {},
  ): DisplaySocket {
    return firstFree(runtimeDir, name, (one) => DisplaySocket.#take(runtimeDir, one, hostPath, beforeListening));
  }

  /** The path of the socket that `open` would make, as far as looking shows. Throws as that does. */
  static findFree(runtimeDir: string | undefined, name?: string, hostPath?: string): string {
    return firstFree(runtimeDir, name, (one) => {
      const path = socketPath(runtimeDir, one);
      refuseOwnHost(path, hostPath);
      refuseUsed(path);
      try {
        accessSync(dirname(path), constants.W_OK | constants.X_OK);
      } catch (error) {
        throw cannotCreate(path, error);
      }
      return path;
    });
  }

  static #take(
    runtimeDir: string | undefined,
    name: string,
    hostPath: string | undefined,
    beforeListening: (path: string) => void,
  ): DisplaySocket {
    const path = socketPath(runtimeDir, name);
    refuseOwnHost(path, hostPath);
    const lock = new Lock(`${path}.lock`, path);
    try {
      removeStale(path);
      beforeListening(path);
      return new DisplaySocket(name, path, listen(path), lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Stops listening, and removes a socket of our own, then its lock. Idempotent. */
  close(): void {
    if (!this.fd.open) return;
    this.removeFiles();
    this.fd.close();
  }

  /** Removes the files of a socket of our own that is still in use, when the process ends without closing it. */
  removeFiles(): void {
    if (!this.fd.open) return;
    if (this.#file !== null) unlinkIfSame(this.path, this.#file);
    this.#lock?.release();
  }
}

/** Returns what `take` makes of the name, or without one of the first default name that is free. */
function firstFree<T>(runtimeDir: string | undefined, name: string | undefined, take: (name: string) => T): T {
  if (name !== undefined) return take(name);
  for (let n = 1; n <= LAST_DEFAULT; n++) {
    try {
      return take(`wayland-${n}`);
    } catch (error) {
      if (!(error instanceof NameTaken)) throw error;
    }
  }
  throw new UserError(`wayland-1 to wayland-${LAST_DEFAULT} are all in use in ${runtimeDir}`, { code: "socket-name" });
}

/** An exclusive claim on a name by a locked file, which is removed with the claim. */
class Lock {
  readonly #path: string;
  readonly #fd: Fd;
  readonly #file: BigIntStats;

  constructor(path: string, display: string) {
    this.#path = path;
    // The holder before us removes the file while it holds it. Whoever opened it just before that gets a lock on a file
    // which has no name any more. Meanwhile the next one creates and locks a new file: two owners. So the lock counts
    // only if its file is still the one at the path.
    for (;;) {
      const fd = openLock(path);
      const file = fstatSync(fd.raw, { bigint: true });
      if (!lockExclusive(fd.raw)) {
        fd.close();
        throw new NameTaken(`${display} is in use by another program (it holds ${path})`, {
          code: "socket-name",
          remedy: "end that program",
        });
      }
      if (isAt(path, file)) {
        this.#fd = fd;
        this.#file = file;
        foresee({ kind: "unlink", path });
        return;
      }
      fd.close();
    }
  }

  release(): void {
    unlinkIfSame(this.#path, this.#file);
    this.#fd.close();
  }
}

function refuseOwnHost(path: string, hostPath: string | undefined): void {
  if (hostPath === undefined || !isSameSocket(path, hostPath)) return;
  throw new NameTaken(`${path} is the host compositor's socket, so we would be our own host`, {
    code: "socket-name",
    remedy: "set WAYLAND_DISPLAY to the real host",
  });
}

function openLock(path: string): Fd {
  try {
    // Not "w+": the file of another owner is not to be truncated.
    return new Fd(openSync(path, "a+", 0o600));
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

function listen(path: string): Fd {
  try {
    return listenUnix(path);
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

/** Removes a socket that nobody listens on; we hold the lock, so nobody else does so at the same time. */
function removeStale(path: string): void {
  const file = refuseUsed(path);
  if (file !== undefined) unlinkIfSame(path, file);
}

/** The socket that was left behind at a path, if there is one; throws a NameTaken for anything else that is there. */
function refuseUsed(path: string): BigIntStats | undefined {
  const file = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return undefined;
  if (!file.isSocket()) {
    throw new NameTaken(`${path} exists and is not a socket`, { code: "socket-name", remedy: "remove it" });
  }
  if (!isStale(path)) {
    // A socket without a lock: made by systemd, or mounted into a container.
    throw new NameTaken(`${path} is in use by another program`, { code: "socket-name", remedy: "end that program" });
  }
  return file;
}

function cannotCreate(path: string, error: unknown): unknown {
  const { code } = error as { code?: string };
  const directory = dirname(path);
  switch (code) {
    case undefined:
      return error;
    case "ENOENT":
      return new UserError(`the directory ${directory} does not exist, so ${path} cannot be created: create it first`);
    case "ENOTDIR":
      return new UserError(`${directory} is not a directory, so ${path} cannot be created: choose another place`);
    case "EACCES":
    case "EPERM":
      return new UserError(
        `no permission to create ${path}: check who owns ${directory}, and whom this program runs as`,
      );
    case "EADDRINUSE":
      return new NameTaken(`${path} was taken by another program just now`, { code: "socket-name" });
    default:
      return new UserError(`cannot create ${path} (${code})`, { code: "socket-name" });
  }
}
