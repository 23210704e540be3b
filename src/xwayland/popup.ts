// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Scale } from "./scale.ts";
import type { Surface } from "./surface.ts";
import type { Geometry } from "./window.ts";
import { XdgSurface } from "./xdg-surface.ts";

/** xdg_positioner.anchor, gravity and constraint_adjustment. */
const TOP_LEFT = 5;
const BOTTOM_RIGHT = 8;
const SLIDE_X_AND_Y = 3;

/** What a popup's owner is told, in X pixels. */
export interface PopupEvents {
  /** Where the host has put it, from its parent's corner. */
  placed(x: number, y: number): void;
  /** The host has taken it away. */
  done(): void;
}

/** A menu, a tooltip and the like, at a place beside its parent. Its owner deals with X pixels. */
export class Popup {
  readonly #session: Session;
  readonly #xdgSurface: XdgSurface;
  readonly #object: WlObject;

  /** @param place within the parent's surface; what would be off the screen is moved by the host */
  constructor(
    session: Session,
    wmBase: WlObject,
    surface: Surface,
    parent: WlObject,
    place: Geometry,
    parentSize: Geometry,
    scale: Scale,
    events: PopupEvents,
  ) {
    this.#session = session;
    const at = { x: scale.toHost(place.x), y: scale.toHost(place.y) };
    this.#xdgSurface = new XdgSurface(session, wmBase, surface, (serial) =>
      this.#xdgSurface.acknowledge(serial, null, false),
    );
    this.#object = session.createObject("xdg_popup", wmBase.version);
    onEvents(this.#object, "xdg_popup", {
      configure({ x, y }) {
        // Where it was meant to be it is for X to the pixel, which the host cannot tell.
        events.placed(x === at.x ? place.x : scale.toX(x), y === at.y ? place.y : scale.toX(y));
      },
      popup_done: () => events.done(),
    });
    const positioner = session.createObject("xdg_positioner", wmBase.version);
    session.sendRequest(wmBase, "xdg_wm_base", "create_positioner", { id: positioner });
    const [width, height] = [scale.sizeToHost(place.width), scale.sizeToHost(place.height)];
    session.sendRequest(positioner, "xdg_positioner", "set_size", { width, height });
    // The anchor has to lie within the parent (xdg_positioner.set_anchor_rect); what is left goes into the offset.
    const x = Math.min(Math.max(at.x, 0), scale.sizeToHost(parentSize.width) - 1);
    const y = Math.min(Math.max(at.y, 0), scale.sizeToHost(parentSize.height) - 1);
    session.sendRequest(positioner, "xdg_positioner", "set_anchor_rect", { x, y, width: 1, height: 1 });
    session.sendRequest(positioner, "xdg_positioner", "set_offset", { x: at.x - x, y: at.y - y });
    session.sendRequest(positioner, "xdg_positioner", "set_anchor", { anchor: TOP_LEFT });
    session.sendRequest(positioner, "xdg_positioner", "set_gravity", { gravity: BOTTOM_RIGHT });
    session.sendRequest(positioner, "xdg_positioner", "set_constraint_adjustment", {
      constraint_adjustment: SLIDE_X_AND_Y,
    });
    session.sendRequest(this.#xdgSurface.object, "xdg_surface", "get_popup", { id: this.#object, parent, positioner });
    session.sendRequest(positioner, "xdg_positioner", "destroy", {});
  }

  get xdgSurface(): WlObject {
    return this.#xdgSurface.object;
  }

  begin(): void {
    this.#xdgSurface.begin();
  }

  destroy(): void {
    this.#session.sendRequest(this.#object, "xdg_popup", "destroy", {});
    this.#xdgSurface.destroy();
  }
}
