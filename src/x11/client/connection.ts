// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { X11ClosedError, X11Error } from "../codec/errors.ts";
import { EVENT_SIZE, type OutgoingEvent } from "../codec/events.ts";
import { type CommandName, type QueryName, type RequestName, requestLayout } from "../codec/protocol.ts";
import { Reader } from "../codec/reader.ts";
import { RequestWriter } from "../codec/requests.ts";
import type { Values } from "../codec/writer.ts";
import type { Replies, Requests } from "../generated/types.ts";
import { MessageTrace } from "../text/message-trace.ts";
import { Answers } from "./answers.ts";
import { Atoms } from "./atoms.ts";
import { type EventHandler, EventQueue } from "./event-queue.ts";
import { Extensions } from "./extensions.ts";
import { ResourceIds } from "./ids.ts";
import { MANY_WAITING_EVENTS, MAX_REQUESTS_WITHOUT_ANSWER, MAX_WAITING_EVENTS } from "./limits.ts";
import { readSetup, type Setup, setupLength, setupRequest } from "./setup.ts";
import { PacketStream } from "./stream.ts";
import { agreeOnVersions, queryExtensions } from "./versions.ts";

const ERROR = 0;
const REPLY = 1;
const KEYMAP_NOTIFY = 11;
const GENERIC_EVENT = 35;
/** A packet's type, without the bit that says that a client sent the event. */
const TYPE = 0x7f;
/** The place where the fields of a reply go on behind its first. */
const REPLY_BODY = 8;

/** The arguments of a request: none when it has no fields. */
type Arguments<Name extends RequestName> = keyof Requests[Name] extends never ? [] : [values: Readonly<Requests[Name]>];

/** Listens to a connection. */
export interface ConnectionListener {
  /** See `EventHandler`. What it throws ends the connection. */
  readonly event: EventHandler;
  /** The connection has ended, and not by `close`. Nothing is called after that. */
  readonly closed: (reason: Error) => void;
}

/** The options of a connection. */
export interface ConnectionOptions {
  /** Names of atoms, which are interned with what is asked first; see `Atoms.atom`. */
  readonly atoms?: readonly string[];
  /** Called with errors that nobody waits for, such as that a client's window is gone: for a debug log. */
  readonly onStrayError?: (error: X11Error) => void;
  /** Gets a line for each message, as `MessageTrace` writes them; null if nobody wants to see any. */
  readonly trace?: ((line: string) => void) | null;
}

/**
 * A client's connection to an X server: requests by their names, with typed arguments. What comes from the server
 * takes effect in its order. When a reply is here, all that waits for its promise runs before the next event is
 * handled. An event that was sent before a reply is handled before it. That does not hold while the handler is busy
 * with an earlier event, and perhaps waits for that very reply. Requests are sent at the end of the turn of the event
 * loop in which they are made.
 */
export class X11Connection {
  /** The facts that the server has reported about itself. */
  readonly setup: Setup;
  readonly atoms: Atoms;
  readonly #stream: PacketStream;
  readonly #extensions = new Extensions();
  readonly #answers = new Answers();
  readonly #events: EventQueue;
  readonly #writer = new RequestWriter();
  readonly #ids: ResourceIds;
  readonly #onStrayError: ((error: X11Error) => void) | undefined;
  readonly #trace: MessageTrace | null;
  /** The number of the last request for which something must come back. */
  #lastAnswered = 0;
  /** A promise was settled since the last event. */
  #settled = false;
  #closed: ((reason: Error) => void) | null = null;
  /** Why it has ended. */
  #end: X11ClosedError | null = null;

