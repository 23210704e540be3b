// SPDX-License-Identifier: Apache-2.0
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";

/** What became of a global of the host. */
interface Decision {
  readonly interface: string;
  readonly hostVersion: number;
  /** What clients are offered; 0 for nothing. */
  readonly version: number;
}

/**
 * Decides which globals a client sees, and at which version. Names are the host's own. A name that the host has removed
 * stays known: a bind may have crossed with `global_remove`, and the host then accepts it for a while, too.
 */
export function globals(policy: GlobalPolicy): Hooks {
  const offered = new WeakMap<Session, Map<number, Decision>>();
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
      decided.set(name, decision);
    }
    return decision;
  }

  function of(session: Session): Map<number, Decision> {
    let known = offered.get(session);
    if (known === undefined) {
      known = new Map();
      offered.set(session, known);
    }
    return known;
  }

  return {
    events: {
      wl_registry: {
        global(message) {
          const { name, interface: type, version } = message.args;
          const decision = decide(name, type, version, message.session.protocol);
          const known = of(message.session);
          if (decision.version === 0) {
            known.delete(name);
            return message.drop();
          }
          known.set(name, decision);
          if (decision.version !== version) message.change({ version: decision.version });
        },
        global_remove(message) {
          if (!of(message.session).has(message.args.name)) message.drop();
        },
      },
    },
    requests: {
      wl_registry: {
        bind(message) {
          const { name, id } = message.args;
          const global = of(message.session).get(name);
          const type = id.hostInterface.name;
          if (global?.interface !== type) {
            throw new ProtocolError(`invalid global ${type} (${name})`, DisplayError.invalidObject);
          }
          if (id.version < 1 || id.version > global.version) {
            throw new ProtocolError(
              `invalid version for global ${type} (${name}): have ${global.version}, wanted ${id.version}`,
              DisplayError.invalidObject,
            );
          }
        },
      },
    },
  };
}
