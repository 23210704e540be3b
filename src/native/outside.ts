// SPDX-License-Identifier: Apache-2.0
/**
 * Calls that take a path or an address. A process makes them itself, until it is in a jail, which refuses them: then a broker,
 * a process outside, makes those that were foreseen (native/launcher/broker.c).
 */
import {
  closeSync,
  constants as files,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { constants as system, tmpdir } from "node:os";
import { join } from "node:path";
import { native } from "./binding.ts";
import { SystemError } from "./errors.ts";
import { Fd } from "./fd.ts";
import { connectUnix, listenUnix } from "./socket.ts";

/** A call that can be foreseen. */
export type Errand =
  | { readonly kind: "connect" | "unlink" | "remove-tree"; readonly path: string }
  | { readonly kind: "open"; readonly path: string; readonly flags: number; readonly mode: number }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "private-socket"; readonly path: string };

/** What a broker does without its having been foreseen; native/launcher/broker.c has the same numbers. */
const CONNECT_THROUGH = -1;
const REOPEN_TO_READ = -2;
const REOPEN_TO_WRITE = -3;
const TAKE_LISTENER = -4;
const GREET = -5;

/** open(2): a file by which it can only be found. */
const O_PATH = 0o10000000;

/** A process that runs errands for this one. */
export class Broker {
  readonly #socket: Fd;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #answer = new Int32Array(3);

  /** @param errands what it was told to do, in this order */
  constructor(socket: Fd, errands: readonly Errand[]) {
    this.#socket = socket;
    this.#numbers = new Map(errands.map((errand, number) => [keyOf(errand), number]));
  }

  /** Throws a SystemError when it is not there. */
  greet(): void {
    this.#ask(GREET, "greet");
  }

  /** Gives it the listener of a filter of system calls. */
  giveListener(fd: number): void {
    this.#ask(TAKE_LISTENER, "give", fd);
  }

  /** Runs an errand. Throws a SystemError: that of the call, EACCES for what nobody has foreseen, EPIPE without a broker. */
  run(errand: Errand): Fd[] {
    const number = this.#numbers.get(keyOf(errand));
    if (number === undefined) throw new SystemError(errand.kind, system.errno.EACCES, errand.path);
    return this.#ask(number, errand.kind, -1, errand.path);
  }

  /** Lets it end. */
  close(): void {
    this.#socket.close();
  }

