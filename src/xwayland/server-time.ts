// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../x11/connection.ts";
import { Atom } from "../x11/generated/enums.ts";
import { appendProperty } from "../x11/properties.ts";
import type { TransferEvents, TransferListener } from "./transfer-events.ts";

/**
 * What time it is by the X server's clock: whoever becomes a selection's owner has to say when (ICCCM 2.1). Never
 * resolves if the server goes away before.
 *
 * @param window one of ours, of whose properties we are told
 */
export function serverTime(x: X11Connection, events: TransferEvents, window: number): Promise<number> {
  const property = x.atoms.atom("_WAYLAND_PROXY_TIME");
  return new Promise((resolve) => {
    const listener: TransferListener = {
      changed(changed, _deleted, time) {
        if (changed !== property) return;
        events.forget(window, listener);
        resolve(time);
      },
    };
    events.listen(window, listener);
    // A change that changes nothing is told of like any other.
    appendProperty(x, window, property, Atom.STRING, new Uint8Array(0));
  });
}
