// SPDX-License-Identifier: Apache-2.0
import type { Events, Requests } from "../protocol/generated/types.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { HookedMessage } from "./hooked-message.ts";

/** What a hook does with one message. */
export type Hook<Args> = (message: HookedMessage<Args>) => void | Promise<void>;

type HooksFor<Messages> = {
  readonly [I in keyof Messages]?: { readonly [M in keyof Messages[I]]?: Hook<Messages[I][M]> };
};

/** One behaviour: the messages that it wants to see, by interface and name. */
export interface Hooks {
  /** From the client to the host. */
  readonly requests?: HooksFor<Requests>;
  /** From the host to the client. */
  readonly events?: HooksFor<Events>;
}

/**
 * Attaches hooks to the messages of a protocol, behind those that are there already.
 *
 * @throws TypeError for an interface or message that the protocol does not have, and for the events of wl_display:
 * errors and deleted ids are the relay's own business
 */
export function installHooks(protocol: ProtocolRegistry, hooks: Hooks): void {
  for (const direction of ["requests", "events"] as const) {
    for (const [interfaceName, messages] of Object.entries(hooks[direction] ?? {})) {
      const type = protocol.get(interfaceName);
      for (const [name, hook] of Object.entries(messages as Record<string, unknown>)) {
        const message = type?.[direction].find((candidate) => candidate.name === name);
        if (!message || (interfaceName === "wl_display" && direction === "events"))
          throw new TypeError(
            `a hook names ${interfaceName}.${name}, which is not among the ${direction} that can be hooked`,
          );
        message.hooks = [...(message.hooks ?? []), hook];
      }
    }
  }
}
