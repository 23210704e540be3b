// SPDX-License-Identifier: Apache-2.0
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { Interface } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";

const GTK = "gtk_primary_selection_device_manager";
const ZWP = "zwp_primary_selection_device_manager_v1";

/** Where our own names of globals start; hosts count theirs up from 1. */
const NAME_BASE = 0x8000_0000;

/**
 * Offers GTK's own primary selection protocol, which older programs still ask for, wherever the host has the one that
 * followed it. Both have the same messages under other names, so it takes no more than binding the one as the other.
 */
export function gtkPrimarySelection(policy: GlobalPolicy): Hooks {
  const offered = policy.offered(GTK, 1, 1) > 0;
  /** For each registry the host's names that were announced a second time. */
  const announced = new WeakMap<WlObject, Set<number>>();

  return {
    stage: "offers",
    events: {
      wl_registry: {
        global(message) {
          const { session, object: registry } = message;
          const { name, interface: type } = message.args;
          // Of another proxy that is our host: ours will stand for it, under the very same name.
          if (type === GTK && name >= NAME_BASE) return message.drop();
          if (type !== ZWP || !offered) return;
          message.after(() => {
            if (message.dropped) return;
            announced.set(registry, (announced.get(registry) ?? new Set()).add(name));
            session.sendEvent(registry, "wl_registry", "global", {
              name: NAME_BASE + name,
              interface: GTK,
              version: 1,
            });
          });
        },
        global_remove(message) {
          const { session, object: registry } = message;
          const { name } = message.args;
          if (!announced.get(registry)?.delete(name)) return;
          message.after(() => session.sendEvent(registry, "wl_registry", "global_remove", { name: NAME_BASE + name }));
        },
      },
    },
    requests: {
      wl_registry: {
        bind(message) {
          const { name, id } = message.args;
          if (!offered || name < NAME_BASE || id.clientInterface.name !== GTK) return;
          id.hostInterface = message.session.protocol.get(ZWP) as Interface;
          message.change({ name: name - NAME_BASE });
        },
      },
    },
  };
}
