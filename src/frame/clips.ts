// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { Client } from "../relay/client.ts";
import { ContentCrop } from "./content-crop.ts";
import { isSameBox } from "./framed-window.ts";
import type { SurfaceMakers } from "./host-tools.ts";
import { isNone, NO_SIZE, type Offset, type Size } from "./size.ts";
import type { Surface } from "./surface.ts";

/**
 * Cuts sub-surfaces to what lies within the frame of their window, such as the popovers of GTK 3. For the host, one that
 * begins outside begins at the frame. Its place counts with the next commit of the window, and so does what it shows then;
 * what it commits itself is cut to where the host has it until then.
 */
export class Clips {
  readonly #crops = new WeakMap<Surface, ContentCrop>();

  cropOf(surface: Surface): ContentCrop | undefined {
    return this.#crops.get(surface);
  }

  /**
   * Cuts what a sub-surface shows with its own next commit.
   *
   * @returns whether anything is left
   */
  cut(client: Client, makers: SurfaceMakers, surface: Surface, bounds: Rect): boolean {
    const { nextSize: size, shownAt, origin } = surface;
    if (size === null) return true;
    const part = partOf(size, shownAt, origin, bounds);
    if (part === null) return false;
    const all = wholeOf(size);
    if (isSameBox(part, all)) this.#crops.get(surface)?.show(null, size);
    else this.#cropFor(client, makers, surface).show(part, size);
    return true;
  }

  /**
   * Moves and cuts a sub-surface with the next commit of its window.
   *
   * @param tellSync lets the host wait for that one with what the sub-surface commits
   * @returns whether anything is left
   */
  arrange(client: Client, makers: SurfaceMakers, surface: Surface, bounds: Rect, tellSync: () => void): boolean {
    const { place, size, origin } = surface;
    const at = { x: Math.max(place.x, bounds.left), y: Math.max(place.y, bounds.top) };
    const next = { x: at.x - place.x, y: at.y - place.y };
    surface.shownAt = at;
    if (next.x !== origin.x || next.y !== origin.y) {
      this.#cropFor(client, makers, surface).moveTo(next);
      surface.tellPlace(client);
    }
    if (size === null) return true;
    const part = partOf(size, at, next, bounds);
    if (part === null) return false;
    if (isSameBox(part, this.#crops.get(surface)?.part ?? wholeOf(size))) return true;
    tellSync();
    if (!this.cut(client, makers, surface, bounds)) return false;
    client.sendRequest(surface.object, "commit", {});
    surface.commit();
    return true;
  }

  /** Lets a sub-surface show all that it has, from its next commit on. */
  end(client: Client, surface: Surface): void {
    const crop = this.#crops.get(surface);
    if (crop === undefined) return;
    const isMoved = !isNone(surface.origin);
    crop.show(null, surface.nextSize ?? NO_SIZE);
    this.#crops.delete(surface);
    if (isMoved) surface.tellPlace(client);
  }

  #cropFor(client: Client, makers: SurfaceMakers, surface: Surface): ContentCrop {
    let crop = this.#crops.get(surface);
    if (crop === undefined) {
      crop = new ContentCrop(client, makers, surface);
      this.#crops.set(surface, crop);
    }
    return crop;
  }
}

function wholeOf({ width, height }: Size): Rect {
  return { left: 0, top: 0, right: width, bottom: height };
}

/**
 * The part of a sub-surface that is shown, in its own coordinates; null if that is nothing.
 *
 * @param at where the host has it in its window
 * @param origin what of it is there
 */
function partOf(size: Size, at: Offset, origin: Offset, bounds: Rect): Rect | null {
  const part = {
    left: origin.x,
    top: origin.y,
    right: Math.min(size.width, origin.x + bounds.right - at.x),
    bottom: Math.min(size.height, origin.y + bounds.bottom - at.y),
  };
  const isWithin = at.x >= bounds.left && at.y >= bounds.top;
  return isWithin && part.left < part.right && part.top < part.bottom ? part : null;
}
