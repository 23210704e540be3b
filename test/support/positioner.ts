// SPDX-License-Identifier: Apache-2.0
import type { Received } from "./inbox.ts";

/** A rectangle. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Anchors and gravities as xdg-shell numbers them: none, and eight directions. */
const DIRECTIONS: readonly (readonly [x: number, y: number])[] = [
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

/** xdg_positioner.constraint_adjustment. */
const SLIDE = [1, 2] as const;
const FLIP = [4, 8] as const;

/** An xdg_positioner as a compositor has it. */
export class Positioner {
  readonly #values = new Map<string, number>();

  /** Takes in a request to it. */
  take({ name, args }: Received): void {
    const what = name.replace("xdg_positioner.set_", "");
    for (const [arg, value] of Object.entries(args)) this.#values.set(`${what}.${arg}`, value as number);
  }

  /**
   * Where the popup goes, by the rules of xdg_positioner: anchored, and then flipped or slid into the screen.
   *
   * @param origin its parent's place
   * @param screen null for one without ends
   */
  place(origin: { readonly x: number; readonly y: number }, screen: Box | null): Box {
    const value = (name: string): number => this.#values.get(name) ?? 0;
    const size = [value("size.width"), value("size.height")] as const;
    const anchor = DIRECTIONS[value("anchor.anchor")] ?? [0, 0];
    const gravity = DIRECTIONS[value("gravity.gravity")] ?? [0, 0];
    const adjustment = value("constraint_adjustment.constraint_adjustment");
    const axis = (which: 0 | 1): number => {
      const [rect, extent] = which === 0 ? ["x", "width"] : ["y", "height"];
      const start = (which === 0 ? origin.x : origin.y) + value(`anchor_rect.${rect}`);
      const place = (anchorSide: number, gravitySide: number): number => {
        const point = start + (value(`anchor_rect.${extent}`) * (anchorSide + 1)) / 2;
        const offset = value(`offset.${rect}`);
        return Math.floor(point + offset + ((gravitySide - 1) * size[which]) / 2);
      };
      const wanted = place(anchor[which], gravity[which]);
      if (screen === null) return wanted;
      const [low, length] = which === 0 ? [screen.x, screen.width] : [screen.y, screen.height];
      const fits = (at: number): boolean => at >= low && at + size[which] <= low + length;
      if (fits(wanted)) return wanted;
      const flipped = place(-anchor[which], -gravity[which]);
      if ((adjustment & FLIP[which]) !== 0 && fits(flipped)) return flipped;
      if ((adjustment & SLIDE[which]) === 0) return wanted;
      return Math.max(low, Math.min(wanted, low + length - size[which]));
    };
    return { x: axis(0), y: axis(1), width: size[0], height: size[1] };
  }
}
