// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import type { Input } from "./support/compositor.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { dragPrograms, startDragProgram } from "./support/x-drag-programs.ts";
import { serveX } from "./support/x-programs.ts";

interface Shown {
  readonly program: Program;
  /** The middle of the half that can be dragged, and of the one that takes what is dropped. */
  readonly source: { readonly x: number; readonly y: number };
  readonly target: { readonly x: number; readonly y: number };
}

const nowhere = { x: 1000, y: 900 };

/** Shows such a program so far from the left. */
async function show(desktop: Desktop, on: Display, kind: string, left: number): Promise<Shown> {
  const { sway } = desktop;
  const before = (await sway.windows()).length;
  const program = startDragProgram(desktop, on, kind, kind);
  await eventually("its window", async () => (await sway.windows()).length > before);
  await desktop.still("its window", () => true);
  await sway.message("move", "absolute", "position", `${left}`, "40");
  await desktop.still("its window in its place", () => true);
  const rect = await eventually("the place", async () => {
    return (await sway.windows()).find((window) => window.rect.x === left)?.rect;
  });
  const y = rect.y + rect.height / 2;
  return { program, source: { x: rect.x + rect.width / 4, y }, target: { x: rect.x + (rect.width * 3) / 4, y } };
}

/** Drags as a hand does, in steps that take time. */
async function drag(desktop: Desktop, input: Input, from: Shown["source"], to: Shown["source"]): Promise<void> {
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

for (const [kind, { tellsEnd }] of Object.entries(dragPrograms)) {
  desktopTest(
    `a text is dragged from a ${kind} program to one of the host's, and back`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, "Xwayland");
      const input = await desktop.compositor.input();
      await input.move(nowhere.x, nowhere.y);
      const ours = await show(desktop, proxied, kind, 40);
      const theirs = await show(desktop, desktop.direct, "GTK 3", 640);
      await drag(desktop, input, ours.source, theirs.target);
      await theirs.program.says(new RegExp(`dropped from ${kind}`));
      if (tellsEnd) await ours.program.says(/ended copy/);
      await drag(desktop, input, theirs.source, ours.target);
      await ours.program.says(/dropped from GTK 3/);
      await theirs.program.says(/ended copy/);
      await ours.program.stop();
    },
  );

  if (!tellsEnd) continue;
  desktopTest(`a ${kind} program learns that nobody takes what it drags`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, "Xwayland");
    const input = await desktop.compositor.input();
    await input.move(nowhere.x, nowhere.y);
    const { program, source } = await show(desktop, proxied, kind, 40);
    await drag(desktop, input, source, nowhere);
    const [, end] = await program.says(/ended (\w+)/);
    assert.equal(end, "nothing");
    await program.stop();
  });
}
