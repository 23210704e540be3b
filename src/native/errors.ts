// SPDX-License-Identifier: Apache-2.0
/** The errors by which failed system calls reach TypeScript. */

import { getSystemErrorMap } from "node:util";

/** A system call failed. The message names the call, what it was for, and the reason. */
export class SystemError extends Error {
  /** The kernel's name for the reason, for instance `ENOENT`. */
  readonly code: string;
  /** The kernel's number for it, positive. */
  readonly errno: number;
  /** The call that failed, for instance `connect`. */
  readonly syscall: string;

  /** `subject` is what the call was about, usually a path. */
  constructor(syscall: string, errno: number, subject?: string) {
    const [code, reason] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, "unknown reason"];
    super(`${syscall}${subject === undefined ? "" : ` ${subject}`}: ${reason} (${code})`);
    this.name = "SystemError";
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** The addon is missing or does not load; the message says where it was looked for and how to build it. */
export class AddonError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AddonError";
  }
}

/** Passes a result of the binding on, or throws it as a SystemError when it is `-errno`. */
export function check(result: number, syscall: string, subject?: string): number {
  if (result < 0) throw new SystemError(syscall, -result, subject);
  return result;
}
