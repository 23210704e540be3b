// SPDX-License-Identifier: Apache-2.0
import type { XDisplay } from "../listen/x-display.ts";
import { type Logger, silent } from "../log/logger.ts";
import { printable } from "../log/printable.ts";
import { Exposure } from "../protocol/exposure.ts";
import { Protocol } from "../protocol/protocol.ts";
import type { Session } from "../relay/session.ts";
import { Sessions, type SessionsOptions } from "../sessions.ts";
import { SocketTransport } from "../wire/socket-transport.ts";
import { inputHooks } from "./input-hooks.ts";
import { startXwayland, type XwaylandProcess } from "./process.ts";
import { surfaceHooks } from "./surfaces.ts";
import { WindowManager } from "./window-manager.ts";

/** An Xwayland that lived for less than so many milliseconds counts as failed. */
const HEALTHY_AFTER = 5000;
/** How long the next client has to wait after a failure; twice as long after each further one. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 60_000;
/** Milliseconds that Xwayland has to end when it is told to. */
const END_PATIENCE = 2000;

/** What an X server is made of. */
export interface XServerOptions extends SessionsOptions {
  /** Where X clients connect. Stays its owner's. */
  readonly display: XDisplay;
  readonly binary: string;
}

/** Serves the clients of an X display by an Xwayland, which runs only while there are some. */
export class XServer {
  readonly #options: XServerOptions;
  readonly #log: Logger;
  readonly #exposure: Exposure;
  readonly #sessions: Sessions;
  readonly #managers = new WeakMap<Session, WindowManager>();
  #process: XwaylandProcess | null = null;
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: XServerOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
    this.#exposure = options.exposure ?? new Exposure();
    const manager = (session: Session): WindowManager => this.#managerOf(session);
    this.#sessions = new Sessions({
      ...options,
      // Hooks are attached to a protocol: with one of its own, Xwayland's cost other programs nothing.
      protocol: new Protocol(),
      offers: [surfaceHooks((session) => manager(session).surfaces)],
      hooks: [inputHooks(manager), ...(options.hooks ?? [])],
    });
    this.#wait();
  }

  /** How many Xwaylands there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Resolves when none is running. */
  idle(): Promise<void> {
    return this.#sessions.idle();
  }

  /** Ends Xwayland and takes no more clients. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#options.display.stopWaiting();
    const process = this.#process;
    if (process !== null) {
      process.child.kill("SIGTERM");
      const killer = setTimeout(() => process.child.kill("SIGKILL"), END_PATIENCE);
      await process.ended;
      clearTimeout(killer);
    }
    await this.#sessions.close();
  }

  #managerOf(session: Session): WindowManager {
    let manager = this.#managers.get(session);
    if (manager === undefined) {
      manager = new WindowManager(session, this.#log);
      this.#managers.set(session, manager);
    }
    return manager;
  }

  #wait(): void {
    this.#options.display.wait(() => void this.#run());
  }

  async #run(): Promise<void> {
    const { display, binary } = this.#options;
    const begin = performance.now();
    const process = startXwayland(binary, display, (line) => this.#log.debug(`Xwayland: ${printable(line)}`));
    this.#process = process;
    const session = await this.#sessions.serve(new SocketTransport(process.wayland), () => "Xwayland");
    if (session === null) {
      process.wm.close();
      process.child.kill();
    } else {
      this.#managerOf(session)
        .start(process.wm, this.#exposure, () => process.child.kill())
        .catch((error: Error) => {
          if (this.#closed || process.child.exitCode !== null) return;
          this.#log.error(`X11 programs cannot be served: ${error.message}`);
          process.child.kill();
        });
    }
    const reason = await process.ended;
    this.#process = null;
    if (session !== null) this.#managerOf(session).close();
    session?.close();
    if (this.#closed) return;
    this.#ended(reason, performance.now() - begin);
  }

  /** Decides when the next client gets a new one. */
  #ended(reason: string, lifetime: number): void {
    if (reason === "exit code 0" || lifetime > HEALTHY_AFTER) {
      if (reason !== "exit code 0") this.#log.warn(`Xwayland has ended: ${reason}`);
      this.#failures = 0;
      this.#wait();
      return;
    }
    const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY);
    this.#log.error(`Xwayland (${this.#options.binary}) ${reason}; the next try is in ${delay / 1000} s`);
    // Those who wait would call for a new one at once.
    this.#options.display.drain();
    this.#retry = setTimeout(() => this.#wait(), delay);
  }
}
