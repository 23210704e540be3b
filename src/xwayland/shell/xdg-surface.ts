// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import { onHookedEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { isSameSize, type Size } from "../base/geometry.ts";
import type { WindowStep } from "../base/window-state.ts";
import type { Surface } from "./surface.ts";

/** Milliseconds that a host waits at most for a window to have the size that it is to have. */
const CONTENT_TIMEOUT_MS = 150;

/**
 * The xdg_surface that makes the surface of an X window a window of the host's. Xwayland knows nothing of it, nor of its
 * role: they are ours, in its place, and hooks see their messages.
 */
export class XdgSurface {
  readonly object: WlObject<"xdg_surface">;
  readonly #client: Client;
  readonly #surface: Surface;
  #timer: NodeJS.Timeout | undefined;
  /** The latest that the host has said while the client draws what it said before; null for nothing. */
  #next: number | null = null;
  readonly #configured: (serial: number) => void;
  /** The configure that is to be accepted, and the size of the content that is waited for. */
  #awaited: { readonly serial: number; readonly size: Size } | null = null;

  /** @param configured called when the host has configured the window; the listener then calls `acknowledge` */
  constructor(client: Client, wmBase: WlObject<"xdg_wm_base">, surface: Surface, configured: (serial: number) => void) {
    this.#client = client;
    this.#surface = surface;
    this.#configured = configured;
    this.object = client.createObject("xdg_surface", wmBase.version);
    onHookedEvents(this.object, {
      configure: ({ serial }) => {
        // On its way while the role went, which hosts do not want to hear of any more.
        if (!surface.isConfigurable) return;
        surface.window?.advance("configure");
        if (this.#isBusy) this.#next = serial;
        else configured(serial);
      },
    });
    surface.hadRole = true;
    client.injectRequest(wmBase, "get_xdg_surface", { id: this.object, surface: surface.object });
  }

  /** Asks the host to configure it: the first commit of a surface with a role has no content (xdg-shell). */
  begin(): void {
    this.#surface.beginRole();
  }

  /**
   * Accepts a configure of the host's, and shows the window's content. A configure that asks for another size is
   * accepted with the first content that has it. So host and window agree on every frame (xdg_surface.ack_configure).
   *
   * @param size the size of the content to wait for, in X pixels; null for none
   * @param isStrict whether content of another size is an error for the host, as in a maximized window; else the wait
   * for content that does not come is limited
   * @param drawn resolves when the client has drawn that content; null for a client that does not report it
   */
  acknowledge(serial: number, size: Size | null, isStrict: boolean, drawn: Promise<void> | null = null): void {
    this.#stopWaiting();
    const now = this.#surface.size;
    if (size === null) return this.#accept(serial);
    const isThere = now === null ? !isStrict : isSameSize(now, size);
    if (isThere && drawn === null) return this.#accept(serial);
    this.#awaited = { serial, size };
    this.#surface.committing = () => this.#check();
    if (drawn === null) {
      if (!isStrict) this.#timer = setTimeout(() => this.#accept(serial), CONTENT_TIMEOUT_MS);
      return;
    }
    this.#advance("draw");
    void drawn.then(() => this.#drawn(serial, isStrict));
  }

  /** Content of another size than was said is to be waited for, if any still is. */
  expect(size: Size): void {
    if (this.#awaited === null) return;
    this.#awaited = { ...this.#awaited, size };
    this.#check();
  }

  /**
   * The host has ended the role, or it is about to be destroyed: nothing more is shown or accepted. Some hosts end the
   * connection of a client that does (wlroots before 0.17).
   */
  end(): void {
    this.#stopWaiting();
    this.#next = null;
  }

  /** The role object is gone already. */
  destroy(): void {
    this.end();
    this.#client.injectRequest(this.object, "destroy", {});
  }

  /**
   * Notes that the client has drawn. What it has drawn comes with Xwayland's next commit, if Xwayland has any reason
   * for one.
   */
  #drawn(serial: number, isStrict: boolean): void {
    if (!this.#advance("draw finished")) return;
    this.#timer = setTimeout(() => (isStrict ? this.#goOn() : this.#accept(serial)), CONTENT_TIMEOUT_MS);
  }

  #accept(serial: number): void {
    this.#stopWaiting();
    this.#client.injectRequest(this.object, "ack_configure", { serial });
    this.#goOn();
  }

  /** Whether the client draws the size that it was asked for last, which is shown before it is asked for another. */
  get #isBusy(): boolean {
    const state = this.#surface.window?.state;
    return state === "drawing" || state === "drawn";
  }

  #advance(step: WindowStep): boolean {
    return this.#surface.window?.advance(step) ?? false;
  }

  /** Goes on with the latest configure of the host's; earlier ones do not count. */
  #goOn(): void {
    const next = this.#next;
    this.#next = null;
    this.#advance("show");
    if (next !== null) this.#configured(next);
  }

  #check(): void {
    const { size } = this.#surface;
    if (this.#surface.window?.state === "drawing" || size === null || this.#awaited === null) return;
    if (isSameSize(size, this.#awaited.size)) this.#accept(this.#awaited.serial);
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#awaited = null;
    this.#surface.committing = null;
  }
}
