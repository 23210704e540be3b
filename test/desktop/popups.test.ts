// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Picture } from "./support/picture.ts";

/** A place in the text of both demos, in a window at sway's place and full screen alike. */
const place = { x: 600, y: 400 };

/** The area that the menu covers which opens there, but for the pointer. */
const menu = { x: place.x + 30, y: place.y + 30, width: 110, height: 110 };

interface Shown {
  readonly window: Picture;
  readonly menu: Picture;
  /** Sizes and places that the compositor gave the popup. */
  readonly popups: readonly string[];
  /** What kinds of requests the compositor got: their number and order depend on timing, their kinds do not. */
  readonly heard: readonly string[];
}

/** Starts a demo, opens the menu of its text by a right click, and ends the demo. */
async function openMenu(desktop: Desktop, display: Display, demo: string): Promise<Shown> {
  const input = await desktop.compositor.input();
  await input.move(place.x, place.y);
  const empty = await desktop.still("the empty screen", () => true);
  const { program: host } = desktop.compositor;
  const before = host.output.length;
  const program = desktop.start(display, demo, [], { env: { WAYLAND_DEBUG: "1" } });
  const window = await desktop.still("the window", (picture) => picture.difference(empty) > 100_000);
  await input.click("right");
  const opened = await desktop.still("the menu", (picture) => picture.difference(window, menu) > 500);
  const popups = [...program.output.matchAll(/xdg_popup[@#]\d+\.configure\((.*)\)/g)].map(
    (match) => match[1] as string,
  );
  const requests = host.output.slice(before).matchAll(/\] +(\w+)[@#]\d+\.(\w+)\(/g);
  const heard = [...new Set([...requests].map(([, type, message]) => `${type}.${message}`))].sort();
  await program.stop();
  await desktop.still("the empty screen", (picture) => picture.difference(empty, menu) === 0);
  return { window, menu: opened, popups, heard };
}

for (const demo of ["gtk3-demo", "gtk4-demo"]) {
  const options = { on: ["sway", "weston-seat"], shell: "kiosk-shell.so" } as const;
  desktopTest(`${demo} opens a menu where it was clicked, and looks as it does directly`, options, async (desktop) => {
    const direct = await openMenu(desktop, desktop.direct, demo);
    const proxied = await openMenu(desktop, await desktop.proxied(), demo);
    assert.ok(direct.popups.length > 0);
    assert.deepEqual(proxied.popups, direct.popups);
    assert.ok(direct.heard.includes("xdg_popup.grab"));
    assert.deepEqual(proxied.heard, direct.heard);
    assert.equal(proxied.window.difference(direct.window), 0, "pixels of the window");
    // Around it, GTK 4.18 shows this or that under the pointer.
    assert.equal(proxied.menu.difference(direct.menu, menu), 0, "pixels of the menu");
  });
}
