// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";

/**
 * Keeps from the host what a VM says of its own bus. Names on D-Bus (GTK's menus) mean nothing outside the VM, or,
 * worse, another program. A compositor would ask whoever has such a name on the host's bus.
 */
export function foreignMenus(): Hooks {
  return {
    stage: "policy",
    requests: { gtk_surface1: { set_dbus_properties: (message) => message.drop() } },
  };
}
