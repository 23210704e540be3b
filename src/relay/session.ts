// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import { printable } from "../log/printable.ts";
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Trace } from "../recorder/trace.ts";
import { Endpoint, type EndpointEvents } from "../wire/endpoint.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import {
  CLIENT_QUEUE_MAX_FDS,
  HELD_INPUT_LIMIT,
  LINGER_TIMEOUT,
  MAX_UNCLAIMED_FDS,
  RECEIVE_SIZE,
} from "../wire/limits.ts";
import { ObjectTable } from "../wire/object-table.ts";
import type { Interface, Message } from "../wire/signature.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import { SERVER_ID_BASE, WlObject } from "../wire/wl-object.ts";
import { EventForwarder } from "./event-forwarder.ts";
import { FlowControl } from "./flow-control.ts";
import type { Forwarder } from "./forwarder.ts";
import type { HookTable } from "./hooks.ts";
import type { HostSilence, HostWatch, WatchedSession } from "./host-watch.ts";
import type { ObjectBudget, ObjectHolder } from "./object-budget.ts";
import { RequestForwarder } from "./request-forwarder.ts";
import { RoundTrip } from "./round-trip.ts";
import type { SessionStatistics } from "./statistics.ts";

/** Dead objects that are kept for reuse. */
const MAX_SPARE_OBJECTS = 64;

/** What a session needs from its surroundings. */
export interface SessionOptions {
  readonly protocol: ProtocolRegistry;
  /** Made by `compileHooks` for this registry of protocols. */
  readonly hooks: HookTable;
  readonly log: Logger;
  /** What the objects of all sessions share. */
  readonly objects: ObjectBudget;
  /** Finds out whether the host still answers, where its end of a connection is not told; null for no need. */
  readonly hostWatch: HostWatch | null;
  /** Whether the client stands for several programs, which all would end with it. */
  readonly isShared?: boolean;
  /** Told of every message; null for none. */
  readonly trace: Trace | null;
  /** How log lines call the client; asked only when there is one. */
  readonly name: () => string;
  /** Called when it fails, whoever's fault that is; `isDefect` says that it is ours. The reason was logged. */
  readonly failed: (reason: string, isDefect: boolean) => void;
  /** Called once, when both connections are closed. */
  readonly ended: () => void;
}

/**
 * One client and its own connection to the host. Whatever goes wrong in it ends it alone: the client learns why by
 * `wl_display.error`, and what was underway to the host before that still gets there.
 */
export class Session implements EndpointEvents, ObjectHolder, WatchedSession {
  readonly protocol: ProtocolRegistry;
  readonly hooks: HookTable;
  readonly trace: Trace | null;
  readonly log: Logger;
  /** The connection to the host, for hooks that need more of it than that it carries messages. */
  readonly host: Transport;
  /** wl_display, which both sides have from the start. */
  readonly display: WlObject;
  readonly #client: Endpoint;
  readonly #host: Endpoint;
  readonly #requests: RequestForwarder;
  readonly #events: EventForwarder;
  readonly #flowControl: FlowControl;
  /** How long the host takes to answer. */
  readonly roundTrip: RoundTrip = new RoundTrip();
  /** Bytes of pixels that hooks have copied. */
  copied = 0;
  /** What its objects share with those of all others. */
  readonly objects: ObjectBudget;
  readonly #hostWatch: HostWatch | null;
  readonly #silence: HostSilence | null;
  /** Whether the client stands for several programs, which all would end with it. */
  readonly isShared: boolean;
  readonly #name: () => string;
  readonly #failed: (reason: string, isDefect: boolean) => void;
  readonly #ended: () => void;
  readonly #spare: WlObject[] = [];
  readonly #onEnded = new Set<() => void>();
  #flushScheduled = false;
  /** The side whose stream has ended while an asynchronous hook still holds some of its messages. */
  #endAfterHeld: Endpoint | null = null;
  #heldTimer: NodeJS.Timeout | null = null;

