// SPDX-License-Identifier: Apache-2.0
import { TracePoint } from "../recorder/trace.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import { MAX_CLIENT_ID, MAX_OBJECTS, MAX_REQUEST_SIZE } from "../wire/limits.ts";
import { receiveWords } from "../wire/receive-buffer.ts";
import type { Argument, Interface, Message } from "../wire/signature.ts";
import { SERVER_ID_BASE, type WlObject } from "../wire/wl-object.ts";
import { Forwarder } from "./forwarder.ts";
import type { RelayContext } from "./relay-context.ts";

/** The bytes of a request with one number. */
const PONG_SIZE = 12;

/** wl_display.sync. */
const DISPLAY_SYNC = 0;

/** From the client to the host. The client is not trusted: whatever the host would object to ends here. */
export class RequestForwarder extends Forwarder {
  protected override readonly sinkPoint: TracePoint = TracePoint.toHost;
  constructor(context: RelayContext, client: Endpoint, host: Endpoint) {
    super(context, client, host, MAX_REQUEST_SIZE);
  }

  protected override handle(offset: number, end: number): void {
    const id = receiveWords[offset] as number;
    const object = this.source.objects.get(id);
    if (object === undefined || object.clientGone) {
      throw new ProtocolError(`invalid object ${id}`, DisplayError.invalidObject);
    }
    const type = object.clientInterface;
    const message = this.messageAt(offset, object, type, type.requests);
    try {
      this.trace(TracePoint.fromClient, type, message, receiveWords, offset, end);
      if (this.hooks[message.number] !== null || !this.forwardable(object))
        return this.intercept(object, message, offset, end);
      this.forwardInPlace(object, message, offset, end);
    } catch (error) {
      throw inContext(error, `invalid arguments for ${type.name}#${id}.${message.name}`);
    }
    if (id === 1) this.#measure(message, offset);
    if (message.destructor) this.destroyed(object);
    if (message.destroysArg >= 0) this.destroyArgument(message, offset);
  }

  /**
   * Sends on the client's answers to pings that wait behind a hook: by them the host judges whether the client is alive,
   * and not how long something takes here.
   */
  passPongs(): void {
    this.source.input.takeOut(this.#takePong);
  }

  readonly #takePong = (bytes: Buffer, offset: number, size: number): boolean => {
    const object = this.source.objects.get(bytes.readUInt32LE(offset));
    if (object === undefined || object.clientGone || !this.forwardable(object) || size < PONG_SIZE) return false;
    const message = object.clientInterface.requests[bytes.readUInt16LE(offset + 4)];
    if (message?.name !== "pong" || message.args.length !== 1 || this.hooks[message.number] !== null) return false;
    const serial = bytes.readUInt32LE(offset + 8);
    const words = Uint32Array.of(object.clientId, message.opcode | (PONG_SIZE << 16), serial);
    this.trace(TracePoint.fromClient, object.clientInterface, message, words, 0, words.length);
    this.send(object, message, { serial });
    this.count(size);
    return true;
  };

  /** Begins to measure a round trip when the host was sent a sync. */
  #measure(message: Message, offset: number): void {
    const { roundTrip } = this.context;
    if (message.opcode === DISPLAY_SYNC && roundTrip.callback === 0)
      roundTrip.begin(receiveWords[offset + 2] as number);
  }

  protected override sinkInterface(object: WlObject): Interface {
    return object.hostInterface;
  }

  protected override forwardable(object: WlObject): boolean {
    return object.hostId !== 0 && !object.hostGone;
  }

  protected override destroyed(object: WlObject): void {
    object.clientGone = true;
    if (object.clientId >= SERVER_ID_BASE) {
      // Such ids have no delete_id: the client has forgotten it already. The host may still have sent events to it, so
      // there it stays known until the host gives the id to another object.
      this.source.objects.release(object.clientId);
      object.clientId = 0;
    } else if (object.hostId === 0) {
      this.context.deleteClientId(object);
    }
  }

  /** Marks the object that a request destroys although it was sent to another one (wl_fixes.destroy_registry). */
  private destroyArgument(message: Message, offset: number): void {
    const object = this.sink.objects.get(receiveWords[offset + 2 + message.destroysArg] as number);
    if (object !== undefined) this.destroyed(object);
  }

  protected override withdraw(targetId: number): void {
    const object = this.sink.objects.get(targetId);
    if (object === undefined) return;
    this.sink.objects.release(targetId);
    object.hostId = 0;
  }

  protected override abandon(_object: WlObject): void {
    // It is the client's, who will destroy it some day.
  }

  protected override setCounterpart(child: WlObject, parent: WlObject, opcode: number, index: number): void {
    const type = parent.hostInterface.requests[opcode]?.args[index]?.interface;
    if (type) child.hostInterface = type;
  }

  override resolve(id: number, arg: Argument): WlObject {
    const object = this.source.objects.get(id);
    if (object === undefined || object.clientGone) {
      throw new ProtocolError(`${arg.name} is object ${id}, which does not exist`);
    }
    if (arg.interface !== null && object.clientInterface !== arg.interface) {
      throw new ProtocolError(`${arg.name} is ${object.clientInterface.name}#${id}, not a ${arg.interface.name}`);
    }
    return object;
  }

  override create(id: number, type: Interface, version: number): WlObject {
    const { objects } = this.source;
    // As libwayland does (wl_map_reserve_new), all with the code of an invalid method.
    if (id === 0 || id > MAX_CLIENT_ID) throw new ProtocolError(`${id} is no id for a new ${type.name}`);
    if (objects.get(id) !== undefined) throw new ProtocolError(`the id ${id} of a new ${type.name} is in use`);
    if (objects.leavesGap(id)) throw new ProtocolError(`the id ${id} of a new ${type.name} leaves a gap`);
    if (objects.size >= MAX_OBJECTS) {
      throw new ProtocolError(`more than ${MAX_OBJECTS} objects`, DisplayError.noMemory);
    }
    const object = this.context.objects.create(type, version);
    object.clientId = id;
    objects.set(id, object);
    return object;
  }

  override interfaceNamed(name: string, object: WlObject): Interface {
    const type = this.context.protocol.get(name);
    if (type === undefined) {
      throw new ProtocolError(`unknown interface ${name}`, DisplayError.invalidObject, object.clientId);
    }
    return type;
  }

  override targetId(object: WlObject): number {
    return object.hostId;
  }

  override introduce(object: WlObject): number {
    if (object.hostId === 0) object.hostId = this.sink.objects.allocate(object);
    return object.hostId;
  }
}

function inContext(error: unknown, context: string): unknown {
  if (!(error instanceof ProtocolError) || error.objectId !== 1) return error;
  return new ProtocolError(`${context}: ${error.message}`, error.code);
}
