// SPDX-License-Identifier: Apache-2.0
import { openSync } from "node:fs";
import { constants as system } from "node:os";
import { isNamed } from "../copies.ts";
import { native } from "./binding.ts";
import { check, SystemError } from "./errors.ts";

/** Marks an Fd that owns nothing any more. */
const NONE = -1;

/** Owns one open file descriptor. Exactly one Fd owns a descriptor at a time, and closes it unless it is taken over. */
export class Fd {
  /** Tells it from others, whichever copy of this class has made it. */
  readonly name: string = "Fd";
  #raw: number;

  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this
    return isNamed(value, this, Fd, "Fd");
  }

  /** Becomes the owner of `raw`. */
  constructor(raw: number) {
    if (!Number.isInteger(raw) || raw < 0) throw new TypeError(`not a file descriptor: ${raw}`);
    this.#raw = raw;
  }

  /**
   * Becomes the owner of a descriptor that this process was started with, which from now on is nonblocking and closed on
   * exec. Throws a SystemError (EBADF).
   */
  static adopt(raw: number): Fd {
    check(native.adopt(raw), "fcntl", `fd ${raw}`);
    return new Fd(raw);
  }

  /** Opens a file, with flags as for `openSync`. Throws a SystemError (ENOENT, EACCES, EMFILE). */
  static openFile(path: string, flags: string | number): Fd {
    try {
      return new Fd(openSync(path, flags));
    } catch (error) {
      const { errno = -system.errno.EIO } = error as NodeJS.ErrnoException;
      throw new SystemError("open", -errno, path);
    }
  }

  /** The number, to lend it to a system call; this stays the owner. Throws when closed or taken. */
  get raw(): number {
    if (this.#raw === NONE) throw new Error("this file descriptor was closed or taken");
    return this.#raw;
  }

  /** Whether this still owns a descriptor. */
  get open(): boolean {
    return this.#raw !== NONE;
  }

  /** The number, and with it the duty to close it, goes to the caller. Throws when closed or taken. */
  take(): number {
    const raw = this.raw;
    this.#raw = NONE;
    return raw;
  }

  /**
   * Closes the descriptor that this owns; does nothing when there is none (any more). Throws a SystemError (EBADF) when
   * other code has closed it, which means that a stranger's descriptor may be hit next.
   */
  close(): void {
    if (this.#raw === NONE) return;
    check(native.close(this.take()), "close");
  }

  /** A new Fd for the same open file. Throws a SystemError (EMFILE). */
  duplicate(): Fd {
    return new Fd(check(native.duplicate(this.raw), "dup"));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
