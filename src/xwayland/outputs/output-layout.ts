// SPDX-License-Identifier: Apache-2.0
import type { Size } from "../base/geometry.ts";
import { type Geometry, overlap } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";

/** The facts that the host reports of an output. */
export interface OutputFacts {
  /** The transform, of the enum wl_output.transform. */
  readonly transform: number;
  /** wl_output.scale, which is whole: hosts round it up. */
  readonly scale: number;
  /** Pixels of the screen as it was built, not as it is turned. */
  readonly mode: Size;
  /** The position in wl_output.geometry. */
  readonly x: number;
  readonly y: number;
  /** The geometry that zxdg_output_v1 reports; null where there is none. */
  readonly logical: Geometry | null;
}

/** Width and height change places on an output that is turned by a quarter, and back. */
export function turned({ width, height }: Size, transform: number): Size {
  return (transform & 1) === 0 ? { width, height } : { width: height, height: width };
}

/** How many pixels an output has for each logical one. */
export function factorOf(output: OutputFacts): number {
  const { width, height } = turned(output.mode, output.transform);
  const logical = logicalOf(output);
  // By the longer side, since logical sizes are rounded.
  return width > height ? width / logical.width : height / logical.height;
}

/**
 * Places outputs for X: in the host's arrangement, but in X pixels and apart from each other. The layout begins at (0,
 * 0), since the X screen does. The gaps make each position be on one output only.
 */
export function layOut(outputs: readonly OutputFacts[], scale: Scale): Geometry[] {
  const logical = outputs.map(logicalOf);
  const left = Math.min(...logical.map(({ x }) => x));
  const top = Math.min(...logical.map(({ y }) => y));
  const placed: Geometry[] = [];
  for (const [i, { x, y }] of logical.entries()) {
    const at = { x: scale.toX(x - left), y: scale.toX(y - top) };
    placed.push(besides(placed, { ...at, ...sizeOf(outputs[i] as OutputFacts, scale) }));
  }
  return placed;
}

function logicalOf({ logical, mode, transform, scale, x, y }: OutputFacts): Geometry {
  if (logical !== null && logical.width > 0 && logical.height > 0) return logical;
  const { width, height } = turned(mode, transform);
  return { x, y, width: Math.max(1, Math.round(width / scale)), height: Math.max(1, Math.round(height / scale)) };
}

/** Exactly its own pixels, if X's are as large: logical sizes were rounded. */
function sizeOf(output: OutputFacts, scale: Scale): Size {
  const real = turned(output.mode, output.transform);
  const logical = logicalOf(output);
  const [width, height] = [scale.toX(logical.width), scale.toX(logical.height)];
  const same = Math.abs(width - real.width) <= scale.factor && Math.abs(height - real.height) <= scale.factor;
  return same ? real : { width, height };
}

/** A place for an output beside those that have one: to the right of or below what it covers, whichever is nearer. */
function besides(placed: readonly Geometry[], output: Geometry): Geometry {
  const covered = placed.find((other) => overlap(other, output));
  if (covered === undefined) return output;
  const right = covered.x + covered.width;
  const bottom = covered.y + covered.height;
  const moved = right - output.x <= bottom - output.y ? { x: right } : { y: bottom };
  return besides(placed, { ...output, ...moved });
}