  constructor(client: Transport, host: Transport, options: SessionOptions) {
    this.protocol = options.protocol;
    this.hooks = options.hooks;
    this.trace = options.trace;
    this.isShared = options.isShared ?? false;
    this.#name = options.name;
    this.log = options.log;
    this.#failed = options.failed;
    this.#ended = options.ended;
    this.host = host;
    this.#client = new Endpoint(client, new ObjectTable(SERVER_ID_BASE, options.objects), this);
    this.#host = new Endpoint(host, new ObjectTable(2, options.objects), this);
    this.objects = options.objects;
    this.objects.add(this);
    this.#hostWatch = options.hostWatch;
    this.#silence = options.hostWatch?.open(this) ?? null;
    this.#requests = new RequestForwarder(this, this.#client, this.#host);
    this.#events = new EventForwarder(this, this.#host, this.#client);
    this.#flowControl = new FlowControl(this.#client, this.#host, this.#requests, (reason) => this.cutOff(reason));
    this.display = new WlObject(this.protocol.get("wl_display") as Interface, 1);
    this.display.clientId = this.display.hostId = 1;
    this.display.pinned = true;
    this.#client.objects.set(1, this.display);
    this.#host.objects.set(1, this.display);
  }

  /** Ends both connections now; what they have not taken yet is lost. */
  close(): void {
    this.#client.close();
    this.#host.close();
  }

  /** What it has done, and what it holds. */
  get statistics(): SessionStatistics {
    const client = this.#client;
    const host = this.#host;
    return {
      name: this.#name,
      requests: this.#requests.flow,
      events: this.#events.flow,
      clientObjects: client.objects.size,
      hostObjects: host.objects.size,
      waitingForClient: { bytes: client.output.length + host.input.length, fds: client.output.fds },
      waitingForHost: { bytes: host.output.length + client.input.length, fds: host.output.fds },
      copied: this.copied,
      roundTrip: this.roundTrip.times,
    };
  }

  // For hooks.

  /**
   * An object that neither side knows yet. It becomes known to the one to which it is sent as a new_id.
   *
   * @throws TypeError when no protocol has the interface
   */
  createObject(interfaceName: keyof Requests & keyof Events, version: number): WlObject {
    const type = this.protocol.get(interfaceName);
    if (type === undefined) throw new TypeError(`no protocol has the interface ${interfaceName}`);
    const object = new WlObject(type, version);
    object.pinned = true;
    return object;
  }

