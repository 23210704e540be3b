// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type { RemoteProgram } from "../../vm/remote-program.ts";

/** The signals that are sent to us and meant for the program. */
const names = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** The signals that come to us: they are the program's while it runs, and otherwise ask us to end. */
export class Signals {
  /** Resolves when one asks us to end, to the exit code. */
  readonly stopped: Promise<number>;
  #program: RemoteProgram | null = null;
  #isStopped = false;
  #isTerminated = false;
  #stop!: (code: number) => void;

  constructor() {
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    for (const name of names) process.on(name, () => this.#onSignal(name));
  }

  /** Whether the program got SIGTERM, which unlike the others no terminal sends: all of it is to end. */
  get terminated(): boolean {
    return this.#isTerminated;
  }

  /** Whose the signals are from now on; null: ours. */
  set program(program: RemoteProgram | null) {
    this.#program = program;
  }

  #onSignal(name: (typeof names)[number]): void {
    const number = constants.signals[name];
    if (this.#program !== null) {
      this.#program.signal(number);
      this.#isTerminated ||= name === "SIGTERM";
    } else if (this.#isStopped) {
      // At the end of a session systemd sends SIGHUP behind SIGTERM, and shells repeat that of a terminal: nobody is impatient.
      if (name !== "SIGHUP") process.exit(128 + number);
    } else {
      this.#isStopped = true;
      this.#stop(128 + number);
    }
  }
}
