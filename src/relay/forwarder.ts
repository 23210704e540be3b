// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from "node:timers/promises";
import type { Fd } from "../native/fd.ts";
import type { TracePoint } from "../recorder/trace.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { ProtocolError } from "../wire/errors.ts";
import { endMessageAt, endOfMessage, readString, skipArray, skipString } from "../wire/reader.ts";
import { receiveBuffer, receiveWords } from "../wire/receive-buffer.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { WireMessage } from "../wire/wire-message.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { writtenWords } from "../wire/writer.ts";
import { closeFds, decode, deliverable, encode, type Ids, patchIds, skip, takeFds, type Value } from "./codec.ts";
import { HookedMessage } from "./hooked-message.ts";
import type { Hook, HookTable } from "./hooks.ts";
import type { RelayContext } from "./relay-context.ts";
import type { Flow } from "./statistics.ts";

/** The message that the trace is shown. */
const shown = new WireMessage(receiveWords);

/**
 * One direction of a session. It walks over the messages that lie in the receive buffer, replaces the object ids in
 * place and hands the same bytes to the other side's output queue. Only a message that has hooks, or whose object exists on
 * the sender's side alone, is decoded.
 */
export abstract class Forwarder implements Ids {
  protected readonly context: RelayContext;
  protected readonly source: Endpoint;
  protected readonly sink: Endpoint;
  protected readonly hooks: HookTable;
  /** What the trace calls messages that are sent. */
  protected abstract readonly sinkPoint: TracePoint;
  readonly #maxSize: number;
  #messages = 0;
  #bytes = 0;
  #held = false;
  /** Messages of `inject` that wait for an asynchronous hook. */
  readonly #injected: HookedMessage[] = [];

  /** @param maxSize the largest message in bytes that the source may send */
  constructor(context: RelayContext, source: Endpoint, sink: Endpoint, maxSize: number) {
    this.context = context;
    this.source = source;
    this.sink = sink;
    this.hooks = context.hooks;
    this.#maxSize = maxSize;
  }

