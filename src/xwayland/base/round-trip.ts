// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../../relay/one-sided.ts";
import type { Session } from "../../relay/session.ts";

/** Resolves when the host has done all requests so far, and what it said of them is here; never when the session ends first. */
export function roundTrip(session: Session): Promise<void> {
  const callback = session.createObject("wl_callback", 1);
  return new Promise((resolve) => {
    onEvents(callback, "wl_callback", { done: () => resolve() });
    session.sendRequest(session.display, "wl_display", "sync", { callback });
  });
}
