// SPDX-License-Identifier: Apache-2.0
import { TracePoint } from "../recorder/trace.ts";
import { endOfArgument } from "../wire/arguments.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { ProtocolError } from "../wire/errors.ts";
import { CLIENT_QUEUE_SOFT_LIMIT, MAX_OBJECTS } from "../wire/limits.ts";
import { endMessageAt, readString, skipString } from "../wire/reader.ts";
import { receiveWords } from "../wire/receive-buffer.ts";
import { ArgKind, type Argument, type Interface } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import { SERVER_ID_BASE, type WlObject } from "../wire/wl-object.ts";
import type { Direction, Ways } from "./direction.ts";
import { areMeant } from "./hooks.ts";
import { MotionMerge } from "./motion-merge.ts";
import type { RelayContext } from "./relay-context.ts";

/** The largest size that a header can express; a host may exceed the 4096 bytes of classic libwayland. */
const MAX_EVENT_SIZE = 0xfffc;

/** The events of wl_display, by opcode. */
const DISPLAY_ERROR = 0;
const DISPLAY_DELETE_ID = 1;

/** The direction from the host to the client. Events may be late: the client may have destroyed what they are about. */
export class EventDirection implements Direction {
  readonly source: Endpoint;
  readonly sink: Endpoint;
  readonly maxSize: number = MAX_EVENT_SIZE;
  readonly sourcePoint: TracePoint = TracePoint.fromHost;
  readonly sinkPoint: TracePoint = TracePoint.toClient;
  readonly #context: RelayContext;
  readonly #motions: MotionMerge;

  constructor(context: RelayContext, host: Endpoint, client: Endpoint) {
    this.#context = context;
    this.source = host;
    this.sink = client;
    this.#motions = new MotionMerge(client.output);
  }

