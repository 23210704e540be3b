// SPDX-License-Identifier: Apache-2.0

/** An opaque color, in sRGB. Each part is from 0 to 255. */
export interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export const BLACK: Color = { red: 0, green: 0, blue: 0 };
const WHITE: Color = { red: 255, green: 255, blue: 255 };

/** Reads "#c33" or "#cc3333"; null for anything else. */
export function parseColor(text: string): Color | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (digits === undefined) return null;
  const long = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const value = Number.parseInt(long, 16);
  return { red: value >> 16, green: (value >> 8) & 0xff, blue: value & 0xff };
}

/** The color as a pixel of wl_shm's format argb8888, which nothing shows through. */
export function pixelOf({ red, green, blue }: Color): number {
  return ((0xff << 24) | (red << 16) | (green << 8) | blue) >>> 0;
}

/** How well two colors can be told apart: from 1 to 21. Text needs 4.5 (WCAG 2.1, "contrast ratio"). */
export function contrastRatio(one: Color, other: Color): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The color of text on a background: black or white, of which one always has a contrast of more than 4.5. */
export function textColorOn(background: Color): Color {
  return contrastRatio(BLACK, background) >= contrastRatio(WHITE, background) ? BLACK : WHITE;
}

/** The relative luminance of WCAG 2.1: from 0 for black to 1 for white. */
function luminance({ red, green, blue }: Color): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(part: number): number {
  const value = part / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
