// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../src/native/fd.ts";
import type { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { Argument, Interface, Message } from "../../src/wire/signature.ts";
import { decode, encode, type Packet, type Value } from "./codec.ts";
import { Connection } from "./connection.ts";
import { FakeObject, type Sender } from "./fake-object.ts";
import { Inbox, patiently, Received } from "./inbox.ts";

/** The first id of servers. */
const SERVER_IDS = 0xff000000;

/**
 * An end of a Wayland connection, as strict as libwayland: ids have to be dense, objects alive and of the declared
 * interface, descriptors there in time. The mistakes of the other end are noted in `violations`.
 */
export abstract class Peer implements Sender {
  readonly violations: string[] = [];
  readonly inbox: Inbox;
  readonly display: FakeObject;
  /** Resolves when the connection is closed, from either end, whenever that is. */
  readonly whenClosed: Promise<void>;
  /** Whether the other end has left without reading everything: libwayland's clients then complain of that. */
  wasReset = false;
  protected readonly protocol: ProtocolRegistry;
  readonly #connection: Connection;
  readonly #objects = new Map<number, FakeObject>();
  /** The kind of messages that this peer sends: what the client sends are requests. */
  readonly #sends: "requests" | "events";
  readonly #name: string;
  readonly #isClient: boolean;
  readonly #free: number[] = [];
  #nextOwn: number;
  #nextTheirs: number;
  #resolveClosed: () => void = () => {};

  constructor(name: string, role: "client" | "host", fd: Fd, protocol: ProtocolRegistry) {
    this.#name = name;
    this.#isClient = role === "client";
    this.#sends = this.#isClient ? "requests" : "events";
    [this.#nextOwn, this.#nextTheirs] = this.#isClient ? [2, SERVER_IDS] : [SERVER_IDS, 2];
    this.protocol = protocol;
    this.inbox = new Inbox(name);
    this.whenClosed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.display = new FakeObject(this, 1, this.typeOf("wl_display"), 1);
    this.#objects.set(1, this.display);
    this.#connection = new Connection(fd, {
      received: (bytes) => this.#parse(bytes),
      ended: (reset) => {
        this.wasReset = reset;
        this.close();
      },
    });
  }

  /** Resolves when the connection is closed, which has to be soon. */
  get closed(): Promise<void> {
    return patiently(this.whenClosed, (why) => new Error(`${this.#name} is still connected: ${why}`));
  }

  get open(): boolean {
    return this.#connection.open;
  }

  /** Waits for the next message of that name, given as `interface.message`; see `Inbox.expect`. */
  expect(name: string, where?: (message: Received) => boolean): Promise<Received> {
    return this.inbox.expect(name, where);
  }

  send(object: FakeObject, name: string, values: readonly Value[]): FakeObject[] {
    const message = object.interface[this.#sends].find((one) => one.name === name);
    if (message === undefined) throw new TypeError(`${object.interface.name} has no ${name} among its ${this.#sends}`);
    const encoded = encode(object, message, values, (type, version) => this.#createOwn(type, version));
    this.#connection.write(encoded);
    if (message.destructor) this.end(object);
    return encoded.created;
  }

  /** Sends any bytes, and descriptors with them. */
  sendRaw(...packets: Packet[]): void {
    for (const packet of packets) this.#connection.write(packet);
  }

  /** Bytes that were sent and that the kernel has not taken yet. */
  get pending(): number {
    return this.#connection.pending;
  }

  /** Chooses whether to read what comes. */
  set reading(value: boolean) {
    this.#connection.reading = value;
  }

  /** Resolves when everything was sent. */
  drained(): Promise<void> {
    return this.#connection.drained();
  }

  /** Closes the sending half only. */
  shutdown(): void {
    this.#connection.shutdown();
  }

  /** Leaves, after sending what the kernel takes at once; also called when the other end has left. */
  close(): void {
    if (!this.open) return;
    if (this.#connection.fds.length > 0) this.violation("there are descriptors that belong to no message");
    this.#connection.close();
    for (const message of this.inbox.all) message.close();
    this.inbox.end();
    this.#resolveClosed();
  }

  /** Ends the life of an object from this side, or because the other side has ended it. */
  protected abstract end(object: FakeObject): void;
  /** Does what this peer does by itself when a message has come. */
  protected abstract handle(message: Received): void;

  /** The object that has this id, dead or alive. */
  protected objectAt(id: number): FakeObject | undefined {
    return this.#objects.get(id);
  }

  /** Forgets an object, so that its id can be used again. */
  protected forget(object: FakeObject): void {
    this.#objects.delete(object.id);
    if (this.isOwn(object)) this.#free.push(object.id);
  }

  /** Whether an object's id comes from this end. */
  protected isOwn(object: FakeObject): boolean {
    return object.id < SERVER_IDS === this.#isClient;
  }

  protected violation(text: string): void {
    this.violations.push(`${this.#name}: ${text}`);
  }

  protected typeOf(name: string): Interface {
    const type = this.protocol.get(name);
    if (type === undefined) throw new TypeError(`no protocol has ${name}`);
    return type;
  }

  #createOwn(type: Interface | string, version: number): FakeObject {
    const known = typeof type === "string" ? this.typeOf(type) : type;
    const object = new FakeObject(this, this.#free.pop() ?? this.#nextOwn++, known, version);
    this.#objects.set(object.id, object);
    return object;
  }

  /** Checks as wl_map_insert_at does: an id has to be the next new one, or one that is free again. */
  #createTheirs(id: number, type: Interface | string, version: number): FakeObject {
    const known = typeof type === "string" ? this.typeOf(type) : type;
    if (this.#objects.has(id)) this.violation(`the id ${id} of a new ${known.name} is in use`);
    if (id > this.#nextTheirs) this.violation(`the id ${id} of a new ${known.name} leaves a gap`);
    if (id >= SERVER_IDS === !this.#isClient) this.violation(`the id ${id} of a new ${known.name} is not theirs`);
    if (id === this.#nextTheirs) this.#nextTheirs++;
    const object = new FakeObject(this, id, known, version);
    this.#objects.set(id, object);
    return object;
  }

  #parse(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= 8 && this.open) {
      const size = bytes.readUInt16LE(at + 6);
      if (size < 8 || size % 4 !== 0) {
        this.violation(`a message has the size ${size}`);
        this.close();
        return 0;
      }
      if (bytes.length - at < size) break;
      this.#message(bytes.readUInt32LE(at), bytes.readUInt16LE(at + 4), bytes.subarray(at + 8, at + size));
      at += size;
    }
    return this.open ? bytes.length - at : 0;
  }

  #message(id: number, opcode: number, body: Buffer): void {
    const object = this.#objects.get(id);
    if (object === undefined) {
      // libwayland's clients ignore events to what does not exist; its servers end the connection.
      if (!this.#isClient) this.violation(`a message to ${id}, which does not exist`);
      return;
    }
    const message = object.interface[this.#isClient ? "events" : "requests"][opcode];
    if (message === undefined || message.since > object.version) {
      this.violation(`${object} has no message ${message?.name ?? opcode}`);
      return;
    }
    try {
      this.#deliver(object, message, body);
    } catch (error) {
      this.violation(`${object}.${message.name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #deliver(object: FakeObject, message: Message, body: Buffer): void {
    const args = decode(object, message, body, {
      object: (id, arg) => this.#argument(id, arg),
      newObject: (id, type, version) => this.#createTheirs(id, type, version),
      fd: () => {
        const fd = this.#connection.fds.shift();
        if (fd === undefined) throw new RangeError("file descriptor expected");
        return fd;
      },
    });
    const received = new Received(object, message.name, args);
    if (!object.alive && !this.#isClient) this.violation(`${received.name} to ${object}, which has ended`);
    if (message.destructor) this.end(object);
    this.handle(received);
    this.inbox.add(received);
  }

  #argument(id: number, arg: Argument): FakeObject {
    const object = this.#objects.get(id);
    if (object === undefined) throw new RangeError(`${arg.name} is the unknown object ${id}`);
    if (!object.alive && !this.#isClient) throw new RangeError(`${arg.name} is ${object}, which has ended`);
    if (arg.interface && arg.interface !== object.interface) throw new RangeError(`${arg.name} is ${object}`);
    return object;
  }
}
