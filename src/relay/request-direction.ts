// SPDX-License-Identifier: Apache-2.0
import { TracePoint } from "../recorder/trace.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import { MAX_CLIENT_ID, MAX_REQUEST_SIZE } from "../wire/limits.ts";
import { receiveWords } from "../wire/receive-buffer.ts";
import type { Argument, Interface, Message } from "../wire/signature.ts";
import { SERVER_ID_BASE, type WlObject } from "../wire/wl-object.ts";
import type { Direction, Ways } from "./direction.ts";
import { areMeant } from "./hooks.ts";
import type { RelayContext } from "./relay-context.ts";

/** wl_display.sync. */
const DISPLAY_SYNC = 0;

/**
 * The direction from the client to the host. The client is not trusted: whatever the host would object to ends here.
 */
export class RequestDirection implements Direction {
  readonly source: Endpoint;
  readonly sink: Endpoint;
  readonly maxSize: number = MAX_REQUEST_SIZE;
  readonly sourcePoint: TracePoint = TracePoint.fromClient;
  readonly sinkPoint: TracePoint = TracePoint.toHost;
  readonly #context: RelayContext;

  constructor(context: RelayContext, client: Endpoint, host: Endpoint) {
    this.#context = context;
    this.source = client;
    this.sink = host;
  }

  handle(offset: number, end: number, ways: Ways): void {
    const id = receiveWords[offset] as number;
    const object = this.source.objects.get(id);
    if (object === undefined || object.clientGone) {
      throw new ProtocolError(`invalid object ${id}`, DisplayError.invalidObject);
    }
    const type = object.clientInterface;
    const wire = ways.messageAt(offset, end, object, type, type.requests);
    const { message } = wire;
    try {
      const hooks = this.#context.hooks[message.number];
      if (!this.forwardable(object) || (hooks && areMeant(hooks, this.#context.client, object))) {
        return ways.intercept(object, wire);
      }
      ways.forwardInPlace(object, wire);
    } catch (error) {
      throw inContext(error, `invalid arguments for ${type.name}#${id}.${message.name}`);
    }
    if (id === 1) this.#measure(message, offset);
    if (message.destructor) {
      this.ended(object);
      this.destroyed(object);
    }
    if (message.destroysArg >= 0) this.#destroyArgument(message, offset);
  }

  /** Begins to measure a round trip when the host was sent a sync. */
  #measure(message: Message, offset: number): void {
    const { roundTrip } = this.#context;
    if (message.opcode === DISPLAY_SYNC && roundTrip.callback === 0)
      roundTrip.begin(receiveWords[offset + 2] as number);
  }

  sinkInterface(object: WlObject): Interface {
    return object.hostInterface;
  }

  isOfSource(object: WlObject): boolean {
    return object.clientId !== 0;
  }

  forwardable(object: WlObject): boolean {
    return object.hostId !== 0 && !object.hostGone;
  }

  mayBeSent(object: WlObject): boolean {
    // While a hook kept it, the client may have destroyed it, and the host may have deleted it.
    return this.forwardable(object);
  }

  ended(object: WlObject): void {
    object.hostGone = true;
  }

  destroyed(object: WlObject): void {
    object.clientGone = true;
    if (object.clientId >= SERVER_ID_BASE) {
      // Such ids have no delete_id: the client has forgotten it already. The host may still have sent events to it, so
      // there it stays known until the host gives the id to another object.
      this.source.objects.release(object.clientId);
      object.clientId = 0;
    } else if (object.hostId === 0 && object.clientId !== 0) {
      this.#context.deleteClientId(object);
    }
  }

  /** Marks the object that a request destroys although it was sent to another one (wl_fixes.destroy_registry). */
  #destroyArgument(message: Message, offset: number): void {
    const object = this.sink.objects.get(receiveWords[offset + 2 + message.destroysArg] as number);
    if (object === undefined) return;
    this.ended(object);
    this.destroyed(object);
  }

  withdraw(targetId: number): void {
    const object = this.sink.objects.get(targetId);
    if (object === undefined) return;
    this.sink.objects.release(targetId);
    object.hostId = 0;
  }

  abandon(_object: WlObject): void {
    // It is the client's, who will destroy it some day.
  }

  discarded(): void {
    // What the client has made with it is the client's, too.
  }

  setCounterpart(child: WlObject, parent: WlObject, opcode: number, index: number): void {
    const type = parent.hostInterface.requests[opcode]?.args[index]?.interface;
    if (type) child.hostInterface = type;
  }

  resolve(id: number, arg: Argument): WlObject {
    const object = this.source.objects.get(id);
    if (object === undefined || object.clientGone) {
      throw new ProtocolError(`${arg.name} is object ${id}, which does not exist`);
    }
    if (arg.interface !== null && object.clientInterface !== arg.interface) throw wrongInterface(object, id, arg);
    return object;
  }

  create(id: number, type: Interface, version: number): WlObject {
    const { objects } = this.source;
    // As libwayland does (wl_map_reserve_new), all with the code of an invalid method.
    if (id === 0 || id > MAX_CLIENT_ID) throw invalidId(`${id} is no id for`, type);
    if (objects.get(id) !== undefined) throw invalidId(`the id ${id} of`, type, " is in use");
    if (objects.leavesGap(id)) throw invalidId(`the id ${id} of`, type, " leaves a gap");
    const { maxObjects } = this.#context;
    if (objects.size >= maxObjects) {
      const what = `more than ${maxObjects} objects`;
      this.#context.tooManyObjects(what);
      throw new ProtocolError(what, DisplayError.noMemory);
    }
    const object = this.#context.objects.create(type, version);
    object.clientId = id;
    objects.set(id, object);
    return object;
  }

  interfaceNamed(name: string, object: WlObject): Interface {
    const type = this.#context.protocol.get(name);
    if (type === undefined) {
      throw new ProtocolError(`unknown interface ${name}`, DisplayError.invalidObject, object.clientId);
    }
    return type;
  }

  targetId(object: WlObject): number {
    return object.hostId;
  }

  argumentId(object: WlObject): number {
    return object.hostGone ? 0 : object.hostId;
  }

  introduce(object: WlObject): number {
    if (object.hostId === 0) object.hostId = this.sink.objects.allocate(object);
    return object.hostId;
  }
}

function invalidId(what: string, type: Interface, why = ""): ProtocolError {
  return new ProtocolError(`${what} a new ${type.name}${why}`);
}

function wrongInterface(object: WlObject, id: number, arg: Argument): ProtocolError {
  return new ProtocolError(`${arg.name} is ${object.clientInterface.name}#${id}, not a ${arg.interface?.name}`);
}

function inContext(error: unknown, context: string): unknown {
  if (!(error instanceof ProtocolError) || error.objectId !== 1) return error;
  return new ProtocolError(`${context}: ${error.message}`, error.code);
}
