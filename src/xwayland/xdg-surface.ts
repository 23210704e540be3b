// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { isSameSize, type Size } from "./buffer-sizes.ts";
import type { Surface } from "./surface.ts";

/** Milliseconds that a host waits at most for a window to have the size that it is to have. */
const PATIENCE = 150;

/** What makes the surface of an X window a window of the host's: only the host knows of it. */
export class XdgSurface {
  readonly object: WlObject;
  readonly #session: Session;
  readonly #surface: Surface;
  #timer: NodeJS.Timeout | undefined;
  /** What is to be accepted, and the size of the content that is waited for. */
  #awaited: { readonly serial: number; readonly size: Size } | null = null;

  /** @param configured is told when the host has said how the window is to be, and is then to call `acknowledge` */
  constructor(session: Session, wmBase: WlObject, surface: Surface, configured: (serial: number) => void) {
    this.#session = session;
    this.#surface = surface;
    this.object = session.createObject("xdg_surface", wmBase.version);
    onEvents(this.object, "xdg_surface", {
      configure: ({ serial }) => {
        // On its way while the window went: the host does not know the object any more.
        if (!this.object.clientGone) configured(serial);
      },
    });
    session.sendRequest(wmBase, "xdg_wm_base", "get_xdg_surface", { id: this.object, surface: surface.object });
  }

  /** Asks the host to configure it: the first commit of a surface with a role has no content (xdg-shell). */
  begin(): void {
    // Not through hooks: nothing is attached that they would have to see.
    this.#session.sendRequest(this.#surface.object, "wl_surface", "commit", {});
  }

  /**
   * Accepts what the host said, and shows the window's content. Where that asks for another size, it is accepted with the
   * first content that has it, so that host and window agree on every frame (xdg_surface.ack_configure).
   *
   * @param size of the content to wait for, in X pixels; null for none
   * @param isStrict whether content of another size is an error for the host, as in a maximized window; else content that
   *   does not come is waited for only so long
   */
  acknowledge(serial: number, size: Size | null, isStrict: boolean): void {
    this.#stopWaiting();
    const now = this.#surface.size;
    if (size === null || (now === null ? !isStrict : isSameSize(now, size))) return this.#accept(serial);
    this.#awaited = { serial, size };
    this.#surface.committing = () => this.#check();
    if (!isStrict) this.#timer = setTimeout(() => this.#accept(serial), PATIENCE);
  }

  /** Content of another size than was said is to be waited for, if any still is. */
  expect(size: Size): void {
    if (this.#awaited === null) return;
    this.#awaited = { ...this.#awaited, size };
    this.#check();
  }

  /** The role object is gone already; the surface is not shown any more. */
  destroy(): void {
    this.#stopWaiting();
    this.#surface.hide();
    this.#session.sendRequest(this.object, "xdg_surface", "destroy", {});
  }

  #accept(serial: number): void {
    this.#stopWaiting();
    this.#session.sendRequest(this.object, "xdg_surface", "ack_configure", { serial });
    this.#surface.show();
  }

  #check(): void {
    const { size } = this.#surface;
    if (size !== null && this.#awaited !== null && isSameSize(size, this.#awaited.size))
      this.#accept(this.#awaited.serial);
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#awaited = null;
    this.#surface.committing = null;
  }
}
