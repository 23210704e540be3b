// SPDX-License-Identifier: Apache-2.0
/** The command that the user gave to be run under the proxy. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Logger } from "../../log/logger.ts";
import { foreseeReading, readOutside } from "../../native/outside.ts";
import type { Variables } from "./environment.ts";
import { withOriginalFdLimit } from "./fd-limit.ts";

/** Exit codes by which shells report that a command could not be run. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "command not found: check its spelling and $PATH",
  EACCES: "permission denied: is it a program, and may you execute it?",
};

/** A command that was started, with our terminal as its own. */
export class RunningCommand {
  /** Resolves when the command has ended: its exit code, or as shells count, 128+n if signal n ended it. */
  readonly exitCode: Promise<number>;
  readonly #child: ChildProcess | undefined;

  /**
   * Runs `command` (a program, searched in $PATH, and its arguments) with `environment` and nothing else. If that
   * fails, `log` gets the reason, and the exit code is the one that shells give for it.
   */
  constructor(command: readonly string[], environment: Variables, log: Logger) {
    const [program = "", ...args] = command;
    const failed = (error: NodeJS.ErrnoException): number => {
      log.error(`${program}: ${reasons[error.code ?? ""] ?? `cannot be executed: ${error.message}`}`);
      return error.code === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE;
    };
    try {
      const child = withOriginalFdLimit(environment, () =>
        spawn(program, args, { stdio: "inherit", env: environment }),
      );
      this.#child = child;
      for (const pid of [process.pid, child.pid ?? process.pid]) foreseeReading(statPath(pid));
      this.exitCode = new Promise((resolve) => {
        child.once("error", (error) => resolve(failed(error)));
        child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]));
      });
    } catch (error) {
      // Node reports some errors of execve(2) by an event and throws the others.
      this.exitCode = Promise.resolve(failed(error as NodeJS.ErrnoException));
    }
  }

  get running(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Passes on a signal that came to us. Ctrl-C on a terminal sends SIGINT to its whole foreground process group, so a
   * command in our group has it already. Many programs take a second one as "do not even clean up". A SIGINT that is
   * sent to us alone looks the same to Node, and is not passed on then: SIGTERM always is.
   */
  passOn(signal: NodeJS.Signals): void {
    if (!this.running) return;
    if (signal === "SIGINT" && this.#hasItFromTerminal()) return;
    this.#child?.kill(signal);
  }

  #hasItFromTerminal(): boolean {
    try {
      const own = processGroups(process.pid);
      return own.group === own.foreground && processGroups(this.#child?.pid ?? process.pid).group === own.group;
    } catch {
      // No /proc: two signals are better than none.
      return false;
    }
  }
}

function statPath(pid: number): string {
  return `/proc/${pid}/stat`;
}

/** The process group of a process, and the foreground group of its terminal (-1 without one). See proc(5), stat. */
function processGroups(pid: number): { group: number; foreground: number } {
  const stat = readOutside(statPath(pid));
  // The second field is the program's name in parentheses, which may itself contain anything.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { group: Number(group), foreground: Number(foreground) };
}
