// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../../src/native/fd.ts";
import type { Value } from "./codec.ts";
import { FakeObject } from "./fake-object.ts";
import { scaled } from "./patience.ts";

/** How long a test waits for what has to come, in milliseconds, before it says what came instead. */
const MESSAGE_TIMEOUT_MS = 10_000;

/**
 * Waits for what has to happen, but not for ever.
 *
 * @param missing says what did not happen, and is asked only then
 * @param milliseconds the limit, before it is scaled to the machine
 */
export async function patiently<T>(
  promise: Promise<T>,
  missing: (why: string) => Error,
  milliseconds: number = MESSAGE_TIMEOUT_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const limit = scaled(milliseconds);
    timer = setTimeout(() => reject(missing(`waited ${Math.round(limit)} ms`)), limit);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** A message that a fake peer got. */
export class Received {
  readonly object: FakeObject;
  /** `interface.message`. */
  readonly name: string;
  readonly args: Readonly<Record<string, Value>>;

  constructor(object: FakeObject, message: string, args: Record<string, Value>) {
    this.object = object;
    this.name = `${object.interface.name}.${message}`;
    this.args = args;
  }

  /** An argument of any kind. */
  arg(name: string): Value {
    return this.args[name] as Value;
  }

  /** An argument that is an object, or a new one. */
  objectArg(name: string): FakeObject {
    const value = this.arg(name);
    if (!(value instanceof FakeObject)) throw new TypeError(`${this.name}: ${name} is ${value}`);
    return value;
  }

  /** An argument that is a descriptor; the caller may close it, else the peer does at its end. */
  fdArg(name: string): Fd {
    const value = this.arg(name);
    if (!(value instanceof Fd)) throw new TypeError(`${this.name}: ${name} is ${value}`);
    return value;
  }

  /** Closes the descriptors among the arguments. */
  close(): void {
    for (const value of Object.values(this.args)) if (value instanceof Fd) value.close();
  }
}

interface Waiting {
  readonly wanted: (message: Received) => boolean;
  readonly resolve: (message: Received) => void;
  readonly reject: (error: Error) => void;
  readonly what: string;
}

/** The messages of a fake peer in the order in which they came, and who waits for which. */
export class Inbox {
  readonly all: Received[] = [];
  /** Behind the last message that was asked for. */
  #next = 0;
  readonly #waiting: Waiting[] = [];
  #ended = false;
  readonly #owner: string;

  constructor(owner: string) {
    this.#owner = owner;
  }

  add(message: Received): void {
    this.all.push(message);
    this.#match();
  }

  /** The connection has ended, so nothing more comes. */
  end(): void {
    this.#ended = true;
    for (const { reject, what } of this.#waiting.splice(0)) reject(this.#missing(what, "the connection ended"));
  }

  /**
   * The next message of that name, behind the one that was asked for last; those between are passed over. So the
   * messages that a test expects one after the other have to come in that order.
   */
  expect(name: string, where: (message: Received) => boolean = () => true): Promise<Received> {
    const found = new Promise<Received>((resolve, reject) => {
      this.#waiting.push({ wanted: (one) => one.name === name && where(one), resolve, reject, what: name });
      this.#match();
      if (this.#ended) this.end();
    });
    return patiently(found, (why) => this.#missing(name, why));
  }

  /** How many messages of that name have come. */
  count(name: string): number {
    return this.all.filter((message) => message.name === name).length;
  }

  #match(): void {
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
      while (this.#next < this.all.length && !waiting.wanted(this.all[this.#next] as Received)) this.#next++;
      if (this.#next === this.all.length) return;
      this.#waiting.shift();
      waiting.resolve(this.all[this.#next++] as Received);
    }
  }

  #missing(what: string, why: string): Error {
    const last = this.all.slice(-12).map(({ object, name }) => `${name}(#${object.id})`);
    return new Error(`${this.#owner} got no ${what}: ${why}; the last that it got: ${last.join(", ") || "nothing"}`);
  }
}
