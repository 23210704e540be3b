// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";

/**
 * Offers GTK's own primary selection protocol, which older programs still ask for, wherever the host has the one that
 * followed it. Both have the same messages under other names, so it takes no more than binding the one as the other.
 */
export const gtkPrimarySelection: Hooks = {
  globals: [
    {
      kind: "alias",
      interface: "gtk_primary_selection_device_manager",
      version: 1,
      of: "zwp_primary_selection_device_manager_v1",
    },
  ],
};
