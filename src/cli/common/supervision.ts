// SPDX-License-Identifier: Apache-2.0
/** Decides how long a program serves: until its command and the windows are done, or a signal asks it to end. */
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "../../log/logger.ts";
import type { Environment, Variables } from "./environment.ts";
import { RunningCommand } from "./run-command.ts";
import { ServiceManager } from "./service-manager.ts";

/** Milliseconds that sessions may outlive the command before a warning says why we do not end. */
const LINGER_UNEXPLAINED_MS = 1000;

/**
 * Listens to the signals that ask us to end, from the beginning, and reports to the service manager how we are. A second
 * signal ends the process at once; what has files removes them when the process exits.
 */
export class Supervision implements Disposable {
  readonly #log: Logger;
  readonly #manager: ServiceManager;
  /** Resolves to the signal that asks us, and not the command, to end. */
  readonly #stopped: Promise<NodeJS.Signals>;
  #stopSignal: NodeJS.Signals | null = null;
  #command: RunningCommand | null = null;
  #isReady = false;
  #isTerminated = false;

  /** @param reload what SIGHUP asks for; null where it asks us to end */
  constructor(environment: Environment, log: Logger, reload: (() => void) | null) {
    this.#log = log;
    this.#manager = new ServiceManager(environment, process.pid, log);
    this.#stopped = new Promise((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        if (signal === "SIGHUP" && reload !== null) process.on(signal, reload);
        else process.on(signal, () => this.#onSignal(signal, resolve));
      }
    });
  }

  /** Clients can connect; `clients` returns how many there are. */
  ready(clients: () => number): void {
    this.#isReady = true;
    this.#manager.ready(clients);
  }

  /** A client has come or gone. */
  counted(): void {
    this.#manager.counted();
  }

  /** Resolves when a signal asks us to end. */
  async untilStopped(): Promise<void> {
    await this.#stopped;
  }

  /**
   * Runs a command. Resolves to its exit code when it and all that it has left is done, or a signal says that it is
   * enough. A signal that came before starts nothing.
   *
   * @param environment the environment of the command
   * @param idle resolves when all that the command has started is done
   * @param started called once the command was started
   */
  async runCommand(
    command: readonly string[],
    environment: Variables,
    idle: () => Promise<unknown>,
    started: () => void = () => {},
  ): Promise<number> {
    // Node reports a signal that has come in the next turn.
    await setImmediate();
    if (this.#stopSignal !== null) return exitCodeOf(this.#stopSignal);
    this.#command = new RunningCommand(command, environment, this.#log);
    started();
    const exitCode = await this.#command.exitCode;
    if (!this.#isTerminated) await this.#lastSession(command[0] ?? "", idle);
    return exitCode;
  }

  /** We are about to end. */
  [Symbol.dispose](): void {
    if (this.#isReady) this.#manager.stopping();
  }

  #onSignal(signal: NodeJS.Signals, stop: (signal: NodeJS.Signals) => void): void {
    if (this.#command?.running) {
      this.#command.passOn(signal);
      // Unlike the others, it does not come from a terminal, where it may be meant for a part of what the command runs.
      this.#isTerminated ||= signal === "SIGTERM";
    } else if (this.#stopSignal === null) {
      this.#stopSignal = signal;
      stop(signal);
    } else {
      process.exit(exitCodeOf(signal));
    }
  }

  /** Waits until all that the command has started is done, or a signal says that it is enough. */
  async #lastSession(command: string, idle: () => Promise<unknown>): Promise<void> {
    // What the command started may have connected just before it ended, and is to be accepted first.
    await setImmediate();
    const explanation = setTimeout(() => {
      this.#log.info(
        `${command} has ended, but windows are still open, or what it copied is kept; SIGTERM or SIGINT ends that`,
      );
    }, LINGER_UNEXPLAINED_MS);
    await Promise.race([idle(), this.#stopped]);
    clearTimeout(explanation);
  }
}

/** Returns the exit code that shells use when a signal has ended a program. */
function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
