// SPDX-License-Identifier: Apache-2.0

import { clientOf } from "../../x11/client/ids.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { EventMask, StackMode } from "../../x11/generated/enums.ts";
import type { Geometry } from "../base/geometry.ts";
import { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { readProperties, supportedTypes, watchedProperties, windowAtoms } from "./properties.ts";
import { isManagedPopup } from "./window-kind.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "windows" | "outputs" | "log">;

/** Windows of X clients are made, mapped, unmapped and destroyed. */
export class WindowTracker {
  static readonly atoms: readonly string[] = windowAtoms;
  static readonly supported: readonly string[] = ["_NET_WM_NAME", ...supportedTypes];

  readonly #context: Context;
  /** The properties that have changed while others are being read, of windows where that is so. */
  readonly #changed = new Map<XWindow, Set<string>>();

  constructor(context: Context) {
    this.#context = context;
    const { events, x, windows } = context;
    const { root } = x.setup;
    events.on("CreateNotify", (event) => {
      if (event.parent === root) this.#add(event.window, event, event.override_redirect);
    });
    events.on("ReparentNotify", (event) => {
      if (event.parent === root) return this.#adopt(event.window, event.override_redirect);
      return this.#remove(event.window);
    });
    events.on("DestroyNotify", ({ window }) => this.#remove(window));
    events.on("MapRequest", (event) => this.#mapRequested(event));
    events.on("MapNotify", (event) => this.#mapped(event));
    events.on("UnmapNotify", (event) => {
      const window = windows.get(event.window);
      if (window === undefined) return;
      if (!event.sendEvent) this.#unmapped(window);
      // A client that withdraws a window cannot know whether it is mapped by now (ICCCM 4.1.4).
      else if (!window.overrideRedirect) {
        x.send("UnmapWindow", { window: window.id });
        window.mappedBy = 0;
      }
    });
    for (const name of watchedProperties) events.onProperty(name, (window) => this.#propertyChanged(window, name));
  }

  #add(id: number, geometry: Geometry, overrideRedirect: boolean): void {
    const { setup } = this.#context.x;
    // Our own, for selections and the like, are never shown.
    if (clientOf(setup, id) === setup.idBase) return;
    const { x, y, width, height } = geometry;
    this.#context.windows.add(new XWindow(id, { x, y, width, height }, overrideRedirect, this.#context.windows));
    const event_mask = EventMask.PropertyChange | EventMask.FocusChange;
    this.#context.x.send("ChangeWindowAttributes", { window: id, event_mask });
  }

  async #adopt(id: number, overrideRedirect: boolean): Promise<void> {
    this.#add(id, await this.#context.x.call("GetGeometry", { drawable: id }), overrideRedirect);
  }

  #remove(id: number): void {
    const { windows } = this.#context;
    const window = windows.get(id);
    if (window === undefined) return;
    if (window.mapped) this.#unmapped(window);
    this.#changed.delete(window);
    windows.delete(window);
  }

  async #mapRequested({ window: id, sequence }: EventOf<"MapRequest">): Promise<void> {
    const { x, windows, outputs } = this.#context;
    const window = windows.get(id);
    // What was asked for before we mapped it is done. With a round trip for each, floods of such would outgrow us.
    if (window === undefined || sequence < window.mappedBy) return;
    window.properties = await readProperties(x, id);
    window.advance("map request");
    // Below, so that it does not get what the user does in another window at the same place.
    const isPlaced = isManagedPopup(window);
    const place = isPlaced ? {} : { ...outputs.home, stack_mode: StackMode.Below };
    x.send("ConfigureWindow", { window: id, ...place, border_width: 0 });
    if (!isPlaced) window.requested(outputs.home, x.sequence);
    x.send("MapWindow", { window: id });
    window.mappedBy = x.sequence;
  }

  async #mapped({ window: id, override_redirect }: EventOf<"MapNotify">): Promise<void> {
    const { x, windows } = this.#context;
    const window = windows.get(id);
    if (window === undefined) return;
    window.overrideRedirect = override_redirect;
    if (override_redirect) window.properties = await readProperties(x, id);
    windows.mapped.add(window);
    window.advance("map");
  }

  #unmapped(window: XWindow): void {
    this.#context.windows.mapped.delete(window);
    window.advance("unmap");
  }

  /** Reads what has changed; what changes meanwhile is read together, as some programs count in their titles. */
  #propertyChanged(window: XWindow, name: string): void {
    if (window.properties === null) return;
    const changed = this.#changed.get(window);
    if (changed !== undefined) {
      changed.add(name);
      return;
    }
    this.#changed.set(window, new Set([name]));
    this.#readAgain(window).catch((error: Error) => this.#context.log.debug(`${window}: ${error.message}`));
  }

  async #readAgain(window: XWindow): Promise<void> {
    const { x, windows } = this.#context;
    try {
      for (let names = this.#changed.get(window); names?.size; names = this.#changed.get(window)) {
        this.#changed.set(window, new Set());
        const before = window.properties;
        window.properties = await readProperties(x, window.id, { before, names });
        if (windows.get(window.id) === window) windows.tell("propertiesChanged", window);
      }
    } finally {
      this.#changed.delete(window);
    }
  }
}
