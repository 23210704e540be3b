// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { WindowProperties } from "./properties.ts";
import type { Scale } from "./scale.ts";
import type { Surface } from "./surface.ts";
import { XdgSurface } from "./xdg-surface.ts";

/** What a toplevel's owner is told, in X pixels. */
export interface ToplevelEvents {
  /** The host wants it to have that size; 0 leaves it to the window. */
  resize(width: number, height: number): void;
  close(): void;
}

/** A window of its own on the host's desktop. Its owner deals with X pixels. */
export class Toplevel {
  readonly object: WlObject;
  readonly #session: Session;
  readonly #scale: Scale;
  readonly #xdgSurface: XdgSurface;

  constructor(session: Session, wmBase: WlObject, surface: Surface, scale: Scale, events: ToplevelEvents) {
    this.#session = session;
    this.#scale = scale;
    let size = { width: 0, height: 0 };
    this.#xdgSurface = new XdgSurface(session, wmBase, surface, (serial) => {
      events.resize(size.width, size.height);
      this.#xdgSurface.acknowledge(serial);
    });
    this.object = session.createObject("xdg_toplevel", wmBase.version);
    onEvents(this.object, "xdg_toplevel", {
      configure: ({ width, height }) => {
        size = { width: scale.toX(width), height: scale.toX(height) };
      },
      close: () => events.close(),
    });
    session.sendRequest(this.#xdgSurface.object, "xdg_surface", "get_toplevel", { id: this.object });
  }

  /** Tells the host of the window, before it is shown and when something changes. */
  describe({ title, appId, limits }: WindowProperties, parent: Toplevel | null): void {
    const { object } = this;
    // As if a client did it: the hook for titles puts the tag in front.
    this.#session.injectRequest(object, "xdg_toplevel", "set_title", { title });
    this.#session.injectRequest(object, "xdg_toplevel", "set_app_id", { app_id: appId });
    const limit = (pixels: number): number => this.#scale.sizeToHost(pixels);
    const min = { width: limit(limits.minWidth), height: limit(limits.minHeight) };
    const max = { width: limit(limits.maxWidth), height: limit(limits.maxHeight) };
    this.#session.sendRequest(object, "xdg_toplevel", "set_parent", { parent: parent?.object ?? null });
    this.#session.sendRequest(object, "xdg_toplevel", "set_min_size", min);
    this.#session.sendRequest(object, "xdg_toplevel", "set_max_size", max);
  }

  begin(): void {
    this.#xdgSurface.begin();
  }

  destroy(): void {
    this.#session.sendRequest(this.object, "xdg_toplevel", "destroy", {});
    this.#xdgSurface.destroy();
  }

  get xdgSurface(): WlObject {
    return this.#xdgSurface.object;
  }
}