  /**
   * Calls back once, when both connections are closed: the time to free what a hook keeps for this session.
   *
   * @returns what takes the wish back
   */
  onEnded(callback: () => void): () => void {
    // Who asks late, having waited for something else, must not wait for ever.
    if (this.#isOver) queueMicrotask(callback);
    else this.#onEnded.add(callback);
    return () => void this.#onEnded.delete(callback);
  }

  /** Sends a request of our own to the host. Descriptors in it are handed over. */
  sendRequest<I extends keyof Requests, M extends keyof Requests[I] & string>(
    object: WlObject,
    interfaceName: I,
    name: M,
    args: Requests[I][M],
  ): void {
    const message = findMessage(object.hostInterface, "requests", interfaceName, name);
    this.#scheduleFlush();
    this.#requests.send(object, message, args as Record<string, unknown>);
    if (message.destructor) object.clientGone = true;
  }

  /**
   * Makes a request for the client: hooks see it as if the client had sent it. Descriptors in it are handed over. Its
   * object may be one that only the host has.
   */
  injectRequest<I extends keyof Requests, M extends keyof Requests[I] & string>(
    object: WlObject,
    interfaceName: I,
    name: M,
    args: Requests[I][M],
  ): void {
    const message = findMessage(object.hostInterface, "requests", interfaceName, name);
    try {
      this.#requests.inject(object, message, args as Record<string, unknown>);
    } catch (error) {
      this.#fail(error, true);
    }
    this.#scheduleFlush();
  }

  /**
   * Sends an event of our own to the client, unless that has destroyed the object, whose id may be another one's by now.
   * Descriptors in it are handed over. A destructor ends the life of an object that only the client has, and its id is
   * free again.
   */
  sendEvent<I extends keyof Events, M extends keyof Events[I] & string>(
    object: WlObject,
    interfaceName: I,
    name: M,
    args: Events[I][M],
  ): void {
    const message = findMessage(object.clientInterface, "events", interfaceName, name);
    this.#scheduleFlush();
    this.#events.send(object, message, args as Record<string, unknown>);
    if (message.destructor) {
      object.hostGone = true;
      if (object.hostId === 0 && object.clientId !== 0 && object.clientId < SERVER_ID_BASE) this.deleteClientId(object);
    }
  }

  /**
   * Disconnects the client for a reason that is not in its messages.
   *
   * @param code of the enum wl_display.error
   */
  cutOff(reason: string, code: number = DisplayError.implementation): void {
    if (!this.#client.open) return;
    this.#report("warn", `${this.#name()} is disconnected: ${reason}`);
    this.#endWithError(new ProtocolError(`wayland-proxy: disconnected: ${reason}`, code));
  }

  /** Sends the host something that it has to answer. */
  askHost(): void {
    const callback = this.createObject("wl_callback", 1);
    this.sendRequest(this.display, "wl_display", "sync", { callback });
  }

  // For the forwarders.

  /** What the objects of both sides take, in bytes. */
  get objectBytes(): number {
    return this.#client.objects.bytes + this.#host.objects.bytes;
  }

  /** Has others give up objects for one more of this session's; throws a ProtocolError when it has the most itself. */
  makeRoomForObject(): void {
    if (!this.objects.makeRoom(this)) throw new ProtocolError(this.objects.reason, DisplayError.noMemory);
  }

  newObject(type: Interface, version: number): WlObject {
    const object = this.#spare.pop();
    if (object === undefined) return new WlObject(type, version);
    object.renew(type, version);
    return object;
  }

  /** Keeps an instance that nothing refers to any more. */
  recycle(object: WlObject): void {
    if (!object.pinned && this.#spare.length < MAX_SPARE_OBJECTS) this.#spare.push(object);
  }

  /** Forgets an object that the host has deleted; @returns whether the client has an id for it, too. */
  forget(object: WlObject): boolean {
    this.#host.objects.release(object.hostId);
    object.hostId = 0;
    if (object.clientId === 0 || object.clientId >= SERVER_ID_BASE) return false;
    this.#client.objects.remove(object.clientId);
    return true;
  }

  /** Tells the client that the id of an object which only it had is free again. */
  deleteClientId(object: WlObject): void {
    const id = object.clientId;
    this.#client.objects.remove(id);
    object.clientId = 0;
    this.sendEvent(this.display, "wl_display", "delete_id", { id });
  }

  /** Destroys an object that the client will never know. */
  destroyOnHost(object: WlObject): void {
    const destructor = object.hostInterface.requests.find(
      (request) => request.destructor && request.args.length === 0 && request.since <= object.version,
    );
    if (destructor) this.#requests.send(object, destructor, {});
  }

  /** Passes a fatal error of the host on to the client. */
  hostError(object: WlObject | undefined, code: number, text: string): void {
    const about = object ? `${object.hostInterface.name}#${object.clientId}` : "an unknown object";
    this.#report("warn", `${this.#name()}: the host refused ${about}: ${printable(text)} (error ${code})`);
    const id = object && object.clientId !== 0 ? object.clientId : 1;
    this.#endWithError(
      new ProtocolError(text, id === 1 && object?.hostId !== 1 ? DisplayError.implementation : code, id),
    );
  }

  /** Runs what is left of a held direction; errors end the session. */
  async continueLater(forwarder: Forwarder, action: () => Promise<void>): Promise<void> {
    try {
      this.trace?.tick();
      await action();
      forwarder.runInjected();
      const source = forwarder === this.#requests ? this.#client : this.#host;
      while (!forwarder.held && source.open && source.input.length > 0) {
        const before = source.input.length;
        source.input.resume();
        forwarder.run();
        // The next ones are loaded over those that were just handled.
        this.#flush();
        if (source.input.length === before) break;
        if (!forwarder.held && source.input.length > RECEIVE_SIZE) await forwarder.yieldTurn();
      }
    } catch (error) {
      this.#fail(error, forwarder === this.#requests);
    }
    this.#flush();
    if (this.#endAfterHeld !== null && !forwarder.held) this.#streamEnded(this.#endAfterHeld);
  }

  // Of the endpoints.

  readable(endpoint: Endpoint): void {
    this.trace?.tick();
    const fromClient = endpoint === this.#client;
    const forwarder = fromClient ? this.#requests : this.#events;
    const { input } = endpoint;
    const result = forwarder.held ? input.hold() : input.receive();
    if (result <= 0) {
      if (result === EAGAIN) input.keep(0);
      else this.#streamEnded(endpoint);
      return;
    }
    if (!fromClient) this.#silence?.heard();
    if (!forwarder.held) forwarder.run();
    else if (!fromClient && (input.length > HELD_INPUT_LIMIT || input.fds.length > CLIENT_QUEUE_MAX_FDS)) {
      throw new ProtocolError("too many events wait behind a hook");
    }
    if (!forwarder.held && input.fds.length > MAX_UNCLAIMED_FDS) {
      throw new ProtocolError(`more than ${MAX_UNCLAIMED_FDS} file descriptors that belong to no message`);
    }
    this.#flush();
  }

  progress(): void {
    this.#flowControl.progress();
  }

  failed(endpoint: Endpoint, error: unknown): void {
    try {
      this.#fail(error, endpoint === this.#client);
    } catch (second) {
      this.log.error(`${this.#name()} cannot be disconnected: ${(second as Error).stack}`);
    }
  }

  closed(): void {
    if (!this.#isOver) return;
    this.objects.delete(this);
    this.#silence?.close();
    if (this.#heldTimer !== null) clearTimeout(this.#heldTimer);
    this.#flowControl.close();
    for (const callback of this.#onEnded) callback();
    this.#onEnded.clear();
    this.#ended();
  }

  get #isOver(): boolean {
    return this.#client.closed && this.#host.closed;
  }

  #flush(): void {
    if (this.#requests.held) this.#requests.passPongs();
    if (this.#silence !== null && this.#host.output.length > 0) this.#silence.sent();
    this.#host.flush();
    this.#client.flush();
    this.#flowControl.check();
  }

  /** Flushes once for all messages that hooks send outside of a turn. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    this.trace?.tick();
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #report(level: "warn" | "error", text: string, isDefect = false): void {
    this.log[level](text);
    this.#failed(text, isDefect);
  }

  /** A peer has closed its end, or its connection is broken. */
  #streamEnded(endpoint: Endpoint): void {
    if (!endpoint.open) return;
    const fromClient = endpoint === this.#client;
    if ((fromClient ? this.#requests : this.#events).held) {
      // What it sent before still counts.
      endpoint.wantsInput = false;
      this.#endAfterHeld = endpoint;
      // But not for ever: a hook may wait for a file of the client's that nobody answers for any more.
      this.#heldTimer = setTimeout(() => this.close(), LINGER_TIMEOUT);
      return;
    }
    if (fromClient) {
      this.#client.close();
      this.#host.finish();
    } else {
      this.log.debug(`${this.#name()}: the host has closed the connection`);
      this.#host.close();
      this.#client.finish();
      this.#hostWatch?.hostEnded();
    }
  }

  #fail(error: unknown, fromClient: boolean): void {
    if (error instanceof ProtocolError && fromClient) {
      this.#report("warn", `${this.#name()} is disconnected: ${printable(error.message)}`);
      this.#endWithError(error);
    } else if (error instanceof ProtocolError) {
      this.#report("error", `${this.#name()} is disconnected: ${printable(error.message)}`);
      this.#endWithError(new ProtocolError(`wayland-proxy: ${error.message}`, DisplayError.implementation));
    } else {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#report("error", `${this.#name()} is disconnected by an internal error: ${detail}`, true);
      const text = `wayland-proxy: internal error: ${error instanceof Error ? error.message : detail}`;
      this.#endWithError(new ProtocolError(text, DisplayError.implementation));
    }
  }

  /** Sends the client the reason, and ends both connections once they have taken what was underway. */
  #endWithError(error: ProtocolError): void {
    if (!this.#client.open) return this.close();
    const message = findMessage(this.display.clientInterface, "events", "wl_display", "error");
    // The object may be unknown to our tables by now, while its id still tells the client what was wrong.
    const about = this.#client.objects.get(error.objectId) ?? this.display;
    // libwayland's message buffer has room for 4096 bytes.
    const text = error.message.slice(0, 1000);
    this.#events.send(this.display, message, { object_id: about, code: error.code, message: text });
    this.#client.finish();
    this.#host.finish();
  }
}

function findMessage(type: Interface, direction: "requests" | "events", interfaceName: string, name: string): Message {
  const message = type[direction].find((candidate) => candidate.name === name);
  if (type.name !== interfaceName || message === undefined) {
    throw new TypeError(`a ${type.name} has no ${interfaceName}.${name} among its ${direction}`);
  }
  return message;
}
