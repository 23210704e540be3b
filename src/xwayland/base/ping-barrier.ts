// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import { onRequests } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/**
 * Says when Xwayland has taken in what it was sent over its Wayland connection. It answers xdg_wm_base.ping at once,
 * and handles input before any later request of an X client's. So a request to the X server that is sent when the pong
 * is here cannot overtake input.
 */
export class PingBarrier {
  readonly #client: Client;
  #wmBase: WlObject<"xdg_wm_base"> | null = null;
  #serial = 0;
  readonly #waiting = new Map<number, () => void>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Takes Xwayland's xdg_wm_base, which it needs for nothing but pings while it has no window of its own. */
  serve(wmBase: WlObject<"xdg_wm_base">): void {
    this.#wmBase = wmBase;
    onRequests(wmBase, {
      pong: ({ serial }) => {
        this.#waiting.get(serial)?.();
        this.#waiting.delete(serial);
      },
    });
  }

  /** Resolves when Xwayland has taken in all so far. Never, if it is stuck: whoever waits has to have an end. */
  passed(): Promise<void> {
    const wmBase = this.#wmBase;
    if (wmBase === null) return Promise.resolve();
    const serial = ++this.#serial;
    return new Promise((resolve) => {
      this.#waiting.set(serial, resolve);
      this.#client.sendEvent(wmBase, "ping", { serial });
    });
  }
}
