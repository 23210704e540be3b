// SPDX-License-Identifier: Apache-2.0
import type { Color } from "../frame/color.ts";
import { Coverage } from "../frame/coverage.ts";
import { type Mask, Picture, pixelsOf, SCALE_1 } from "../frame/picture.ts";
import type { TextPainter } from "../frame/text-painter.ts";
import { BAR_HEIGHT, type ButtonName, buttonsOf, type DecoratedWindow, MARGIN } from "./parts.ts";

/** How a window's decoration looks at the moment. */
export interface TitleBarLook extends DecoratedWindow {
  readonly title: string;
  /** Whether the window has the keyboard. */
  readonly isActive: boolean;
  readonly isDark: boolean;
  readonly hovered: ButtonName | null;
  readonly pressed: ButtonName | null;
}

/** A side of a window's decoration. Together they are all around the content. The top one has the bar and both corners. */
export type Side = "top" | "left" | "right" | "bottom";

/** A place and a size, in units of a surface. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Colors {
  readonly bar: Color;
  readonly text: Color;
}

const gray = (value: number): Color => ({ red: value, green: value, blue: value });

const colors = {
  light: { active: { bar: gray(0xeb), text: gray(0x2e) }, inactive: { bar: gray(0xfa), text: gray(0x6a) } },
  dark: { active: { bar: gray(0x30), text: gray(0xff) }, inactive: { bar: gray(0x24), text: gray(0xa0) } },
} as const satisfies Record<string, Record<string, Colors>>;

const TEXT_SIZE = 14;
const PADDING = 12;
const RADIUS = 8;
/** How far a button's sign reaches from its center, and how wide its strokes are. */
const SIGN = 4.5;
const STROKE = 1.4;

/** The line around a window, and the shadow next to it. */
const OUTLINE_OPACITY = 0.35;
const SHADOW_OPACITY = 0.18;

/** The place of a side, from the top left corner of the window's content; a side with nothing to show has no width or height. */
export function placeOf(side: Side, { width, height, hasMargin }: DecoratedWindow): Place {
  const margin = hasMargin ? MARGIN : 0;
  const left = 0 - margin;
  const across = { x: left, width: width + 2 * margin };
  if (side === "top") return { ...across, y: left - BAR_HEIGHT, height: BAR_HEIGHT + margin };
  if (side === "bottom") return { ...across, y: height, height: margin };
  return { x: side === "left" ? left : width, y: 0, width: margin, height };
}

/** Paints a side of a window's decoration. @param scale in 120ths @param painter null where there is no font */
export function paintSide(side: Side, look: TitleBarLook, scale: number, painter: TextPainter | null): Picture {
  const place = placeOf(side, look);
  const picture = new Picture(pixelsOf(place.width, scale), pixelsOf(place.height, scale));
  if (look.hasMargin) paintShadow(picture, place, look, scale / SCALE_1);
  if (side === "top") paintBar(picture, look, scale, painter);
  return picture;
}

/** Darkens what is around a window, the less the farther away it is. */
function paintShadow({ pixels, width, height }: Picture, place: Place, look: TitleBarLook, factor: number): void {
  const strength = look.isActive ? 1 : 0.6;
  // Between its corners, a side looks the same everywhere.
  const column = (x: number): number => Math.min(Math.max(Math.round((x - place.x) * factor), 0), width);
  const straight = { begin: column(RADIUS), end: column(look.width - RADIUS) };
  const shade = (x: number, y: number): number => {
    const distance = distanceFrom(look, (x + 0.5) / factor + place.x, y);
    // The bar covers what is inside.
    const opacity = distance < 1 ? OUTLINE_OPACITY : SHADOW_OPACITY * Math.max(1 - distance / MARGIN, 0) ** 2;
    return (Math.round(opacity * strength * 255) << 24) >>> 0;
  };
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5) / factor + place.y;
    const start = row * width;
    const isBeside = y > RADIUS - BAR_HEIGHT && y < look.height;
    if (isBeside && row > 0 && y - 1 / factor > RADIUS - BAR_HEIGHT) {
      pixels.copyWithin(start, start - width, start);
      continue;
    }
    for (let x = 0; x < width; x++) {
      pixels[start + x] = shade(x, y);
      if (x < straight.begin || x >= straight.end) continue;
      pixels.fill(pixels[start + x] as number, start + x, start + straight.end);
      x = straight.end - 1;
    }
  }
}

/** How far a point is from a window, whose upper corners are round. */
function distanceFrom({ width, height }: DecoratedWindow, x: number, y: number): number {
  const isAtTop = y < RADIUS - BAR_HEIGHT;
  const inset = isAtTop ? Math.min(RADIUS, width / 2) : 0;
  const dx = Math.max(inset - x, x - (width - inset), 0);
  const dy = Math.max(-BAR_HEIGHT + inset - y, y - height, 0);
  return Math.max(Math.hypot(dx, dy) - inset, 0);
}

