// SPDX-License-Identifier: Apache-2.0
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";

/**
 * Gives events names by which the recorded and the played session mean the same: which event of which object, and the
 * how manieth. An id that is used again is another object. A global is named by its interface, since its number, and
 * the order in which globals are told, are another compositor's own.
 */
export class Ledger {
  /** How often an id was given to an object. */
  readonly #lives = new Map<number, number>();
  readonly #counts = new Map<string, number>();

  /** The name of an event that comes now. */
  event(type: Interface, message: Message, words: Uint32Array, id: number = words[0] as number): string {
    if (type.name === "wl_display" && message.name === "delete_id") {
      const deleted = words[2] as number;
      return `deleted ${deleted}/${this.#life(deleted)}`;
    }
    let base = `${type.name}@${id}/${this.#life(id)}.${message.name}`;
    if (type.name === "wl_registry" && message.name === "global") base += ` ${globalText(words)}`;
    for (const [arg, place] of argumentsOf(message, words)) {
      if (arg.kind === ArgKind.newId) this.#born(words[place] as number);
    }
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    return `${base} ${count}`;
  }

  /** Events that say that the ids which a request gives to new objects are free. */
  deletions(message: Message, words: Uint32Array): string[] {
    return newIds(message, words)
      .filter((id) => this.#life(id) > 0)
      .map((id) => `deleted ${id}/${this.#life(id)}`);
  }

  /** Notes the objects that a request makes. */
  request(message: Message, words: Uint32Array): void {
    for (const id of newIds(message, words)) this.#born(id);
  }

  #born(id: number): void {
    this.#lives.set(id, this.#life(id) + 1);
  }

  #life(id: number): number {
    return this.#lives.get(id) ?? 0;
  }
}

/** The ids of the objects that a message makes. */
export function newIds(message: Message, words: Uint32Array): number[] {
  const ids: number[] = [];
  for (const [arg, place] of argumentsOf(message, words)) {
    if (arg.kind === ArgKind.newId) ids.push(words[place] as number);
    if (arg.kind === ArgKind.genericNewId) {
      ids.push(words[place + 2 + (((words[place] as number) + 3) >>> 2)] as number);
    }
  }
  return ids;
}

/** The interface in a `wl_registry.global`. */
function globalText(words: Uint32Array): string {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return bytes.toString("latin1", 16, 16 + Math.max((words[3] as number) - 1, 0));
}

/** Where each argument of a well-formed message lies; a descriptor lies nowhere. */
export function* argumentsOf(message: Message, words: Uint32Array): Generator<[Argument, number]> {
  let at = 2;
  for (const arg of message.args) {
    if (arg.kind === ArgKind.fd || at >= words.length) continue;
    const length = words[at] as number;
    const text = 1 + ((length + 3) >>> 2);
    if (arg.kind === ArgKind.genericNewId) {
      yield [arg, at];
      at += text + 2;
    } else {
      yield [arg, at];
      at += arg.kind === ArgKind.string || arg.kind === ArgKind.array ? text : 1;
    }
  }
}
