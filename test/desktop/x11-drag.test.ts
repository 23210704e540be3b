// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { desktopTest } from "./support/desktop-test.ts";
import { eventually } from "./support/eventually.ts";
import { DISPLAY, serveX } from "./support/x-programs.ts";

for (const [from, to] of [["x", "x"], ["x", "w"], ["w", "x"]] as const)
desktopTest(`explore ${from}${to}`, { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland", "-v");
  const input = await desktop.compositor.input();
  await input.move(1000, 900);
  const start = async (what: string, x: number) => {
    const count = (await desktop.sway.windows()).length;
    if (what === "x") desktop.start(proxied, "gtk3-demo", ["--run=clipboard"], { env: { DISPLAY, GDK_BACKEND: "x11" } });
    else desktop.start(desktop.direct, "gtk3-demo", ["--run=clipboard"], { env: { GDK_BACKEND: "wayland", WAYLAND_DEBUG: "1" } });
    await eventually("both", async () => (await desktop.sway.windows()).length === count + 2);
    const windows = await desktop.sway.windows();
    const mine = windows.findLast(({ title }) => title.endsWith("Clipboard"));
    await desktop.sway.message(`[title="Application Class|GTK"]`, "move", "absolute", "position", "300", "500");
    await desktop.sway.message(`[title="^${mine?.title.replace("[vm]", ".vm.")}$"]`, "mark", what + x);
    await desktop.sway.message(`[con_mark="${what + x}"]`, "move", "absolute", "position", String(x), "40");
  };
  if (from === to) {
    await start(from, 40);
    const windows = await desktop.sway.windows();
    console.log(windows);
    await desktop.sway.message(`[con_mark="x40"]`, "move", "absolute", "position", "40", "40");
  } else {
    await start(from, 40);
    await start(to, 640);
  }
  await desktop.still("x", () => true);
  await input.move(40 + 27, 40 + 199);
  await input.press();
  const tx = from === to ? 40 + 56 : 640 + 56;
  for (let i = 0; i <= 20; i++) {
    await input.move(67 + ((tx - 67) * i) / 20, 239 - (i % 2));
    await pause(50);
  }
  await pause(1000);
  writeFileSync(`/tmp/selections/${from}${to}-1.png`, (await desktop.compositor.screenshot()).toPng());
  await input.release();
  await pause(1500);
  writeFileSync(`/tmp/selections/${from}${to}-2.png`, (await desktop.compositor.screenshot()).toPng());
  throw new Error("keep");
});
