// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from "node:timers/promises";
import { argumentsOf } from "../wire/arguments.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { ProtocolError } from "../wire/errors.ts";
import { endMessageAt, readString, skipArray, skipString } from "../wire/reader.ts";
import { receiveBuffer, receiveWords } from "../wire/receive-buffer.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { WireMessage } from "../wire/wire-message.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { writtenWords } from "../wire/writer.ts";
import {
  checkValues,
  closeFds,
  createChild,
  decode,
  deliverable,
  encode,
  patchIds,
  takeFds,
  type Value,
} from "./codec.ts";
import type { Direction, Ways } from "./direction.ts";
import { inHook } from "./hook-error.ts";
import { HookedMessage } from "./hooked-message.ts";
import type { Hook, HookEntry, HookList } from "./hooks.ts";
import type { Holdable, RelayContext } from "./relay-context.ts";
import type { Flow } from "./statistics.ts";

/**
 * The message that is being handled, which lies in the receive buffer, and one of our own that was sent. All forwarders
 * share them: each message is handled at once, and where hooks come between, it is shown anew.
 */
const received = new WireMessage(receiveWords);
const written = new WireMessage(writtenWords);

/**
 * Forwards the messages of one direction. The forwarder walks over the messages in the receive buffer, and replaces
 * object ids in place. It hands the same bytes to the other side's output queue. A message is decoded only when it
 * has hooks, or when its object exists on the sender's side alone.
 */
export class Forwarder implements Ways, Holdable {
  readonly #context: RelayContext;
  readonly #direction: Direction;
  readonly #source: Endpoint;
  readonly #sink: Endpoint;
  #messages = 0;
  #bytes = 0;
  /** The asynchronous hooks that hold up this direction. */
  #holds = 0;
  /** Messages that are not in the source's stream, and wait for an asynchronous hook. */
  readonly #injected: HookedMessage[] = [];

  constructor(context: RelayContext, direction: Direction) {
    this.#context = context;
    this.#direction = direction;
    this.#source = direction.source;
    this.#sink = direction.sink;
  }

  /** The amount that has come from the source so far and was handled. */
  get flow(): Flow {
    return { messages: this.#messages, bytes: this.#bytes, fds: this.#source.input.fds.total };
  }

  /** Whether an asynchronous hook holds up this direction. */
  get held(): boolean {
    return this.#holds > 0;
  }

  /**
   * Handles the messages that the source's input buffer has loaded, and keeps the rest there.
   *
   * @throws ProtocolError for the first malformed one; those before it have been forwarded
   */
  run(): void {
    const { input } = this.#source;
    const { maxSize } = this.#direction;
    const end = input.loaded >>> 2;
    let offset = 0;
    let count = 0;
    try {
      for (; offset + 2 <= end && this.#holds === 0; count++) {
        const size = (receiveWords[offset + 1] as number) >>> 16;
        if (size < 8 || (size & 3) !== 0 || size > maxSize) throw invalidSize(size, offset, maxSize);
        const next = offset + (size >>> 2);
        if (next > end) break;
        this.#direction.handle(offset, next, this);
        // A hook or an error from the host has ended the session: nothing that follows counts.
        if (!this.#source.open) return;
        offset = next;
      }
    } finally {
      this.#messages += count;
      this.#bytes += offset << 2;
    }
    input.keep(offset << 2);
  }

  /** Counts a message of the source's that was handled outside of `run`. */
  count(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  /** Sends a message of our own to the sink, behind everything that was forwarded so far. */
  send(object: WlObject, message: Message, args: Record<string, unknown>): void {
    const direction = this.#direction;
    const values = this.#valuesOf(object, message, args);
    const isPossible = direction.mayBeSent(object) && deliverable(message, values, direction);
    if (!this.#sink.open || !isPossible) return closeFds(values);
    this.#encode(object, message, values);
    this.#sent(object, message, values);
  }

  /**
   * Handles a message as if the source had sent it now: its hooks see it before the sink does. While an asynchronous
   * hook holds up this direction, it waits in front of what the source has sent. One for an object that the source does
   * not have does not wait.
   */
  inject(object: WlObject, message: Message, args: Record<string, unknown>): void {
    this.#context.outsideOfTurn(this, () => {
      const values = this.#valuesOf(object, message, args);
      this.#restart(new HookedMessage(this.#context.client, object, message, values));
    });
  }

  /** Gives a message of our own to the listener of its object, which the sink does not have, as if it had come now. */
  deliver(object: WlObject, message: Message, args: Record<string, unknown>): void {
    this.#context.outsideOfTurn(this, () => {
      const hooked = new HookedMessage(this.#context.client, object, message, this.#valuesOf(object, message, args));
      hooked.nextHook = this.#context.hooks[message.number]?.length ?? 0;
      this.#restart(hooked);
    });
  }

  /** Handles a message of which nothing lies in the receive buffer, from its next hook on. */
  #restart(hooked: HookedMessage): void {
    hooked.change({});
    // Of an object of ours everything is sent at once, in its order.
    if (this.#holds > 0 && this.#direction.isOfSource(hooked.object)) this.#injected.push(hooked);
    else this.#start(hooked, 0, 0);
  }

  /** The values of arguments in their order; if one does not fit, the descriptors among them are closed. */
  #valuesOf(object: WlObject, message: Message, args: Record<string, unknown>): Value[] {
    const values = message.args.map((arg) => args[arg.name] as Value);
    try {
      checkValues(object, message, values);
    } catch (error) {
      closeFds(values);
      throw error;
    }
    return values;
  }

