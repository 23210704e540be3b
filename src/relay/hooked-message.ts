// SPDX-License-Identifier: Apache-2.0

import { Fd } from "../native/fd.ts";
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { Argument, Message } from "../wire/signature.ts";
import { WlObject } from "../wire/wl-object.ts";
import type { Client } from "./client.ts";
import { checkValue, closeFds, type Value } from "./codec.ts";
import { HookError } from "./hook-error.ts";

/**
 * A message on its way, as its hooks see it. It is forwarded unchanged when all hooks have returned, unless a hook changes
 * or drops it. A hook that returns a promise holds up the messages behind it, in the same direction, until the promise is
 * settled.
 */
export class HookedMessage<Args = Record<string, Value>, I extends string = string> {
  /** The client that sends the message, or gets it. */
  readonly client: Client;
  /** The object to which the message is sent. */
  readonly object: WlObject<I>;
  /**
   * The name and the arguments of the message, as on the wire.
   *
   * @internal
   */
  readonly signature: Message;
  /**
   * The argument values in their order.
   *
   * @internal
   */
  readonly values: Value[];
  /**
   * The next of its hooks, by its place in the table.
   *
   * @internal
   */
  nextHook = 0;
  #atLast: (() => void) | null = null;
  #after: (() => void)[] | null = null;
  #args: Args | null = null;
  #changed = false;
  #dropped = false;
  #isHeldBack = false;
  #resume: (() => void) | null = null;

  /** @internal */
  constructor(client: Client, object: WlObject<I>, signature: Message, values: Value[]) {
    this.client = client;
    this.object = object;
    this.signature = signature;
    this.values = values;
    object.pinned = true;
  }

  /** The name of the message, as `xdg_toplevel.set_title`. */
  get name(): string {
    return `${this.object.interfaceName}.${this.signature.name}`;
  }

  /** The arguments by name, with the changes of earlier hooks. The message owns the descriptors among them. */
  get args(): Args {
    if (this.#args === null) {
      const args: Record<string, Value | undefined> = {};
      this.signature.args.forEach((arg, i) => {
        const value = this.values[i];
        if (value instanceof WlObject) value.pinned = true;
        args[arg.name] = value;
      });
      this.#args = args as Args;
    }
    return this.#args;
  }

  /** Whether a hook has replaced arguments. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Whether a hook has dropped the message. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /**
   * Replaces arguments. The message becomes the owner of a descriptor that is given here; the old one is closed.
   *
   * @throws HookError when it has no such argument, or when a value does not fit; nothing is replaced then
   */
  change(changes: Partial<Args>): void {
    const { args } = this.signature;
    const given = changes as Record<string, Value>;
    try {
      for (const name of Object.keys(given)) {
        checkValue(this.object, this.signature, args[this.#indexOf(name)] as Argument, given[name]);
      }
    } catch (error) {
      closeFds(Object.values(given));
      throw error;
    }
    for (const name of Object.keys(given)) {
      const index = this.#indexOf(name);
      const value = given[name] as Value;
      const old = this.values[index];
      if (old instanceof Fd && old !== value) old.close();
      this.values[index] = value;
    }
    this.#changed = true;
    this.#args = null;
  }

  #indexOf(name: string): number {
    const { args } = this.signature;
    for (let i = 0; i < args.length; i++) if (args[i]?.name === name) return i;
    throw new HookError("no-such-argument", `${this.name} has no argument ${name}`);
  }

  /** Stops the message. Later hooks do not see it, and objects that it makes exist for its sender only. */
  drop(): void {
    this.#dropped = true;
  }

  /**
   * Keeps the message back: the hooks behind this one do not see it, and it is not forwarded, until `goOn` is called,
   * if ever. The messages that follow it do not wait. Only a message that makes and destroys no objects and carries no
   * descriptors can be kept back.
   */
  holdBack(): void {
    this.#isHeldBack = true;
  }

  /**
   * Lets a message that was kept back go on where it was: to the hooks that have not seen it, and to its receiver. Its
   * object must not have been destroyed meanwhile.
   */
  goOn(): void {
    const resume = this.#resume;
    this.#isHeldBack = false;
    this.#resume = null;
    resume?.();
  }

  /** Calls back once all hooks have seen the message and none has dropped it: for what only its receiver is to see. */
  atLast(callback: () => void): void {
    this.#atLast = callback;
  }

  /** Calls a function after the message is forwarded or dropped, for messages that have to follow this one. */
  after(callback: () => void): void {
    this.#after ??= [];
    this.#after.push(callback);
  }

  /**
   * Whether more hooks may see the message now.
   *
   * @internal
   */
  get isUnderway(): boolean {
    return !this.#dropped && !this.#isHeldBack;
  }

  /** Whether the message is kept back. */
  get isHeldBack(): boolean {
    return this.#isHeldBack;
  }

  /**
   * Says what lets a message go on that is kept back.
   *
   * @internal
   */
  resumeBy(resume: () => void): void {
    this.#resume = resume;
  }

  /**
   * Notes that the message's hooks are done.
   *
   * @internal
   */
  decided(): void {
    if (!this.#dropped) this.#atLast?.();
  }

  /**
   * The message has gone its way.
   *
   * @internal
   */
  finished(): void {
    for (const callback of this.#after ?? []) callback();
  }
}

/** A request on its way. */
export type HookedRequest<I extends keyof Requests, M extends keyof Requests[I]> = HookedMessage<Requests[I][M], I>;

/** An event on its way. */
export type HookedEvent<I extends keyof Events, M extends keyof Events[I]> = HookedMessage<Events[I][M], I>;
