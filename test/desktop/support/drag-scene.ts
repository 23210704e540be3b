// SPDX-License-Identifier: Apache-2.0
/** Windows with something to drag, and a hand that drags it. */
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import type { Input } from "./compositor.ts";
import type { Desktop, Display } from "./desktop.ts";
import type { Program } from "./program.ts";
import { startDragProgram } from "./x-drag-programs.ts";

/** A place on the screen. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Shown {
  readonly program: Program;
  /** The middle of the half that can be dragged, and of the one that takes what is dropped. */
  readonly source: Place;
  readonly target: Place;
}

/** Where no window is. */
export const nowhere: Place = { x: 1000, y: 900 };

/** Shows such a program at a place. */
export async function showDragProgram(
  desktop: Desktop,
  on: Display,
  kind: string,
  { x, y }: Place,
  title: string = kind,
): Promise<Shown> {
  const { sway } = desktop;
  const before = (await sway.windows()).length;
  const program = startDragProgram(desktop, on, kind, title);
  await eventually("its window", async () => (await sway.windows()).length > before);
  await desktop.still("its window", () => true);
  await sway.message("move", "absolute", "position", `${x}`, `${y}`);
  await desktop.still("its window in its place", () => true);
  const rect = await eventually("the place", async () => {
    return (await sway.windows()).find((window) => window.rect.x === x && window.rect.y === y)?.rect;
  });
  const middle = rect.y + rect.height / 2;
  return {
    program,
    source: { x: rect.x + rect.width / 4, y: middle },
    target: { x: rect.x + (rect.width * 3) / 4, y: middle },
  };
}

/** Drags as a hand does, in steps that take time. */
export async function drag(desktop: Desktop, input: Input, from: Place, to: Place): Promise<void> {
  const { program } = desktop.compositor;
  const before = program.output.length;
  await input.move(from.x, from.y);
  await pause(50);
  await input.press();
  let moved = 0;
  await eventually("the drag", async () => {
    await input.move(from.x + 2 * (moved++ % 20), from.y);
    return /start_drag\(/.test(program.output.slice(before));
  });
  for (let step = 1; step <= 10; step++) {
    await input.move(from.x + ((to.x - from.x) * step) / 10, from.y + ((to.y - from.y) * step) / 10);
    await pause(20);
  }
  for (let step = 0; step < 6; step++) {
    await input.move(to.x + (step % 2), to.y);
    await pause(50);
  }
  await input.release();
}
