// SPDX-License-Identifier: Apache-2.0
/** The sockets that X clients connect to. They exist before there is an X server, and outlive it. */
import { type BigIntStats, chmodSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Fd } from "../native/fd.ts";
import { accept, connectAbstract, connectUnix } from "../native/socket.ts";
import { READABLE, Watch } from "../native/watch.ts";
import type { InheritedSocket } from "./inherited-sockets.ts";
import { unlinkIfSame } from "./own-files.ts";
import { LockError, XLock } from "./x-lock.ts";
import { inUse, isServed, listenAtFile, NoFileError, takeName } from "./x-sockets.ts";

/** The mode of a socket that systemd has made and nobody has said another of (SocketMode= in systemd.socket(5)). */
const SYSTEMD_MODE = 0o666;
const OWNER_ONLY = 0o600;
const WRITABLE_FOR_OTHERS = 0o022;

/** The parts of an X display. */
interface Parts {
  readonly listener: Fd;
  readonly path: string;
  /** Keeps the name without a file from others; null when clients are to connect there. */
  readonly name?: Fd | null;
  readonly lock?: XLock | null;
  /** The file at the path, if it is ours. */
  readonly file?: BigIntStats;
}

/**
 * The number of an X display, and what listens there; the files are removed by `close`.
 *
 * Clients look for it in two places: first at a name in the kernel, which has no permissions, then at a file. They
 * are to connect to the file. Its mode keeps other users away, before Xwayland is started for them or spends one of
 * its few places on them. The name is taken all the same, without listening there: otherwise whoever takes it gets
 * the clients.
 */
export class XDisplay {
  readonly number: number;
  /** Listening sockets from which the X server accepts its clients. This object stays their owner. */
  readonly fds: readonly Fd[];
  readonly #parts: Parts;
  #watches: readonly Watch[] = [];
  #closed = false;

  private constructor(number: number, parts: Parts) {
    this.number = number;
    this.fds = [parts.listener];
    this.#parts = parts;
  }

  /**
   * Takes display `:number`: its lock, its file, and its name. Where no file can be made, or not safely, clients connect
   * to the name. Throws a UserError that says what is in the way.
   *
   * @param directory where the files go; clients look for them in /tmp
   * @param warn called with what works less well than it should
   */
  static open(number: number, directory = "/tmp", warn: (text: string) => void = () => {}): XDisplay {
    const path = socketPath(number, directory);
    let lock: XLock | null = null;
    let name: Fd | null = null;
    try {
      lock = XLock.take(directory, number, () => isServed(path));
      name = takeName(path, number, false);
      const { fd, file } = listenAtFile(path, number);
      return new XDisplay(number, { listener: fd, path, name, lock, file });
    } catch (error) {
      name?.close();
      try {
        if (!(error instanceof NoFileError || error instanceof LockError)) throw error;
        if (isServed(path)) throw inUse(number, `another server listens on ${path}`);
        const listener = takeName(path, number, true);
        warn(
          `X programs find display :${number} only by its name without a file, since ${error.message}: those that look ` +
            "for a file do not find it, and programs of other users can connect",
        );
        return new XDisplay(number, { listener, path, lock });
      } catch (refusal) {
        lock?.release();
        throw refusal;
      }
    }
  }

  /**
   * Takes over a socket that another process has made to listen at `:number`, and becomes its owner. Throws a UserError
   * when another program has the name at which clients look first.
   *
   * @param directory where clients look for sockets
   * @param warn called when other users can connect
   * @internal
   */
  static inherit(
    number: number,
    { fd, address }: InheritedSocket,
    directory = "/tmp",
    warn: (text: string) => void = () => {},
  ): XDisplay {
    const path = socketPath(number, directory);
    const name = address === `@${path}` ? null : takeName(path, number, false);
    const problem = address.startsWith("@") ? "it has no file" : closeToOthers(address);
    if (problem !== null) {
      warn(`programs of other users can connect to the X display at ${address}, since ${problem}: set SocketMode=0600`);
    }
    return new XDisplay(number, { listener: fd, path, name });
  }

  /** The value of DISPLAY for clients. */
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

  /** Ends `wait`: its callback is not called any more. */
  stopWaiting(): void {
    for (const watch of this.#watches) watch.close();
    this.#watches = [];
  }

  /** Connects to the X server as any client does. Throws a SystemError. */
  connect(): Fd {
    const { path } = this.#parts;
    try {
      return connectAbstract(path);
    } catch {
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
    const { listener, path, name, lock, file } = this.#parts;
    if (file !== undefined) unlinkIfSame(path, file);
    listener.close();
    name?.close();
    // Last, since the next owner takes the sockets as soon as the lock is his.
    lock?.release();
  }
}

function socketPath(number: number, directory: string): string {
  return join(directory, ".X11-unix", `X${number}`);
}

/** Keeps other users from a socket that systemd has made as it does by default. @returns why they can connect, or null */
function closeToOthers(path: string): string | null {
  const mode = lstatSync(path).mode & 0o777;
  if ((mode & WRITABLE_FOR_OTHERS) === 0) return null;
  if (mode !== SYSTEMD_MODE) return `its mode is 0${mode.toString(8)}`;
  try {
    chmodSync(path, OWNER_ONLY);
    return null;
  } catch (error) {
    return `its mode is 0${mode.toString(8)}, which cannot be changed (${(error as NodeJS.ErrnoException).code})`;
  }
}
