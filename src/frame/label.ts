// SPDX-License-Identifier: Apache-2.0
import { type Color, textColorOn } from "./color.ts";
import { Picture, pixelsOf, SCALE_1 } from "./picture.ts";
import type { TextPainter } from "./text-painter.ts";

/** The label of a frame. */
export interface Label {
  readonly text: string;
  /** The color of the frame, on which it stands. */
  readonly color: Color;
}

/** A picture of a label, which covers the whole height of its edge. */
export interface PaintedLabel {
  readonly picture: Picture;
  /** In units of a surface. */
  readonly width: number;
}

/** The least height of an edge that has a label: whole pixels at each quarter of a scale, so that what lies below stays sharp. */
export const LABEL_HEIGHT = 20;

const TEXT_SIZE = 13;
/** What is free to the left and to the right of the text. */
const PADDING = 8;

/**
 * Paints a label, no wider than its text. The rest of a frame has one color alone. Null where there is nothing to show.
 *
 * @param height of the edge, in units of a surface
 * @param maxWidth of the label, in units of a surface
 * @param scale in 120ths
 */
export function paintLabel(
  { text, color }: Label,
  height: number,
  maxWidth: number,
  scale: number,
  painter: TextPainter,
): PaintedLabel | null {
  const room = pixelsOf(maxWidth - 2 * PADDING, scale);
  const mask = painter.paint(text, pixelsOf(TEXT_SIZE, scale), room);
  if (mask.width === 0) return null;
  const width = Math.min(Math.ceil((mask.width * SCALE_1) / scale) + 2 * PADDING, maxWidth);
  const picture = new Picture(pixelsOf(width, scale), pixelsOf(height, scale));
  picture.fill(0, 0, picture.width, picture.height, color);
  picture.blend(mask, pixelsOf(PADDING, scale), Math.round((picture.height - mask.height) / 2), textColorOn(color));
  return { picture, width };
}
