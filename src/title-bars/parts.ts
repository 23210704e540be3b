// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of a window that has a title bar: where they are, and what a pointer does there. Painting and pointing follow
 * from the same list. All is in units of a surface, from the top left corner of the window's content.
 */
import { XdgToplevelResizeEdge as Edge } from "../protocol/generated/enums.ts";

export type ButtonName = "minimize" | "maximize" | "close";

/** What a pointer can do at a place. */
export type PartAction =
  | { readonly kind: "button"; readonly button: ButtonName }
  | { readonly kind: "move" }
  | { readonly kind: "resize"; readonly edge: number };

export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly action: PartAction;
}

/** The window that has the bar. */
export interface DecoratedWindow {
  /** The size of its content. */
  readonly width: number;
  readonly height: number;
  /** From the left to the right. */
  readonly buttons: readonly ButtonName[];
  readonly isMaximized: boolean;
  /** Whether a shadow is around it, by which it is resized: not if it fills the screen, or has a frame. */
  readonly hasMargin: boolean;
  readonly isResizable: boolean;
}

/** Whole pixels at each quarter of a scale, so that the content below stays sharp. The same is true of the margin. */
export const BAR_HEIGHT = 32;
/** How wide the shadow around a window is. */
export const MARGIN = 8;

const BUTTON_SIZE = 24;
const BUTTON_GAP = 8;
/** How far from a corner both of its edges are resized. */
const CORNER = 20;
/** As much of the bar itself, at its top, resizes the window. */
const TOP_GRIP = 4;

/** The parts of a window's decoration. Of two at the same place, the first counts. */
export function partsOf(window: DecoratedWindow): readonly Part[] {
  const { width } = window;
  const bar = { x: 0, y: -BAR_HEIGHT, width, height: BAR_HEIGHT, action: { kind: "move" } } as const;
  return [...grips(window), ...buttonsOf(window), bar];
}

/** What a pointer at that place does; null for nothing. */
export function actionAt(parts: readonly Part[], x: number, y: number): PartAction | null {
  const part = parts.find((part) => contains(part, x, y));
  return part?.action ?? null;
}

/** The buttons of a window; those that find no room are left out, the last one of all. */
export function buttonsOf({ width, buttons }: DecoratedWindow): readonly (Part & { action: { kind: "button" } })[] {
  const room = Math.floor((width - BUTTON_GAP) / (BUTTON_SIZE + BUTTON_GAP));
  const shown = buttons.slice(Math.max(buttons.length - room, 0));
  return shown.map((button, index) => ({
    x: width - (shown.length - index) * (BUTTON_SIZE + BUTTON_GAP),
    y: -(BAR_HEIGHT + BUTTON_SIZE) / 2,
    width: BUTTON_SIZE,
    height: BUTTON_SIZE,
    action: { kind: "button", button },
  }));
}

function contains({ x, y, width, height }: Part, pointX: number, pointY: number): boolean {
  return pointX >= x && pointX < x + width && pointY >= y && pointY < y + height;
}

/** What resizes a window: its corners, then its edges. */
function grips({ width, height, hasMargin, isResizable }: DecoratedWindow): readonly Part[] {
  if (!hasMargin || !isResizable) return [];
  const left = -MARGIN;
  const top = -BAR_HEIGHT - MARGIN;
  const right = width + MARGIN;
  const bottom = height + MARGIN;
  const topGrip = MARGIN + TOP_GRIP;
  // Small windows keep a part of each edge between their corners.
  const wide = Math.min(MARGIN + CORNER, Math.floor((right - left) / 3));
  const high = Math.min(MARGIN + CORNER, Math.floor((bottom - top) / 3));
  const grip = (x: number, y: number, width: number, height: number, edge: number): Part => ({
    ...{ x, y, width, height },
    action: { kind: "resize", edge },
  });
  return [
    grip(left, top, wide, topGrip, Edge.top_left),
    grip(left, top, MARGIN, high, Edge.top_left),
    grip(right - wide, top, wide, topGrip, Edge.top_right),
    grip(width, top, MARGIN, high, Edge.top_right),
    grip(left, height, wide, MARGIN, Edge.bottom_left),
    grip(left, bottom - high, MARGIN, high, Edge.bottom_left),
    grip(right - wide, height, wide, MARGIN, Edge.bottom_right),
    grip(width, bottom - high, MARGIN, high, Edge.bottom_right),
    grip(left, top, right - left, topGrip, Edge.top),
    grip(left, height, right - left, MARGIN, Edge.bottom),
    grip(left, top, MARGIN, bottom - top, Edge.left),
    grip(width, top, MARGIN, bottom - top, Edge.right),
  ];
}
