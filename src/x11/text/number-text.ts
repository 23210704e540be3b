// SPDX-License-Identifier: Apache-2.0
import type { Atoms } from "../client/atoms.ts";
import * as enums from "../generated/enums.ts";
import { meanings } from "../generated/meanings.ts";

/** The meanings of a number, as generated/meanings.ts names them; tried in turn. */
export type Meaning = readonly string[];

const tables: Readonly<Record<string, Readonly<Record<string, number>>>> = enums;

/** Numbers in messages, for people: ids in hexadecimal, atoms and values of enums by their names. */
export class NumberText {
  readonly #atoms: Atoms;
  readonly #root: number;
  readonly #meanings = new Map<string, ReadonlyMap<string, Meaning>>();

  /** @param root the root window, which is called by that name */
  constructor(atoms: Atoms, root: number) {
    this.#atoms = atoms;
    this.#root = root;
  }

  /** The meanings of the fields of a message, by their names. */
  meaningsOf(message: string): ReadonlyMap<string, Meaning> {
    let found = this.#meanings.get(message);
    if (found === undefined) {
      const words = [...(meanings[message] ?? "").matchAll(/(\w+)=(\S+)/g)];
      found = new Map(words.map(([, field = "", meaning = ""]) => [field, meaning.split(",")]));
      this.#meanings.set(message, found);
    }
    return found;
  }

  text(value: number, meaning: Meaning): string {
    for (const one of meaning) {
      const text = this.#named(value, one);
      if (text !== undefined) return text;
    }
    return String(value);
  }

  #named(value: number, meaning: string): string | undefined {
    if (meaning === "atom") return value === 0 ? "None" : (this.#atoms.known(value) ?? `atom ${value}`);
    if (meaning === "id") return value === this.#root ? "root" : value === 0 ? "None" : hexId(value);
    const isMask = meaning.startsWith("|");
    const entries = Object.entries(tables[isMask ? meaning.slice(1) : meaning] ?? {});
    const exact = entries.find(([, entry]) => entry === value)?.[0];
    return exact ?? (isMask ? bitsText(value, entries) : undefined);
  }
}

/** The names of all bits, and in hexadecimal those that have none. */
function bitsText(value: number, entries: readonly (readonly [string, number])[]): string {
  const bits = entries.filter(([, bit]) => bit !== 0 && (value & bit) === bit);
  const rest = bits.reduce((left, [, bit]) => left & ~bit, value);
  return [...bits.map(([name]) => name), ...(rest === 0 ? [] : [hexId(rest)])].join("|");
}

/** Writes an id of X11 as everybody does. */
export function hexId(id: number): string {
  return `0x${(id >>> 0).toString(16)}`;
}
