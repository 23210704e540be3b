// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from "node:timers/promises";
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import type { XDisplay } from "../listen/x-display.ts";
import { limitedLogger } from "../log/limited-logger.ts";
import { type Logger, silent } from "../log/logger.ts";
import { printable } from "../log/printable.ts";
import type { TitleBarPolicy } from "../policy/policy.ts";
import { GlobalPolicy } from "../protocol/global-policy.ts";
import type { Client, ClientIdentity } from "../relay/client.ts";
import { type ConnectedClient, Sessions, type SessionsOptions, type Statistics } from "../sessions.ts";
import { desktopBarStyle, type WatchBarStyle } from "../title-bars/bar-style.ts";
import { localImages } from "../title-bars/local-images.ts";
import { SocketTransport } from "../wire/socket-transport.ts";
import { X11Connection } from "../x11/client/connection.ts";
import type { Explain } from "./base/wm-context.ts";
import type { OutputWishes } from "./outputs/outputs.ts";
import { type StartXwayland, type Xwayland, xwaylandProgram } from "./process.ts";
import { Appearance, type Resources } from "./settings/appearance.ts";
import { WindowManager } from "./window-manager.ts";
import { XwaylandStates } from "./xwayland-state.ts";

/** How long the next client has to wait after a failure; twice as long after each further one. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 60_000;
/**
 * The least time from the start of an Xwayland that has let clients in and then failed to the start of the next one. A
 * program that crashes it may come back at once; more restarts would be hard on the others.
 */
const RESTART_INTERVAL = 2000;
/**
 * Milliseconds between two looks at whether there still are clients, while a caller waits for their end, which nothing
 * reports.
 */
const CLIENT_CHECK_INTERVAL = 100;
/** The identity of Xwayland for the proxy: its programs are others. */
const xwayland: ClientIdentity = { pid: null, uid: null, name: () => "Xwayland" };

/** Milliseconds that one may take until it lets clients in. */
const START_TIMEOUT_MS = 30_000;

/** An Xwayland that did not end as it should. */
interface Failure {
  readonly reason: string;
  /** The time of the start, on the clock of `performance.now`. */
  readonly started: number;
  /** Whether this Xwayland has let clients in. */
  readonly hadClients: boolean;
}

/** The options of `XServer`. */
export interface XServerOptions extends SessionsOptions, Partial<OutputWishes> {
  /** The display where X clients connect. Its owner closes it. */
  readonly display: XDisplay;
  /** The Xwayland to start; by default the one in PATH. */
  readonly binary?: string | undefined;
  /** The environment of Xwayland, which also says where cursors and icons are; by default this process's. */
  readonly environment?: Readonly<NodeJS.ProcessEnv>;
  /** Starts Xwayland in another way than by running `binary`. */
  readonly start?: StartXwayland;
  /** Gives memory that the host can map; by default memory of this machine. */
  readonly imagesFor?: ((client: Client) => SharedImages) | undefined;
  /** The X resources that the user wants; by default none. */
  readonly resources?: Resources;
  /** Whether windows have title bars of ours where the compositor draws none; by default `auto`: they do. */
  readonly titleBars?: TitleBarPolicy;
  /**
   * Knows the style of title bars; by default that of the desktop.
   *
   * @internal
   */
  readonly watchBarStyle?: WatchBarStyle;
  /** Gets lines about X11: its messages, and the window manager's decisions; by default nobody sees them. */
  readonly explain?: Explain | null;
}

/**
 * Serves the clients of an X display by an Xwayland, which runs only while there are some. What is wrong with it is
 * logged, and costs the X clients of that time.
 */
