// SPDX-License-Identifier: Apache-2.0
/** Terminals for programs: pty(7). */
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
