// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { resize } from "./resize.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "x" | "windows" | "scale" | "views">;

/** Keeps windows as large on the host as they are when the scale changes, by giving them more or fewer pixels. */
export class Rescaling {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  readonly #stopListening: () => void;

  constructor(context: Context) {
    this.#context = context;
    this.#stopListening = context.scale.onChange(() => {
      for (const window of context.windows) this.#rescale(window);
    });
  }

  close(): void {
    this.#stopListening();
  }

  #rescale(window: XWindow): void {
    const { role, surface, properties } = window;
    if (role === null || surface === null || properties === null) return;
    const { client, x, windows, scale, views } = this.#context;
    // The host knows the limits of sizes, by the old scale.
    windows.tell("propertiesChanged", window);
    const { sizes } = properties;
    const isFixed = sizes.maxWidth > 0 && sizes.maxWidth === sizes.minWidth && sizes.maxHeight === sizes.minHeight;
    const { logical } = views.get(surface.object);
    if (role instanceof Toplevel && logical !== null && !isFixed) {
      resize(x, window, scale.toX(logical.width), scale.toX(logical.height));
    } else {
      // What keeps its pixels gets another size on the host, while Xwayland has nothing new to show.
      client.injectRequest(surface.object, "commit", {});
    }
  }
}
