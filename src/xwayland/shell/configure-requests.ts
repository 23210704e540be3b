// SPDX-License-Identifier: Apache-2.0

import { dictatesSize } from "../../frame/host-states.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { ConfigWindow } from "../../x11/generated/enums.ts";
import { isSameSize } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { confirm, resize } from "./resize.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "windows">;

/** Clients ask for places and sizes of their windows. */
export class ConfigureRequests {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    context.events.on("ConfigureRequest", (event) => this.#requested(event));
    context.events.on("ConfigureNotify", (event) => {
      const window = context.windows.get(event.window);
      if (window === undefined) return;
      const before = window.geometry;
      window.reported(event, event.sequence);
      // Only clients whose windows we do not manage do so without asking us.
      if (!isSameSize(before, window.geometry)) resizedByClient(window);
      context.windows.tell("moved", window);
    });
  }

  #requested(event: EventOf<"ConfigureRequest">): void {
    const { x: server, windows } = this.#context;
    const window = windows.get(event.window);
    if (window === undefined) return;
    const { geometry } = window;
    const wanted = event.value_mask;
    const width = wanted & ConfigWindow.Width ? event.width : geometry.width;
    const height = wanted & ConfigWindow.Height ? event.height : geometry.height;
    if (!(window.role instanceof Toplevel)) {
      const x = wanted & ConfigWindow.X ? event.x : geometry.x;
      const y = wanted & ConfigWindow.Y ? event.y : geometry.y;
      server.send("ConfigureWindow", { window: window.id, x, y, width, height, border_width: 0 });
      window.requested({ x, y, width, height }, server.sequence);
      // The X server then reports this to nobody.
      const isSame = x === geometry.x && y === geometry.y && width === geometry.width && height === geometry.height;
      if (isSame) confirm(server, window);
    } else if (dictatesSize(window.role.states)) {
      window.role.requestedByClient({
        ...(wanted & ConfigWindow.Width ? { width } : {}),
        ...(wanted & ConfigWindow.Height ? { height } : {}),
      });
      // What the host decides on stays, and the client gets an event that says so.
      resize(server, window, geometry.width, geometry.height);
    } else {
      const before = window.geometry;
      resize(server, window, width, height);
      if (!isSameSize(before, window.geometry)) resizedByClient(window);
    }
  }
}

function resizedByClient({ role, geometry }: XWindow): void {
  if (role instanceof Toplevel) role.resizedByClient(geometry);
}
