// SPDX-License-Identifier: Apache-2.0

import type { Fd } from "../native/fd.ts";
import type { Passage } from "../recorder/trace.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { ProtocolError } from "../wire/errors.ts";
import { skipArray, skipString } from "../wire/reader.ts";
import { scratch, scratchWords } from "../wire/scratch.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { writtenWords } from "../wire/writer.ts";
import { closeFds, decode, deliverable, encode, type Ids, patchIds, skip, takeFds, type Value } from "./codec.ts";
import { HookedMessage } from "./hooked-message.ts";
import type { Hook } from "./hooks.ts";
import type { Session } from "./session.ts";
import type { Flow } from "./statistics.ts";

/**
 * One direction of a session. It walks over the messages that lie in the scratch buffer, replaces the object ids in
 * place and hands the same bytes to the other side's outlet. Only a message that has hooks, or whose object exists on
 * the sender's side alone, is decoded.
 */
export abstract class Forwarder implements Ids {
  protected readonly session: Session;
  protected readonly source: Endpoint;
  protected readonly sink: Endpoint;
  /** What the trace calls messages that are sent. */
  protected abstract readonly sinkPassage: Passage;
  readonly #maxSize: number;
  #messages = 0;
  #bytes = 0;
  #held = false;
  /** Messages of `inject` that wait for an asynchronous hook. */
  readonly #injected: HookedMessage[] = [];

  /** @param maxSize the largest message in bytes that the source may send */
  constructor(session: Session, source: Endpoint, sink: Endpoint, maxSize: number) {
    this.session = session;
    this.source = source;
    this.sink = sink;
    this.#maxSize = maxSize;
  }

  /** What came from the source so far and was handled. */
  get flow(): Flow {
    return { messages: this.#messages, bytes: this.#bytes, fds: this.source.intake.fds.total };
  }

  /** Whether an asynchronous hook holds up this direction. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Handles the messages that the source's intake has loaded, and keeps the rest there.
   *
   * @throws ProtocolError for the first malformed one; those before it have been forwarded
   */
  run(): void {
    const { intake } = this.source;
    const end = intake.loaded >>> 2;
    let place = 0;
    let count = 0;
    try {
      for (; place + 2 <= end && !this.#held; count++) {
        const size = (scratchWords[place + 1] as number) >>> 16;
        if (size < 8 || (size & 3) !== 0 || size > this.#maxSize) {
          throw new ProtocolError(
            `message of ${size} bytes to object ${scratchWords[place]}: sizes are multiples of 4 from 8 to ${this.#maxSize}`,
          );
        }
        const next = place + (size >>> 2);
        if (next > end) break;
        this.handle(place, next);
        // A hook or an error from the host has ended the session: nothing that follows counts.
        if (!this.source.open) return;
        place = next;
      }
    } finally {
      this.#messages += count;
      this.#bytes += place << 2;
    }
    intake.keep(place << 2);
  }

  /** Handles one complete message. */
  protected abstract handle(place: number, end: number): void;
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
  abstract interfaceNamed(name: string): Interface;
  abstract targetId(object: WlObject): number;
  abstract introduce(object: WlObject): number;

  createChild(parent: WlObject, message: Message, index: number, id: number): WlObject {
    const type = (message.args[index] as Argument).interface as Interface;
    const child = this.create(id, type, parent.version);
    if (parent.clientInterface !== parent.hostInterface) this.setCounterpart(child, parent, message.opcode, index);
    return child;
  }

  takeFd(): Fd {
    return this.source.intake.fds.take();
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
    const hooked = new HookedMessage(this.session, object, message, values);
    // Nothing of it lies in the scratch buffer.
    hooked.change({});
    if (this.#held) this.#injected.push(hooked);
    else this.#start(hooked, 0, 0);
  }

  /** Handles what was injected while the direction was held. */
  runInjected(): void {
    while (!this.#held && this.#injected.length > 0) this.#start(this.#injected.shift() as HookedMessage, 0, 0);
  }

  /** The message that a header's number names, checked against the object's version and the descriptors that came. */
  protected messageAt(place: number, object: WlObject, type: Interface, messages: readonly Message[]): Message {
    const opcode = (scratchWords[place + 1] as number) & 0xffff;
    const message = messages[opcode];
    if (message === undefined || message.since > object.version) {
      const name = message?.name ?? opcode;
      throw new ProtocolError(`invalid method ${name}, object ${type.name}#${scratchWords[place]} v${object.version}`);
    }
    if (message.fds > this.source.intake.fds.length) throw new ProtocolError("file descriptor expected");
    return message;
  }

  /** Forwards a message without looking at more than its ids. */
  protected forwardInPlace(object: WlObject, message: Message, place: number, end: number): void {
    const { args, fds } = message;
    let at = place + 2;
    let complete = true;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as Argument;
      const { kind } = arg;
      if (kind === ArgKind.fd) continue;
      if (at >= end) throw new ProtocolError("message too short");
      if (kind < ArgKind.string) {
        at++;
      } else if (kind === ArgKind.object) {
        const id = scratchWords[at] as number;
        if (id !== 0) {
          const other = this.resolve(id, arg);
          const target = other === undefined ? 0 : this.targetId(other);
          if (target === 0 && !arg.nullable) complete = false;
          scratchWords[at] = target;
        } else if (!arg.nullable) {
          throw new ProtocolError(`null value passed for ${arg.name}`);
        }
        at++;
      } else if (kind === ArgKind.newId) {
        scratchWords[at] = this.introduce(this.createChild(object, message, i, scratchWords[at] as number));
        at++;
      } else if (kind === ArgKind.string) {
        at = skipString(at, end, arg.nullable);
      } else if (kind === ArgKind.array) {
        at = skipArray(at, end);
      } else {
        at = this.#introduceGeneric(at, end);
      }
    }
    if (at !== end) throw new ProtocolError(at > end ? "message too short" : "message too long");
    if (!complete) return this.#undeliverable(message, place, end);
    for (let i = 0; i < fds; i++) this.sink.outlet.addFd(this.source.intake.fds.shift());
    this.forwardWords(object, message, place, end);
  }

  /** Sends a message that is ready in the scratch buffer but for the id of its object. */
  protected forwardWords(object: WlObject, message: Message, place: number, end: number): void {
    scratchWords[place] = this.targetId(object);
    const { trace } = this.session;
    if (trace !== null) trace.passed(this.sinkPassage, this.sinkInterface(object), message, scratchWords, place, end);
    this.sink.outlet.forward(place << 2, end << 2);
  }

  #encode(object: WlObject, message: Message, values: readonly Value[]): void {
    const end = encode(object, message, values, this.sink.outlet, this);
    const { trace } = this.session;
    if (trace !== null) trace.passed(this.sinkPassage, this.sinkInterface(object), message, writtenWords, 0, end);
  }

  #introduceGeneric(at: number, end: number): number {
    const next = skipString(at, end, false) + 2;
    if (next > end) throw new ProtocolError("message too short");
    const start = (at + 1) << 2;
    const name = scratch.toString("latin1", start, start + (scratchWords[at] as number) - 1);
    const id = scratchWords[next - 1] as number;
    scratchWords[next - 1] = this.introduce(
      this.create(id, this.interfaceNamed(name), scratchWords[next - 2] as number),
    );
    return next;
  }

