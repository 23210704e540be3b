// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { ClientListener } from "./listen/client-listener.ts";
import type { DisplaySocket } from "./listen/display-socket.ts";
import { limitedLogger } from "./log/limited-logger.ts";
import { silent } from "./log/logger.ts";
import { printable } from "./log/printable.ts";
import type { Fd } from "./native/fd.ts";
import { peerCredentials } from "./native/socket.ts";
import type { ClientIdentity } from "./relay/client.ts";
import { type ConnectedClient, Sessions, type SessionsOptions, type Statistics } from "./sessions.ts";
import { SocketTransport } from "./wire/socket-transport.ts";

/** The options of `createProxy`. */
export interface ProxyOptions extends SessionsOptions {
  /** The socket that clients connect to. The proxy closes it. */
  readonly display: DisplaySocket;
}

/** A running proxy. */
export interface Proxy {
  /** How many clients are connected. */
  readonly sessions: number;
  /** The clients that are connected with the host. */
  readonly clients: readonly ConnectedClient[];
  /** Sums of what all sessions have done, and each open session. */
  readonly statistics: Statistics;
  /** Resolves when no client is connected, at once if that is so. */
  idle(): Promise<void>;
  /** Stops listening, ends all sessions, and removes the socket and its lock. */
  close(): Promise<void>;
}

/**
 * Starts to accept clients and to relay them to the host.
 *
 * @throws TypeError when a hook names a message that does not exist; UserError when the global policy names an interface that
 * does not exist. The display is then closed.
 */
export function createProxy(options: ProxyOptions): Proxy {
  try {
    return new RunningProxy(options);
  } catch (error) {
    options.display.close();
    throw error;
  }
}

class RunningProxy implements Proxy {
  readonly #display: DisplaySocket;
  readonly #sessions: Sessions;
  readonly #listener: ClientListener;
  #accepted = 0;

  constructor(options: ProxyOptions) {
    this.#display = options.display;
    // What clients can cause as often as they like.
    this.#sessions = new Sessions({ ...options, log: limitedLogger(options.log ?? silent) });
    this.#listener = new ClientListener(options.display.fd, (client) => this.#serve(client), options.log ?? silent);
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get clients(): readonly ConnectedClient[] {
    return this.#sessions.clients;
  }

  get statistics(): Statistics {
    return this.#sessions.statistics;
  }

  idle(): Promise<void> {
    return this.#sessions.idle();
  }

  close(): Promise<void> {
    this.#listener.close();
    this.#display.close();
    return this.#sessions.close();
  }

  #serve(client: Fd): void {
    const number = ++this.#accepted;
    const { pid, uid } = peerCredentials(client.raw);
    let name: string | null = null;
    const identity: ClientIdentity = {
      pid,
      uid,
      name: () => {
        name ??= clientName(number, pid);
        return name;
      },
    };
    void this.#sessions.serve(new SocketTransport(client), identity);
  }
}

/** The name of a client in log lines: its number, and the process that it was when it connected. */
function clientName(number: number, pid: number): string {
  try {
    return `client ${number} (${printable(readFileSync(`/proc/${pid}/comm`, "utf8").trim())}, pid ${pid})`;
  } catch {
    // It is in another pid namespace, or gone already.
    return `client ${number} (pid ${pid})`;
  }
}