  /** Handles what was injected while the direction was held. */
  runInjected(): void {
    while (this.#holds === 0 && this.#injected.length > 0) this.#start(this.#injected.shift() as HookedMessage, 0, 0);
  }

  /** Holds up this direction until others have had a turn of the event loop. */
  async yieldTurn(): Promise<void> {
    this.#holds++;
    await setImmediate();
    this.#holds--;
    this.runInjected();
  }

  messageAt(offset: number, end: number, object: WlObject, type: Interface, all: readonly Message[]): WireMessage {
    const opcode = (receiveWords[offset + 1] as number) & 0xffff;
    const message = all[opcode];
    if (message === undefined || message.since > object.version) {
      throw invalidMethod(message?.name ?? opcode, offset, object, type);
    }
    if (message.fds > this.#source.input.fds.length) throw new ProtocolError("file descriptor expected");
    received.show(type, message, receiveWords, offset, end);
    const { trace } = this.#context;
    if (trace !== null) trace.onMessage(this.#direction.sourcePoint, received);
    return received;
  }

  forwardInPlace(object: WlObject, wire: WireMessage): void {
    const direction = this.#direction;
    const { message, offset, end } = wire;
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
          const other = direction.resolve(id, arg);
          const target = other === undefined ? 0 : direction.targetId(other);
          if (target === 0 && !arg.nullable) complete = false;
          receiveWords[cursor] = target;
        } else if (!arg.nullable) {
          throw new ProtocolError(`null value passed for ${arg.name}`);
        }
        cursor++;
      } else if (kind === ArgKind.newId) {
        receiveWords[cursor] = direction.introduce(
          createChild(direction, object, message, i, receiveWords[cursor] as number),
        );
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
    wire.end = cursor;
    if (!complete) return this.#undeliverable(wire);
    for (let i = 0; i < fds; i++) this.#sink.output.addFd(this.#source.input.fds.shift(), message.fdsAreSinks);
    this.forwardWords(object, wire);
  }

  forwardWords(object: WlObject, wire: WireMessage): void {
    const direction = this.#direction;
    const { offset, end } = wire;
    receiveWords[offset] = direction.targetId(object);
    const { trace } = this.#context;
    if (trace !== null) {
      wire.type = direction.sinkInterface(object);
      trace.onMessage(direction.sinkPoint, wire);
    }
    this.#sink.output.forward(offset << 2, end << 2);
  }

  #encode(object: WlObject, message: Message, values: readonly Value[]): void {
    const direction = this.#direction;
    const end = encode(object, message, values, this.#sink.output, direction);
    const { trace } = this.#context;
    if (trace === null) return;
    trace.onMessage(direction.sinkPoint, written.show(direction.sinkInterface(object), message, writtenWords, 0, end));
  }

  #introduceGeneric(object: WlObject, cursor: number, end: number): number {
    const next = skipString(cursor, end, false) + 2;
    if (next > end) throw new ProtocolError("message too short");
    const type = this.#direction.interfaceNamed(readString(cursor) as string, object);
    const id = receiveWords[next - 1] as number;
    receiveWords[next - 1] = this.#direction.introduce(
      this.#direction.create(id, type, receiveWords[next - 2] as number),
    );
    return next;
  }