function paintBar(picture: Picture, look: TitleBarLook, scale: number, painter: TextPainter | null): void {
  const { bar, text } = colors[look.isDark ? "dark" : "light"][look.isActive ? "active" : "inactive"];
  const margin = look.hasMargin ? pixelsOf(MARGIN, scale) : 0;
  const width = picture.width - 2 * margin;
  const height = picture.height - margin;
  const radius = look.hasMargin ? Math.min(pixelsOf(RADIUS, scale), width >> 1) : 0;
  for (const [isMirrored, left] of [
    [false, margin],
    [true, margin + width - radius],
  ] as const) {
    picture.blend(cornerMask(radius, isMirrored), left, margin, bar);
  }
  picture.fill(margin + radius, margin, width - 2 * radius, radius, bar);
  picture.fill(margin, margin + radius, width, height - radius, bar);
  const buttons = buttonsOf(look);
  for (const { x, y, width: size, action } of buttons) {
    const side = pixelsOf(size, scale);
    const left = margin + pixelsOf(x, scale);
    const top = margin + pixelsOf(y + BAR_HEIGHT, scale);
    const opacity = look.pressed === action.button ? 0.25 : look.hovered === action.button ? 0.15 : 0.07;
    const circle = new Coverage(side, side);
    circle.addCircle(side / 2, side / 2, side / 2);
    picture.blend(circle.toMask(), left, top, text, opacity);
    picture.blend(signMask(action.button, side, scale / SCALE_1, look.isMaximized), left, top, text);
  }
  if (painter !== null) paintTitle(picture, look, { scale, margin, height, text, painter });
}

/** Paints the title in the middle of the bar, or as far to the left of it as the buttons need. */
function paintTitle(
  picture: Picture,
  look: TitleBarLook,
  {
    scale,
    margin,
    height,
    text,
    painter,
  }: { scale: number; margin: number; height: number; text: Color; painter: TextPainter },
): void {
  const begin = pixelsOf(PADDING, scale);
  const end = pixelsOf((buttonsOf(look)[0]?.x ?? look.width) - PADDING, scale);
  const title = painter.paint(look.title, pixelsOf(TEXT_SIZE, scale), end - begin);
  const middle = Math.round((pixelsOf(look.width, scale) - title.width) / 2);
  const left = Math.max(Math.min(middle, end - title.width), begin);
  picture.blend(title, margin + left, margin + Math.round((height - title.height) / 2), text);
}

/** The round upper corner of a bar: the left one, or the right one if it is mirrored. */
function cornerMask(radius: number, isMirrored: boolean): Mask {
  const coverage = new Coverage(radius, radius);
  const [outer, inner] = isMirrored ? [radius, 0] : [0, radius];
  coverage.moveTo(outer, radius);
  coverage.quadraticTo(outer, 0, inner, 0);
  coverage.lineTo(inner, radius);
  coverage.close();
  return coverage.toMask();
}

/** The sign of a button, in the middle of a square. @param factor pixels in a unit of the surface */
function signMask(button: ButtonName, side: number, factor: number, isMaximized: boolean): Mask {
  const coverage = new Coverage(side, side);
  const stroke = Math.max(Math.round(STROKE * factor), 1);
  const size = 2 * Math.round(SIGN * factor);
  const begin = Math.round((side - size) / 2);
  if (button === "minimize") coverage.addRectangle(begin, begin + size - stroke, size, stroke);
  else if (button === "close") addCross(coverage, side / 2, size / 2, STROKE * factor);
  else if (isMaximized) {
    const offset = 2 * stroke;
    addBox(coverage, begin, begin + offset, size - offset, stroke);
    // Of the window behind, what the one in front leaves free.
    coverage.addRectangle(begin + offset, begin, size - offset, stroke);
    coverage.addRectangle(begin + size - stroke, begin + stroke, stroke, size - offset - stroke);
  } else addBox(coverage, begin, begin, size, stroke);
  return coverage.toMask();
}

function addBox(coverage: Coverage, x: number, y: number, size: number, stroke: number): void {
  coverage.addRectangle(x, y, size, stroke);
  coverage.addRectangle(x, y + size - stroke, size, stroke);
  coverage.addRectangle(x, y + stroke, stroke, size - 2 * stroke);
  coverage.addRectangle(x + size - stroke, y + stroke, stroke, size - 2 * stroke);
}

function addCross(coverage: Coverage, center: number, reach: number, stroke: number): void {
  const half = (stroke / 2) * Math.SQRT1_2;
  for (const mirror of [1, -1]) {
    const corner = (x: number, y: number): readonly [number, number] => [center + x * mirror, center + y];
    const points = [
      corner(-reach + half, -reach - half),
      corner(reach + half, reach - half),
      corner(reach - half, reach + half),
      corner(-reach - half, -reach + half),
    ];
    // Both strokes run the same way around, so that they add up.
    coverage.addPolygon(mirror === 1 ? points : points.reverse());
  }
}
