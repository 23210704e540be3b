// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Surface } from "./surface.ts";

/** What makes the surface of an X window a window of the host's: only the host knows of it. */
export class XdgSurface {
  readonly object: WlObject;
  readonly #session: Session;
  readonly #surface: Surface;

  /** @param configured is told when the host has said how the window is to be, and is then to call `acknowledge` */
  constructor(session: Session, wmBase: WlObject, surface: Surface, configured: (serial: number) => void) {
    this.#session = session;
    this.#surface = surface;
    this.object = session.createObject("xdg_surface", wmBase.version);
    onEvents(this.object, "xdg_surface", { configure: ({ serial }) => configured(serial) });
    session.sendRequest(wmBase, "xdg_wm_base", "get_xdg_surface", { id: this.object, surface: surface.object });
  }

  /** Asks the host to configure it: the first commit of a surface with a role has no content (xdg-shell). */
  begin(): void {
    // Not through hooks: nothing is attached that they would have to see.
    this.#session.sendRequest(this.#surface.object, "wl_surface", "commit", {});
  }

  /** Accepts what the host said, and shows the window's content. */
  acknowledge(serial: number): void {
    this.#session.sendRequest(this.object, "xdg_surface", "ack_configure", { serial });
    this.#surface.show();
  }

  /** The role object is gone already; the surface is not shown any more. */
  destroy(): void {
    this.#surface.hide();
    this.#session.sendRequest(this.object, "xdg_surface", "destroy", {});
  }
}
