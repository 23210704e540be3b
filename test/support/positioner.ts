// SPDX-License-Identifier: Apache-2.0
/** Where a popup is by its xdg_positioner, as a compositor finds out (xdg-shell). */
import type { Received } from "./inbox.ts";

/** A rectangle. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which sides an anchor or a gravity names: -1 is left or top, 1 is right or bottom, 0 is neither. */
type Sides = readonly [horizontal: number, vertical: number];

/** xdg_positioner.anchor and gravity, which count alike. */
const sides: readonly Sides[] = [
  [0, 0],
  [0, -1],
  [0, 1],
  [-1, 0],
  [1, 0],
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];

/** xdg_positioner.constraint_adjustment */
const SLIDE_X = 1;
const SLIDE_Y = 2;

/** What an xdg_positioner has been told. */
export class PositionerState {
  readonly #told = new Map<string, number>();

  /** Takes in a request to the positioner. */
  take({ name, args }: Received): void {
    for (const [arg, value] of Object.entries(args)) {
      if (typeof value === "number") this.#told.set(`${name.replace("xdg_positioner.", "")}.${arg}`, value);
    }
  }

  /**
   * Where the popup is, from its parent's corner.
   *
   * @param bounds where it has to be, if it allows to be moved there; anywhere by default
   */
  place(bounds?: Place): Place {
    const width = this.#get("set_size.width");
    const height = this.#get("set_size.height");
    const [anchorX, anchorY] = this.#sides("set_anchor.anchor");
    const [gravityX, gravityY] = this.#sides("set_gravity.gravity");
    const along = (from: number, length: number, side: number): number => from + (length * (side + 1)) / 2;
    const atX = along(this.#get("set_anchor_rect.x"), this.#get("set_anchor_rect.width"), anchorX);
    const atY = along(this.#get("set_anchor_rect.y"), this.#get("set_anchor_rect.height"), anchorY);
    // What it gravitates to is where it extends to from the anchor.
    const x = Math.floor(atX + this.#get("set_offset.x") + (width * (gravityX - 1)) / 2);
    const y = Math.floor(atY + this.#get("set_offset.y") + (height * (gravityY - 1)) / 2);
    if (bounds === undefined) return { x, y, width, height };
    const adjustment = this.#get("set_constraint_adjustment.constraint_adjustment");
    return {
      x: adjustment & SLIDE_X ? slide(x, width, bounds.x, bounds.width) : x,
      y: adjustment & SLIDE_Y ? slide(y, height, bounds.y, bounds.height) : y,
      width,
      height,
    };
  }

  #get(name: string): number {
    return this.#told.get(name) ?? 0;
  }

  #sides(name: string): Sides {
    return sides[this.#get(name)] ?? [0, 0];
  }
}

function slide(at: number, length: number, from: number, room: number): number {
  return Math.max(Math.min(at, from + room - length), from);
}
