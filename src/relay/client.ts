// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { DisplayError } from "../wire/errors.ts";
import type { Interface, Message } from "../wire/signature.ts";
import type { Transport } from "../wire/transport.ts";
import { SERVER_ID_BASE, WlObject } from "../wire/wl-object.ts";
import { HookError } from "./hook-error.ts";

/** The identity of a client. */
export interface ClientIdentity {
  /** The process that has connected; null for one that the proxy cannot see, such as a program in a VM. */
  readonly pid: number | null;
  /** The client's user; null where that is not known. */
  readonly uid: number | null;
  /** The client's name in log lines, which never changes. Asking may cost reading a file. */
  readonly name: () => string;
}

/** The name of an interface of the protocols. */
export type InterfaceName = keyof Requests & keyof Events & string;

/**
 * Sends messages of our own in one direction.
 *
 * @internal
 */
interface Sender {
  send(object: WlObject, message: Message, args: Record<string, unknown>): void;
}

/**
 * A session, as far as hooks use it by its client.
 *
 * @internal
 */
export interface ClientSession {
  readonly protocol: ProtocolRegistry;
  readonly log: Logger;
  readonly identity: ClientIdentity;
  /** Whether the client stands for several programs, which all would end with it. */
  readonly isShared: boolean;
  readonly display: WlObject<"wl_display">;
  readonly events: Sender & {
    /** Gives a message to the listener of its object, which is one that only its sender has. */
    deliver(object: WlObject, message: Message, args: Record<string, unknown>): void;
  };
  readonly requests: Sender & {
    /** Handles a message as if the client had sent it. */
    inject(object: WlObject, message: Message, args: Record<string, unknown>): void;
  };
  /** Calls back once, when both connections are closed; @returns what takes the wish back. */
  onEnded(callback: () => void): () => void;
  /** Flushes once for all messages that hooks send outside of a turn. */
  scheduleFlush(): void;
  /** Tells the client that the id of an object which only it had is free again. */
  deleteClientId(object: WlObject): void;
  /** Ends both connections now; what they have not taken yet is lost. */
  close(): void;
  /** Disconnects the client; the code is of the enum wl_display.error. */
  cutOff(reason: string, code: number): void;
}

/**
 * A client, with its own connection to the host. Whatever goes wrong ends this session alone. The client learns why
 * by `wl_display.error`, and what was underway to the host before that still gets there.
 */
export class Client {
  /** The connection to the host, for hooks that need more of it than that it carries messages. */
  readonly host: Transport;
  /**
   * Bytes of pixels that hooks have copied.
   *
   * @internal
   */
  copied = 0;
  readonly #session: ClientSession;

  /** @internal */
  constructor(session: ClientSession, host: Transport) {
    this.#session = session;
    this.host = host;
  }

  /** Ends both connections now; what they have not taken yet is lost. */
  close(): void {
    this.#session.close();
  }

  /** The process that has connected; null for one that the proxy cannot see, such as a program in a VM. */
  get pid(): number | null {
    return this.#session.identity.pid;
  }

  /** The user of that process; null likewise. */
  get uid(): number | null {
    return this.#session.identity.uid;
  }

  /** The client's name in log lines, such as `client 3 (foot, pid 1234)`. */
  get name(): string {
    return this.#session.identity.name();
  }

  /** The protocols that are relayed. */
  get protocol(): ProtocolRegistry {
    return this.#session.protocol;
  }

  /** Gets lines about it. */
  get log(): Logger {
    return this.#session.log;
  }

  /** Whether the client stands for several programs, which all would end with it. */
  get isShared(): boolean {
    return this.#session.isShared;
  }

  /** wl_display, which both sides have from the start. */
  get display(): WlObject<"wl_display"> {
    return this.#session.display;
  }

  /**
   * An object that neither side knows yet. It becomes known to the one to which it is sent as a new_id.
   *
   * @throws HookError when no protocol has the interface
   */
  createObject<I extends InterfaceName>(interfaceName: I, version: number): WlObject<I> {
    const type = this.protocol.get(interfaceName);
    if (type === undefined) throw new HookError("no-such-interface", `no protocol has the interface ${interfaceName}`);
    const object = new WlObject<I>(type, version);
    object.pinned = true;
    return object;
  }

