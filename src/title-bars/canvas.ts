// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../wire/wl-object.ts";
import type { Place } from "./bar-picture.ts";
import { PaintedSurface, type PaintingContext, type PaintingTools, type PictureToPaint } from "./painted-surface.ts";

/** A sub-surface of a window that we paint. Its place counts from the window's next commit on, its pixels at once. */
export class Canvas {
  readonly #context: PaintingContext;
  readonly #tools: PaintingTools;
  readonly #painted: PaintedSurface;
  readonly #subsurface: WlObject<"wl_subsurface">;

  constructor(context: PaintingContext, tools: PaintingTools, parent: WlObject<"wl_surface">, onShown: () => void) {
    const { client } = context;
    this.#context = context;
    this.#tools = tools;
    this.#painted = new PaintedSurface(context, tools);
    this.#painted.onShown = onShown;
    this.#subsurface = client.createObject("wl_subsurface", 1);
    const { subcompositor } = tools;
    client.sendRequest(subcompositor, "get_subsurface", { id: this.#subsurface, surface: this.surface, parent });
    client.sendRequest(this.#subsurface, "set_desync", {});
  }

  get surface(): WlObject<"wl_surface"> {
    return this.#painted.object;
  }

  /**
   * Puts it somewhere. What it shows is stretched until it shows something else.
   *
   * @param place from the upper left corner of its window's surface
   * @param input where it takes input, from its own corner
   */
  place(place: Place, input: Place): void {
    const { client } = this.#context;
    const region = client.createObject("wl_region", 1);
    client.sendRequest(this.#tools.compositor, "create_region", { id: region });
    client.sendRequest(region, "add", input);
    client.sendRequest(this.surface, "set_input_region", { region });
    client.sendRequest(region, "destroy", {});
    client.sendRequest(this.#subsurface, "set_position", { x: place.x, y: place.y });
    this.#painted.resize(place);
    this.#painted.commit();
  }

  show(picture: PictureToPaint): void {
    this.#painted.show(picture);
  }

  /** See `PaintedSurface`. */
  get drawn(): Promise<void> {
    return this.#painted.drawn;
  }

  hide(): void {
    this.#painted.hide();
  }

  destroy(): void {
    this.#context.client.sendRequest(this.#subsurface, "destroy", {});
    this.#painted.destroy();
  }

  /** The session has ended. */
  close(): void {
    this.#painted.close();
  }
}
