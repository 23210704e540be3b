// SPDX-License-Identifier: Apache-2.0
/** The frames of a policy, on a real compositor. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area, Picture } from "./support/picture.ts";
import type { Window } from "./support/sway.ts";

const COLOR = 0xcc3333;
const WIDTH = 4;

function framed(desktop: Desktop): Promise<Display> {
  const file = join(desktop.home, "framed.toml");
  writeFileSync(file, `[client.bank]\nframe = { color = "#c33", width = ${WIDTH} }\napp-id-prefix = "bank."\n`);
  return desktop.proxied("--policy", file, "--name", "bank");
}

function windowOf(desktop: Desktop, appId: string): Promise<Window> {
  return eventually(`the window ${appId}`, async () =>
    (await desktop.sway.windows()).find((window) => window.appId === appId),
  );
}

/** The four edges of an area. */
function edges({ x, y, width, height }: Area): Area[] {
  return [
    { x, y, width, height: WIDTH },
    { x, y: y + height - WIDTH, width, height: WIDTH },
    { x, y: y + WIDTH, width: WIDTH, height: height - 2 * WIDTH },
    { x: x + width - WIDTH, y: y + WIDTH, width: WIDTH, height: height - 2 * WIDTH },
  ];
}

/** Whether a frame lies exactly at the edges of an area. */
function hasFrame(picture: Picture, area: Area): boolean {
  return edges(area).every((edge) => picture.countOf(COLOR, edge) === edge.width * edge.height);
}

desktopTest("a window has its frame where the compositor has the window's edges", { on: ["sway"] }, async (desktop) => {
  const bank = await framed(desktop);
  desktop.start(bank, "foot", ["sleep", "1000"]);
  const { rect } = await windowOf(desktop, "bank.foot");
  await eventually("the frame", async () => hasFrame(await desktop.compositor.screenshot(), rect));
  await desktop.sway.message('[app_id="bank.foot"]', "resize", "set", "700", "500");
  await eventually("the frame of another size", async () => {
    const { rect: now } = await windowOf(desktop, "bank.foot");
    return now.width === 700 && hasFrame(await desktop.compositor.screenshot(), now);
  });
  for (const state of ["floating disable", "fullscreen enable"]) {
    await desktop.sway.message('[app_id="bank.foot"]', ...state.split(" "));
    await eventually(`the frame with ${state}`, async () => {
      const { rect: now } = await windowOf(desktop, "bank.foot");
      return now.width === 1280 && hasFrame(await desktop.compositor.screenshot(), now);
    });
  }
});
