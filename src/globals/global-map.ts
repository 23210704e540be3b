// SPDX-License-Identifier: Apache-2.0
import type { GlobalOffer } from "../relay/hooks.ts";
import { ProtocolError } from "../wire/errors.ts";
import { MAX_GLOBALS, MAX_REMOVED_GLOBALS } from "../wire/limits.ts";

export type AliasOffer = Extract<GlobalOffer, { kind: "alias" }>;
export type OwnOffer = Extract<GlobalOffer, { kind: "own" | "missing" }>;
export type ServedOffer = Exclude<GlobalOffer, AliasOffer>;

/** The decision about a global of the host. It is the same for all clients, and never changes. */
export interface Decision {
  readonly interface: string;
  readonly hostVersion: number;
  /** The version that clients are offered; 0 for nothing. */
  readonly version: number;
  /** The other interfaces that are offered because of the global. */
  readonly aliases: readonly AliasOffer[];
  /** Whether aliases have this interface, so that it is not offered beside one. */
  readonly mayBeAlias: boolean;
  /** The offer that answers in the host's place; null where binds go to the host. */
  readonly instead: ServedOffer | null;
}

/** A global as a client knows it, and what a bind of it comes to. */
export interface MappedGlobal {
  readonly interface: string;
  readonly version: number;
  /** The host's name of what is bound there. */
  readonly hostName: number;
  /** The interface that the host knows the global by, where that is another one. */
  readonly hostInterface: string | null;
  /** The offer that answers in the host's place. */
  readonly served: ServedOffer | null;
}

/** An alias under its own name. */
interface Alias extends MappedGlobal {
  readonly name: number;
}

/** Hosts count their names up from 1; ours are given out from the other end, and only where they are free. */
const HIGHEST_NAME = 0xffff_ffff;

function below(name: number): number {
  return name > 1 ? name - 1 : HIGHEST_NAME;
}

/** The empty map and set of all clients that need none of their own, of whom there may be thousands. */
const unused = new Map<number, never>();
const noneRemoved = new Set<never>();
const noneFilledIn = new Set<never>();
const noAliases: readonly Alias[] = [];

/** The globals that we serve ourselves, by their names, which are the same for all clients. */
export function nameOwnGlobals(offers: readonly OwnOffer[]): ReadonlyMap<number, MappedGlobal> {
  return new Map(
    offers.map((served, i) => [
      HIGHEST_NAME - i,
      { interface: served.interface, version: served.version, hostName: 0, hostInterface: null, served },
    ]),
  );
}

/**
 * The globals of one client: which it knows, by which names, and what each of them is. A global keeps the host's name
 * unless one of ours has taken that already, as another proxy's may. A name that the host has removed stays known for
 * a while. A bind may have crossed with `global_remove`, and the host then accepts it, too.
 *
 * All registries of the client see the same names. What a client knows follows from the offers and from what the host
 * has announced, in its order, and from nothing else. So all clients that saw the same announcements can share one map.
 */
export class GlobalMap {
  /** No name below this one was ever given out: the host's globals with such names keep them. */
  lowestName: number;
  readonly #own: ReadonlyMap<number, MappedGlobal>;
  /** The interfaces of which the host has no global, so that clients know ours. */
  #filledIn: ReadonlySet<string> = noneFilledIn;
  /** The host's globals that clients know, by the host's names. */
  readonly #byHostName = new Map<number, Decision>();
  /** The host's names that it has removed, the one that it removed first in front. */
  #removed: Set<number> = noneRemoved;
  /** The host's names that clients know under another one, with that. */
  #renamed: Map<number, number> = unused;
  /** The clients' names of those globals, with the host's names. */
  #originals: Map<number, number> = unused;
  /** The other interfaces that are offered for globals; there is hardly ever more than one. */
  #aliases: readonly Alias[] = noAliases;
  #nextName: number;

  /** @param own see `nameOwnGlobals` */
  constructor(own: ReadonlyMap<number, MappedGlobal>) {
    this.#own = own;
    this.#nextName = HIGHEST_NAME - own.size;
    this.lowestName = this.#nextName + 1;
  }

