// SPDX-License-Identifier: Apache-2.0
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { Message } from "../wire/signature.ts";
import { WlObject } from "../wire/wl-object.ts";
import type { Client } from "./client.ts";
import type { Value } from "./codec.ts";

/**
 * A message on its way, as its hooks see it. It is forwarded unchanged when all hooks have returned, unless a hook changes
 * or drops it. A hook that returns a promise holds up the messages behind it, in the same direction, until the promise is
 * settled.
 */
export class HookedMessage<Args = Record<string, Value>, I extends string = string> {
  readonly client: Client;
  /** The object to which the message is sent. */
  readonly object: WlObject<I>;
  /** The name and the arguments of the message, as on the wire. */
  readonly signature: Message;
  /** For the relay: the argument values in their order. */
  readonly values: Value[];
  #atLast: (() => void) | null = null;
  #after: (() => void)[] | null = null;
  #args: Args | null = null;
  #changed = false;
  #dropped = false;

  constructor(client: Client, object: WlObject<I>, signature: Message, values: Value[]) {
    this.client = client;
    this.object = object;
    this.signature = signature;
    this.values = values;
    object.pinned = true;
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

  get changed(): boolean {
    return this.#changed;
  }

  get dropped(): boolean {
    return this.#dropped;
  }

  /** Replaces arguments. The message becomes the owner of a descriptor that is given here; the old one is closed. */
  change(changes: Partial<Args>): void {
    this.#changed = true;
    this.#args = null;
    for (const [name, value] of Object.entries(changes)) {
      const index = this.signature.args.findIndex((arg) => arg.name === name);
      if (index < 0) throw new TypeError(`${this.signature.name} has no argument ${name}`);
      const old = this.values[index];
      if (typeof old === "object" && old !== null && "close" in old && old !== value) old.close();
      this.values[index] = value as Value;
    }
  }

  /** Stops the message. Later hooks do not see it, and objects that it makes exist for its sender only. */
  drop(): void {
    this.#dropped = true;
  }

  /** Calls back once all hooks have seen the message and none has dropped it: for what only its receiver is to see. */
  atLast(callback: () => void): void {
    this.#atLast = callback;
  }

  /** Has a function called after the message is forwarded or dropped: for messages that have to follow it. */
  after(callback: () => void): void {
    this.#after ??= [];
    this.#after.push(callback);
  }

  /** For the relay: its hooks are done. */
  decided(): void {
    if (!this.#dropped) this.#atLast?.();
  }

  /** For the relay: the message has gone its way. */
  finished(): void {
    for (const callback of this.#after ?? []) callback();
  }
}

/** A request on its way. */
export type HookedRequest<I extends keyof Requests, M extends keyof Requests[I]> = HookedMessage<Requests[I][M], I>;

/** An event on its way. */
export type HookedEvent<I extends keyof Events, M extends keyof Events[I]> = HookedMessage<Events[I][M], I>;