  connectThrough(file: Fd): Fd {
    return only(this.#ask(CONNECT_THROUGH, "connect", file.raw));
  }

  reopen(pipe: number, end: "read" | "write"): Fd {
    return only(this.#ask(end === "read" ? REOPEN_TO_READ : REOPEN_TO_WRITE, "open", pipe));
  }

  #ask(errand: number, call: string, given = -1, subject?: string): Fd[] {
    const message = Buffer.alloc(4);
    message.writeInt32LE(errand);
    const status = native.ask(this.#socket.raw, message, given, this.#answer);
    if (status < 0) throw new SystemError(call, -status, subject);
    const [count = 0, ...fds] = this.#answer;
    return fds.slice(0, count).map((fd) => new Fd(fd));
  }
}

/** The one fact that all of a process shares: whether it is in a jail. */
let broker: Broker | null = null;
const foreseenErrands = new Map<string, Errand>();

function keyOf(errand: Errand): string {
  const { kind, path } = errand;
  const rest = kind === "open" ? [errand.flags, errand.mode] : kind === "rename" ? [errand.to] : [];
  return [kind, path, ...rest].join("\0");
}

function only(fds: readonly Fd[]): Fd {
  const [fd] = fds;
  if (fd === undefined) throw new SystemError("recvmsg", system.errno.EMFILE);
  return fd;
}

/** Says that this will be needed in a jail, too. Without effect in one. */
export function foresee(errand: Errand): void {
  foreseenErrands.set(keyOf(errand), errand);
}

export function foreseen(): readonly Errand[] {
  return [...foreseenErrands.values()];
}

/** From now on it makes all these calls. */
export function useBroker(outside: Broker): void {
  broker = outside;
}

/** As openSync. Throws as that does, or a SystemError. */
export function openOutside(path: string, flags: number, mode: number): number {
  return broker === null ? openSync(path, flags, mode) : only(broker.run({ kind: "open", path, flags, mode })).take();
}

/** Says that `readOutside` will read this file. */
export function foreseeReading(path: string): void {
  foresee({ kind: "open", path, flags: files.O_RDONLY, mode: 0 });
}

/** The text of a file. Throws as readFileSync does, or a SystemError. */
export function readOutside(path: string): string {
  const fd = openOutside(path, files.O_RDONLY, 0);
  try {
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/** As unlinkSync. Without its broker a process in a jail leaves the file, as one does that is killed. */
export function unlinkOutside(path: string): void {
  if (broker === null) unlinkSync(path);
  else runLast(broker, { kind: "unlink", path });
}

/** Removes a folder with all that is in it, if it is there. Without its broker a process in a jail leaves it. */
export function removeTreeOutside(path: string): void {
  if (broker === null) rmSync(path, { recursive: true, force: true });
  else runLast(broker, { kind: "remove-tree", path });
}

/** Runs an errand of our end, when the broker may have ended before. */
function runLast(outside: Broker, errand: Errand): void {
  try {
    outside.run(errand);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== "EPIPE") throw error;
  }
}

/** As renameSync. */
export function renameOutside(path: string, to: string): void {
  if (broker === null) renameSync(path, to);
  else broker.run({ kind: "rename", path, to });
}

/** As `connectUnix`. */
export function connectOutside(path: string): Fd {
  return broker === null ? connectUnix(path) : only(broker.run({ kind: "connect", path }));
}

/** Connects to the socket that a descriptor of `privateSocket` finds. Throws as `connectUnix` does. */
export function connectThrough(file: Fd): Fd {
  return broker === null ? connectUnix(`/proc/self/fd/${file.raw}`) : broker.connectThrough(file);
}

/**
 * Opens a pipe a second time, for an open file of our own, which does not block: what has a name, to be read; what has none,
 * to be written to. Throws as `openSync` does, or a SystemError.
 */
export function reopenPipe(pipe: number, end: "read" | "write"): Fd {
  if (broker !== null) return broker.reopen(pipe, end);
  const path = `/proc/self/fd/${pipe}`;
  if (end === "read") return new Fd(openSync(path, files.O_RDONLY | files.O_NONBLOCK));
  if (!readlinkSync(path).startsWith("pipe:[")) throw new SystemError("open", system.errno.EACCES, path);
  return new Fd(openSync(path, files.O_WRONLY | files.O_NONBLOCK));
}

/** A listening socket that nobody finds but who has the first of these descriptors, since its file is gone. */
function privateSocket(folder: string): [file: Fd, listener: Fd] {
  if (broker !== null) {
    const [file, listener] = broker.run({ kind: "private-socket", path: folder });
    if (file !== undefined && listener !== undefined) return [file, listener];
    file?.close();
    throw new SystemError("recvmsg", system.errno.EMFILE);
  }
  const directory = mkdtempSync(join(folder, "wayland-proxy-"));
  const path = join(directory, "socket");
  try {
    const listener = listenUnix(path);
    try {
      return [new Fd(openSync(path, O_PATH)), listener];
    } catch (error) {
      listener.close();
      throw error;
    } finally {
      unlinkSync(path);
    }
  } finally {
    rmdirSync(directory);
  }
}

/** A private socket in that folder, or where it cannot be written to, as in some containers, elsewhere. */
export function privateSocketNear(folder: string): [file: Fd, listener: Fd] {
  try {
    return privateSocket(folder);
  } catch {
    return privateSocket(tmpdir());
  }
}
