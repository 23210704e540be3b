// SPDX-License-Identifier: Apache-2.0
import type { EventOf } from "../x11/events.ts";
import { ConfigWindow } from "../x11/generated/enums.ts";
import { dictatesSize } from "./host-states.ts";
import type { Context } from "./part.ts";
import { resize } from "./resize.ts";
import { Toplevel } from "./toplevel.ts";

/** Clients ask for places and sizes of their windows. */
export class Configuration {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    context.events.on("ConfigureRequest", (event) => this.#requested(event));
    context.events.on("ConfigureNotify", ({ window: id, x, y, width, height, sequence }) => {
      const window = context.windows.get(id);
      if (window === undefined) return;
      // The size that we have asked for since then is still to come.
      window.geometry = sequence < window.resizedBy ? { ...window.geometry, x, y } : { x, y, width, height };
      context.windows.tell("moved", window);
    });
  }

  #requested(event: EventOf<"ConfigureRequest">): void {
    const window = this.#context.windows.get(event.window);
    if (window === undefined) return;
    const wanted = event.value_mask;
    const width = wanted & ConfigWindow.Width ? event.width : window.geometry.width;
    const height = wanted & ConfigWindow.Height ? event.height : window.geometry.height;
    if (window.role === null) {
      const x = wanted & ConfigWindow.X ? event.x : window.geometry.x;
      const y = wanted & ConfigWindow.Y ? event.y : window.geometry.y;
      this.#context.x.send("ConfigureWindow", { window: window.id, x, y, width, height, border_width: 0 });
    } else if (window.role instanceof Toplevel && dictatesSize(window.role.states)) {
      // What the host decides on stays, and the client is told so.
      resize(this.#context.x, window, window.geometry.width, window.geometry.height);
    } else {
      resize(this.#context.x, window, width, height);
    }
  }
}