export class XServer {
  readonly #options: XServerOptions;
  readonly #binary: string;
  readonly #environment: Readonly<NodeJS.ProcessEnv>;
  readonly #log: Logger;
  readonly #policy: GlobalPolicy;
  readonly #sessions: Sessions;
  readonly #states: XwaylandStates;
  #process: Xwayland | null = null;
  /** The window manager of that Xwayland, once it lets clients in. */
  #manager: WindowManager | null = null;
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: XServerOptions) {
    this.#options = options;
    this.#binary = options.binary ?? "Xwayland";
    this.#environment = options.environment ?? process.env;
    // X11 programs can cause warnings as often as they like.
    this.#log = limitedLogger(options.log ?? silent);
    // Xwayland 24.1 sets points in time for each buffer. The points of a buffer that is kept back (`Surface`) would
    // reach the host without a buffer. The host's error for that (no_buffer) ends Xwayland. Without this global
    // Xwayland waits for buffers as others do.
    this.#policy = (options.policy ?? new GlobalPolicy()).hiding("wp_linux_drm_syncobj_manager_v1");
    const { unscale = null, primary = null } = options;
    this.#states = new XwaylandStates({ unscale, primary }, this.#log);
    this.#sessions = new Sessions({
      ...options,
      policy: this.#policy,
      hooks: [...this.#states.hooks, ...(options.hooks ?? [])],
      areShared: true,
    });
    this.#wait();
  }

  /** How many Xwaylands there are. */
  get size(): number {
    return this.#sessions.size;
  }

  get clients(): readonly ConnectedClient[] {
    return this.#sessions.clients;
  }

  /** The statistics of all Xwaylands, as clients of the host. */
  get statistics(): Statistics {
    return this.#sessions.statistics;
  }

  /**
   * Resolves when no X client is left, and nothing that one has copied is kept. An Xwayland without clients stays a while,
   * for the next one.
   */
  async idle(): Promise<void> {
    while (this.#process !== null && (await this.#hasClients())) await sleep(CLIENT_CHECK_INTERVAL);
  }

  /** Ends Xwayland and takes no more clients. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#options.display.stopWaiting();
    await this.#process?.stop();
    await this.#sessions.close();
  }

  async #hasClients(): Promise<boolean> {
    // One that is only starting was called for by a client; one that is gone is to end first.
    return (await this.#manager?.hasClients().catch(() => true)) ?? true;
  }

  #wait(): void {
    this.#options.display.wait(() => {
      const started = performance.now();
      this.#run(started).then(
        (failure) => this.#ended(failure),
        (error: Error) => this.#ended({ reason: `cannot be started: ${error.message}`, started, hadClients: false }),
      );
    });
  }

  /** Serves clients until Xwayland ends. Resolves to what was wrong, null for nothing. */
  async #run(started: number): Promise<Failure | null> {
    const { display } = this.#options;
    let lastLine = "";
    const said = (line: string): void => {
      lastLine = printable(line);
      this.#log.debug(`Xwayland: ${lastLine}`);
    };
    const start = this.#options.start ?? xwaylandProgram(this.#binary, this.#environment);
    const process = start(display, said);
    this.#process = process;
    const client = await this.#sessions.serve(new SocketTransport(process.wayland), xwayland);
    const problem = client === null ? Promise.resolve("it has no host") : this.#manage(client, process);
    if (client === null) process.wm.close();
    if ((await Promise.race([problem, process.ended.then(() => null)])) !== null) await process.stop();
    const how = await process.ended;
    this.#process = null;
    // What waits for the host must not wait on.
    client?.close();
    const refusal = await problem;
    const manager = client === null ? null : this.#states.for(client).manager;
    if (manager !== null && how === "exit code 0") return null;
    const reason = [how, refusal, lastLine].filter(Boolean).join("; ");
    return { reason, started, hadClients: manager?.windows.hadAny === true };
  }

  /** Lets a window manager work for as long as Xwayland lives. Resolves to why there could be none, or at the end to null. */
  async #manage(client: Client, process: Xwayland): Promise<string | null> {
    const state = this.#states.for(client);
    const {
      titleBars = "auto",
      watchBarStyle: watchStyle = desktopBarStyle(this.#environment),
      tag = "",
    } = this.#options;
    let isLate = false;
    const killer = setTimeout(() => {
      isLate = true;
      void process.stop();
    }, START_TIMEOUT_MS);
    try {
      state.manager = await WindowManager.start(process.wm, {
        ...state,
        client,
        connect: async () => X11Connection.open(this.#options.display.connect()),
        images: this.#options.imagesFor?.(client) ?? localImages,
        appearance: new Appearance(state.scale, this.#options.resources ?? new Map(), this.#environment),
        titleBars: titleBars === "none" ? null : { tag, watchStyle },
        policy: this.#policy,
        guard: this.#options.guard ?? null,
        log: this.#log,
        explain: this.#options.explain ?? null,
        environment: this.#environment,
        closed: () => void process.stop(),
      });
    } catch (error) {
      // If it has not become the window manager's.
      process.wm.close();
      return isLate ? `not ready within ${START_TIMEOUT_MS / 1000} s` : (error as Error).message;
    } finally {
      clearTimeout(killer);
    }
    this.#manager = state.manager;
    await process.ended;
    this.#manager = null;
    state.manager.close();
    return null;
  }

  /** Decides when the next client gets a new one. */
  #ended(failure: Failure | null): void {
    if (this.#closed) return;
    if (failure === null || failure.hadClients) this.#failures = 0;
    if (failure === null) {
      this.#wait();
    } else if (failure.hadClients) {
      this.#log.warn(`Xwayland has ended: ${failure.reason}`);
      this.#waitAfter(Math.max(0, failure.started + RESTART_INTERVAL - performance.now()));
    } else {
      const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY);
      const next = `the next try is in ${delay / 1000} s`;
      this.#log.error(`X11 programs cannot be served: ${this.#binary}: ${failure.reason}; ${next}`);
      // Those who wait would call for a new one at once.
      this.#options.display.drain();
      this.#waitAfter(delay);
    }
  }

  #waitAfter(delay: number): void {
    this.#retry = setTimeout(() => this.#wait(), delay);
  }
}
