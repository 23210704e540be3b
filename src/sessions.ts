// SPDX-License-Identifier: Apache-2.0

import { policyHooks } from "./enforcement.ts";
import { compileWithGlobals } from "./globals/global-mapper.ts";
import { gtkPrimarySelection } from "./hooks/gtk-primary-selection.ts";
import { windowMarks } from "./hooks/window-marks.ts";
import type { HostConnector } from "./host/connector.ts";
import { counted } from "./log/counted.ts";
import { type Logger, silent } from "./log/logger.ts";
import { softFdLimit } from "./native/socket.ts";
import type { PolicyGuard } from "./policy/guard.ts";
import { GlobalPolicy } from "./protocol/global-policy.ts";
import { ProtocolRegistry } from "./protocol/protocol-registry.ts";
import type { FlightRecorder, SessionTrace } from "./recorder/flight-recorder.ts";
import type { Client, ClientIdentity } from "./relay/client.ts";
import { inHook } from "./relay/hook-error.ts";
import { type Hooks, type HookTable, inStages } from "./relay/hooks.ts";
import { type HostProbe, HostWatch } from "./relay/host-watch.ts";
import { type ObjectBudget, processObjects } from "./relay/object-budget.ts";
import { refuseClient } from "./relay/refuse-client.ts";
import { Session } from "./relay/session.ts";
import type { Flow, SessionStatistics } from "./relay/statistics.ts";
import type { Transport } from "./wire/transport.ts";

/** The options of all that serves clients. */
export interface SessionsOptions {
  /** Makes each client's connection to the host; see `unixHost`. */
  readonly connectHost: HostConnector;
  /** Makes one more connection to see whether the host is there, where hosts may end connections without a word. */
  readonly probeHost?: HostProbe | undefined;
  /** Decides which globals clients see; by default those that let a client see and control nothing but itself. */
  readonly policy?: GlobalPolicy;
  /** The protocols that are relayed. Several proxies can share them. */
  readonly protocol?: ProtocolRegistry;
  /**
   * The policy for what clients may do, and what they are refused; by default nothing is refused.
   *
   * @internal
   */
  readonly guard?: PolicyGuard | undefined;
  /** Hooks beside those that are built in, each in its stage. */
  readonly hooks?: readonly Hooks[];
  /** A text to put in front of every window title. */
  readonly tag?: string | undefined;
  /** A text to put in front of every application id. */
  readonly appIdPrefix?: string | undefined;
  /** Whether each client serves several programs, as Xwayland does. Such a client is not ended to free what others need. */
  readonly areShared?: boolean;
  /**
   * The memory that the objects of all clients share; by default a part of this process's heap.
   *
   * @internal
   */
  readonly objects?: ObjectBudget;
  /** Gets lines about what happens; nobody sees them by default. */
  readonly log?: Logger;
  /** Keeps the latest messages, and shows them to its observers; nothing does so by default. */
  readonly recorder?: FlightRecorder;
  /** Called when a session has failed, whoever's fault that is, after it was logged; `isDefect` says that it is ours. */
  readonly failed?: (reason: string, isDefect: boolean, sessionTrace: SessionTrace | null) => void;
  /** Called when a session has ended, with all that it has done. */
  readonly ended?: (statistics: SessionStatistics) => void;
  /** Called whenever a client has come or gone. */
  readonly counted?: () => void;
  /** Called when a client is connected with the host, and when that has ended. */
  readonly opened?: ((client: ConnectedClient) => void) | undefined;
  readonly closed?: ((client: ConnectedClient) => void) | undefined;
}

/** A client that is connected with the host. */
export interface ConnectedClient {
  /** The number of the client, from 1 on, among all that have come. */
  readonly number: number;
  readonly client: Client;
  /** Counts of what the client has done, and of what it holds. */
  readonly statistics: SessionStatistics;
}

/** Sums of what all sessions have done. */
export interface Totals {
  sessions: number;
  readonly requests: Flow;
  readonly events: Flow;
  copied: number;
}

/** Sums of what all sessions have done so far, and each open session. */
export interface Statistics {
  readonly totals: Readonly<Totals>;
  readonly clients: readonly SessionStatistics[];
}

const noFlow = (): Flow => ({ messages: 0, bytes: 0, fds: 0 });

/** @param sessions how many sessions that was */
function addTo(totals: Totals, sessions: number, { requests, events, copied }: SessionStatistics | Totals): void {
  totals.sessions += sessions;
  totals.copied += copied;
  for (const [sum, flow] of [
    [totals.requests, requests],
    [totals.events, events],
  ] as const) {
    sum.messages += flow.messages;
    sum.bytes += flow.bytes;
    sum.fds += flow.fds;
  }
}

/** Adds up what several have done. */
export function sumOf(all: readonly Statistics[]): Statistics {
  const totals = { sessions: 0, requests: noFlow(), events: noFlow(), copied: 0 };
  for (const one of all) addTo(totals, one.totals.sessions, one.totals);
  return { totals, clients: all.flatMap(({ clients }) => clients) };
}

/** A client takes two descriptors, and two more are for those that are in transit. */
const FDS_PER_CLIENT = 4;

/** How many clients there may be under a limit of open files. */
export function maxSessions(fdLimit: number): number {
  return Math.floor(fdLimit / FDS_PER_CLIENT);
}

function connected(session: Session, number: number): ConnectedClient {
  return {
    number,
    client: session.client,
    get statistics() {
      return session.statistics;
    },
  };
}

