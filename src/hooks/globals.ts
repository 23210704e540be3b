// SPDX-License-Identifier: Apache-2.0

import type { Requests } from "../protocol/generated/types.ts";
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import { syncHost } from "../relay/sync-host.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import { MAX_GLOBALS, MAX_REMOVED_GLOBALS } from "../wire/limits.ts";

/** What became of a global of the host. */
interface Decision {
  readonly interface: string;
  readonly hostVersion: number;
  /** What clients are offered; 0 for nothing. */
  readonly version: number;
}

/** What one session's host has announced and clients may see. */
class OfferedGlobals {
  readonly #byName = new Map<number, Decision>();
  /** Names that the host has removed, the one that it removed first in front. */
  readonly #removed = new Set<number>();

  get(name: number): Decision | undefined {
    return this.#byName.get(name);
  }

  /** Throws a ProtocolError when there are too many. */
  add(name: number, decision: Decision): void {
    this.#byName.set(name, decision);
    this.#removed.delete(name);
    if (this.#byName.size - this.#removed.size > MAX_GLOBALS)
      throw new ProtocolError(`more than ${MAX_GLOBALS} globals`);
  }

  /** The name stands for something that clients do not see. */
  hide(name: number): void {
    this.#byName.delete(name);
    this.#removed.delete(name);
  }

  /** The host has removed it; @returns whether clients knew it. */
  remove(name: number): boolean {
    if (!this.#byName.has(name)) return false;
    this.#removed.delete(name);
    this.#removed.add(name);
    if (this.#removed.size > MAX_REMOVED_GLOBALS) this.hide(this.#removed.values().next().value as number);
    return true;
  }
}

/**
 * Decides which globals a client sees, and at which version. Names are the host's own. A name that the host has removed
 * stays known for a while: a bind may have crossed with `global_remove`, and the host then accepts it, too.
 */
export function globals(policy: GlobalPolicy): Hooks {
  const offered = new WeakMap<Session, OfferedGlobals>();
  /**
   * What was decided last for each name. Hosts tell all clients the same, and new clients are told of everything, so
   * this saves most of the work and all of the memory for it.
   */
  const decided = new Map<number, Decision>();

  function decide(name: number, type: string, version: number, protocol: ProtocolRegistry): Decision {
    let decision = decided.get(name);
    if (decision?.interface !== type || decision.hostVersion !== version) {
      const offer = policy.offered(type, version, protocol.get(type)?.version ?? 0);
      decision = { interface: type, hostVersion: version, version: offer };
      if (decided.size >= MAX_GLOBALS) decided.clear();
      decided.set(name, decision);
    }
    return decision;
  }

  function of(session: Session): OfferedGlobals {
    let known = offered.get(session);
    if (known === undefined) {
      known = new OfferedGlobals();
      offered.set(session, known);
    }
    return known;
  }

  /** Refuses a bind of what was not offered, with the words and the code of libwayland. */
  function check(message: HookedMessage<Requests["wl_registry"]["bind"]>): void {
    const { name, id } = message.args;
    const global = of(message.session).get(name);
    const type = id.hostInterface.name;
    const refuse = (text: string): never => {
      throw new ProtocolError(text, DisplayError.invalidObject, message.object.clientId);
    };
    if (global === undefined) return refuse(`invalid global ${type} (${name})`);
    if (global.interface !== type) {
      refuse(`invalid interface for global ${name}: have ${global.interface}, wanted ${type}`);
    }
    if (id.version < 1 || id.version > global.version) {
      refuse(`invalid version for global ${type} (${name}): have ${global.version}, wanted ${id.version}`);
    }
  }

  return {
    stage: "policy",
    events: {
      wl_registry: {
        global(message) {
          const { name, interface: type, version } = message.args;
          const decision = decide(name, type, version, message.session.protocol);
          const known = of(message.session);
          if (decision.version === 0) {
            known.hide(name);
            return message.drop();
          }
          known.add(name, decision);
          if (decision.version !== version) message.change({ version: decision.version });
        },
        global_remove(message) {
          if (!of(message.session).remove(message.args.name)) message.drop();
        },
      },
    },
    requests: {
      wl_registry: {
        bind(message) {
          const { session } = message;
          if (of(session).get(message.args.name) !== undefined) return check(message);
          // It may be in the very write that asks for the registry, by a client that knows its host: the answer to that
          // is under way, and decides.
          return syncHost(session).then((answered) => {
            if (answered) check(message);
            else message.drop();
          });
        },
      },
    },
  };
}
