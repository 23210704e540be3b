// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { XTestWindow } from "../support/x-test-window.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area, Picture } from "./support/picture.ts";
import { connectX, servers, serveX } from "./support/x-programs.ts";

/** What windows of `XTestWindow` are filled with. */
const CONTENT = 0x80_40_20;
/** The color of a bar whose window has the keyboard, or not. */
const isBar = (colour: number | undefined): boolean => colour === 0xeb_eb_eb || colour === 0xfa_fa_fa;
const BAR = 32;

const screen = { width: 1280, height: 1024 };

/** Where the content of a window is on the screen; null for nowhere. */
function contentIn(picture: Picture): Area | null {
  let [left, top, right, bottom] = [picture.width, picture.height, 0, 0];
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (picture.colourAt(x, y) !== CONTENT) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  }
  return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}

/** Where the content is once the screen stands still, with a bar above it, and it is as it should be. */
async function content(desktop: Desktop, what: string, fits: (area: Area) => boolean): Promise<Area> {
  let found: Area | null = null;
  await desktop.still(what, (picture) => {
    found = contentIn(picture);
    return found !== null && fits(found) && isBar(picture.colourAt(found.x + 20, found.y - 4));
  });
  return found ?? assert.fail();
}

desktopTest("an X11 window without a frame is used by its title bar", { on: ["weston-seat"] }, async (desktop) => {
  await serveX(desktop, servers["the machine's Xwayland"] ?? assert.fail());
  using x = await connectX();
  const window = await XTestWindow.show(x, { width: 300, height: 200, title: "abc", protocols: ["WM_DELETE_WINDOW"] });
  const size = (width: number, height: number) => (area: Area) => area.width === width && area.height === height;
  const first = await content(desktop, "the window", size(300, 200));
  const input = await desktop.compositor.input();

  // To a place from which it cannot be dragged off the screen.
  await input.move(first.x + 60, first.y - BAR / 2);
  await input.press();
  await input.move(first.x + 70, first.y - BAR / 2);
  await input.move(460, 300);
  await input.release();
  const moved = await content(
    desktop,
    "the window where it was dragged to",
    ({ x, y }) => x !== first.x || y !== first.y,
  );

  await input.move(moved.x + 302, moved.y + 202);
  await input.press();
  await input.move(moved.x + 352, moved.y + 232);
  await input.release();
  const large = await content(desktop, "a larger window", ({ width }) => width > 300);
  assert.deepEqual([large.x, large.y], [moved.x, moved.y]);

  await input.move(large.x + large.width - 52, large.y - BAR / 2);
  await input.click();
  const whole = await content(desktop, "the maximized window", size(screen.width, screen.height - BAR));
  assert.deepEqual([whole.x, whole.y], [0, BAR]);
  await input.move(screen.width - 52, BAR / 2);
  await input.click();
  await content(desktop, "the window as it was", size(large.width, large.height));

  await input.move(large.x + large.width - 20, large.y - BAR / 2);
  await input.click();
  await window.told("WM_DELETE_WINDOW");
});