/** All clients that are being relayed. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #protocol: ProtocolRegistry;
  readonly #hooks: HookTable;
  readonly #onClient: readonly NonNullable<Hooks["onClient"]>[];
  readonly #log: Logger;
  /** The sessions, with the numbers of their clients. */
  readonly #sessions = new Map<Session, number>();
  readonly #maxSessions: number = maxSessions(softFdLimit());
  readonly #hostWatch: HostWatch | null;
  readonly #closing = new AbortController();
  /** Sums of what sessions that have ended did. */
  readonly #past: Totals = { sessions: 0, requests: noFlow(), events: noFlow(), copied: 0 };
  /** Clients that have come. */
  #served = 0;
  /** Clients whose connection to the host is being made. */
  #connecting = 0;
  #onIdle: (() => void)[] = [];

  /**
   * @throws TypeError when a hook names a message that does not exist; UserError when the global policy names an interface
   * that does not exist
   */
  constructor(options: SessionsOptions) {
    const {
      policy = new GlobalPolicy(),
      protocol = new ProtocolRegistry(),
      guard,
      hooks = [],
      tag = "",
      appIdPrefix = "",
      log = silent,
    } = options;
    this.#options = options;
    this.#protocol = protocol;
    this.#log = log;
    this.#hostWatch = options.probeHost === undefined ? null : new HostWatch(options.probeHost);
    policy.check(protocol);
    const all = [gtkPrimarySelection, ...(guard === undefined ? [] : policyHooks(guard)), ...hooks];
    if (tag !== "" || appIdPrefix !== "") all.push(windowMarks({ tag, appIdPrefix }));
    this.#hooks = compileWithGlobals(protocol, policy, all);
    this.#onClient = inStages(all).flatMap(({ onClient }) => onClient ?? []);
  }

  /** How many clients there are. */
  get size(): number {
    return this.#sessions.size + this.#connecting;
  }

  get clients(): ConnectedClient[] {
    return [...this.#sessions].map(([session, number]) => connected(session, number));
  }

  /** Sums of what all sessions have done, and each open session. */
  get statistics(): Statistics {
    const clients = this.clients.map(({ statistics }) => statistics);
    const { sessions, requests, events, copied } = this.#past;
    const totals = { sessions, requests: { ...requests }, events: { ...events }, copied };
    for (const one of clients) addTo(totals, 1, one);
    return { totals, clients };
  }

  /** Resolves when there is no client, at once if that is so. */
  async idle(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends all of them, and takes no more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#hostWatch?.close();
    for (const session of this.#sessions.keys()) session.close();
    await this.idle();
  }

  /**
   * Connects a client with the host. If that fails, the client's connection is closed.
   *
   * @returns null when the client was turned away
   */
  async serve(client: Transport, identity: ClientIdentity): Promise<Client | null> {
    const number = ++this.#served;
    const { name } = identity;
    const { guard } = this.#options;
    if (guard !== undefined && this.size >= guard.policy.maxClients) {
      this.#turnAway(
        client,
        name,
        `${guard.policy.maxClients} clients are connected, as many as its policy allows (limits.clients)`,
      );
      return null;
    }
    if (this.size >= this.#maxSessions) {
      this.#turnAway(
        client,
        name,
        `${counted(this.size, "client is", "clients are")} connected; raise the limit of open files`,
      );
      return null;
    }
    this.#connecting++;
    this.#options.counted?.();
    let host: Transport | undefined;
    try {
      host = await this.#options.connectHost(this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      const sessionTrace = this.#options.recorder?.open(this.#protocol, name) ?? null;
      const session: Session = new Session(client, host, {
        protocol: this.#protocol,
        hooks: this.#hooks,
        objects: this.#options.objects ?? processObjects,
        ...(guard === undefined
          ? {}
          : {
              maxObjects: guard.policy.maxObjects,
              maxDescriptors: guard.policy.maxDescriptors,
              exceeded: (limit, what) => {
                // Otherwise it is the limit of every client.
                if (Number.isFinite(guard.policy[limit])) guard.refuse(session.client, limit, what);
              },
            }),
        hostWatch: this.#hostWatch,
        isShared: this.#options.areShared ?? false,
        log: this.#log,
        trace: sessionTrace,
        identity,
        failed: (reason, isDefect) => this.#options.failed?.(reason, isDefect, sessionTrace),
        ended: () => {
          sessionTrace?.close();
          const { statistics } = session;
          addTo(this.#past, 1, statistics);
          this.#options.ended?.(statistics);
          this.#options.closed?.(connected(session, number));
          this.#sessions.delete(session);
          this.#left();
        },
      });
      this.#sessions.set(session, number);
      this.#options.opened?.(connected(session, number));
      if (this.#onClient.length > 0) this.#begin(session);
      return session.client;
    } catch (error) {
      host?.close();
      if (this.#closing.signal.aborted) client.close();
      else this.#turnAway(client, name, `cannot reach the host: ${(error as Error).message}`);
      return null;
    } finally {
      this.#connecting--;
      this.#left();
    }
  }

  #begin(session: Session): void {
    session.outsideOfTurn(session.requests, () => {
      try {
        for (const onClient of this.#onClient) onClient(session.client);
      } catch (error) {
        throw inHook("onClient", error);
      }
    });
  }

  #turnAway(client: Transport, name: () => string, reason: string): void {
    this.#log.warn(`${name()} is turned away: ${reason}`);
    refuseClient(client, reason);
  }

  /** A client may have gone, or have become a session. */
  #left(): void {
    this.#options.counted?.();
    if (this.size > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
