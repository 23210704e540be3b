// SPDX-License-Identifier: Apache-2.0
import { argumentsOf, endOfArgument, textAt } from "../wire/arguments.ts";
import { ArgKind, type Interface, type Message } from "../wire/signature.ts";

/**
 * Gives objects and events names by which the recorded and the played session mean the same, whatever ids there are. An
 * object of the host's is named by the event that made it, and an event by its object and its count among equal ones.
 * Of globals the interface counts, since the order in which they are announced is another compositor's own.
 */
export class ReplayNames {
  readonly #names = new Map<number, string>();
  readonly #counts = new Map<string, number>();

  /** The name of the object that has an id now. */
  nameOf(id: number): string {
    return this.#names.get(id) ?? String(id);
  }

  /** The object that has an id from now on. */
  define(id: number, name: string): void {
    this.#names.set(id, name);
  }

  /** Gives an event that comes now its name, and to the objects that it makes theirs: `event>place`. */
  event(type: Interface, message: Message, words: Uint32Array): string {
    let name = `${type.name} ${this.nameOf(words[0] as number)}.${message.name}`;
    if (type.name === "wl_registry" && message.name === "global") name += ` ${textAt(words, 3)}`;
    name += ` ${this.count(name)}`;
    for (const offset of newIdPlaces(message, words)) this.define(words[offset] as number, `${name}>${offset}`);
    return name;
  }

  /** Counts how often this was called with that text, this time included. */
  count(text: string): number {
    const count = (this.#counts.get(text) ?? 0) + 1;
    this.#counts.set(text, count);
    return count;
  }
}

/** The places of the ids of objects that a message makes. */
export function newIdPlaces(message: Message, words: Uint32Array): number[] {
  const places: number[] = [];
  for (const [arg, place] of argumentsOf(message, words)) {
    if (arg.kind !== ArgKind.newId && arg.kind !== ArgKind.genericNewId) continue;
    places.push(endOfArgument(arg.kind, words, place, words.length) - 1);
  }
  return places;
}

/** Whether a message has the length that it says, and all its arguments; what follows the last one does not matter. */
export function isWhole(message: Message, words: Uint32Array): boolean {
  const isComplete = [...argumentsOf(message, words)].length === message.args.length;
  return isComplete && (words[1] as number) >>> 16 === words.byteLength;
}
