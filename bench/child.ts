// SPDX-License-Identifier: Apache-2.0
// The programs that are measured, as children that cannot outlive the bench.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const listenTimeoutMs = 10_000;
const probeEveryMs = 10;
const endTimeoutMs = 3_000;
const logLinesShown = 5;

const living = new Set<Child>();

/** A program with its log in a file, leading a process group of its own so that its children end with it. */
export class Child {
  readonly name: string;
  readonly pid: number;
  readonly #logPath: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #ending: string | undefined;

  constructor(name: string, command: readonly string[], environment: NodeJS.ProcessEnv, logPath: string) {
    const log = openSync(logPath, "w");
    const [program = "", ...words] = command;
    this.name = name;
    this.#logPath = logPath;
    this.#process = spawn(program, words, { detached: true, env: environment, stdio: ["ignore", log, log] });
    closeSync(log);
    this.#ended = new Promise((resolve) => {
      this.#process.once("error", (error) => {
        this.#ending ??= `cannot be started: ${error.message}`;
        resolve();
      });
      this.#process.once("exit", (code, signal) => {
        this.#ending ??= signal ? `was ended by ${signal}` : `ended with code ${code}`;
        resolve();
      });
    });
    this.pid = this.#process.pid ?? 0;
    living.add(this);
  }

  /** Why the child is no more, with the end of its log; undefined while it runs. */
  get failure(): string | undefined {
    if (this.#ending === undefined) {
      return undefined;
    }
    const log = readFileSync(this.#logPath, "utf8").trim().split("\n").slice(-logLinesShown).join("\n  ");
    return `${this.name} ${this.#ending}${log && `; its last words:\n  ${log}`}`;
  }

  /** Waits until a connection to the socket is accepted. Throws when the child ends before, or takes too long. */
  async listening(socketPath: string): Promise<void> {
    const deadline = performance.now() + listenTimeoutMs;
    while (!(await accepts(socketPath))) {
      await sleep(probeEveryMs);
      if (this.failure !== undefined) {
        throw new Error(this.failure);
      }
      if (performance.now() > deadline) {
        throw new Error(`${this.name} does not listen on ${socketPath} after ${listenTimeoutMs / 1000} s`);
      }
    }
  }

  /** Ends the child and its children, with SIGKILL when SIGTERM is not enough. */
  async end(): Promise<void> {
    living.delete(this);
    this.#signal("SIGTERM");
    const timeout = setTimeout(() => this.#signal("SIGKILL"), endTimeoutMs);
    await this.#ended;
    clearTimeout(timeout);
    this.#signal("SIGKILL"); // grandchildren that ignored SIGTERM
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.pid > 0) {
        process.kill(-this.pid, signal);
      }
    } catch {
      // ESRCH: the whole group is gone.
    }
  }
}

/** Ends every child that still runs. */
export async function endChildren(): Promise<void> {
  await Promise.all([...living].map((child) => child.end()));
}

function accepts(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
