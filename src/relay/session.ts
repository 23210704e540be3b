// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import type { Logger } from "../log/logger.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Trace } from "../recorder/trace.ts";
import { Endpoint, type EndpointEvents } from "../wire/endpoint.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import {
  HELD_INPUT_LIMIT,
  LINGER_TIMEOUT,
  MAX_OBJECTS,
  MAX_UNCLAIMED_FDS,
  QUEUE_MAX_FDS,
  RECEIVE_SIZE,
} from "../wire/limits.ts";
import { ObjectTable } from "../wire/object-table.ts";
import type { Interface, Message } from "../wire/signature.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import { SERVER_ID_BASE, type WlObject } from "../wire/wl-object.ts";
import { Client, type ClientIdentity, type ClientSession } from "./client.ts";
import { Disconnection, type ErrorSender } from "./disconnection.ts";
import { EventDirection } from "./event-direction.ts";
import { FlowControl } from "./flow-control.ts";
import { Forwarder } from "./forwarder.ts";
import type { HookTable } from "./hooks.ts";
import type { HostSilence, WatchedSession } from "./host-watch.ts";
import { passPongs } from "./pongs.ts";
import type { Holdable, RelayContext } from "./relay-context.ts";
import { RequestDirection } from "./request-direction.ts";
import { RoundTrip } from "./round-trip.ts";
import { SessionObjects } from "./session-objects.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionStatistics } from "./statistics.ts";

/** The messages of wl_display that we send ourselves, by opcode. */
const DISPLAY_ERROR = 0;
const DISPLAY_DELETE_ID = 1;

/**
 * A client's connection and its own one to the host, with the forwarders between them. A session decides when each of them
 * has its turn, and what the end of a stream means.
 */
export class Session implements WatchedSession, ClientSession, EndpointEvents, ErrorSender, RelayContext {
  /** The session as hooks see it. */
  readonly client: Client;
  readonly hooks: HookTable;
  readonly trace: Trace | null;
  readonly #client: Endpoint;
  readonly #host: Endpoint;
  readonly requests: Forwarder;
  readonly events: Forwarder;
  readonly objects: SessionObjects;
  readonly roundTrip: RoundTrip = new RoundTrip();
  readonly maxObjects: number;
  readonly #disconnection: Disconnection;
  readonly #requestDirection: RequestDirection;
  readonly #flowControl: FlowControl;
  readonly #silence: HostSilence | null;
  readonly #options: SessionOptions;
  /** The functions to call when both connections are closed; null until there is one. */
  #onEnded: Set<() => void> | null = null;
  #flushScheduled = false;
  /** Whether everything that is forwarded goes from one socket to another, and no hook or trace sees it. */
  readonly #isPlain: boolean;
  #hasBegunMore = false;
  /** The side whose stream has ended while an asynchronous hook still holds some of its messages. */
  #endAfterHeld: Endpoint | null = null;
  #heldTimer: NodeJS.Timeout | null = null;

