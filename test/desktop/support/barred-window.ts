// SPDX-License-Identifier: Apache-2.0
/** Windows of one color that have a title bar of ours, as they are on the screen. */
import assert from "node:assert/strict";
import type { Desktop } from "./desktop.ts";
import type { Area, Picture } from "./picture.ts";

/** The height of a bar. */
export const BAR = 32;

/** The color of a bar whose window has the keyboard, or not. */
const isBar = (colour: number | undefined): boolean => colour === 0xeb_eb_eb || colour === 0xfa_fa_fa;

/** Where the content of a window is on the screen; null for nowhere. */
export function contentIn(picture: Picture, colour: number): Area | null {
  let [left, top, right, bottom] = [picture.width, picture.height, 0, 0];
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (picture.colourAt(x, y) !== colour) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  }
  return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}

/** Where the content is once the screen stands still, with a bar above it, and it is as it should be. */
export async function contentOn(
  desktop: Desktop,
  colour: number,
  what: string,
  fits: (area: Area) => boolean,
): Promise<Area> {
  let found: Area | null = null;
  await desktop.still(what, (picture) => {
    found = contentIn(picture, colour);
    return found !== null && fits(found) && isBar(picture.colourAt(found.x + 20, found.y - 4));
  });
  return found ?? assert.fail();
}