  /**
   * Notes that the host has announced a global, to one of the client's registries.
   *
   * @returns the version at which the client is offered the global, 0 for not at all
   * @throws ProtocolError when there are too many
   */
  announce(hostName: number, decision: Decision): number {
    const isHidden =
      decision.version === 0 ||
      this.#filledIn.has(decision.interface) ||
      (decision.mayBeAlias && this.#hasAlias(decision.interface));
    const before = this.#byHostName.get(hostName);
    if (before !== undefined) {
      if (isHidden || before.interface !== decision.interface) this.#forget(hostName);
      this.#removed.delete(hostName);
    }
    if (isHidden) return 0;
    if (hostName >= this.lowestName && this.#isTaken(hostName) && !this.#renamed.has(hostName)) this.#rename(hostName);
    this.#byHostName.set(hostName, decision);
    if (this.#byHostName.size - this.#removed.size > MAX_GLOBALS)
      throw new ProtocolError(`more than ${MAX_GLOBALS} globals`);
    if (decision.aliases.length > 0 && this.aliasesOf(hostName).length === 0) this.#addAliases(hostName, decision);
    return decision.version;
  }

  /** The host has removed a global; @returns whether the client knew it. */
  remove(hostName: number): boolean {
    if (!this.#byHostName.has(hostName)) return false;
    if (this.#removed === noneRemoved) this.#removed = new Set();
    this.#removed.delete(hostName);
    this.#removed.add(hostName);
    if (this.#removed.size > MAX_REMOVED_GLOBALS) this.#forget(this.#removed.values().next().value as number);
    return true;
  }

  /** The host has announced all that it has. @returns whether clients know ours of an interface, for want of the host's */
  fillIn(type: string): boolean {
    if (this.#filledIn.has(type)) return true;
    if (this.hostHas(type)) return false;
    this.#filledIn = new Set(this.#filledIn).add(type);
    return true;
  }

  /** The client's name of a global of the host's. */
  nameOf(hostName: number): number {
    return this.#renamed.get(hostName) ?? hostName;
  }

  /** The aliases that the client is offered because of a global of the host's. */
  aliasesOf(hostName: number): readonly Alias[] {
    return this.#aliases.filter((alias) => alias.hostName === hostName);
  }

  /** The global that the client knows by a name. */
  get(name: number): MappedGlobal | undefined {
    const synthetic = this.#own.get(name) ?? this.#aliases.find((alias) => alias.name === name);
    if (synthetic?.served?.kind === "missing" && !this.#filledIn.has(synthetic.interface)) return undefined;
    if (synthetic !== undefined) return synthetic;
    const hostName = this.#originals.get(name) ?? name;
    const decision = this.#byHostName.get(hostName);
    // One that was renamed is not known by the host's name.
    if (decision === undefined || this.nameOf(hostName) !== name) return undefined;
    const { interface: type, version, instead } = decision;
    return { interface: type, version, hostName, hostInterface: null, served: instead };
  }

  #forget(hostName: number): void {
    this.#byHostName.delete(hostName);
    this.#removed.delete(hostName);
    const renamed = this.#renamed.get(hostName);
    if (renamed !== undefined) this.#originals.delete(renamed);
    this.#renamed.delete(hostName);
    this.#aliases = this.#aliases.filter((alias) => alias.hostName !== hostName);
  }

  /** Whether the client has an alias with that interface, and so no need of the host's own. */
  #hasAlias(type: string): boolean {
    return this.#aliases.some((alias) => alias.interface === type && !this.#removed.has(alias.hostName));
  }

  /** Whether the client knows a global of the host's of that interface. */
  hostHas(type: string): boolean {
    for (const [name, decision] of this.#byHostName)
      if (decision.interface === type && !this.#removed.has(name)) return true;
    return false;
  }

  #isTaken(name: number): boolean {
    return this.#own.has(name) || this.#originals.has(name) || this.#aliases.some((alias) => alias.name === name);
  }

  #rename(hostName: number): void {
    const name = this.#allocate();
    if (this.#renamed === unused) {
      this.#renamed = new Map();
      this.#originals = new Map();
    }
    this.#renamed.set(hostName, name);
    this.#originals.set(name, hostName);
  }

  #addAliases(hostName: number, { aliases }: Decision): void {
    for (const { interface: type, version, of } of aliases) {
      if (this.hostHas(type)) continue;
      const alias = { name: this.#allocate(), interface: type, version, hostName, hostInterface: of, served: null };
      this.#aliases = [...this.#aliases, alias];
    }
  }

  #allocate(): number {
    let name = this.#nextName;
    while (this.#isTaken(name) || this.#byHostName.has(name)) name = below(name);
    this.#nextName = below(name);
    this.lowestName = Math.min(this.lowestName, name);
    return name;
  }
}
