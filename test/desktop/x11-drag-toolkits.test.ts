// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { desktopTest } from "./support/desktop-test.ts";
import { drag, nowhere, showDragProgram } from "./support/drag-scene.ts";
import { dragPrograms } from "./support/x-drag-programs.ts";
import { serveX } from "./support/x-programs.ts";

const left = { x: 40, y: 40 };
const right = { x: 640, y: 40 };

for (const [kind, { tellsEnd }] of Object.entries(dragPrograms)) {
  desktopTest(
    `a text is dragged from a ${kind} program to one of the host's, and back`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, "Xwayland");
      const input = await desktop.compositor.input();
      await input.move(nowhere.x, nowhere.y);
      const ours = await showDragProgram(desktop, proxied, kind, left);
      const theirs = await showDragProgram(desktop, desktop.direct, "GTK 3", right);
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
    const { program, source } = await showDragProgram(desktop, proxied, kind, left);
    await drag(desktop, input, source, nowhere);
    const [, end] = await program.says(/ended (\w+)/);
    assert.equal(end, "nothing");
    await program.stop();
  });
}
