// SPDX-License-Identifier: Apache-2.0

import type { Client } from "./client.ts";
import { onEvents } from "./one-sided.ts";

/**
 * Waits until the host has handled everything that it was sent until now, so that all that it says to that has come.
 *
 * @returns false when the session has ended before
 */
export function syncHost(client: Client): Promise<boolean> {
  const callback = client.createObject("wl_callback", 1);
  return new Promise((resolve) => {
    const forget = client.onEnded(() => resolve(false));
    onEvents(callback, {
      done: () => {
        forget();
        resolve(true);
      },
    });
    client.sendRequest(client.display, "sync", { callback });
  });
}
