// SPDX-License-Identifier: Apache-2.0
import { type Color, pixelOf } from "./color.ts";

/** The scale of a surface at which one unit of its size is one pixel (wp_fractional_scale_v1). */
export const SCALE_1 = 120;

/** The size in pixels of what is `size` units of a surface long, at a scale in 120ths: as wp_fractional_scale_v1 rounds it. */
export function pixelsOf(size: number, scale: number): number {
  return Math.round((size * scale) / SCALE_1);
}

/** What covers a part of a picture, and how much of each pixel there: from 0 to 255, row by row. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly alphas: Uint8Array;
}

/** Pixels of wl_shm's format argb8888, with premultiplied alpha: transparent at first. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  /** Gives the pixels of a rectangle a color, whatever is there. What lies outside of the picture is left out. */
  fill(left: number, top: number, width: number, height: number, color: Color): void {
    const pixel = pixelOf(color);
    const begin = Math.max(left, 0);
    const end = Math.min(left + width, this.width);
    if (begin >= end) return;
    for (let y = Math.max(top, 0); y < Math.min(top + height, this.height); y++) {
      this.pixels.fill(pixel, y * this.width + begin, y * this.width + end);
    }
  }

  /** Puts a color over what is there, where the mask covers it. @param opacity of the color, up to 1 */
  blend({ width, height, alphas }: Mask, left: number, top: number, color: Color, opacity = 1): void {
    const pixel = pixelOf(color);
    const begin = Math.max(-left, 0);
    const end = Math.min(this.width - left, width);
    for (let y = Math.max(-top, 0); y < Math.min(this.height - top, height); y++) {
      for (let x = begin; x < end; x++) {
        const alpha = (alphas[y * width + x] as number) * opacity;
        const offset = (y + top) * this.width + x + left;
        if (alpha > 0) this.pixels[offset] = mix(pixel, this.pixels[offset] as number, alpha / 255);
      }
    }
  }
}

/** A pixel over another one. @param share of the first, up to 1 */
function mix(over: number, under: number, share: number): number {
  const part = (shift: number): number =>
    Math.round(((over >>> shift) & 0xff) * share + ((under >>> shift) & 0xff) * (1 - share)) << shift;
  return (part(24) | part(16) | part(8) | part(0)) >>> 0;
}
