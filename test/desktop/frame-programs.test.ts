// SPDX-License-Identifier: Apache-2.0
/** Frames around the windows of programs that draw a shadow, at each scale. */

import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { BACKGROUND, COLOR, countLike, edges, framed, LABEL, WIDTH } from "./support/frames.ts";
import type { Area } from "./support/picture.ts";

for (const demo of ["gtk3-demo", "gtk4-demo"]) {
  desktopTest(
    `the frame of ${demo} lies around its window, and there is no shadow inside`,
    { on: ["sway-1.10"] },
    async (desktop) => {
      const bank = await framed(desktop, "bank");
      desktop.start(bank, demo, [], { env: { GDK_BACKEND: "wayland", GSK_RENDERER: "cairo" } });
      await eventually("the window", async () => (await desktop.sway.windows()).length > 0);
      // It fits on the screen at each scale.
      await desktop.sway.message('[app_id=".*"]', "resize", "set", "620", "480");
      await desktop.sway.message('[app_id=".*"]', "move", "position", "20", "20");
      for (const scale of [1, 1.25, 1.5]) {
        await desktop.sway.message("output", "*", "scale", `${scale}`);
        await eventually(`the frame at a scale of ${scale}`, async () => {
          const window = (await desktop.sway.windows()).find(({ appId }) => appId?.startsWith("bank."));
          if (window === undefined) return false;
          const { rect } = window;
          const pixels = (area: Area): Area => {
            const [x, y] = [Math.round(area.x * scale), Math.round(area.y * scale)];
            const [right, bottom] = [
              Math.round((area.x + area.width) * scale),
              Math.round((area.y + area.height) * scale),
            ];
            return { x, y, width: right - x, height: bottom - y };
          };
          const picture = await desktop.compositor.screenshot();
          const [, ...plain] = edges(rect, LABEL).map(pixels);
          // A line of the program's, just inside of the frame: neither the frame's color, nor what is behind the window.
          const inside = pixels({ x: rect.x + WIDTH + 2, y: rect.y + LABEL + 60, width: 2, height: rect.height - 120 });
          // A screenshot of an output that is not whole lines high is mixed line by line. Columns are exact nevertheless.
          const sides = plain.slice(1).map((edge) => ({ ...edge, y: edge.y + 4, height: edge.height - 8 }));
          return (
            (scale === 1.5
              ? sides.every((edge) => picture.countOf(COLOR, edge) === edge.width * edge.height)
              : plain.every((edge) => countLike(picture, edge, COLOR) === edge.width * edge.height)) &&
            countLike(picture, inside, COLOR) === 0 &&
            countLike(picture, inside, BACKGROUND) === 0
          );
        });
      }
    },
  );
}