  /**
   * Calls back once, when both connections are closed: the time to free what a hook keeps for this session.
   *
   * @returns what takes the wish back
   */
  onEnded(callback: () => void): () => void {
    return this.#session.onEnded(callback);
  }

  /**
   * Sends a request of our own to the host. Descriptors in it are handed over.
   *
   * @throws HookError when the object has no such request in its version, or when a value does not fit; nothing is sent
   * then
   */
  sendRequest<I extends keyof Requests, M extends keyof Requests[I] & string>(
    object: WlObject<I>,
    name: M,
    args: Requests[I][M],
  ): void {
    const message = messageFor(object, object.hostInterface, "requests", name);
    this.#session.scheduleFlush();
    this.#session.requests.send(object, message, args as Record<string, unknown>);
    if (message.destructor) object.clientGone = true;
  }

  /**
   * Makes a request for the client: hooks see it as if the client had sent it. Descriptors in it are handed over. Its
   * object may be one that only the host has.
   *
   * @throws HookError when the object has no such request in its version
   */
  injectRequest<I extends keyof Requests, M extends keyof Requests[I] & string>(
    object: WlObject<I>,
    name: M,
    args: Requests[I][M],
  ): void {
    const message = messageFor(object, object.hostInterface, "requests", name);
    this.#session.requests.inject(object, message, args as Record<string, unknown>);
  }

  /**
   * Sends an event of our own to the client, unless that has destroyed the object, whose id may be another one's by now.
   * Descriptors in it are handed over. A destructor ends the life of an object that only the client has, and its id is
   * free again. Of an object that we have in the client's place, what handles its events gets it.
   *
   * @throws HookError as `sendRequest`
   */
  sendEvent<I extends keyof Events, M extends keyof Events[I] & string>(
    object: WlObject<I>,
    name: M,
    args: Events[I][M],
  ): void {
    const message = messageFor(object, object.clientInterface, "events", name);
    if (object.isHooked) return this.#session.events.deliver(object, message, args as Record<string, unknown>);
    this.#session.scheduleFlush();
    this.#session.events.send(object, message, args as Record<string, unknown>);
    if (message.destructor) {
      object.hostGone = true;
      if (object.hostId === 0 && object.clientId !== 0 && object.clientId < SERVER_ID_BASE)
        this.#session.deleteClientId(object);
    }
  }

  /**
   * Whether an object has a request in its version, so that it may be sent to the host.
   *
   * @throws HookError when no version has it
   */
  hasRequest<I extends keyof Requests>(object: WlObject<I>, name: keyof Requests[I] & string): boolean {
    return findMessage(object.hostInterface, "requests", name).since <= object.version;
  }

  /**
   * Whether an object has an event in its version, so that it may be sent to the client.
   *
   * @throws HookError when no version has it
   */
  hasEvent<I extends keyof Events>(object: WlObject<I>, name: keyof Events[I] & string): boolean {
    return findMessage(object.clientInterface, "events", name).since <= object.version;
  }

  /**
   * Disconnects the client for a reason that is not in its messages.
   *
   * @param code of the enum wl_display.error
   */
  cutOff(reason: string, code: number = DisplayError.implementation): void {
    this.#session.cutOff(reason, code);
  }
}

function findMessage(type: Interface, direction: "requests" | "events", name: string): Message {
  const message = type[direction].find((candidate) => candidate.name === name);
  if (message === undefined) {
    throw new HookError("no-such-message", `a ${type.name} has no ${name} among its ${direction}`);
  }
  return message;
}

/** The message of that name. Its receiver would end the connection for one that came with a later version. */
function messageFor(object: WlObject, type: Interface, direction: "requests" | "events", name: string): Message {
  const message = findMessage(type, direction, name);
  if (message.since > object.version) {
    const reason = `${name} came with version ${message.since}, and the object has version ${object.version}`;
    throw new HookError("no-such-message", `a ${type.name} has no ${name} among its ${direction}: ${reason}`);
  }
  return message;
}