  /** What came from the source so far and was handled. */
  get flow(): Flow {
    return { messages: this.#messages, bytes: this.#bytes, fds: this.source.input.fds.total };
  }

  /** Whether an asynchronous hook holds up this direction. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Handles the messages that the source's input buffer has loaded, and keeps the rest there.
   *
   * @throws ProtocolError for the first malformed one; those before it have been forwarded
   */
  run(): void {
    const { input } = this.source;
    const end = input.loaded >>> 2;
    let offset = 0;
    let count = 0;
    try {
      for (; offset + 2 <= end && !this.#held; count++) {
        const size = (receiveWords[offset + 1] as number) >>> 16;
        if (size < 8 || (size & 3) !== 0 || size > this.#maxSize) {
          throw new ProtocolError(
            `message of ${size} bytes to object ${receiveWords[offset]}: sizes are multiples of 4 from 8 to ${this.#maxSize}`,
          );
        }
        const next = offset + (size >>> 2);
        if (next > end) break;
        this.handle(offset, next);
        // A hook or an error from the host has ended the session: nothing that follows counts.
        if (!this.source.open) return;
        offset = next;
      }
    } finally {
      this.#messages += count;
      this.#bytes += offset << 2;
    }
    input.keep(offset << 2);
  }

  /** Counts a message of the source's that was handled outside of `run`. */
  protected count(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  /** Handles one complete message. */
  protected abstract handle(offset: number, end: number): void;
  /** What the receiver takes an object for. */
  protected abstract sinkInterface(object: WlObject): Interface;
  /** Whether messages to an object can be forwarded. */
  protected abstract forwardable(object: WlObject): boolean;
  /** Notes that the object's destructor has been received, and sent on if it could be. */
  protected abstract destroyed(object: WlObject): void;
  /** Takes back an object that was introduced by a message which is not sent after all. */
  protected abstract withdraw(targetId: number): void;
  /** Sees to an object of the sender's that its receiver will never know. */
  protected abstract abandon(object: WlObject): void;
  /** Sets what the receiver takes a new object for, where that differs from the sender's view. */
  protected abstract setCounterpart(child: WlObject, parent: WlObject, opcode: number, index: number): void;

  abstract resolve(id: number, arg: Argument): WlObject | undefined;
  abstract create(id: number, type: Interface, version: number): WlObject;
  abstract interfaceNamed(name: string, object: WlObject): Interface;
  abstract targetId(object: WlObject): number;
  abstract introduce(object: WlObject): number;

  createChild(parent: WlObject, message: Message, index: number, id: number): WlObject {
    const type = (message.args[index] as Argument).interface as Interface;
    const child = this.create(id, type, parent.version);
    if (parent.clientInterface !== parent.hostInterface) this.setCounterpart(child, parent, message.opcode, index);
    return child;
  }

  takeFd(): Fd {
    return this.source.input.fds.take();
  }

  /** Sends a message of our own to the sink, behind everything that was forwarded so far. */
  send(object: WlObject, message: Message, args: Record<string, unknown>): void {
    const values = message.args.map((arg) => args[arg.name] as never);
    if (!this.sink.open) return closeFds(values);
    this.#encode(object, message, values);
  }

  /**
   * Handles a message as if the source had sent it now: its hooks see it before the sink does. While an asynchronous
   * hook holds up this direction, it waits in front of what the source has sent.
   */
  inject(object: WlObject, message: Message, args: Record<string, unknown>): void {
    const values = message.args.map((arg) => args[arg.name] as never);
    const hooked = new HookedMessage(this.context.session, object, message, values);
    // Nothing of it lies in the receive buffer.
    hooked.change({});
    if (this.#held) this.#injected.push(hooked);
    else this.#start(hooked, 0, 0);
  }

  /** Handles what was injected while the direction was held. */
  runInjected(): void {
    while (!this.#held && this.#injected.length > 0) this.#start(this.#injected.shift() as HookedMessage, 0, 0);
  }

  /** Holds up this direction until others have had a turn of the event loop. */
  async yieldTurn(): Promise<void> {
    this.#held = true;
    await setImmediate();
    this.#held = false;
    this.runInjected();
  }

  /** The message that a header's number names, checked against the object's version and the descriptors that came. */
  protected messageAt(offset: number, object: WlObject, type: Interface, messages: readonly Message[]): Message {
    const opcode = (receiveWords[offset + 1] as number) & 0xffff;
    const message = messages[opcode];
    if (message === undefined || message.since > object.version) {
      const name = message?.name ?? opcode;
      throw new ProtocolError(`invalid method ${name}, object ${type.name}#${receiveWords[offset]} v${object.version}`);
    }
    if (message.fds > this.source.input.fds.length) throw new ProtocolError("file descriptor expected");
    return message;
  }

  /** Forwards a message without looking at more than its ids. */
  protected forwardInPlace(object: WlObject, message: Message, offset: number, end: number): void {
    const { args, fds } = message;
    let cursor = offset + 2;
    let complete = true;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as Argument;
      const { kind } = arg;
      if (kind === ArgKind.fd) continue;
      if (cursor >= end) throw new ProtocolError("message too short");
      if (kind < ArgKind.string) {
        cursor++;
      } else if (kind === ArgKind.object) {
        const id = receiveWords[cursor] as number;
        if (id !== 0) {
          const other = this.resolve(id, arg);
          const target = other === undefined ? 0 : this.targetId(other);
          if (target === 0 && !arg.nullable) complete = false;
          receiveWords[cursor] = target;
        } else if (!arg.nullable) {
          throw new ProtocolError(`null value passed for ${arg.name}`);
        }
        cursor++;
      } else if (kind === ArgKind.newId) {
        receiveWords[cursor] = this.introduce(this.createChild(object, message, i, receiveWords[cursor] as number));
        cursor++;
      } else if (kind === ArgKind.string) {
        cursor = skipString(cursor, end, arg.nullable);
      } else if (kind === ArgKind.array) {
        cursor = skipArray(cursor, end);
      } else {
        cursor = this.#introduceGeneric(object, cursor, end);
      }
    }
    if (cursor > end) throw new ProtocolError("message too short");
    if (cursor < end) endMessageAt(offset, cursor);
    if (!complete) return this.#undeliverable(message, offset, cursor);
    for (let i = 0; i < fds; i++) this.sink.output.addFd(this.source.input.fds.shift(), message.fdsAreSinks);
    this.forwardWords(object, message, offset, cursor);
  }

  /** Sends a message that is ready in the receive buffer but for the id of its object. */
  protected forwardWords(object: WlObject, message: Message, offset: number, end: number): void {
    receiveWords[offset] = this.targetId(object);
    this.trace(this.sinkPoint, this.sinkInterface(object), message, receiveWords, offset, end);
    this.sink.output.forward(offset << 2, end << 2);
  }

  #encode(object: WlObject, message: Message, values: readonly Value[]): void {
    const end = encode(object, message, values, this.sink.output, this);
    this.trace(this.sinkPoint, this.sinkInterface(object), message, writtenWords, 0, end);
  }

  protected trace(
    point: TracePoint,
    type: Interface,
    message: Message,
    words: Uint32Array,
    offset: number,
    end: number,
  ): void {
    const { trace } = this.context;
    if (trace !== null) trace.onMessage(point, shown.show(type, message, words, offset, end));
  }

  #introduceGeneric(object: WlObject, cursor: number, end: number): number {
    const next = skipString(cursor, end, false) + 2;
    if (next > end) throw new ProtocolError("message too short");
    const type = this.interfaceNamed(readString(cursor) as string, object);
    const id = receiveWords[next - 1] as number;
    receiveWords[next - 1] = this.introduce(this.create(id, type, receiveWords[next - 2] as number));
    return next;
  }

  /** Drops a message that names an object which its receiver does not have: nothing could be put in its place. */
  #undeliverable(message: Message, offset: number, end: number): void {
    this.context.log.debug(`${message.name} is dropped: its receiver does not have an object that it names`);
    this.source.input.fds.closeFirst(message.fds);
    const introduced: number[] = [];
    let cursor = offset + 2;
    for (const arg of message.args) {
      if (arg.kind === ArgKind.newId) introduced.push(receiveWords[cursor] as number);
      cursor = skip(arg, cursor, end);
    }
    // The ids are given out again in the other order, so that the lowest comes first and there is no gap.
    for (const id of introduced.reverse()) this.withdraw(id);
  }

