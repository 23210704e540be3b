// SPDX-License-Identifier: Apache-2.0
/** Frames on screenshots. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Desktop, Display } from "./desktop.ts";
import type { Area, Picture } from "./picture.ts";
import type { Window } from "./sway.ts";

export const COLOR = 0xcc3333;
export const WIDTH = 4;

/** The height of an upper edge with a label. */
export const LABEL = 20;
export const WHITE = 0xffffff;

/** The options for a proxy with frames, and whatever else its policy says. */
export function frameOptions(desktop: Desktop, label = "", ...more: readonly string[]): string[] {
  const file = join(desktop.home, `framed-${more.length}.toml`);
  const frame = `frame = { color = "#c33", label = "${label}", width = ${WIDTH} }`;
  writeFileSync(file, ["[client.bank]", frame, 'app-id-prefix = "bank."', ...more, ""].join("\n"));
  return ["--policy", file, "--name", "bank"];
}

export function framed(desktop: Desktop, label = "", ...more: readonly string[]): Promise<Display> {
  return desktop.proxied(...frameOptions(desktop, label, ...more));
}

export function windowOf(desktop: Desktop, appId: string): Promise<Window> {
  return eventually(`the window ${appId}`, async () =>
    (await desktop.sway.windows()).find((window) => window.appId === appId),
  );
}

/** The four edges of an area. */
export function edges({ x, y, width, height }: Area, top: number): Area[] {
  return [
    { x, y, width, height: top },
    { x, y: y + height - WIDTH, width, height: WIDTH },
    { x, y: y + top, width: WIDTH, height: height - top - WIDTH },
    { x: x + width - WIDTH, y: y + top, width: WIDTH, height: height - top - WIDTH },
  ];
}

/** Whether a frame lies exactly at the edges of an area. Its label is text in white on the frame's color. */
export function hasFrame(picture: Picture, area: Area, top: number = WIDTH): boolean {
  const [upper, ...others] = edges(area, top) as [Area, Area, Area, Area];
  if (others.some((edge) => picture.countOf(COLOR, edge) !== edge.width * edge.height)) return false;
  if (top === WIDTH) return picture.countOf(COLOR, upper) === upper.width * upper.height;
  // Between background and text there are colors in between, and none beside.
  const label = { ...upper, x: upper.x + WIDTH, width: Math.min(upper.width - 2 * WIDTH, 100) };
  const rest = picture.countOf(COLOR, upper) - picture.countOf(COLOR, label);
  return (
    rest === (upper.width - label.width) * upper.height &&
    countLike(picture, label, WHITE) > 20 &&
    between(picture, label) === label.width * label.height
  );
}

/** The pixels with colors from the frame's to white. */
export function between(picture: Picture, area: Area): number {
  let count = 0;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const found = picture.colourAt(x, y) ?? 0;
      const [red, green, blue] = [found >> 16, (found >> 8) & 255, found & 255];
      const share = (red - (COLOR >> 16)) / (255 - (COLOR >> 16));
      const expected = 0x33 + share * (255 - 0x33);
      if (share >= 0 && Math.abs(green - expected) <= 6 && Math.abs(blue - expected) <= 6) count++;
    }
  }
  return count;
}

export const BACKGROUND = 0x203040;

/** The pixels that have nearly some color: where a pixel's scaling is by fractions, sway's renderer mixes in a bit of the next one. */
export function countLike(picture: Picture, area: Area, color: number): number {
  const near = (one: number, other: number, shift: number): boolean =>
    Math.abs(((one >> shift) & 255) - ((other >> shift) & 255)) <= 64;
  let count = 0;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const found = picture.colourAt(x, y) ?? 0;
      if (near(found, color, 16) && near(found, color, 8) && near(found, color, 0)) count++;
    }
  }
  return count;
}

/** Everything on a picture but a window. */
export function around(picture: Picture, { x, y, width, height }: Area): Area[] {
  return [
    { x: 0, y: 0, width: picture.width, height: y },
    { x: 0, y: y + height, width: picture.width, height: picture.height },
    { x: 0, y, width: x, height },
    { x: x + width, y, width: picture.width - x - width, height },
  ].map((area) => ({ ...area, height: Math.min(area.height, picture.height - area.y) }));
}
