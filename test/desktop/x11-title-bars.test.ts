// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { EventMask } from "../../src/x11/generated/enums.ts";
import { eventually } from "../support/eventually.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { BAR, contentIn, contentOn } from "./support/barred-window.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area } from "./support/picture.ts";
import { connectX, servers, serveX } from "./support/x-programs.ts";

/** What windows of `XTestWindow` are filled with. */
const CONTENT = 0x80_40_20;

/** GrabPointer: a mode of its devices, and its status. */
const ASYNCHRONOUS = 1;
const GRABBED = 0;

const screen = { width: 1280, height: 1024 };

/** Drags what is at a place, on and on until the content is as it should be: the desktop may begin it late. */
async function drag(
  desktop: Desktop,
  what: string,
  { from, to }: { from: readonly [x: number, y: number]; to: readonly [x: number, y: number] },
  fits: (area: Area) => boolean,
): Promise<void> {
  const input = await desktop.compositor.input();
  await input.move(...from);
  await input.press();
  let step = 0;
  await eventually(what, async () => {
    step = (step + 1) % 4;
    await input.move(to[0] + step, to[1] + step);
    const area = contentIn(await desktop.compositor.screenshot(), CONTENT);
    return area !== null && fits(area);
  });
  await input.release();
}

desktopTest("an X11 window without a frame is used by its title bar", { on: ["weston-seat"] }, async (desktop) => {
  await serveX(desktop, servers["the machine's Xwayland"] ?? assert.fail());
  using x = await connectX();
  const window = await XTestWindow.show(x, { width: 300, height: 200, title: "abc", protocols: ["WM_DELETE_WINDOW"] });
  const size = (width: number, height: number) => (area: Area) => area.width === width && area.height === height;
  const first = await contentOn(desktop, CONTENT, "the window", size(300, 200));
  const input = await desktop.compositor.input();

  // To a place from which it cannot be dragged off the screen.
  const isElsewhere = ({ x, y }: Area): boolean => x !== first.x || y !== first.y;
  const bar = [first.x + 60, first.y - BAR / 2] as const;
  await drag(desktop, "the window to follow the pointer", { from: bar, to: [460, 300] }, isElsewhere);
  const moved = await contentOn(desktop, CONTENT, "the window where it was dragged to", isElsewhere);

  const isLarger = ({ width }: Area): boolean => width > 300;
  const [right, bottom] = [moved.x + 300, moved.y + 200];
  const corner = { from: [right + 2, bottom + 2], to: [right + 52, bottom + 32] } as const;
  await drag(desktop, "the window to grow", corner, isLarger);
  const large = await contentOn(desktop, CONTENT, "a larger window", isLarger);
  assert.deepEqual([large.x, large.y], [moved.x, moved.y]);

  // A press on the bar leaves the keyboard to the window.
  await input.type("a");
  await window.expect("KeyPress");

  await input.move(large.x + large.width - 52, large.y - BAR / 2);
  await input.click();
  const whole = await contentOn(desktop, CONTENT, "the maximized window", size(screen.width, screen.height - BAR));
  assert.deepEqual([whole.x, whole.y], [0, BAR]);
  await input.move(screen.width - 52, BAR / 2);
  await input.click();
  await contentOn(desktop, CONTENT, "the window as it was", size(large.width, large.height));

  await input.move(large.x + large.width - 20, large.y - BAR / 2);
  await input.click();
  await window.told("WM_DELETE_WINDOW");
});

desktopTest("an open X11 menu hears of a press on a title bar", { on: ["weston-seat"] }, async (desktop) => {
  await serveX(desktop, servers["the machine's Xwayland"] ?? assert.fail());
  using x = await connectX();
  const window = await XTestWindow.show(x, { width: 300, height: 200, title: "abc" });
  const area = await contentOn(desktop, CONTENT, "the window", ({ width }) => width === 300);
  const input = await desktop.compositor.input();
  await input.move(area.x + 10, area.y + 10);
  await window.expect("EnterNotify");
  const menu = new XTestWindow(x, { overrideRedirect: true, x: 20, y: 100, width: 100, height: 60 });
  menu.map();
  await eventually("the menu", async () => {
    const picture = await desktop.compositor.screenshot();
    return picture.colourAt(area.x + 70, area.y + 130) === CONTENT;
  });
  await eventually("the menu to have grabbed the pointer", async () => {
    const grab = { owner_events: true, grab_window: menu.id, event_mask: EventMask.ButtonPress, time: 0 };
    const modes = { pointer_mode: ASYNCHRONOUS, keyboard_mode: ASYNCHRONOUS, confine_to: 0, cursor: 0 };
    return (await x.call("GrabPointer", { ...grab, ...modes })).status === GRABBED;
  });
  await input.move(area.x + 60, area.y - BAR / 2);
  await input.click();
  await menu.expect("ButtonPress");
  // As its client does then.
  x.send("UngrabPointer", { time: 0 });
  menu.unmap();
  // A press that nobody has grabbed is nobody's. It is not to be the second half of a double click.
  await input.move(area.x + 160, area.y - BAR / 2);
  await input.click();
  await input.move(area.x + 50, area.y + 50);
  await input.click();
  const { root_x, root_y } = await window.expect("ButtonPress");
  const geometry = await x.call("GetGeometry", { drawable: window.id });
  assert.deepEqual([root_x - geometry.x, root_y - geometry.y], [50, 50]);
});
