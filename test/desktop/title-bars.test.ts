// SPDX-License-Identifier: Apache-2.0
/** Title bars of Wayland programs that ask for a frame, on a desktop that draws none. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { BAR, contentIn, contentOn } from "./support/barred-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area } from "./support/picture.ts";

/** What the terminal is filled with. */
const CONTENT = 0x20_60_a0;
const screen = { width: 1280, height: 1024 };

/** The options of a terminal of one color, which asks the desktop for its frame. */
const terminal: readonly string[] = [
  "--title",
  "abc",
  ...["csd.preferred=server", "colors.background=2060a0", "pad=0x0", "initial-window-size-pixels=400x300"].flatMap(
    (text) => ["--override", text],
  ),
  ...["locked-title=yes", "cursor.blink=no", "cursor.color=2060a0 2060a0"].flatMap((text) => ["--override", text]),
];

desktopTest(
  "a terminal that asks for a frame is used by a title bar of ours",
  { on: ["weston-seat"] },
  async (desktop) => {
    const foot = desktop.start(await desktop.proxied(), "foot", [...terminal, "cat"]);
    const first = await contentOn(desktop, CONTENT, "the window", ({ width, height }) => width > 300 && height > 200);
    const input = await desktop.compositor.input();

    await input.move(first.x + 60, first.y - BAR / 2);
    await input.press();
    let step = 0;
    await eventually("the window to follow the pointer", async () => {
      step = (step + 1) % 4;
      await input.move(460 + step, 300 + step);
      const area = contentIn(await desktop.compositor.screenshot(), CONTENT);
      return area !== null && (area.x !== first.x || area.y !== first.y);
    });
    await input.release();
    const moved = await contentOn(
      desktop,
      CONTENT,
      "the window where it was dragged to",
      ({ x, y }) => x !== first.x || y !== first.y,
    );
    assert.deepEqual([moved.width, moved.height], [first.width, first.height]);

    await input.move(moved.x + moved.width - 52, moved.y - BAR / 2);
    await input.click();
    const isWhole = ({ x, y, width, height }: Area): boolean =>
      x === 0 && y === BAR && width === screen.width && height === screen.height - BAR;
    await contentOn(desktop, CONTENT, "the maximized window", isWhole);
    await input.move(screen.width - 52, BAR / 2);
    await input.click();
    const back = await contentOn(desktop, CONTENT, "the window as it was", ({ width }) => width < screen.width);

    await input.move(back.x + back.width - 20, back.y - BAR / 2);
    await input.click();
    await foot.ended;
  },
);
