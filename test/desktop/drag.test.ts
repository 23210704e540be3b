// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area, Picture } from "./support/picture.ts";
import type { Program } from "./support/program.ts";

const black = 0x060a0d;
const places = { left: { x: 40, y: 40 }, right: { x: 540, y: 40 } } as const;
const aside = { x: 1000, y: 900 };

/** In weston-dnd's window every second cell has a flower; these are the first two, which touch. */
const cells = { empty: { x: 56, y: 75 }, flower: { x: 133, y: 75 } } as const;

function cellArea(place: { x: number; y: number }, cell: { x: number; y: number }): Area {
  return { x: place.x + cell.x - 30, y: place.y + cell.y - 30, width: 60, height: 60 };
}

function hasFlower(picture: Picture, area: Area): boolean {
  return picture.countOf(black, area) < (area.width * area.height * 19) / 20;
}

for (const from of ["left", "right"] as const) {
  const to = from === "left" ? "right" : "left";
  const way = from === "left" ? "from a proxied window to another" : "from another window to a proxied one";
  desktopTest(`a flower is dragged ${way}`, { on: ["sway"] }, async (desktop) => {
    const { sway } = desktop;
    const input = await sway.input();
    await input.move(aside.x, aside.y);
    const show = async (display: Display, place: { x: number; y: number }): Promise<Program> => {
      const count = (await sway.windows()).length;
      const program = desktop.start(display, "weston-dnd", [], { env: { WAYLAND_DEBUG: "1" } });
      await eventually("the window", async () => (await sway.windows()).length > count);
      // It concerns the window with the focus: the new one.
      await sway.message("move", "absolute", "position", String(place.x), String(place.y));
      return program;
    };
    const proxied = await show(await desktop.proxied(), places.left);
    const other = await show(desktop.direct, places.right);
    const source = cellArea(places[from], cells.flower);
    const target = cellArea(places[to], cells.empty);
    const before = await desktop.still("both windows", (picture) => hasFlower(picture, source));
    assert.ok(!hasFlower(before, target));

    const dragging = from === "left" ? proxied : other;
    await input.move(places[from].x + cells.flower.x, places[from].y + cells.flower.y);
    await input.press();
    await dragging.says(/start_drag\(/);
    await input.move(places[to].x + cells.empty.x, places[to].y + cells.empty.y);
    await dragging.says(/wl_data_source[@#]\d+\.target\("/);
    await input.release();
    await dragging.says(/wl_data_source[@#]\d+\.dnd_finished\(\)/);
    await input.move(aside.x, aside.y);
    await desktop.still("the flower in its new place", (picture) => {
      return hasFlower(picture, target) && !hasFlower(picture, source);
    });
  });
}
