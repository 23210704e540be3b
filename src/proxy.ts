// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { globals } from "./hooks/globals.ts";
import { gtkPrimarySelection } from "./hooks/gtk-primary-selection.ts";
import { titleTag } from "./hooks/title-tag.ts";
import type { HostConnector } from "./host/connector.ts";
import { ClientListener } from "./listen/client-listener.ts";
import type { DisplaySocket } from "./listen/display-socket.ts";
import { type Logger, silent } from "./log/logger.ts";
import { MessageLog } from "./log/message-log.ts";
import { printable } from "./log/printable.ts";
import type { Fd } from "./native/fd.ts";
import { peerCredentials, softFdLimit } from "./native/socket.ts";
import { Exposure } from "./protocol/exposure.ts";
import { Protocol } from "./protocol/protocol.ts";
import { type Hooks, installHooks } from "./relay/hooks.ts";
import { Session } from "./relay/session.ts";
import { SocketTransport } from "./wire/socket-transport.ts";
import type { Transport } from "./wire/transport.ts";

/** What a proxy is made of. */
export interface ProxyOptions {
  /** Where clients connect. The proxy closes it. */
  readonly display: DisplaySocket;
  /** How each client gets its connection to the host; see `unixHost`. */
  readonly connectHost: HostConnector;
  /** Which globals clients see; by default those that let a client see and control nothing but itself. */
  readonly exposure?: Exposure;
  /** The protocols that are relayed. It belongs to this proxy, whose hooks are attached to it. */
  readonly protocol?: Protocol;
  /** Behaviour of your own, for each message after the built-in hooks. */
  readonly hooks?: readonly Hooks[];
  /** A text to put in front of every window title. */
  readonly tag?: string | undefined;
  /** Where it says what happens; nowhere by default. */
  readonly log?: Logger;
  /** Whether to log every message. */
  readonly verbose?: boolean;
}

/** A running proxy. */
export interface Proxy {
  /** How many clients are connected. */
  readonly sessions: number;
  /** Resolves when no client is connected, at once if that is so. */
  idle(): Promise<void>;
  /** Stops listening, ends all sessions, and removes the socket and its lock. */
  close(): Promise<void>;
}

/**
 * Starts to accept clients and to relay them to the host.
 *
 * @throws TypeError when a hook names a message that does not exist; UserError when the exposure names an interface that
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

/** Clients for each descriptor that we may have: a client takes two, and the rest is for those that are in transit. */
const CLIENTS_PER_FD = 0.25;

class RunningProxy implements Proxy {
  readonly #options: ProxyOptions;
  readonly #protocol: Protocol;
  readonly #log: Logger;
  readonly #listener: ClientListener;
  readonly #sessions = new Set<Session>();
  /** Clients whose connection to the host is being made. */
  #connecting = 0;
  #accepted = 0;
  readonly #maxSessions: number = softFdLimit() * CLIENTS_PER_FD;
  #onIdle: (() => void)[] = [];
  readonly #closing = new AbortController();

  constructor(options: ProxyOptions) {
    const { display, exposure = new Exposure(), protocol = new Protocol(), hooks = [], tag, log = silent } = options;
    this.#options = options;
    this.#protocol = protocol;
    this.#log = log;
    exposure.check(protocol);
    const all = [gtkPrimarySelection(exposure), globals(exposure), ...hooks];
    // Last, so that no other hook can take it off.
    if (tag !== undefined && tag !== "") all.push(titleTag(tag));
    for (const one of all) installHooks(protocol, one);
    this.#listener = new ClientListener(display.fd, (client) => void this.#serve(client), log);
  }

  get sessions(): number {
    return this.#sessions.size + this.#connecting;
  }

  async idle(): Promise<void> {
    if (this.sessions > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    this.#options.display.close();
    for (const session of this.#sessions) session.close();
    await this.idle();
  }

  async #serve(client: Fd): Promise<void> {
    const number = ++this.#accepted;
    if (this.sessions >= this.#maxSessions) {
      client.close();
      this.#log.warn(`client ${number} is turned away: ${this.sessions} are connected; raise the limit of open files`);
      return;
    }
    this.#connecting++;
    let host: Transport | undefined;
    try {
      host = await this.#options.connectHost(this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      const { pid } = peerCredentials(client.raw);
      const session = new Session(new SocketTransport(client), host, {
        protocol: this.#protocol,
        log: this.#log,
        trace: this.#options.verbose ? new MessageLog(this.#log, this.#protocol, clientName(number, pid)) : null,
        name: () => clientName(number, pid),
        ended: () => {
          this.#sessions.delete(session);
          this.#checkIdle();
        },
      });
      this.#sessions.add(session);
    } catch (error) {
      host?.close();
      client.close();
      if (this.#closing.signal.aborted) return;
      this.#log.warn(`client ${number} is turned away: cannot reach the host: ${(error as Error).message}`);
    } finally {
      this.#connecting--;
      this.#checkIdle();
    }
  }

  #checkIdle(): void {
    if (this.sessions > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/** How log lines call a client: by its number, and by the process that it was when it connected. */
function clientName(number: number, pid: number): string {
  try {
    return `client ${number} (${printable(readFileSync(`/proc/${pid}/comm`, "utf8").trim())}, pid ${pid})`;
  } catch {
    // It is in another pid namespace, or gone already.
    return `client ${number} (pid ${pid})`;
  }
}
