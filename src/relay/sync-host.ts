// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "./one-sided.ts";
import type { Session } from "./session.ts";

/**
 * Waits until the host has handled everything that it was sent until now, so that all that it says to that has come.
 *
 * @returns false when the session has ended before
 */
export function syncHost(session: Session): Promise<boolean> {
  const callback = session.createObject("wl_callback", 1);
  return new Promise((resolve) => {
    const forget = session.onEnded(() => resolve(false));
    onEvents(callback, {
      done: () => {
        forget();
        resolve(true);
      },
    });
    session.sendRequest(session.display, "sync", { callback });
  });
}
