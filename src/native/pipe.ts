// SPDX-License-Identifier: Apache-2.0
/** Pipes and eventfds. Plain numbers stand for descriptors that are only used, an Fd for one that changes hands. */

import { constants as files, openSync } from "node:fs";
import { constants } from "node:os";
import { type Binding, native } from "./binding.ts";
import { check } from "./errors.ts";
import { Fd } from "./fd.ts";

/**
 * A pipe: its read end, and its write end. An end that is handed to another program blocks as programs expect, unless
 * `readFd` or `writeFd` has used it. Throws a SystemError (EMFILE).
 */
export function pipe(): [read: Fd, write: Fd] {
  const ends = new Int32Array(2);
  check(native.pipe(ends), "pipe");
  return [new Fd(ends[0] as number), new Fd(ends[1] as number)];
}

/**
 * Makes a pipe with a name, and opens the end that is read, without blocking. It is at its end when all who wrote have
 * closed it, until it is opened again (`reopenPipe`). Throws a SystemError (EEXIST, ENOENT, EACCES …).
 */
export function namedPipe(path: string): Fd {
  check(native.namedPipe(path), "mkfifo", path);
  return new Fd(openSync(path, files.O_RDONLY | files.O_NONBLOCK));
}

/**
 * Reads from a pipe, socket or the like; see `Binding.read`. Never blocks, whatever mode the descriptor came in. Returns
 * `-errno` rather than throw.
 */
export const readFd: Binding["read"] = native.read;

/** Writes to one; see `Binding.write`. Never blocks. Returns `-errno` rather than throw. */
export const writeFd: Binding["write"] = native.write;

/** A counter that wakes up whoever watches it. Throws a SystemError (EMFILE). */
export function eventfd(): Fd {
  return new Fd(check(native.eventfd(), "eventfd"));
}

const counter = new BigUint64Array(1);
const counterBytes = new Uint8Array(counter.buffer);

/** Wakes up whoever watches an eventfd. Throws a SystemError. */
export function eventfdWrite(fd: number): void {
  counter[0] = 1n;
  const status = native.write(fd, counterBytes, 0, counterBytes.length);
  // A counter that is full: nobody has read it, so it wakes them up anyway.
  if (status !== -constants.errno.EAGAIN) check(status, "write", "eventfd");
}
