// SPDX-License-Identifier: Apache-2.0

import { env } from "node:process";
import type { SharedImages } from "../hooks/shm/shadows.ts";
import type { XDisplay } from "../listen/x-display.ts";
import { type Logger, silent } from "../log/logger.ts";
import { printable } from "../log/printable.ts";
import { Exposure } from "../protocol/exposure.ts";
import { Protocol } from "../protocol/protocol.ts";
import type { Session } from "../relay/session.ts";
import { Sessions, type SessionsOptions, type Statistics } from "../sessions.ts";
import { SocketTransport } from "../wire/socket-transport.ts";
import { X11Connection } from "../x11/connection.ts";
import { Appearance, type Resources } from "./appearance.ts";
import { localImages } from "./local-images.ts";
import type { OutputWishes } from "./outputs.ts";
import type { Explain } from "./part.ts";
import { XwaylandProcess } from "./process.ts";
import { ServedSessions } from "./served.ts";
import { WindowManager } from "./window-manager.ts";

/** How long the next client has to wait after a failure; twice as long after each further one. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 60_000;

/** What an X server is made of. */
export interface XServerOptions extends Omit<SessionsOptions, "protocol" | "offers">, Partial<OutputWishes> {
  /** Where X clients connect. Stays its owner's. */
  readonly display: XDisplay;
  /** Which Xwayland to start; by default the one in PATH. */
  readonly binary?: string | undefined;
  /** Memory that the host can map; by default this machine's. */
  readonly imagesFor?: ((session: Session) => SharedImages) | undefined;
  /** X resources that the user wants; by default none. */
  readonly resources?: Resources;
  /** Gets lines about X11: its messages, and the window manager's decisions; by default nobody wants to see them. */
  readonly explain?: Explain | null;
}

/**
 * Serves the clients of an X display by an Xwayland, which runs only while there are some. What is wrong with it is
 * logged, and costs the X clients of that time.
 */
export class XServer {
  readonly #options: XServerOptions;
  readonly #binary: string;
  readonly #log: Logger;
  readonly #exposure: Exposure;
  readonly #sessions: Sessions;
  readonly #served: ServedSessions;
  #process: XwaylandProcess | null = null;
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: XServerOptions) {
    this.#options = options;
    this.#binary = options.binary ?? "Xwayland";
    this.#log = options.log ?? silent;
    this.#exposure = options.exposure ?? new Exposure();
    const { unscale = null, primary = null } = options;
    this.#served = new ServedSessions({ unscale, primary }, this.#log);
    this.#sessions = new Sessions({
      ...options,
      // Hooks are attached to a protocol: with one of its own, Xwayland's cost other programs nothing.
      protocol: new Protocol(),
      offers: this.#served.offers,
      hooks: [...this.#served.hooks, ...(options.hooks ?? [])],
    });
    this.#wait();
  }

  /** How many Xwaylands there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** What they have done, as clients of the host. */
  get statistics(): Statistics {
    return this.#sessions.statistics;
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
    await this.#process?.stop();
    await this.#sessions.close();
  }

  #wait(): void {
    this.#options.display.wait(() => {
      this.#run().then(
        (failure) => this.#ended(failure),
        (error: Error) => this.#ended(`cannot be started: ${error.message}`),
      );
    });
  }

  /** Serves clients until Xwayland ends. Resolves to what was wrong, null for nothing. */
  async #run(): Promise<string | null> {
    const { display } = this.#options;
    let lastLine = "";
    const process = XwaylandProcess.start(this.#binary, display, (line) => {
      lastLine = printable(line);
      this.#log.debug(`Xwayland: ${lastLine}`);
    });
    this.#process = process;
    const session = await this.#sessions.serve(new SocketTransport(process.wayland), () => "Xwayland");
    const problem = session === null ? Promise.resolve("it has no host") : this.#manage(session, process);
    if (session === null) process.wm.close();
    if ((await Promise.race([problem, process.ended.then(() => null)])) !== null) await process.stop();
    const reason = await process.ended;
    this.#process = null;
    // What waits for the host must not wait on.
    session?.close();
    const refusal = await problem;
    const manager = session === null ? null : this.#served.in(session).manager;
    if (manager !== null && reason === "exit code 0") return null;
    const failure = [reason, refusal, lastLine].filter(Boolean).join("; ");
    // One that has let clients in keeps nobody waiting who would call for the next one at once, again and again.
    if (!manager?.windows.hadAny) return failure;
    this.#log.warn(`Xwayland has ended: ${failure}`);
    return null;
  }

  /** Lets a window manager work for as long as Xwayland lives. Resolves to why there could be none, or at the end to null. */
  async #manage(session: Session, process: XwaylandProcess): Promise<string | null> {
    const served = this.#served.in(session);
    try {
      served.manager = await WindowManager.start(process.wm, {
        ...served,
        session,
        connect: async () => X11Connection.open(this.#options.display.connect()),
        images: this.#options.imagesFor?.(session) ?? localImages,
        appearance: new Appearance(served.scale, this.#options.resources ?? new Map(), env),
        exposure: this.#exposure,
        log: this.#log,
        explain: this.#options.explain ?? null,
        closed: () => void process.stop(),
      });
    } catch (error) {
      return (error as Error).message;
    }
    await process.ended;
    served.manager.close();
    return null;
  }

  /** Decides when the next client gets a new one. */
  #ended(failure: string | null): void {
    if (this.#closed) return;
    if (failure === null) {
      this.#failures = 0;
      this.#wait();
      return;
    }
    const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY);
    this.#log.error(`X11 programs cannot be served: ${this.#binary}: ${failure}; the next try is in ${delay / 1000} s`);
    // Those who wait would call for a new one at once.
    this.#options.display.drain();
    this.#retry = setTimeout(() => this.#wait(), delay);
  }
}
