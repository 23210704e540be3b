// SPDX-License-Identifier: Apache-2.0

import { X11Error } from "../codec/errors.ts";
import { Atom } from "../generated/enums.ts";
import type { X11Connection } from "./connection.ts";
import { MAX_KNOWN_ATOMS } from "./limits.ts";

/**
 * Atoms, the numbers that a server gives to names, and names of atoms. Each is asked for once, since neither changes
 * while the server lives. Names are bytes, one for each character: what is not ASCII is whatever the client meant.
 */
export class Atoms {
  readonly #x: X11Connection;
  readonly #atoms = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(x: X11Connection) {
    this.#x = x;
    for (const [name, atom] of Object.entries(Atom)) if (atom > 0) this.#remember(name, atom);
  }

  /** The atoms of names, in one round trip for all that are not known yet. Rejects with an X11ClosedError. */
  intern(names: readonly string[]): Promise<readonly number[]> {
    return Promise.all(names.map((name) => this.#intern(name)));
  }

  /** The atom of a name that was interned before. Throws an Error for any other. */
  atom(name: string): number {
    const atom = this.#atoms.get(name);
    if (atom === undefined) throw new Error(`the atom ${name} was not interned`);
    return atom;
  }

  /**
   * The names of atoms, in one round trip for all that are not known yet; null for what is no atom. Rejects with an
   * X11ClosedError.
   */
  names(atoms: readonly number[]): Promise<readonly (string | null)[]> {
    return Promise.all(atoms.map((atom) => this.name(atom)));
  }

  /** The name of an atom, if nobody has to be asked for it. */
  known(atom: number): string | undefined {
    return this.#names.get(atom);
  }

  /** The name of an atom, or null for what is none. Rejects with an X11ClosedError. */
  async name(atom: number): Promise<string | null> {
    const known = this.#names.get(atom);
    if (known !== undefined) return known;
    try {
      const { name } = await this.#x.call("GetAtomName", { atom });
      this.#remember(name, atom);
      return name;
    } catch (error) {
      if (error instanceof X11Error) return null;
      throw error;
    }
  }

  async #intern(name: string): Promise<number> {
    const known = this.#atoms.get(name);
    if (known !== undefined) return known;
    const { atom } = await this.#x.call("InternAtom", { only_if_exists: false, name });
    // Whoever interns relies on `atom`, however many others there are.
    this.#atoms.set(name, atom);
    this.#names.set(atom, name);
    return atom;
  }

  #remember(name: string, atom: number): void {
    if (this.#names.size >= MAX_KNOWN_ATOMS) return;
    this.#atoms.set(name, atom);
    this.#names.set(atom, name);
  }
}
