// SPDX-License-Identifier: Apache-2.0
import { globals } from "./hooks/globals.ts";
import { gtkPrimarySelection } from "./hooks/gtk-primary-selection.ts";
import { titleTag } from "./hooks/title-tag.ts";
import type { HostConnector } from "./host/connector.ts";
import { type Logger, silent } from "./log/logger.ts";
import { MessageLog } from "./log/message-log.ts";
import { softFdLimit } from "./native/socket.ts";
import { Exposure } from "./protocol/exposure.ts";
import { Protocol } from "./protocol/protocol.ts";
import { type Hooks, installHooks } from "./relay/hooks.ts";
import { refuseClient } from "./relay/refuse-client.ts";
import { Session } from "./relay/session.ts";
import type { Transport } from "./wire/transport.ts";

/** How clients are served, wherever they come from. */
export interface SessionsOptions {
  /** How each client gets its connection to the host; see `unixHost`. */
  readonly connectHost: HostConnector;
  /** Which globals clients see; by default those that let a client see and control nothing but itself. */
  readonly exposure?: Exposure;
  /** The protocols that are relayed. They belong to these sessions, whose hooks are attached to them. */
  readonly protocol?: Protocol;
  /** Behaviour of your own, for each message after the built-in hooks. */
  readonly hooks?: readonly Hooks[];
  /** A text to put in front of every window title. */
  readonly tag?: string | undefined;
  /** Where it says what happens; nowhere by default. */
  readonly log?: Logger;
  /** Whether to log every message. */
  readonly verbose?: boolean;
  /** Called whenever a client has come or gone, with how many there are. */
  readonly counted?: (clients: number) => void;
}

/** Clients for each descriptor that we may have: a client takes two, and the rest is for those that are in transit. */
const CLIENTS_PER_FD = 0.25;

/** All clients that are being relayed. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #protocol: Protocol;
  readonly #log: Logger;
  readonly #sessions = new Set<Session>();
  readonly #maxSessions: number = softFdLimit() * CLIENTS_PER_FD;
  readonly #closing = new AbortController();
  /** Clients whose connection to the host is being made. */
  #connecting = 0;
  #onIdle: (() => void)[] = [];

  /**
   * @throws TypeError when a hook names a message that does not exist; UserError when the exposure names an interface
   * that does not exist
   */
  constructor(options: SessionsOptions) {
    const { exposure = new Exposure(), protocol = new Protocol(), hooks = [], tag, log = silent } = options;
    this.#options = options;
    this.#protocol = protocol;
    this.#log = log;
    exposure.check(protocol);
    const all = [gtkPrimarySelection(exposure), globals(exposure), ...hooks];
    // Last, so that no other hook can take it off.
    if (tag !== undefined && tag !== "") all.push(titleTag(tag));
    for (const one of all) installHooks(protocol, one);
  }

  /** How many clients there are. */
  get size(): number {
    return this.#sessions.size + this.#connecting;
  }

  /** Resolves when there is no client, at once if that is so. */
  async idle(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends all of them, and takes no more. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const session of this.#sessions) session.close();
    await this.idle();
  }

  /**
   * Connects a client with the host. If that fails, the client's connection is closed.
   *
   * @param name how log lines call the client; asked when there is one
   */
  async serve(client: Transport, name: () => string): Promise<void> {
    if (this.size >= this.#maxSessions) {
      this.#turnAway(client, name, `${this.size} clients are connected; raise the limit of open files`);
      return;
    }
    this.#connecting++;
    this.#options.counted?.(this.size);
    let host: Transport | undefined;
    try {
      host = await this.#options.connectHost(this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      const session = new Session(client, host, {
        protocol: this.#protocol,
        log: this.#log,
        trace: this.#options.verbose ? new MessageLog(this.#log, this.#protocol, name()) : null,
        name,
        ended: () => {
          this.#sessions.delete(session);
          this.#left();
        },
      });
      this.#sessions.add(session);
    } catch (error) {
      host?.close();
      if (this.#closing.signal.aborted) client.close();
      else this.#turnAway(client, name, `cannot reach the host: ${(error as Error).message}`);
    } finally {
      this.#connecting--;
      this.#left();
    }
  }

  #turnAway(client: Transport, name: () => string, reason: string): void {
    this.#log.warn(`${name()} is turned away: ${reason}`);
    refuseClient(client, reason);
  }

  /** A client may have gone, or have become a session. */
  #left(): void {
    this.#options.counted?.(this.size);
    if (this.size > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
