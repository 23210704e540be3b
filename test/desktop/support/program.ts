// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { eventually } from "../../support/eventually.ts";
import { need } from "./packages.ts";

/** How a process ended: its exit code or the signal that killed it, and when (performance.now()). */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

/** The program to start, and how. */
export interface Launch {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Unprivileged user and group id to run as; default: as we are. */
  readonly uid?: number | undefined;
  /** The file that gets its output. */
  readonly log: string;
  /** Given to its standard input, which is closed afterwards. */
  readonly input?: Uint8Array | undefined;
  /** Keep standard output in memory instead of the log. */
  readonly capture?: boolean | undefined;
}

/** A running process whose output goes to a log file. */
export class Program {
  readonly name: string;
  readonly log: string;
  /** Resolves when the process is gone; never rejects. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #captured: Buffer[] = [];
  #ending: Ending | undefined;

  /** Throws, naming the package, when the program is not installed. */
  constructor(launch: Launch) {
    need("setpriv", launch.command);
    this.name = launch.command;
    this.log = launch.log;
    // The kernel ends the process when the test run dies first, whatever the reason: nothing stays behind.
    const wrapper = ["--pdeathsig", "TERM"];
    if (launch.uid !== undefined) wrapper.push(`--reuid=${launch.uid}`, `--regid=${launch.uid}`, "--clear-groups");
    const log = openSync(launch.log, "a");
    this.#child = spawn("setpriv", [...wrapper, "--", launch.command, ...(launch.args ?? [])], {
      cwd: launch.cwd,
      env: launch.env,
      stdio: [launch.input ? "pipe" : "ignore", launch.capture ? "pipe" : log, log],
    });
    closeSync(log);
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#captured.push(bytes));
    // A program that ends without reading all its input is judged by its result, not by EPIPE.
    this.#child.stdin?.on("error", () => {});
    this.#child.stdin?.end(launch.input);
    this.ended = new Promise((resolve) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#ending = { code, signal, at: performance.now() };
        resolve(this.#ending);
      };
      this.#child.on("error", () => finish(127, null));
      this.#child.on(launch.capture ? "close" : "exit", finish);
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get running(): boolean {
    return this.#ending === undefined;
  }

  /** What the program wrote to standard output so far, when it was started with `capture`. */
  get captured(): Buffer {
    return Buffer.concat(this.#captured);
  }

  /** The text that the program wrote to its log so far. */
  get output(): string {
    return readFileSync(this.log, "utf8");
  }

  /** Waits until the program's log matches `pattern`; fails at once when the program ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(`${this.name} to say ${pattern}`, () => {
      const gone = !this.running;
      const match = pattern.exec(this.output);
      if (match === null && gone) throw new Error(`${this.name} ended and did not say ${pattern}`);
      return match;
    });
  }

  /** Waits for the end of the process; throws when that takes longer than `limit` milliseconds. */
  async end(limit?: number): Promise<Ending> {
    return eventually(`${this.name} (pid ${this.pid}) to end`, () => this.#ending, limit);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Ends the process: SIGTERM, and SIGKILL when it is still there after `limit` milliseconds. Says whether the first was enough. */
  async stop(limit = 3000): Promise<boolean> {
    this.signal("SIGTERM");
    try {
      await this.end(limit);
      return true;
    } catch {
      this.signal("SIGKILL");
      await this.ended;
      return false;
    }
  }
}
