// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { ALL, type SurfaceMakers } from "./host-tools.ts";
import { makeRegion } from "./regions.ts";
import { negative, type Offset, type Size } from "./size.ts";
import type { Crop, Source, Surface } from "./surface.ts";

/** The protocol says places in buffers in fixed-point numbers with eight bits behind the point. */
const FRACTIONS = 256;
const NO_SOURCE: Source = { x: -1, y: -1, width: -1, height: -1 };
const NO_DESTINATION: Size = { width: -1, height: -1 };

/**
 * Shows of a window's surface no more than what its client calls the window: without the shadow that programs draw around
 * it. For the host the surface begins at the corner of what is shown, so that sub-surfaces and regions are moved.
 */
export class ContentCrop implements Crop {
  readonly #client: Client;
  readonly #makers: SurfaceMakers;
  readonly #surface: Surface;
  /** A viewport of ours, where the client has none. */
  #own: WlObject<"wp_viewport"> | null = null;
  /** The part that the host shows, from the last commit on; null for all. */
  part: Rect | null = null;
  /** What the host was told last of its viewport, in a word; empty for something else. */
  #told = "";
  /** Whether the next commit would show something else, since the client has said something to its viewport. */
  isOverridden = false;

  constructor(client: Client, makers: SurfaceMakers, surface: Surface) {
    this.#client = client;
    this.#makers = makers;
    this.#surface = surface;
  }

  /**
   * Makes the next commit show a part of the surface.
   *
   * @param part null for all of it
   * @param size of all of it, as the client means it
   */
  show(part: Rect | null, size: Size): void {
    this.isOverridden = false;
    if (part !== null) this.#showPart(part, size);
    else if (this.part !== null) this.#showAll();
    this.part = part;
    const { origin } = this.#surface;
    const { left: x, top: y } = part ?? { left: 0, top: 0 };
    if (x !== origin.x || y !== origin.y) this.moveTo({ x, y });
  }

  overridden(): void {
    this.#told = "";
    this.isOverridden = true;
  }

  giveWay(): void {
    this.overridden();
    if (this.#own !== null) this.#client.sendRequest(this.#own, "destroy", {});
    this.#own = null;
  }

  #showPart(part: Rect, size: Size): void {
    const source = this.#sourceOf(part, size);
    const destination = { width: part.right - part.left, height: part.bottom - part.top };
    const told = JSON.stringify([source, destination]);
    if (told === this.#told) return;
    this.#told = told;
    this.#tell(this.#surface.viewport ?? this.#own ?? this.#makeOwn(), source, destination);
  }

  #showAll(): void {
    const { viewport, source, destination } = this.#surface;
    this.giveWay();
    this.isOverridden = false;
    if (viewport !== null) this.#tell(viewport, source ?? NO_SOURCE, destination ?? NO_DESTINATION);
  }

  #tell(viewport: WlObject<"wp_viewport">, source: Source, destination: Size): void {
    this.#client.sendRequest(viewport, "set_source", source);
    this.#client.sendRequest(viewport, "set_destination", destination);
  }

  /** The part of the buffer that is seen in a part of the surface. */
  #sourceOf({ left, top, right, bottom }: Rect, { width, height }: Size): Source {
    const all = this.#surface.source ?? { x: 0, y: 0, ...this.#surface.wholeSize };
    const [x, across] = span(all.x, all.width, left / width, right / width);
    const [y, down] = span(all.y, all.height, top / height, bottom / height);
    return { x, y, width: across, height: down };
  }

  #makeOwn(): WlObject<"wp_viewport"> {
    const own = this.#client.createObject("wp_viewport", 1);
    this.#own = own;
    this.#client.sendRequest(this.#makers.viewporter, "get_viewport", { id: own, surface: this.#surface.object });
    return own;
  }

  /** For the host, the surface begins at another place. */
  moveTo(origin: Offset): void {
    const client = this.#client;
    const surface = this.#surface;
    surface.origin = origin;
    for (const child of surface.children) child.tellPlace(client);
    for (const [kind, { holder, shape, tell }] of surface.regions) {
      if (holder.clientGone) {
        surface.regions.delete(kind);
        continue;
      }
      const region = makeRegion(client, this.#makers.compositor, shape, negative(surface.origin));
      tell(client, region);
      client.sendRequest(region, "destroy", {});
    }
    // What the client has said to be new so far counts from elsewhere.
    client.sendRequest(surface.object, "damage", ALL);
  }
}

/**
 * Where a part of a length begins, and how long it is, as a message can say it.
 *
 * @param from its begin, as a share of the whole
 * @param to its end
 */
function span(start: number, length: number, from: number, to: number): readonly [start: number, length: number] {
  const limit = Math.floor((start + length) * FRACTIONS);
  const begin = Math.min(Math.round((start + length * from) * FRACTIONS), limit - 1);
  const end = Math.min(Math.round((start + length * to) * FRACTIONS), limit);
  return [begin / FRACTIONS, Math.max(end - begin, 1) / FRACTIONS];
}
