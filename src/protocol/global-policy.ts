// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import { type GlobalClass, globalPolicy } from "./global-policy-table.ts";
import { nearest } from "./nearest.ts";
import type { ProtocolRegistry } from "./protocol-registry.ts";

export interface GlobalPolicyOptions {
  /** Interfaces to offer although they are privileged or not in the list: `name`, or `name=MAXVERSION`. */
  readonly expose?: readonly string[];
  /** Interfaces to hide, whatever else is said about them. */
  readonly hide?: readonly string[];
  /**
   * Interfaces of protocols that the user has added. They are offered, unless the list has them as privileged.
   */
  readonly added?: readonly string[];
  /** If it is given, nothing else is offered but these, what `expose` names, and the core protocol's. */
  readonly only?: readonly string[] | null;
  /** The highest versions that are offered, by interfaces; `expose` comes before them. */
  readonly versions?: Readonly<Record<string, number>>;
}

const rows = new Map(globalPolicy.map(([name, version, kind]) => [name, { version, kind }]));

/** Decides which globals a client sees, and at which version: the global policy, changed by the user's wishes. */
export class GlobalPolicy {
  /** Highest version for each interface that the user named; undefined where no version was given. */
  readonly #exposed: ReadonlyMap<string, number | undefined>;
  readonly #hidden: ReadonlySet<string>;
  readonly #added: ReadonlySet<string>;
  readonly #only: ReadonlySet<string> | null;
  readonly #options: GlobalPolicyOptions;

  /** @throws UserError when an entry is not of the form `name` or, in `expose`, `name=MAXVERSION`. */
  constructor(options: GlobalPolicyOptions = {}) {
    this.#exposed = new Map((options.expose ?? []).map(parseExposed));
    this.#hidden = new Set((options.hide ?? []).map((text) => parseName(text, text)));
    this.#added = new Set(options.added);
    this.#only = options.only == null ? null : new Set(options.only);
    this.#options = options;
  }

  /** Returns a policy that also hides these interfaces, whatever else is said about them. */
  hiding(...names: readonly string[]): GlobalPolicy {
    return new GlobalPolicy({ ...this.#options, hide: [...(this.#options.hide ?? []), ...names] });
  }

  /**
   * Returns the version to offer of a global that the host has, or 0 to hide it.
   * @param tableVersion the highest version in the protocol tables, 0 when they do not have the interface.
   */
  offered(name: string, hostVersion: number, tableVersion: number): number {
    if (this.#hidden.has(name)) return 0;
    const row = rows.get(name);
    if (!this.#exposed.has(name) && !this.#isOfferedByDefault(name, row?.kind)) return 0;
    const wished = this.#exposed.get(name) ?? this.#options.versions?.[name];
    return Math.min(hostVersion, tableVersion, wished ?? row?.version ?? Number.POSITIVE_INFINITY);
  }

  #isOfferedByDefault(name: string, kind: GlobalClass | undefined): boolean {
    if (kind === "core") return true;
    // Named there, also what is privileged is meant.
    if (this.#only !== null) return this.#only.has(name);
    return kind === undefined ? this.#added.has(name) : kind === "standard";
  }

  /** Whether the user has hidden an interface, also from ourselves. */
  hides(name: string): boolean {
    return this.#hidden.has(name);
  }

  /** @throws UserError when the user named an interface that no table has; with a hint when a name is like it. */
  check(protocol: ProtocolRegistry): void {
    for (const name of [...this.#exposed.keys(), ...this.#hidden, ...(this.#only ?? [])]) {
      if (protocol.get(name) !== undefined) continue;
      // Globals first: a part of a name ("layer_shell") is more likely to mean one of these.
      const hint = nearest(name, [...rows.keys(), ...protocol.names()]);
      throw new UserError(
        `there is no interface "${name}"`,
        hint === undefined ? { code: "unknown-interface" } : { remedy: `did you mean ${hint}?` },
      );
    }
  }
}

function parseExposed(text: string): [string, number | undefined] {
  const [name = "", version, ...more] = text.split("=");
  if (version === undefined) return [parseName(name, text), undefined];
  if (more.length > 0 || !/^[1-9]\d*$/.test(version)) {
    throw new UserError(`"${text}" is no interface and version: write name or name=MAXVERSION, with a version from 1`);
  }
  return [parseName(name, text), Number(version)];
}

function parseName(name: string, text: string): string {
  if (!/^\w+$/.test(name))
    throw new UserError(`"${text}" holds no name of an interface: letters, digits and _ are allowed`);
  return name;
}
