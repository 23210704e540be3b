// SPDX-License-Identifier: Apache-2.0
import { lstatSync, unlinkSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import type { SystemError } from "../../native/errors.ts";
import type { Fd } from "../../native/fd.ts";
import { foresee, reopenPipe, unlinkOutside } from "../../native/outside.ts";
import { namedPipe, readFd } from "../../native/pipe.ts";
import { READABLE, Watch } from "../../native/watch.ts";

/** Bytes of the longest line that is one. */
const MAX_LINE = 256;

/** Milliseconds until a pipe that could not be opened anew is tried again. */
const RENEW_RETRY_MS = 1000;

/** The commands, by their names. */
type Commands = Readonly<Record<string, () => void>>;

/**
 * A named pipe that takes commands, one a line, from whoever may write to it: our user. It lies beside the display's
 * socket, whose lock says that the name is ours.
 */
export class ControlPipe {
  readonly #path: string;
  readonly #inode: bigint;
  readonly #log: Logger;
  readonly #buffer = Buffer.alloc(MAX_LINE);
  #fd: Fd;
  #watch: Watch | null = null;
  #commands: Commands = {};
  #line = "";

  private constructor(path: string, fd: Fd, log: Logger) {
    this.#path = path;
    this.#inode = lstatSync(path, { bigint: true }).ino;
    this.#fd = fd;
    this.#log = log;
    foresee({ kind: "unlink", path });
  }

  /** Null when there can be none, which is no reason not to start: then `log` gets the reason. */
  static open(path: string, log: Logger): ControlPipe | null {
    try {
      const left = lstatSync(path, { throwIfNoEntry: false });
      if (left?.isFIFO()) unlinkSync(path);
      return new ControlPipe(path, namedPipe(path), log);
    } catch (error) {
      const { code } = error as SystemError;
      if (code === undefined) throw error;
      const reason = code === "EEXIST" ? "it exists and is no pipe; remove it" : code;
      log.warn(`no control pipe at ${path}: ${reason}`);
      return null;
    }
  }

  /** Obeys what is written to it from now on, and what was before. */
  listen(commands: Commands): void {
    this.#commands = commands;
    this.#startWatching();
  }

  /** Removes it. A second call does nothing. */
  close(): void {
    if (!this.#fd.open) return;
    this.#watch?.close();
    this.#fd.close();
    if (lstatSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino === this.#inode) unlinkOutside(this.#path);
  }

  #startWatching(): void {
    this.#watch = new Watch(this.#fd.raw, () => this.#read());
    this.#watch.set(READABLE);
  }

  #read(): void {
    const count = readFd(this.#fd.raw, this.#buffer, 0, this.#buffer.length);
    if (count < 0) return;
    if (count === 0) this.#renew();
    // The end of what was written ends a line, too.
    const text = count === 0 ? "\n" : this.#buffer.toString("latin1", 0, count);
    const lines = (this.#line + text).split("\n");
    // What is longer than any command is wrong anyway; nobody can fill our memory with it.
    this.#line = (lines.pop() as string).slice(0, MAX_LINE);
    for (const line of lines) this.#obey(line.trim());
  }

  /** A pipe at its end stays there. The next one is opened first, so that a writer always finds a reader. */
  #renew(): void {
    if (!this.#fd.open) return;
    let next: Fd;
    try {
      // Whatever is at its path by now; at the beginning of what the next one writes.
      next = reopenPipe(this.#fd.raw, "read");
    } catch {
      // There are too many descriptors just now, and it would be at its end all the time.
      this.#watch?.set(0);
      setTimeout(() => this.#renew(), RENEW_RETRY_MS).unref();
      return;
    }
    this.#watch?.close();
    this.#fd.close();
    this.#fd = next;
    this.#startWatching();
  }

  #obey(line: string): void {
    if (line === "") return;
    const names = Object.keys(this.#commands);
    // Of two who left out the end of the line, the second may have come before the end of the first was seen.
    const found = new RegExp(`^(?:${names.join("|")})+$`).test(line)
      ? line.match(new RegExp(names.join("|"), "g"))
      : null;
    if (found !== null) {
      for (const name of found) this.#commands[name]?.();
      return;
    }
    this.#log.warn(`${this.#path}: "${printable(line)}" is no command; there are ${names.join(", ")}`);
  }
}
