// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { eventually } from "../../support/eventually.ts";

/** How a program in the guest ended; both null: the guest ended under it. */
export interface GuestEnding {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The host's files that hold what a program says, as it says it. */
export interface GuestFiles {
  readonly output: string;
  readonly errors: string;
}

/** A program that runs in the guest. */
export class GuestProgram {
  readonly name: string;
  /** The process id in the guest. */
  readonly started: Promise<number>;
  readonly ended: Promise<GuestEnding>;
  readonly #files: GuestFiles;
  readonly #send: (signal: NodeJS.Signals) => void;
  #resolveStarted!: (pid: number) => void;
  #resolveEnded!: (ending: GuestEnding) => void;
  #ending: GuestEnding | undefined;

  /** `send` delivers a signal to it. */
  constructor(name: string, files: GuestFiles, send: (signal: NodeJS.Signals) => void) {
    this.name = name;
    this.#files = files;
    this.#send = send;
    this.started = new Promise((resolve) => {
      this.#resolveStarted = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get running(): boolean {
    return this.#ending === undefined;
  }

  /** Its standard output so far. */
  get captured(): Buffer {
    return readFileSync(this.#files.output);
  }

  /** Its standard error so far. */
  get errors(): string {
    return readFileSync(this.#files.errors, "utf8");
  }

  /**
   * Waits, for `limit` milliseconds at most, until it writes, to either, what matches `pattern`; fails at once when it
   * ends without that.
   */
  says(pattern: RegExp, limit?: number): Promise<RegExpExecArray> {
    const probe = () => {
      const gone = !this.running;
      const match = pattern.exec(this.errors) ?? pattern.exec(this.captured.toString());
      if (match === null && gone) throw new Error(`${this.name} ended and did not say ${pattern}: ${this.errors}`);
      return match;
    };
    return eventually(`${this.name} in the guest to say ${pattern}`, probe, limit);
  }

  /** Waits for its end; throws when that takes longer than `limit` milliseconds. */
  end(limit?: number): Promise<GuestEnding> {
    return eventually(`${this.name} in the guest to end`, () => this.#ending, limit);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#send(signal);
  }

  /** Ends it with SIGTERM and waits for that. */
  async stop(): Promise<GuestEnding> {
    this.signal("SIGTERM");
    return this.end();
  }

  /** The machine says that it runs. */
  markStarted(pid: number): void {
    this.#resolveStarted(pid);
  }

  /** The machine says that it has ended. */
  markEnded(ending: GuestEnding): void {
    this.#ending ??= ending;
    this.#resolveEnded(this.#ending);
  }
}
