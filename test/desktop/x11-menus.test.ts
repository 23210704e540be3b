// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Area, Picture } from "./support/picture.ts";
import type { Program } from "./support/program.ts";
import { DISPLAY, serveX, windowTitled } from "./support/x-programs.ts";
import { XReference } from "./support/x-reference.ts";
import { places, startToolkit, type Toolkit, toolkits } from "./support/x-toolkits.ts";

/** A place, from a window's corner or the screen's. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a program's window is, and is looked at and used. */
interface Stage {
  readonly origin: Point;
  screenshot(): Promise<Picture>;
  move(x: number, y: number): Promise<void>;
  click(button?: "left" | "right"): Promise<void>;
}

/** What is seen of the window and around it, and where the pointer is. */
interface Sight {
  readonly picture: Picture;
  readonly pointer: Point;
}

const screen = { width: 1280, height: 1024 };

const background = 0x203040;

const sight = { width: 600, height: 340 };

/** How long a screen is the same until it counts as standing still: longer than toolkits wait for submenus. */
const stillness = 400;

/** Moves as hands do, in steps that take time: Qt takes several at once for one, and opens no submenu for that. */
async function moveTo(stage: Stage, { x, y }: Point): Promise<void> {
  for (let step = 4; step >= 0; step--) {
    await stage.move(stage.origin.x + x - step, stage.origin.y + y);
    await pause(20);
  }
}

/** What is seen once it stands still, and shows something else than `before`. */
function look(stage: Stage, what: string, before?: Picture): Promise<Picture> {
  let last: Picture | undefined;
  let since = 0;
  return eventually(`${what} on a screen that stands still`, async () => {
    const picture = (await stage.screenshot()).crop({ ...stage.origin, ...sight });
    const now = performance.now();
    if (last?.difference(picture) !== 0) since = now;
    last = picture;
    // A pointer has fewer pixels.
    return now - since >= stillness && (before === undefined || picture.difference(before) > 700) && picture;
  });
}

/** Opens all that can be opened, one after the other. */
async function openAll(stage: Stage): Promise<Record<string, Sight>> {
  await moveTo(stage, places.text);
  await stage.click();
  const window = await look(stage, "the window");
  await moveTo(stage, places.choice);
  await stage.click();
  const list = await look(stage, "the list", window);
  await moveTo(stage, places.text);
  await stage.click();
  const closed = await look(stage, "the window");
  await moveTo(stage, places.label);
  const tooltip = await look(stage, "the tooltip", closed);
  await moveTo(stage, places.text);
  const before = await look(stage, "the window");
  await stage.click("right");
  const menu = await look(stage, "the menu", before);
  // Of its three items the middle one leads to a submenu of two, of which the first leads to one.
  const corner = { x: places.text.x + 4, y: places.text.y + 4 };
  const { width, height } = menu
    .crop({ ...corner, ...sight })
    .changesFrom(before.crop({ ...corner, ...sight })) as Area;
  const more = { x: corner.x + Math.trunc(width / 2), y: corner.y + Math.trunc(height / 2) };
  await moveTo(stage, more);
  const submenu = await look(stage, "the submenu", menu);
  const deeper = { x: more.x + width, y: more.y };
  await moveTo(stage, deeper);
  const deepest = await look(stage, "the submenu's submenu", submenu);
  return {
    list: { picture: list, pointer: places.choice },
    tooltip: { picture: tooltip, pointer: places.label },
    menu: { picture: menu, pointer: places.text },
    submenu: { picture: submenu, pointer: more },
    "the submenu's submenu": { picture: deepest, pointer: deeper },
  };
}

/** In how many pixels two sights differ, but for the pointer, which is in the pictures of sway alone. */
function difference(a: Sight, b: Sight): number {
  const pointer = { x: a.pointer.x - 8, y: a.pointer.y - 12, width: 24, height: 34 };
  return a.picture.difference(b.picture) - a.picture.difference(b.picture, pointer);
}

/** A program's window on sway. */
async function stageOn(desktop: Desktop, title: string): Promise<Stage> {
  const input = await desktop.compositor.input();
  const { rect } = await windowTitled(desktop, title);
  return {
    origin: { x: rect.x, y: rect.y },
    screenshot: () => desktop.compositor.screenshot(),
    move: (x, y) => input.move(x, y),
    click: (button) => input.click(button),
  };
}

/** Starts such a program on a sway whose outputs have `extent` together, and waits until its window is drawn. */
async function show(desktop: Desktop, toolkit: Toolkit, extent = screen): Promise<{ program: Program; stage: Stage }> {
  const proxied = await serveX(desktop, "Xwayland");
  await desktop.sway.input(extent);
  const program = startToolkit(desktop, proxied, toolkit, DISPLAY);
  const stage = await stageOn(desktop, "[vm] toolkit");
  const { x, y } = stage.origin;
  await desktop.still("its window", (picture) => picture.colourAt(x + 200, y + 200) !== background);
  return { program, stage };
}

