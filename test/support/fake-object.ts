// SPDX-License-Identifier: Apache-2.0
import type { Interface } from "../../src/wire/signature.ts";
import type { Value } from "./codec.ts";

/** Sends the messages of an object. */
export interface Sender {
  send(object: FakeObject, name: string, values: readonly Value[]): FakeObject[];
}

/** An object as one fake peer knows it. */
export class FakeObject {
  readonly id: number;
  readonly interface: Interface;
  readonly version: number;
  /** Whether neither peer has ended it, as far as this one knows. */
  alive = true;
  readonly #sender: Sender;

  constructor(sender: Sender, id: number, type: Interface, version: number) {
    this.#sender = sender;
    this.id = id;
    this.interface = type;
    this.version = version;
  }

  /** Sends a message; the values are those of its arguments without new_ids. Descriptors are handed over. */
  send(name: string, ...values: Value[]): void {
    this.#sender.send(this, name, values);
  }

  /** Sends a message that makes an object; @returns that (the first, if there are more). */
  create(name: string, ...values: Value[]): FakeObject {
    return this.createAll(name, ...values)[0] as FakeObject;
  }

  createAll(name: string, ...values: Value[]): FakeObject[] {
    return this.#sender.send(this, name, values);
  }

  toString(): string {
    return `${this.interface.name}#${this.id}`;
  }
}
