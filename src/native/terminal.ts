// SPDX-License-Identifier: Apache-2.0
/** Terminals: pty(7), termios(3). */
import { constants, openSync } from "node:fs";
import { native } from "./binding.ts";
import { check } from "./errors.ts";
import { Fd } from "./fd.ts";

/** A new terminal: the end that plays the user, and the path of the one for programs. Throws a SystemError. */
export function openTerminal(): { fd: Fd; path: string } {
  const fd = new Fd(openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  return { fd, path: `/dev/pts/${check(native.terminalUnlock(fd.raw), "ioctl", "/dev/ptmx")}` };
}

/** Says how large it is. Programs get SIGWINCH. Throws a SystemError. */
export function resizeTerminal(fd: Fd, columns: number, rows: number): void {
  check(native.terminalResize(fd.raw, columns, rows), "ioctl", "a terminal");
}

/** More than a struct termios has anywhere. */
const MODE_BYTES = 128;

/**
 * Lets every byte pass as it is, both ways: Node's own raw mode still puts a carriage return before each line feed. Returns
 * what undoes that. Throws a SystemError.
 */
export function makeRaw(fd: number): () => void {
  const saved = new Uint8Array(MODE_BYTES);
  check(native.terminalRaw(fd, saved), "tcsetattr", `fd ${fd}`);
  return () => void native.terminalRestore(fd, saved);
}