  /** Consumes a message that goes nowhere. */
  protected discard(_object: WlObject, message: Message, _place: number, _end: number): void {
    this.source.input.fds.closeFirst(message.fds);
  }

  /** Decodes a message and lets its hooks, or the listener of an object that only the sender has, decide about it. */
  protected intercept(object: WlObject, message: Message, offset: number, end: number): void {
    const values = decode(object, message, offset, end, this);
    if (values === null) return this.discard(object, message, offset, end);
    this.#start(new HookedMessage(this.context.session, object, message, values), offset, endOfMessage(offset));
  }

  /** Runs the hooks of a message, and sends it their way once they are done. */
  #start(hooked: HookedMessage, offset: number, end: number): void {
    const { object, signature, values } = hooked;
    try {
      const waiting = this.#runHooks(hooked, this.#hooksOf(object, signature), 0);
      if (waiting === undefined) this.#complete(hooked, offset, end);
      else this.#completeLater(hooked, waiting, Buffer.from(receiveBuffer.subarray(offset << 2, end << 2)));
    } catch (error) {
      closeFds(values);
      throw error;
    }
  }

  #completeLater(hooked: HookedMessage, waiting: Promise<void>, original: Buffer): void {
    this.#held = true;
    void this.context.continueLater(this, async () => {
      try {
        await waiting.finally(() => {
          this.#held = false;
        });
        original.copy(receiveBuffer);
        this.#complete(hooked, 0, original.length >>> 2);
        this.sink.output.settle();
      } catch (error) {
        closeFds(hooked.values);
        throw error;
      }
    });
  }

  #hooksOf(object: WlObject, message: Message): readonly Hook<never, never>[] {
    if (this.forwardable(object)) return this.hooks[message.number] ?? [];
    return object.listener === null ? [] : [object.listener as Hook<never, never>];
  }

  #runHooks(hooked: HookedMessage, hooks: readonly Hook<never, never>[], first: number): Promise<void> | undefined {
    for (let i = first; i < hooks.length && !hooked.dropped; i++) {
      const result = hooks[i]?.(hooked as HookedMessage<never, never>);
      if (result) return result.then(() => this.#runHooks(hooked, hooks, i + 1));
    }
    return undefined;
  }

  /** Sends a message the way that its hooks chose. Unless they changed it, it still lies in the receive buffer. */
  #complete(hooked: HookedMessage, offset: number, end: number): void {
    const { object, signature, values } = hooked;
    hooked.decided();
    if (hooked.dropped) {
      closeFds(values);
    } else if (!this.sink.open || !this.forwardable(object) || !deliverable(signature, values, this)) {
      closeFds(values);
      signature.args.forEach((arg, i) => {
        if (arg.kind === ArgKind.newId) this.abandon(values[i] as WlObject);
      });
    } else if (hooked.changed) {
      this.#encode(object, signature, values);
    } else {
      patchIds(signature, offset, end, values, this);
      takeFds(signature, values, this.sink.output);
      this.forwardWords(object, signature, offset, end);
    }
    if (signature.destructor) this.destroyed(object);
    const destroyedArg = values[signature.destroysArg];
    if (destroyedArg) this.destroyed(destroyedArg as WlObject);
    hooked.finished();
  }
}
