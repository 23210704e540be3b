// SPDX-License-Identifier: Apache-2.0
import type { Exposure } from "../protocol/exposure.ts";
import type { Protocol } from "../protocol/protocol.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";

/** A global as the client was told of it. */
interface Global {
  readonly interface: string;
  readonly version: number;
}

/**
 * Decides which globals a client sees, and at which version. Names are the host's own. A name that the host has removed
 * stays known: a bind may have crossed with `global_remove`, and the host then accepts it for a while, too.
 */
export function globals(exposure: Exposure): Hooks {
  const offered = new WeakMap<Session, Map<number, Global>>();
  /** For each interface the highest version to offer. Every client asks for all of them, so they are worked out once. */
  const limits = new Map<string, number>();

  function limitOf(type: string, protocol: Protocol): number {
    let limit = limits.get(type);
    if (limit === undefined) {
      limit = exposure.offered(type, Number.POSITIVE_INFINITY, protocol.get(type)?.version ?? 0);
      limits.set(type, limit);
    }
    return limit;
  }

  function of(session: Session): Map<number, Global> {
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
          const offer = Math.min(version, limitOf(type, message.session.protocol));
          const known = of(message.session);
          if (offer === 0) {
            known.delete(name);
            return message.drop();
          }
          known.set(name, { interface: type, version: offer });
          if (offer !== version) message.change({ version: offer });
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
