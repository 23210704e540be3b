// SPDX-License-Identifier: Apache-2.0
import { lstatSync, unlinkSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import type { SystemError } from "../../native/errors.ts";
import type { Fd } from "../../native/fd.ts";
import { namedPipe, readFd } from "../../native/pipe.ts";
import { READABLE, Watch } from "../../native/watch.ts";

/** Bytes of the longest line that is one. */
const MAX_LINE = 256;

/**
 * A named pipe that takes commands, one a line, from whoever may write to it: our user. It lies beside the display's
 * socket, whose lock says that the name is ours.
 */
export class ControlPipe {
  readonly #path: string;
  readonly #inode: bigint;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #log: Logger;
  readonly #commands: Readonly<Record<string, () => void>>;
  readonly #buffer = Buffer.alloc(MAX_LINE);
  #line = "";

  private constructor(path: string, fd: Fd, log: Logger, commands: Readonly<Record<string, () => void>>) {
    this.#path = path;
    this.#inode = lstatSync(path, { bigint: true }).ino;
    this.#fd = fd;
    this.#log = log;
    this.#commands = commands;
    this.#watch = new Watch(fd.raw, () => this.#read());
    this.#watch.set(READABLE);
  }

  /** Null when there can be none, which is no reason not to start: then `log` is told why. */
  static open(path: string, log: Logger, commands: Readonly<Record<string, () => void>>): ControlPipe | null {
    try {
      const left = lstatSync(path, { throwIfNoEntry: false });
      if (left?.isFIFO()) unlinkSync(path);
      return new ControlPipe(path, namedPipe(path), log, commands);
    } catch (error) {
      const { code } = error as SystemError;
      if (code === undefined) throw error;
      const reason = code === "EEXIST" ? "it exists and is no pipe; remove it" : code;
      log.warn(`no control pipe at ${path}: ${reason}`);
      return null;
    }
  }

  /** Removes it. A second call does nothing. */
  close(): void {
    if (!this.#fd.open) return;
    this.#watch.close();
    this.#fd.close();
    if (lstatSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino === this.#inode) unlinkSync(this.#path);
  }

  #read(): void {
    const count = readFd(this.#fd.raw, this.#buffer, 0, this.#buffer.length);
    if (count <= 0) return;
    const lines = (this.#line + this.#buffer.toString("latin1", 0, count)).split("\n");
    // What is longer than any command is wrong anyway; nobody can fill our memory with it.
    this.#line = (lines.pop() as string).slice(0, MAX_LINE);
    for (const line of lines) this.#obey(line.trim());
  }

  #obey(line: string): void {
    if (line === "") return;
    const command = Object.hasOwn(this.#commands, line) ? this.#commands[line] : undefined;
    if (command !== undefined) return command();
    const known = Object.keys(this.#commands).join(", ");
    this.#log.warn(`${this.#path}: "${printable(line)}" is no command; there are ${known}`);
  }
}
