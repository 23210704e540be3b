// SPDX-License-Identifier: Apache-2.0
import {
  XdgPositionerConstraintAdjustment as Adjustment,
  XdgPositionerAnchor,
  XdgPositionerGravity,
} from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import { onHookedEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { Geometry } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";
import type { Surface } from "./surface.ts";
import { XdgSurface } from "./xdg-surface.ts";

/** Milliseconds that a client has to close a menu itself, whose grab the host has ended. */
const DISMISSAL_DELAY_MS = 100;

/** The events of a popup that its owner listens to, in X pixels. */
export interface PopupEvents {
  /** The host has placed the popup there, from its parent's corner. */
  placed(x: number, y: number): void;
  /** The host has taken the popup away. */
  dismissed(): void;
  /** The popup's client has not closed it since the host took it away. */
  done(): void;
}

/** What a popup belongs to. */
export interface PopupParent {
  readonly xdgSurface: WlObject<"xdg_surface">;
  /** The height of a title bar above its content, in the host's pixels: the host counts from there. */
  readonly bar: number;
}

/** A menu, a tooltip and the like, at a place beside its parent. Its owner deals with X pixels. */
export class Popup {
  readonly #client: Client;
  readonly #wmBase: WlObject<"xdg_wm_base">;
  readonly #surface: Surface;
  readonly #parent: PopupParent;
  readonly #scale: Scale;
  /** It has no title bar. */
  readonly bar = 0;
  readonly #xdgSurface: XdgSurface;
  readonly #object: WlObject<"xdg_popup">;
  /** The place that the popup has, or is to have. */
  #place: Geometry;
  #isShown = false;
  #repositions = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param place within the parent's surface; what would be off the screen is moved by the host */
  constructor(
    client: Client,
    wmBase: WlObject<"xdg_wm_base">,
    surface: Surface,
    parent: PopupParent,
    place: Geometry,
    parentSize: Geometry,
    scale: Scale,
    events: PopupEvents,
  ) {
    this.#client = client;
    this.#wmBase = wmBase;
    this.#surface = surface;
    this.#parent = parent;
    this.#scale = scale;
    this.#place = place;
    this.#xdgSurface = new XdgSurface(client, wmBase, surface, (serial) => this.#configured(serial));
    this.#object = client.createObject("xdg_popup", wmBase.version);
    onHookedEvents(this.#object, {
      configure: ({ x, y: yWithBar }) => {
        const y = yWithBar - parent.bar;
        const { x: wantedX, y: wantedY } = this.#place;
        // Where it was meant to be it is for X to the pixel, which the host cannot tell.
        const toX = x === scale.toHost(wantedX) ? wantedX : scale.toX(x);
        const toY = y === scale.toHost(wantedY) ? wantedY : scale.toX(y);
        this.#place = { ...this.#place, x: toX, y: toY };
        events.placed(toX, toY);
      },
      popup_done: () => {
        events.dismissed();
        this.#timer ??= setTimeout(() => events.done(), DISMISSAL_DELAY_MS);
      },
    });
    const positioner = this.#position(parentSize);
    client.injectRequest(this.#xdgSurface.object, "get_popup", {
      id: this.#object,
      parent: parent.xdgSurface,
      positioner,
    });
    client.injectRequest(positioner, "destroy", {});
  }

  get xdgSurface(): WlObject<"xdg_surface"> {
    return this.#xdgSurface.object;
  }

  /** The host has taken it away, or what it belongs to: nothing more is shown of it. */
  dismiss(): void {
    this.#xdgSurface.end();
  }

  begin(): void {
    this.#xdgSurface.begin();
  }

  /**
   * Moves the popup or changes its size, as its client has; nothing happens if the host has it there already. See the
   * constructor.
   */
  move(place: Geometry, parentSize: Geometry): void {
    const { x, y, width, height } = this.#place;
    const isThere = x === place.x && y === place.y && width === place.width && height === place.height;
    if (isThere || !this.#surface.isConfigurable || !this.#client.hasRequest(this.#object, "reposition")) return;
    this.#place = place;
    const positioner = this.#position(parentSize);
    this.#client.injectRequest(this.#object, "reposition", { positioner, token: ++this.#repositions });
    this.#client.injectRequest(positioner, "destroy", {});
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#client.injectRequest(this.#object, "destroy", {});
    this.#xdgSurface.destroy();
  }

  #configured(serial: number): void {
    this.#xdgSurface.acknowledge(serial, null, false);
    // It moves with the next commit, for which Xwayland has no reason.
    if (this.#isShown) this.#client.injectRequest(this.#surface.object, "commit", {});
    this.#isShown = true;
  }

  /** Says where it is to be. */
  #position(parentSize: Geometry): WlObject<"xdg_positioner"> {
    const client = this.#client;
    const scale = this.#scale;
    const place = this.#place;
    const at = { x: scale.toHost(place.x), y: scale.toHost(place.y) + this.#parent.bar };
    const positioner = client.createObject("xdg_positioner", this.#wmBase.version);
    client.injectRequest(this.#wmBase, "create_positioner", { id: positioner });
    const [width, height] = [scale.sizeToHost(place.width), scale.sizeToHost(place.height)];
    client.injectRequest(positioner, "set_size", { width, height });
    // The anchor has to lie within the parent (xdg_positioner.set_anchor_rect); what is left goes into the offset.
    const x = Math.min(Math.max(at.x, 0), scale.sizeToHost(parentSize.width) - 1);
    const y = Math.min(Math.max(at.y, 0), scale.sizeToHost(parentSize.height) + this.#parent.bar - 1);
    client.injectRequest(positioner, "set_anchor_rect", { x, y, width: 1, height: 1 });
    client.injectRequest(positioner, "set_offset", { x: at.x - x, y: at.y - y });
    client.injectRequest(positioner, "set_anchor", { anchor: XdgPositionerAnchor.top_left });
    client.injectRequest(positioner, "set_gravity", { gravity: XdgPositionerGravity.bottom_right });
    client.injectRequest(positioner, "set_constraint_adjustment", {
      constraint_adjustment: Adjustment.slide_x | Adjustment.slide_y,
    });
    return positioner;
  }
}