// Not Qt: its submenus do not come to rest in every run.
for (const kind of ["GTK 3", "Swing"]) {
  const toolkit = toolkits[kind] as Toolkit;
  desktopTest(
    `menus, lists and tooltips of a ${kind} program are and look as on an ordinary X server`,
    { on: ["sway"] },
    async (desktop) => {
      const reference = await XReference.start(desktop);
      const there = startToolkit(desktop, desktop.direct, toolkit, reference.display);
      await eventually("its window", async () => (await reference.screenshot()).colourAt(200, 200) !== background);
      const expected = await openAll(reference);
      await there.stop();

      const { program, stage } = await show(desktop, toolkit);
      const got = await openAll(stage);
      for (const [what, seen] of Object.entries(got)) {
        assert.equal(difference(seen, expected[what] as Sight), 0, `pixels of ${what} that differ`);
      }
      await program.stop();
    },
  );
}

desktopTest(
  "a GTK 3 program whose menu is open when the user goes to a window of the host's lives on",
  { on: ["sway"] },
  async (desktop) => {
    const { sway } = desktop;
    const proxied = await serveX(desktop, "Xwayland");
    const env = { GDK_BACKEND: "x11", DISPLAY };
    const program = desktop.start(proxied, "gtk3-demo", ["--run=menus"], { env });
    const stage = await stageOn(desktop, "[vm] Menus");
    const other = desktop.start(desktop.direct, "gtk3-demo", ["--run=clipboard"], { env: { GDK_BACKEND: "wayland" } });
    await windowTitled(desktop, "Clipboard");
    await sway.message('[title="Clipboard"]', "move absolute position 700 500");
    await desktop.still("both", () => true);
    await sway.message('[title="Menus"]', "focus");
    await moveTo(stage, { x: 30, y: 15 });
    await stage.click();
    const told = (pattern: RegExp) => () => pattern.test(sway.program.output);
    await eventually("the menu", told(/xdg_popup@\d+\.configure/));
    await desktop.still("the menu", () => true);
    // GTK then draws all of its windows as those in the background: wlroots before 0.17 ends who does so in a popup.
    await stage.move(740, 540);
    await stage.click();
    await eventually("sway to end the menu", told(/xdg_popup@\d+\.popup_done/));
    await eventually("the menu to go", told(/xdg_popup@\d+\.destroy/));
    await windowTitled(desktop, "[vm] Menus");
    await other.stop();
    await program.stop();
  },
);

for (const [kind, toolkit] of Object.entries(toolkits)) {
  desktopTest(
    `a menu of a ${kind} program at the edge of either output is slid in, and what is clicked is chosen`,
    { on: ["sway"] },
    async (desktop) => {
      const { sway } = desktop;
      await sway.message("create_output");
      const outputs = await sway.outputs();
      const extent = { width: outputs.length * screen.width, height: screen.height };
      const { program } = await show(desktop, toolkit, extent);
      for (const [index, output] of outputs.entries()) {
        await sway.message("output", output, "position", String(index * screen.width), "0");
      }
      for (const [index, output] of outputs.entries()) {
        // What is clicked is 20 pixels from both edges.
        const left = (index + 1) * screen.width - places.text.x - 20;
        const top = screen.height - places.text.y - 20;
        await sway.message('[title="toolkit"]', "move", "container", "to", "output", output);
        await sway.message('[title="toolkit"]', `focus, move absolute position ${left} ${top}`);
        const stage = await stageOn(desktop, "[vm] toolkit");
        assert.deepEqual(stage.origin, { x: left, y: top });
        await moveTo(stage, places.text);
        const before = sway.program.output.length;
        await stage.click("right");
        const configured = /xdg_popup@\d+\.configure\((-?\d+), (-?\d+), (\d+), (\d+)\)/;
        const place = await eventually("the menu", () => configured.exec(sway.program.output.slice(before)));
        const [x = 0, y = 0, width = 0, height = 0] = place.slice(1).map(Number);
        assert.deepEqual([x + width, y + height], [places.text.x + 20, places.text.y + 20], `on ${output}`);
        await desktop.still("the menu", () => true);
        // The last of three.
        await moveTo(stage, { x: x + Math.trunc(width / 2), y: y + Math.trunc((height * 5) / 6) });
        await stage.click();
        await eventually("it to be chosen", () => program.output.match(/chosen third/g)?.length === index + 1);
      }
      await program.stop();
    },
  );
}
