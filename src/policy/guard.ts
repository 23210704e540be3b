// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import { printable } from "../log/printable.ts";
import type { FullscreenPolicy, Permission, Policy } from "./policy.ts";
import { policyTable } from "./table.ts";

/** The fields of a policy that allow or deny something. */
export type PermissionField = {
  [Key in keyof Policy]: Policy[Key] extends Permission | FullscreenPolicy ? Key : never;
}[keyof Policy];

/** The client that is refused something, as log lines call it. */
export interface Asker {
  readonly name: string;
}

/**
 * Holds the policy that counts now, and says what it refuses: once for each client and key, with the key that would change
 * it. Who asks each time sees a changed policy at once.
 */
export class PolicyGuard {
  #policy: Policy;
  readonly #log: Logger;
  /** Called for each refusal that is said. */
  onRefused: ((name: string, key: string, what: string) => void) | null = null;
  readonly #told = new WeakMap<Asker, Set<string>>();

  constructor(policy: Policy, log: Logger) {
    this.#policy = policy;
    this.#log = log;
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** Makes another policy count from now on. */
  replace(policy: Policy): void {
    this.#policy = policy;
  }

  /** Whether something is denied, which is then said. @param what completes "… is refused" */
  denies(asker: Asker, field: PermissionField, what: string): boolean {
    if (this.#policy[field] !== "deny") return false;
    this.refuse(asker, field, what);
    return true;
  }

  /** Says that something is refused, for a field's sake. */
  refuse(asker: Asker, field: keyof Policy, what: string): void {
    let told = this.#told.get(asker);
    if (told === undefined) {
      told = new Set();
      this.#told.set(asker, told);
    }
    const { key } = policyTable[field];
    if (told.has(key)) return;
    told.add(key);
    this.#log.warn(`${asker.name}: ${printable(what)} is refused: see ${key} in its policy`);
    this.onRefused?.(asker.name, key, what);
  }
}