  /** Drops a message that names an object which its receiver does not have: nothing could be put in its place. */
  #undeliverable({ message, offset, end }: WireMessage): void {
    this.#context.beganMore();
    this.#context.log.debug(`${message.name} is dropped: its receiver does not have an object that it names`);
    this.#source.input.fds.closeFirst(message.fds);
    const introduced: number[] = [];
    for (const [arg, place] of argumentsOf(message, receiveWords, offset, end)) {
      if (arg.kind === ArgKind.newId) introduced.push(receiveWords[place] as number);
    }
    // The ids are given out again in the other order, so that the lowest comes first and there is no gap.
    for (const id of introduced.reverse()) this.#direction.withdraw(id);
  }

  discard(object: WlObject, wire: WireMessage): void {
    this.#source.input.fds.closeFirst(wire.message.fds);
    this.#direction.discarded(object, wire);
  }

  intercept(object: WlObject, wire: WireMessage): void {
    const hooks = this.#hooksOf(object, wire.message);
    const inPlace = hooks.length === 1 ? hooks[0]?.run.inPlace : undefined;
    const isForwarded = inPlace === undefined ? null : inPlace(this.#context.client, wire);
    if (isForwarded !== null) {
      if (isForwarded) this.forwardWords(object, wire);
      return;
    }
    const values = decode(object, wire, this.#source.input.fds, this.#direction);
    if (values === null) return this.discard(object, wire);
    this.#start(new HookedMessage(this.#context.client, object, wire.message, values), wire.offset, wire.end);
  }

  /** Runs the hooks of a message, and sends it their way once they are done. */
  #start(hooked: HookedMessage, offset: number, end: number): void {
    this.#context.beganMore();
    try {
      const waiting = this.#runHooks(hooked, this.#hooksOf(hooked.object, hooked.signature));
      if (waiting === undefined) this.#complete(hooked, offset, end);
      else this.#completeLater(hooked, waiting, Buffer.from(receiveBuffer.subarray(offset << 2, end << 2)));
    } catch (error) {
      closeFds(hooked.values);
      throw error;
    }
  }

  #completeLater(hooked: HookedMessage, waiting: Promise<void>, original: Buffer): void {
    this.#holds++;
    void this.#context.continueLater(this, async () => {
      try {
        await waiting.finally(() => {
          this.#holds--;
        });
        original.copy(receiveBuffer);
        this.#complete(hooked, 0, original.length >>> 2);
        this.#sink.output.settle();
      } catch (error) {
        closeFds(hooked.values);
        throw error;
      }
    });
  }

  #hooksOf(object: WlObject, message: Message): HookList {
    const hooks = this.#context.hooks[message.number] ?? [];
    if (this.#direction.forwardable(object)) return hooks;
    if (object.listener === null) return [];
    const own = { run: object.listener as Hook<never, never>, when: undefined };
    return object.isHooked ? [...hooks, own] : [own];
  }

  #runHooks(hooked: HookedMessage, hooks: HookList): Promise<void> | undefined {
    while (hooked.nextHook < hooks.length && hooked.isUnderway) {
      try {
        const { run, when } = hooks[hooked.nextHook++] as HookEntry;
        const isMeant = when === undefined || when(hooked.client, hooked.object);
        const result = isMeant ? run(hooked as HookedMessage<never, never>) : undefined;
        if (!result) continue;
        return result.then(
          () => this.#runHooks(hooked, hooks),
          (error) => {
            throw inHook(hooked.name, error);
          },
        );
      } catch (error) {
        throw inHook(hooked.name, error);
      }
    }
    return undefined;
  }

  /** Sends a message the way that its hooks chose. Unless they changed it, it still lies in the receive buffer. */
  #complete(hooked: HookedMessage, offset: number, end: number): void {
    const direction = this.#direction;
    const { object, signature, values } = hooked;
    if (hooked.isHeldBack) return hooked.resumeBy(() => this.#context.outsideOfTurn(this, () => this.#restart(hooked)));
    hooked.decided();
    if (hooked.dropped) {
      closeFds(values);
    } else if (!this.#sink.open || !direction.forwardable(object) || !deliverable(signature, values, direction)) {
      closeFds(values);
      signature.args.forEach((arg, i) => {
        if (arg.kind === ArgKind.newId) direction.abandon(values[i] as WlObject);
      });
    } else {
      if (hooked.changed) {
        this.#encode(object, signature, values);
      } else {
        const wire = received.show(direction.sinkInterface(object), signature, receiveWords, offset, end);
        patchIds(wire, values, direction);
        takeFds(signature, values, this.#sink.output);
        this.forwardWords(object, wire);
      }
      this.#sent(object, signature, values);
    }
    if (signature.destructor) direction.destroyed(object);
    const destroyedArg = values[signature.destroysArg];
    if (destroyedArg) direction.destroyed(destroyedArg as WlObject);
    hooked.finished();
  }

  /** The receiver was sent a message, which may have ended an object. */
  #sent(object: WlObject, message: Message, values: readonly Value[]): void {
    if (message.destructor) this.#direction.ended(object);
    const other = values[message.destroysArg];
    if (other) this.#direction.ended(other as WlObject);
  }
}

// What is wrong is put into words outside of the functions that every message passes: V8 inlines short ones only.

function invalidSize(size: number, offset: number, maxSize: number): ProtocolError {
  const text = `message of ${size} bytes to object ${receiveWords[offset]}`;
  return new ProtocolError(`${text}: sizes are multiples of 4 from 8 to ${maxSize}`);
}

function invalidMethod(name: string | number, offset: number, object: WlObject, type: Interface): ProtocolError {
  return new ProtocolError(`invalid method ${name}, object ${type.name}#${receiveWords[offset]} v${object.version}`);
}
