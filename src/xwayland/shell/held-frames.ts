// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** Milliseconds after which Xwayland may draw the next frame of what nobody sees. */
const FRAME_INTERVAL_MS = 16;

/**
 * Answers wl_surface.frame for content that is kept back. The host does not get that content, so it would never answer.
 * Xwayland attaches nothing new to a surface before its last frame is answered.
 */
export class HeldFrames {
  readonly #client: Client;
  #callbacks: WlObject<"wl_callback">[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client) {
    this.#client = client;
    client.onEnded(() => clearTimeout(this.#timer));
  }

  /** Answers as a host with a screen of 60 Hz would. @param callbacks wl_callbacks that only Xwayland has */
  answerSoon(callbacks: readonly WlObject<"wl_callback">[]): void {
    if (callbacks.length === 0) return;
    this.#callbacks.push(...callbacks);
    this.#timer ??= setTimeout(() => this.#answer(), FRAME_INTERVAL_MS);
  }

  #answer(): void {
    this.#timer = undefined;
    const callback_data = Math.round(performance.now());
    for (const callback of this.#callbacks.splice(0)) {
      this.#client.sendEvent(callback, "done", { callback_data });
    }
  }
}
