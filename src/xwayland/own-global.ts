// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";
import type { Session } from "../relay/session.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Our own names of globals, of version 1; hosts count theirs up from 1, and GTK's primary selection is below. */
const names = { xwayland_shell_v1: 0xf000_0000, zwp_xwayland_keyboard_grab_manager_v1: 0xf000_0001 };

/**
 * Offers Xwayland a global that compositors keep for their own one. These hooks come before those that decide about globals.
 *
 * @param serve is to answer to the object that Xwayland has bound, of which the host knows nothing
 */
export function ownGlobal(type: keyof typeof names, serve: (session: Session, object: WlObject) => void): Hooks {
  const ownName = names[type];
  return {
    stage: "offers",
    requests: {
      wl_display: {
        get_registry(message) {
          const { registry } = message.args;
          message.after(() => {
            const offer = { name: ownName, interface: type, version: 1 };
            message.session.sendEvent(registry, "wl_registry", "global", offer);
          });
        },
      },
      wl_registry: {
        bind(message) {
          const { name, id } = message.args;
          if (name !== ownName) return;
          if (id.clientInterface.name !== type) {
            throw new ProtocolError(`invalid global ${id.clientInterface.name} (${name})`, DisplayError.invalidObject);
          }
          message.drop();
          serve(message.session, id);
        },
      },
    },
  };
}
