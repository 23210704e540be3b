// SPDX-License-Identifier: Apache-2.0
/**
 * The addon: what `native/*.c` offers, and the only place that loads it. The rest of the room gives these functions
 * names and errors; other rooms use those.
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { AddonError } from "./errors.ts";

/**
 * Every function returns a number >= 0, or `-errno` when the kernel refused; none blocks. Each throws a TypeError for
 * an argument of the wrong kind (also numbers that are not whole, or that lie outside an array). `fd` is always a plain
 * number, and only `close` closes what it is given. All descriptors that are made here are closed on exec.
 */
export interface Binding {
  /**
   * Reads what a stream socket holds into `bytes[offset … offset+length-1]` (`length` >= 1), and the descriptors that
   * came with it into `fds` (29 elements at least): `fds[0]` = how many, `fds[1…28]` = the descriptors, now the
   * caller's. Returns the number of bytes; 0 is the end of the stream. `-EMSGSIZE` when more than 28 came, or more than
   * the limit of open files lets in: bytes and descriptors of that message are lost then, so the connection is of no
   * more use.
   */
  receive(fd: number, bytes: Uint8Array, offset: number, length: number, fds: Int32Array): number;

  /**
   * Writes `bytes[offset … offset+length-1]` (`length` >= 1) to a stream socket, with `fds[0…count-1]` (`count` <= 253,
   * of which libwayland takes 28) attached to the first byte. Returns how many bytes went, maybe fewer than `length`;
   * the descriptors went if any byte did. They stay open here. A peer that is gone is `-EPIPE` or `-ECONNRESET`, never
   * a signal.
   */
  send(fd: number, bytes: Uint8Array, offset: number, length: number, fds: Int32Array, count: number): number;

  /**
   * Prepares watching `fd`; `watchSet` starts it. `callback` gets READABLE (1), WRITABLE (2) or both, again and again
   * while that is so. Hanging up counts as what was asked for, an error as READABLE: receive() and send() tell. One
   * watch for each fd (`-EEXIST`), no regular files (`-EPERM`). The watch keeps the process alive until it is closed.
   */
  watchOpen(fd: number, callback: (events: number) => void): number;
  /** From now on waits for `events` (READABLE | WRITABLE; 0 = for nothing, not even hanging up). */
  watchSet(fd: number, events: number): number;
  /** Ends a watch, at once and for good; to be called before its descriptor is closed. */
  watchClose(fd: number): number;

  /**
   * Makes a listening socket at `path`, whose mode is 0600 (less what the umask denies the owner) from its first moment
   * on. `-ENAMETOOLONG` beyond 107 bytes.
   */
  listenUnix(path: string, backlog: number): number;
  /**
   * The next client of a listening socket; `-EAGAIN` when none waits. Blocks if the listening socket is in blocking
   * mode.
   */
  accept(fd: number): number;
  /** Connects to the socket at `path`; `-EAGAIN` when its backlog is full. */
  connectUnix(path: string): number;
  /** Two connected stream sockets into `out[0]` and `out[1]`. */
  socketPair(out: Int32Array): number;
  /** pid, uid and gid (the ids as signed numbers) of who connected, or listened, into `out[0…2]`. */
  peerCredentials(fd: number, out: Int32Array): number;
  /** Ends a connection in one direction or both; `how` is SHUT_RD 0, SHUT_WR 1 or SHUT_RDWR 2. */
  shutdown(fd: number, how: number): number;

  close(fd: number): number;
  /** A second descriptor for the same open file. */
  duplicate(fd: number): number;
  /** Takes the flock(2) of an open file; `-EAGAIN` when somebody else has it. */
  lockExclusive(fd: number): number;
  /** How many descriptors this process may have (the soft RLIMIT_NOFILE), which its children inherit. */
  softFdLimit(): number;
  /** Sets it; `-EINVAL` above the hard limit. */
  setSoftFdLimit(limit: number): number;
}

/** The root of the package, seen from dist/src/native, or from src/native when Node runs the sources themselves. */
const PACKAGE = new URL(import.meta.url.endsWith(".ts") ? "../../" : "../../../", import.meta.url);

function load(): Binding {
  const path = fileURLToPath(new URL(`prebuilds/linux-${process.arch}/native.node`, PACKAGE));
  try {
    return createRequire(import.meta.url)(path) as Binding;
  } catch (error) {
    const reason = existsSync(path) ? (error as Error).message : `${path} does not exist`;
    throw new AddonError(
      `the addon for ${process.platform}-${process.arch} cannot be loaded (${reason}); ` +
        `build it with: sh ${fileURLToPath(new URL("scripts/build-native.sh", PACKAGE))}`,
    );
  }
}

/** The loaded addon. Importing this file throws an AddonError when it cannot be loaded. */
export const native: Binding = load();
