// SPDX-License-Identifier: Apache-2.0
/** A running program's control socket, and what it leads to. */
import { resolve } from "node:path";
import { Clipboards, type SelectionField } from "../../clipboard/clipboard.ts";
import { Crossing } from "../../clipboard/crossing.ts";
import type { ConnectCompositor } from "../../clipboard/host-clipboard.ts";
import type { ClipboardAction, ControlEvent } from "../../control/protocol.ts";
import { type ControlledClient, ControlServer } from "../../control/server.ts";
import { controlPath } from "../../control/socket-path.ts";
import { UserError } from "../../errors.ts";
import { WindowList, windowList } from "../../hooks/window-list.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import type { Logger } from "../../log/logger.ts";
import { explainPolicy } from "../../policy/explain.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { ConnectedClient, SessionsOptions, Statistics } from "../../sessions.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { PolicySource } from "./policy-options.ts";

/** The clients that a program serves. */
export interface Served {
  statistics(): Statistics;
  /** The program's clients, those of each kind with a text in front of their numbers. */
  clients(): readonly (readonly [prefix: string, clients: readonly ConnectedClient[]])[];
  /** Connects to the compositor as the user's own programs do; null where that cannot be. */
  readonly connectCompositor: ConnectCompositor | null;
  readonly protocol: ProtocolRegistry;
}

/**
 * Lets others control a program. It notes what happens from before there are clients, and listens once `listen` is
 * called.
 */
export class Controlled implements Disposable {
  readonly #windows = new WindowList();
  readonly #source: PolicySource;
  readonly #diagnostics: Diagnostics;
  readonly #log: Logger;
  /** Clients by what hooks know of them. */
  readonly #ids = new WeakMap<object, string>();
  #server: ControlServer | null = null;
  #crossings: Readonly<Record<SelectionField, Crossing>> | null = null;

  constructor(source: PolicySource, diagnostics: Diagnostics) {
    this.#source = source;
    this.#diagnostics = diagnostics;
    this.#log = diagnostics.log;
    source.guard.onRefused = (name, key, what) => this.#emit(() => ({ event: "refused", name, key, what }));
    source.onReloaded = (reloaded) => this.#emit(() => ({ event: "policy-reloaded", ...reloaded }));
    diagnostics.onLine = (level, text) => this.#emit(() => ({ event: "log", level, text }));
  }

  /** Notes which windows there are. */
  get hooks(): Hooks {
    const id = (client: object): string => this.#ids.get(client) ?? "";
    return windowList(this.#windows, {
      opened: (client) => this.#emit(() => ({ event: "window-opened", client: id(client) })),
      changed: (client, { title, appId }) =>
        this.#emit(() => ({ event: "window-changed", client: id(client), title, appId })),
      closed: (client, { title, appId }) =>
        this.#emit(() => ({ event: "window-closed", client: id(client), title, appId })),
    });
  }

  /**
   * Listens to what sessions report.
   *
   * @param prefix stands in front of their numbers
   */
  sessionEvents(prefix: string): Pick<SessionsOptions, "opened" | "closed"> {
    return {
      opened: ({ number, client }) => {
        const id = `${prefix}${number}`;
        this.#ids.set(client, id);
        this.#emit(() => ({ event: "client-connected", client: id, name: client.name }));
      },
      closed: ({ number, client }) =>
        this.#emit(() => ({ event: "client-gone", client: `${prefix}${number}`, name: client.name })),
    };
  }

  /** Listens from now on. That it cannot is no reason not to serve. */
  listen(program: string, name: string, runtimeDir: string | undefined, served: Served): void {
    const { guard } = this.#source;
    const { connectCompositor: connect, protocol } = served;
    const context = { realm: Clipboards.for(guard), guard, connect, protocol, log: this.#log };
    const crossings = { clipboard: new Crossing(context, "clipboard"), primary: new Crossing(context, "primary") };
    this.#crossings = crossings;
    // Where there is no place for sockets, nobody would look for one.
    if (runtimeDir === undefined || runtimeDir === "") return;
    try {
      const socket = DisplaySocket.open(undefined, resolve(controlPath(runtimeDir, name)));
      process.once("exit", () => socket.removeFiles());
      const target = {
        name,
        program,
        clients: () =>
          served.clients().flatMap(([prefix, clients]) => clients.map((one) => this.#controlled(prefix, one))),
        statistics: () => served.statistics(),
        policy: () => explainPolicy(this.#source.policy),
        reload: () => this.#source.reload(),
        clipboard: async (action: ClipboardAction, selection: SelectionField): Promise<object> => {
          if (action !== "clear") return await crossings[selection][action]();
          crossings[selection].clear();
          return { size: 0, seconds: 0 };
        },
        dump: () => this.#diagnostics.dump("wayland-proxy-ctl asked for it"),
      };
      this.#server = new ControlServer(socket, target, this.#log);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#log.warn(`no control socket: ${error.fact}`);
    }
  }

  [Symbol.dispose](): void {
    this.#server?.close();
    for (const crossing of Object.values(this.#crossings ?? {})) crossing.close();
  }

  #controlled(prefix: string, { number, client, statistics }: ConnectedClient): ControlledClient {
    return {
      id: `${prefix}${number}`,
      name: client.name,
      windows: this.#windows.of(client),
      requests: statistics.requests.messages,
      events: statistics.events.messages,
      objects: statistics.clientObjects,
      close: () => this.#windows.close(client),
      kill: () => client.cutOff("the user has asked for it, by the control socket"),
    };
  }

  #emit(describe: () => ControlEvent): void {
    this.#server?.emit(describe);
  }
}
