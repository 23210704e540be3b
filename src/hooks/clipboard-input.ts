// SPDX-License-Identifier: Apache-2.0
import { Clipboards } from "../clipboard/clipboard.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import { WlPointerButtonState } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";

/** Notes clicks and touches in windows of programs, while something waits for input to get into the host's clipboard or primary selection. */
export function clipboardInput(guard: PolicyGuard): Hooks {
  const realm = Clipboards.for(guard);
  const used = (client: Client, serial: number): void => {
    for (const selection of [realm.clipboard, realm.primary])
      for (const door of selection.doors) if (door.client === client) selection.used(door, serial);
  };
  return {
    stage: "policy",
    when: () => realm.clipboard.awaitsUse || realm.primary.awaitsUse,
    events: {
      wl_pointer: {
        button({ client, args: { serial, state } }) {
          if (state === WlPointerButtonState.pressed) used(client, serial);
        },
      },
      wl_touch: { down: ({ client, args: { serial } }) => used(client, serial) },
    },
  };
}
