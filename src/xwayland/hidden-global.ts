// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from "../relay/hooks.ts";

/** Hides a global of the host's from Xwayland. These hooks come before those that decide about globals. */
export function hiddenGlobal(type: string): Hooks {
  return {
    events: {
      wl_registry: {
        global(message) {
          if (message.args.interface === type) message.drop();
        },
      },
    },
  };
}