  private constructor(setup: Setup, stream: PacketStream, options: ConnectionOptions) {
    this.setup = setup;
    this.#stream = stream;
    this.atoms = new Atoms(this);
    this.#ids = new ResourceIds(setup.idBase, setup.idMask);
    this.#writer.maxRequest = setup.maxRequest;
    this.#onStrayError = options.onStrayError;
    this.#trace = options.trace ? new MessageTrace(options.trace, this.atoms, setup.root) : null;
    this.#events = new EventQueue(
      (reason) => this.#fail(reason),
      () => this.#balance(),
    );
  }

  /**
   * Connects over a socket, of which it becomes the owner, and asks for the extensions of the tables. Rejects with an
   * Error when the server refuses, is no X server or goes away.
   */
  static async open(fd: Fd, options: ConnectionOptions = {}): Promise<X11Connection> {
    const connection = await X11Connection.#connect(fd, options);
    try {
      const extensions = connection.#extensions;
      await Promise.all([queryExtensions(connection, extensions), connection.atoms.intern(options.atoms ?? [])]);
      await Promise.all([agreeOnVersions(connection, extensions), connection.#enableLongRequests()]);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  static #connect(fd: Fd, options: ConnectionOptions): Promise<X11Connection> {
    return new Promise((resolve, reject) => {
      let connection: X11Connection | null = null;
      const stream: PacketStream = new PacketStream(fd, {
        packetLength: (bytes, start, available) =>
          connection === null ? setupLength(bytes, start, available) : packetLength(bytes, start, available),
        packet(bytes, start, length) {
          if (connection !== null) return connection.#packet(bytes, start, length);
          try {
            connection = new X11Connection(readSetup(bytes.subarray(start, start + length)), stream, options);
            resolve(connection);
          } catch (error) {
            stream.close();
            reject(error);
          }
          return true;
        },
        ended(reason) {
          if (connection === null) reject(new X11ClosedError(`no X server: ${reason.message}`));
          else connection.#fail(reason);
        },
      });
      stream.write(setupRequest, setupRequest.length);
    });
  }

  /** The number of the last request that was made: events whose `sequence` is at least that know its effect. */
  get sequence(): number {
    return this.#answers.sent;
  }

  /** The longest request, in bytes. */
  get maxRequest(): number {
    return this.#writer.maxRequest;
  }

  /** Whether the connection has ended. */
  get closed(): boolean {
    return this.#end !== null;
  }

  /** Whether the server has an extension (as the requests' names call it) in that version or a later one. */
  supports(extension: string, major: number, minor = 0): boolean {
    return this.#extensions.supports(extension, major, minor);
  }

  /** Makes `listener` learn what happens from now on, and first what has happened before. To be called once. */
  listen(listener: ConnectionListener): void {
    this.#closed = listener.closed;
    this.#events.setHandler(listener.event);
    const end = this.#end;
    if (end !== null) process.nextTick(() => listener.closed(end));
  }

  /**
   * Makes a request without a reply. That it fails is an everyday event where clients' windows are concerned, and is
   * reported to nobody but `onStrayError`. Does nothing when the connection has ended.
   *
   * Throws a RangeError for a request that is too long, and an Error for an extension that the server lacks.
   */
  send<Name extends CommandName>(name: Name, ...[values]: Arguments<Name>): void {
    this.#request(name, values);
  }

  /**
   * Makes a request without a reply, and waits until the server has done it. Rejects with an X11Error when it refused,
   * with an X11ClosedError when the connection ends before. Costs a round trip.
   */
  checked<Name extends CommandName>(name: Name, ...[values]: Arguments<Name>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#request(name, values)) return reject(this.#end);
      this.#answers.expect({ done: resolve, failed: reject });
      this.#askForAnswer();
      this.#balance();
    });
  }

  /**
   * Makes a request with a reply. Rejects with an X11Error when the server refused, with an X11ClosedError when the
   * connection ends before the reply. Whoever calls it must take notice of that.
   */
  call<Name extends QueryName>(name: Name, ...[values]: Arguments<Name>): Promise<Replies[Name]> {
    return new Promise((resolve, reject) => {
      if (!this.#request(name, values)) return reject(this.#end);
      const sequence = this.#answers.sent;
      this.#lastAnswered = sequence;
      const { reply } = requestLayout(name);
      this.#answers.expect({
        reply: (bytes, start, length) => {
          const answer = new Reader(bytes, start, length).message(reply, REPLY_BODY);
          this.#trace?.reply(sequence, name, answer, values as Values | undefined);
          resolve(answer as unknown as Replies[Name]);
        },
        failed: reject,
      });
      this.#balance();
    });
  }

  /** Resolves when the server has done all requests so far. Rejects with an X11ClosedError. */
  async sync(): Promise<void> {
    await this.call("GetInputFocus");
  }

  /** Sends an event to the clients that have selected any of `eventMask` on `destination`; with 0 to its creator. */
  sendEvent(destination: number, eventMask: number, event: OutgoingEvent): void {
    const bytes = this.#extensions.events.write(event);
    this.send("SendEvent", { propagate: false, destination, event_mask: eventMask, event: bytes });
  }

  /** An id for something that is to be created. Throws an Error when all are in use. */
  allocateId(): number {
    return this.#ids.allocate();
  }

  /** Says that what had the id is gone, or will be by a request that was made. */
  releaseId(id: number): void {
    this.#ids.release(id);
  }

  /** Ends the connection, once what was requested is sent; what is waited for rejects. Idempotent. */
  close(): void {
    if (this.#end !== null) return;
    this.#endWith("the connection to the X server was closed");
    this.#stream.close();
  }

  async #enableLongRequests(): Promise<void> {
    if (!this.#extensions.has("BigRequests")) return;
    const { maximum_request_length } = await this.call("BigRequests.Enable");
    this.#writer.maxRequest = 4 * maximum_request_length;
  }

  /** @returns false when the connection has ended. */
  #request(name: RequestName, values: object | undefined): boolean {
    if (this.#end !== null) return false;
    if (this.#answers.sent - this.#lastAnswered >= MAX_REQUESTS_WITHOUT_ANSWER) this.#askForAnswer();
    this.#write(name, values);
    return true;
  }

  #write(name: RequestName, values?: object): void {
    const layout = requestLayout(name);
    const major = layout.extension === "" ? 0 : this.#extensions.opcode(layout.extension);
    // Both throw before anything is counted.
    const length = this.#writer.write(layout, major, values as Values | undefined);
    this.#answers.sent += 1;
    this.#trace?.request(this.#answers.sent, name, values as Values | undefined);
    this.#stream.write(this.#writer.bytes, length);
  }

  /** Makes the cheapest request that is answered. Its reply says that those before it are done. */
  #askForAnswer(): void {
    this.#write("GetInputFocus");
    this.#lastAnswered = this.#answers.sent;
  }

  #packet(bytes: Buffer, start: number, length: number): boolean {
    const type = bytes.readUInt8(start) & TYPE;
    // The only event without a number; nobody asks for it.
    if (type === KEYMAP_NOTIFY) return true;
    try {
      const waited = this.#answers.length;
      const sequence = this.#answers.widen(bytes.readUInt16LE(start + 2));
      if (type === REPLY) this.#answers.replied(sequence, bytes, start, length);
      else if (type === ERROR) this.#refused(bytes, start, sequence);
      this.#settled ||= this.#answers.length < waited;
      if (type === REPLY || type === ERROR) return true;
      if (this.#settled) {
        this.#waitForReactions();
        return false;
      }
      const event = this.#extensions.events.read(bytes, start, sequence);
      if (event !== null) {
        this.#trace?.event(event);
        this.#events.push(event);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#balance();
    return true;
  }

  #refused(bytes: Buffer, start: number, sequence: number): void {
    const isWanted = this.#onStrayError !== undefined || this.#trace !== null;
    if (!this.#answers.isExpected(sequence) && !isWanted) return;
    const reason = this.#extensions.errorName(bytes.readUInt8(start + 1));
    const request = this.#extensions.requestName(bytes.readUInt8(start + 10), bytes.readUInt16LE(start + 8));
    const error = new X11Error(reason, request, bytes.readUInt32LE(start + 4), sequence);
    this.#trace?.error(error);
    if (!this.#answers.refused(error)) this.#onStrayError?.(error);
  }

  /** Goes on once everything has run that the settled promises set in motion, however many steps it takes. */
  #waitForReactions(): void {
    // What a microtask puts off with nextTick comes when there are no microtasks any more.
    queueMicrotask(() =>
      process.nextTick(() => {
        this.#settled = false;
        this.#stream.resume();
      }),
    );
  }

  /**
   * Lets events wait in the socket while the handler is busy, except if that may be for an answer behind them. While other
   * work has its turn no answer overtakes them either.
   */
  #balance(): void {
    if (this.#end !== null) return;
    if (this.#events.length > MAX_WAITING_EVENTS) this.#fail(new Error("the X server sends too many events"));
    else if (this.#events.isResting) this.#stream.setReading(false);
    else this.#stream.setReading(this.#events.length < MANY_WAITING_EVENTS || this.#answers.length > 0);
  }

  #fail(reason: Error): void {
    if (this.#end !== null) return;
    this.#endWith(reason.message);
    this.#stream.close();
    // Not from inside whatever call it was that failed.
    process.nextTick(() => this.#closed?.(reason));
  }

  #endWith(message: string): void {
    this.#end = new X11ClosedError(message);
    this.#events.close();
    this.#answers.close(message);
  }
}

/** How long the packet is whose first `available` bytes are here; 0 while that cannot be said. */
function packetLength(bytes: Buffer, start: number, available: number): number {
  if (available < EVENT_SIZE) return 0;
  const type = bytes.readUInt8(start) & TYPE;
  return type === REPLY || type === GENERIC_EVENT ? EVENT_SIZE + 4 * bytes.readUInt32LE(start + 4) : EVENT_SIZE;
}
