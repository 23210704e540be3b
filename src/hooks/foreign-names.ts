// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";

/**
 * Keeps from the host names that mean something in a VM alone. Outside they are nothing, or, worse, something else.
 *
 * - Names on D-Bus (GTK's menus): a compositor would ask whoever has such a name on the host's bus.
 * - Paths where the name of an icon belongs: a compositor would open that file of the host's (Qt's QIcon::fromTheme does).
 */
export function foreignNames(): Hooks {
  return {
    stage: "policy",
    requests: {
      gtk_surface1: { set_dbus_properties: (message) => message.drop() },
      xdg_toplevel_icon_v1: {
        set_name(message) {
          if (message.args.icon_name.includes("/")) message.drop();
        },
      },
    },
  };
}