  /** Drops a message that names an object which its receiver does not have: nothing could be put in its place. */
  #undeliverable(message: Message, place: number, end: number): void {
    this.session.log.debug(`${message.name} is dropped: its receiver does not have an object that it names`);
    this.source.intake.fds.closeFirst(message.fds);
    const introduced: number[] = [];
    let at = place + 2;
    for (const arg of message.args) {
      if (arg.kind === ArgKind.newId) introduced.push(scratchWords[at] as number);
      at = skip(arg, at, end);
    }
    // The ids are given out again in the other order, so that the lowest comes first and there is no gap.
    for (const id of introduced.reverse()) this.withdraw(id);
  }

  /** Consumes a message that goes nowhere. */
  protected discard(_object: WlObject, message: Message, _place: number, _end: number): void {
    this.source.intake.fds.closeFirst(message.fds);
  }

  /** Decodes a message and lets its hooks, or the listener of an object that only the sender has, decide about it. */
  protected intercept(object: WlObject, message: Message, place: number, end: number): void {
    const values = decode(object, message, place, end, this);
    if (values === null) return this.discard(object, message, place, end);
    this.#start(new HookedMessage(this.session, object, message, values), place, end);
  }

  /** Runs the hooks of a message, and sends it their way once they are done. */
  #start(hooked: HookedMessage, place: number, end: number): void {
    const { object, signature, values } = hooked;
    try {
      const waiting = this.#runHooks(hooked, this.#hooksOf(object, signature), 0);
      if (waiting === undefined) this.#complete(hooked, place, end);
      else this.#completeLater(hooked, waiting, Buffer.from(scratch.subarray(place << 2, end << 2)));
    } catch (error) {
      closeFds(values);
      throw error;
    }
  }

  #completeLater(hooked: HookedMessage, waiting: Promise<void>, original: Buffer): void {
    this.#held = true;
    void this.session.continueLater(this, async () => {
      try {
        await waiting.finally(() => {
          this.#held = false;
        });
        original.copy(scratch);
        this.#complete(hooked, 0, original.length >>> 2);
        this.sink.outlet.settle();
      } catch (error) {
        closeFds(hooked.values);
        throw error;
      }
    });
  }

  #hooksOf(object: WlObject, message: Message): readonly unknown[] {
    if (this.forwardable(object)) return message.hooks ?? [];
    return object.listener === null ? [] : [object.listener];
  }

  #runHooks(hooked: HookedMessage, hooks: readonly unknown[], first: number): Promise<void> | undefined {
    for (let i = first; i < hooks.length && !hooked.dropped; i++) {
      const result = (hooks[i] as Hook<never>)(hooked as HookedMessage<never>);
      if (result) return result.then(() => this.#runHooks(hooked, hooks, i + 1));
    }
    return undefined;
  }

  /** Sends a message the way that its hooks chose. Unless they changed it, it still lies in the scratch buffer. */
  #complete(hooked: HookedMessage, place: number, end: number): void {
    const { object, signature, values } = hooked;
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
      patchIds(signature, place, end, values, this);
      takeFds(values, this.sink.outlet);
      this.forwardWords(object, signature, place, end);
    }
    if (signature.destructor) this.destroyed(object);
    const destroyedArg = values[signature.destroysArg];
    if (destroyedArg) this.destroyed(destroyedArg as WlObject);
    hooked.finished();
  }
}