  constructor(client: Transport, host: Transport, options: SessionOptions) {
    this.client = new Client(this, host);
    this.#options = options;
    this.hooks = options.hooks;
    this.maxObjects = Math.min(options.maxObjects ?? MAX_OBJECTS, MAX_OBJECTS);
    this.trace = options.trace;
    this.#client = new Endpoint(client, new ObjectTable(SERVER_ID_BASE, options.objects), this);
    this.#host = new Endpoint(host, new ObjectTable(2, options.objects), this);
    this.#disconnection = new Disconnection(this.#client, this.#host, this, options);
    this.objects = new SessionObjects(
      options.protocol.get("wl_display") as Interface,
      this.#client.objects,
      this.#host.objects,
      options.objects,
      this.#disconnection,
    );
    this.#silence = options.hostWatch?.open(this) ?? null;
    this.#requestDirection = new RequestDirection(this, this.#client, this.#host);
    this.requests = new Forwarder(this, this.#requestDirection);
    this.events = new Forwarder(this, new EventDirection(this, this.#host, this.#client));
    this.#isPlain = client.isSocket && host.isSocket && !options.trace?.isObserved;
    this.#flowControl = new FlowControl(
      this.#client,
      this.#host,
      this.requests,
      this.#disconnection,
      Math.min(options.maxDescriptors ?? QUEUE_MAX_FDS, QUEUE_MAX_FDS),
      (what) => options.exceeded?.("maxDescriptors", what),
    );
  }

  get protocol(): ProtocolRegistry {
    return this.#options.protocol;
  }

  get log(): Logger {
    return this.#options.log;
  }

  get identity(): ClientIdentity {
    return this.#options.identity;
  }

  get isShared(): boolean {
    return this.#options.isShared ?? false;
  }

  onEnded(callback: () => void): () => void {
    // Who asks late, having waited for something else, must not wait for ever.
    if (this.#isOver) {
      queueMicrotask(() => this.#callBack(callback));
    } else {
      this.#onEnded ??= new Set();
      this.#onEnded.add(callback);
    }
    return () => void this.#onEnded?.delete(callback);
  }

  get display(): WlObject<"wl_display"> {
    return this.objects.display;
  }

  /** Counts of what the session has done, and of what it holds. */
  get statistics(): SessionStatistics {
    const client = this.#client;
    const host = this.#host;
    return {
      name: this.identity.name,
      requests: this.requests.flow,
      events: this.events.flow,
      clientObjects: client.objects.size,
      hostObjects: host.objects.size,
      waitingForClient: { bytes: client.output.length + host.input.length, fds: client.output.fds },
      waitingForHost: { bytes: host.output.length + client.input.length, fds: host.output.fds },
      copied: this.client.copied,
      roundTrip: this.roundTrip.times,
    };
  }

  /** Sends the host something that it has to answer. */
  askHost(): void {
    const callback = this.client.createObject("wl_callback", 1);
    this.client.sendRequest(this.display, "sync", { callback });
  }

  close(): void {
    this.#client.close();
    this.#host.close();
  }

  scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    this.beganMore();
    this.trace?.tick();
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  cutOff(reason: string, code: number = DisplayError.implementation): void {
    this.#disconnection.cutOff(reason, code);
  }

  // Of the forwarders.

  tooManyObjects(what: string): void {
    this.#options.exceeded?.("maxObjects", what);
  }

  beganMore(): void {
    this.#hasBegunMore = true;
  }

  deleteClientId(object: WlObject): void {
    const { display } = this.objects;
    const id = this.objects.forgetClientId(object);
    this.scheduleFlush();
    this.events.send(display, display.clientInterface.events[DISPLAY_DELETE_ID] as Message, { id });
  }

  destroyOnHost(object: WlObject): void {
    const destructor = object.hostInterface.requests.find(
      (request) => request.destructor && request.args.length === 0 && request.since <= object.version,
    );
    if (destructor) this.requests.send(object, destructor, {});
  }

  hostError(object: WlObject | undefined, code: number, text: string): void {
    this.#disconnection.hostError(object, code, text);
  }

  outsideOfTurn(direction: Holdable, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#disconnection.fail(error, direction === this.requests);
    }
    this.scheduleFlush();
  }

  async continueLater(direction: Holdable, action: () => Promise<void>): Promise<void> {
    const fromClient = direction === this.requests;
    const forwarder = fromClient ? this.requests : this.events;
    const source = fromClient ? this.#client : this.#host;
    try {
      this.trace?.tick();
      await action();
      forwarder.runInjected();
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
      this.#disconnection.fail(error, fromClient);
    }
    this.#flush();
    if (this.#endAfterHeld !== null && !forwarder.held) this.#streamEnded(this.#endAfterHeld);
  }

  // Of the disconnection.

  sendError(about: WlObject | undefined, code: number, message: string): void {
    const { display } = this.objects;
    const event = display.clientInterface.events[DISPLAY_ERROR] as Message;
    this.events.send(display, event, { object_id: about ?? display, code, message });
  }

  // Of the endpoints.

  readable(endpoint: Endpoint): boolean {
    this.trace?.tick();
    this.#hasBegunMore = !this.#isPlain;
    const fromClient = endpoint === this.#client;
    const forwarder = fromClient ? this.requests : this.events;
    const { input } = endpoint;
    const result = forwarder.held ? input.hold() : input.receive();
    if (result <= 0) {
      if (result === EAGAIN) input.keep(0);
      else this.#streamEnded(endpoint);
      return false;
    }
    if (!fromClient) this.#silence?.heard();
    if (!forwarder.held) forwarder.run();
    else if (!fromClient && (input.length > HELD_INPUT_LIMIT || input.fds.length > QUEUE_MAX_FDS)) {
      throw new ProtocolError("too many events wait behind a hook");
    }
    if (!forwarder.held && input.fds.length > MAX_UNCLAIMED_FDS) {
      throw new ProtocolError(`more than ${MAX_UNCLAIMED_FDS} file descriptors that belong to no message`);
    }
    this.#flush();
    return !this.#hasBegunMore && this.#client.open && this.#host.open;
  }

  progress(): void {
    this.#flowControl.progress();
  }

  failed(endpoint: Endpoint, error: unknown): void {
    try {
      this.#disconnection.fail(error, endpoint === this.#client);
    } catch (second) {
      this.log.error(`${this.#options.identity.name()} cannot be disconnected: ${(second as Error).stack}`);
    }
  }

  closed(): void {
    if (!this.#isOver) return;
    this.objects.close();
    this.#silence?.close();
    if (this.#heldTimer !== null) clearTimeout(this.#heldTimer);
    this.#flowControl.close();
    for (const callback of this.#onEnded ?? []) this.#callBack(callback);
    this.#onEnded = null;
    this.#options.ended();
  }

  /** Nobody is left who could be told of a fault, and others wait for the end, too. */
  #callBack(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      const detail = error instanceof Error ? error.stack : inspect(error);
      const text = `${this.#options.identity.name()}: what a hook does at its end failed: ${detail}`;
      this.log.error(text);
      this.#options.failed(text, true);
    }
  }

  get #isOver(): boolean {
    return this.#client.closed && this.#host.closed;
  }

  #flush(): void {
    if (this.requests.held) passPongs(this, this.#requestDirection, this.requests);
    if (this.#silence !== null && !this.#host.output.isEmpty) this.#silence.sent();
    this.#host.flush();
    this.#client.flush();
    this.#flowControl.check();
  }

  /** A peer has closed its end, or its connection is broken. */
  #streamEnded(endpoint: Endpoint): void {
    if (!endpoint.open) return;
    const fromClient = endpoint === this.#client;
    if ((fromClient ? this.requests : this.events).held) {
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
      this.log.debug(`${this.#options.identity.name()}: the host has closed the connection`);
      this.#host.close();
      this.#client.finish();
      this.#options.hostWatch?.hostEnded();
    }
  }
}