  handle(offset: number, end: number, ways: Ways): void {
    const id = receiveWords[offset] as number;
    const object = this.source.objects.get(id);
    if (object === undefined) {
      // libwayland's clients ignore such events, too. Descriptors cannot be distinguished from those of the next
      // message, but there is no such object that ever had one.
      this.#context.beganMore();
      this.#context.log.debug(`the host sent an event to object ${id}, which does not exist`);
      return;
    }
    // The only event of a wl_callback.
    if (id === this.#context.roundTrip.callback) this.#context.roundTrip.end();
    const type = object.hostInterface;
    const wire = ways.messageAt(offset, end, object, type, type.events);
    const { message } = wire;
    try {
      if (id === 1) return this.#handleDisplay(wire, ways);
      if (this.forwardable(object)) {
        if (object.clientGone && message.args.some((arg) => arg.kind === ArgKind.newId)) {
          return ways.discard(object, wire);
        }
        const hooks = this.#context.hooks[message.number];
        if (hooks && areMeant(hooks, this.#context.client, object)) return ways.intercept(object, wire);
      } else {
        // What crosses with the request by which we destroyed it ourselves is to be answered by nobody.
        if (object.listener === null || object.clientGone) return ways.discard(object, wire);
        return ways.intercept(object, wire);
      }
      if (this.sink.output.length > CLIENT_QUEUE_SOFT_LIMIT && this.#motions.merge(object, message, offset)) return;
      ways.forwardInPlace(object, wire);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new ProtocolError(`the host sent an invalid ${type.name}#${id}.${message.name}: ${error.message}`);
    }
    if (message.destructor) this.destroyed(object);
  }

  #handleDisplay(wire: WireMessage, ways: Ways): void {
    const { message, offset, end } = wire;
    if (end < offset + 3) throw new ProtocolError("message too short");
    if (message.opcode === DISPLAY_DELETE_ID) {
      const id = receiveWords[offset + 2] as number;
      const object = this.source.objects.get(id);
      if (object === undefined || id === 1 || id >= SERVER_ID_BASE) return;
      if (!this.#context.objects.forget(object)) return;
      receiveWords[offset + 2] = object.clientId;
      endMessageAt(offset, offset + 3);
      wire.end = offset + 3;
      ways.forwardWords(this.#context.objects.display, wire);
      this.#context.objects.recycle(object);
    } else if (message.opcode === DISPLAY_ERROR) {
      if (end < offset + 5) throw new ProtocolError("message too short");
      skipString(offset + 4, end, true);
      const object = this.source.objects.get(receiveWords[offset + 2] as number);
      this.#context.hostError(object, receiveWords[offset + 3] as number, readString(offset + 4) ?? "");
    }
  }

  /**
   * Drops an event that the client must not see: its object was destroyed there, or never existed. An object that the
   * event makes is destroyed again. libwayland's clients do not count ids that arrive on dead objects. They would
   * refuse the next one for leaving a gap.
   */
  discarded({ version }: WlObject, { message, offset, end }: WireMessage): void {
    let cursor = offset + 2;
    for (const { kind, interface: type } of message.args) {
      const next = endOfArgument(kind, receiveWords, cursor, end);
      if (next > end) throw new ProtocolError("message too short");
      if (kind === ArgKind.newId) {
        this.abandon(this.create(receiveWords[cursor] as number, type as Interface, version));
      }
      cursor = next;
    }
  }

  sinkInterface(object: WlObject): Interface {
    return object.clientInterface;
  }

  isOfSource(object: WlObject): boolean {
    return object.hostId !== 0;
  }

  forwardable(object: WlObject): boolean {
    return object.clientId !== 0;
  }

  mayBeSent(object: WlObject): boolean {
    return object.clientId !== 0 && !object.clientGone;
  }

  ended(): void {
    // The client may have sent requests before it learns of that.
  }

  destroyed(object: WlObject): void {
    // The client's requests may have crossed with the event, so the object's id stays known there. The host next sends
    // delete_id for an id of the client's. An id of the server's is not used again, since nothing shows when the client
    // has seen the event.
    object.hostGone = true;
  }

  withdraw(targetId: number): void {
    const object = this.sink.objects.get(targetId);
    if (object === undefined) return;
    this.sink.objects.release(targetId);
    object.clientId = 0;
    this.abandon(object);
  }

  abandon(object: WlObject): void {
    object.clientGone = true;
    this.#context.destroyOnHost(object);
  }

  setCounterpart(child: WlObject, parent: WlObject, opcode: number, index: number): void {
    const type = parent.clientInterface.events[opcode]?.args[index]?.interface;
    if (type) child.clientInterface = type;
  }

  resolve(id: number, arg: Argument): WlObject | undefined {
    const object = this.source.objects.get(id);
    if (object === undefined || (arg.interface !== null && object.hostInterface !== arg.interface)) return undefined;
    return object;
  }

  create(id: number, type: Interface, version: number): WlObject {
    const { objects } = this.source;
    const previous = objects.get(id);
    if (id < SERVER_ID_BASE || (previous !== undefined && !previous.clientGone && !previous.hostGone)) {
      throw new ProtocolError(`${id} is no free id for a new ${type.name}`);
    }
    if (objects.leavesGap(id)) throw new ProtocolError(`the id ${id} of a new ${type.name} leaves a gap`);
    if (objects.size >= MAX_OBJECTS) throw new ProtocolError(`more than ${MAX_OBJECTS} objects`);
    if (previous !== undefined) previous.hostId = 0;
    const object = this.#context.objects.create(type, version);
    object.hostId = id;
    objects.set(id, object);
    return object;
  }

  interfaceNamed(name: string, _object: WlObject): Interface {
    throw new ProtocolError(`no event makes an object of a chosen interface, but this one makes a ${name}`);
  }

  targetId(object: WlObject): number {
    return object.clientId;
  }

  argumentId(object: WlObject): number {
    return object.clientId;
  }

  introduce(object: WlObject): number {
    if (object.clientId === 0) object.clientId = this.sink.objects.allocate(object);
    return object.clientId;
  }
}
