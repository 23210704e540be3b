// SPDX-License-Identifier: Apache-2.0

import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area } from "./support/picture.ts";
import { DISPLAY, servers, serveX } from "./support/x-programs.ts";

interface Place {
  readonly x: number;
  readonly y: number;
}

const left: Place = { x: 40, y: 40 };
const right: Place = { x: 640, y: 40 };
const aside: Place = { x: 300, y: 500 };
const nowhere: Place = { x: 1000, y: 900 };

/** Two images in gtk3-demo's window: a warning in orange and a stop sign in red. What is dropped on one replaces it. */
const warning: Place = { x: 27, y: 199 };
const stop: Place = { x: 56, y: 199 };
const orange = 0xf57900;
const red = 0xcc0000;

function areaOf(window: Place, image: Place): Area {
  return { x: window.x + image.x - 12, y: window.y + image.y - 14, width: 24, height: 28 };
}

async function move(desktop: Desktop, criterion: string, { x, y }: Place): Promise<void> {
  await desktop.sway.message(criterion, "move", "absolute", "position", `${x}`, `${y}`);
}

/** Shows the demo; its other window is put out of the way. */
async function showDemo(desktop: Desktop, proxied: Display | null, place: Place): Promise<void> {
  const { sway } = desktop;
  const count = (await sway.windows()).length;
  const env = proxied === null ? { GDK_BACKEND: "wayland" } : { GDK_BACKEND: "x11", DISPLAY };
  desktop.start(proxied ?? desktop.direct, "gtk3-demo", ["--run=clipboard"], { env });
  await eventually("both windows", async () => (await sway.windows()).length === count + 2);
  await move(desktop, '[title="Application Class"]', aside);
  await move(desktop, '[title="Clipboard$"]', place);
}

for (const [name, server] of Object.entries(servers)) {
  for (const [from, to] of [
    ["an X window", "another X window"],
    ["an X window", "a window of the host's"],
    ["a window of the host's", "an X window"],
  ] as const) {
    desktopTest(`an image is dragged from ${from} to ${to}, by ${name}`, { on: ["sway"] }, async (desktop) => {
      const proxied = await serveX(desktop, server);
      const input = await desktop.compositor.input();
      await input.move(nowhere.x, nowhere.y);
      await showDemo(desktop, from === "an X window" ? proxied : null, left);
      await desktop.sway.message('[title="Clipboard$"]', "mark", "left");
      await showDemo(desktop, to === "a window of the host's" ? null : proxied, right);
      await move(desktop, '[con_mark="left"]', left);
      const target = areaOf(right, stop);
      await desktop.still("both windows", (picture) => {
        return picture.countOf(orange, areaOf(left, warning)) > 0 && picture.countOf(red, target) > 0;
      });

      const start = { x: left.x + warning.x, y: left.y + warning.y };
      const end = { x: right.x + stop.x, y: right.y + stop.y };
      await input.move(start.x, start.y);
      await desktop.still("the pointer over the image", () => true);
      await input.press();
      const { program } = desktop.compositor;
      let moved = 0;
      await eventually("the drag", async () => {
        // A hand moves on and on.
        await input.move(start.x + 20 + 10 * (moved++ % 10), start.y - (moved % 2));
        return /wl_data_device@\d+\.start_drag\(/.test(program.output);
      });
      await input.move(end.x, end.y);
      const underPointer = { x: end.x, y: end.y, width: 24, height: 24 };
      await desktop.still("the image under the pointer", (picture) => picture.countOf(orange, underPointer) > 0);
      await input.release();
      await input.move(nowhere.x, nowhere.y);
      await desktop.still("the image in its new place", (picture) => {
        return picture.countOf(orange, target) > 0 && picture.countOf(red, target) === 0;
      });
    });
  }
}
