// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { PatternWindow } from "./support/pattern-window.ts";
import { DISPLAY, servers, serveX, windowTitled, xNumber, xTool } from "./support/x-programs.ts";

/** The outputs' mode: a whole number of logical pixels at every scale, so that pictures of the screen are exact. */
const screen = { width: 1200, height: 960 };

/** Where windows are put, in logical pixels: a whole number of the screen's at every scale. */
const corner = 40;

async function setScale(desktop: Desktop, scale: number): Promise<string> {
  const [output = ""] = await desktop.sway.outputs();
  const mode = `${screen.width}x${screen.height}@60Hz`;
  await desktop.sway.message("output", output, "mode", mode, "scale", String(scale), "position", "0", "0");
  return output;
}

/** Each monitor as xrandr lists it: name and geometry, and whether it is the primary one. */
async function monitors(desktop: Desktop, proxied: Display): Promise<string[]> {
  const listed = await xTool(desktop, proxied, "xrandr");
  return [...listed.matchAll(/^\S+ connected (primary )?(\S+) (\w+ )?\(/gm)].map(
    ([, primary = "", geometry, turned = ""]) => `${primary}${geometry}${turned && ` ${turned.trim()}`}`,
  );
}

async function monitorsAre(
  desktop: Desktop,
  proxied: Display,
  what: string,
  expected: readonly string[],
): Promise<void> {
  let last: string[] = [];
  const same = async () => {
    last = await monitors(desktop, proxied);
    return String(last.sort()) === String([...expected].sort());
  };
  await eventually(what, same).catch((error) => {
    throw new Error(`${error.message}: ${last}`);
  });
}

for (const [name, server] of Object.entries(servers)) {
  for (const [scale, width, height] of [
    [1, 301, 243],
    [1.25, 300, 240],
    [1.25, 301, 242],
    [1.5, 300, 240],
    [1.5, 301, 242],
    [2, 300, 240],
    [2, 301, 243],
  ] as const) {
    desktopTest(
      `at scale ${scale} each pixel of an X window of ${width}x${height} is one of the screen's, by ${name}`,
      { on: ["sway"] },
      async (desktop) => {
        await setScale(desktop, scale);
        await serveX(desktop, server, "--x-unscale", "auto");
        const window = await PatternWindow.open(xNumber, { title: "a pattern", width, height });
        try {
          const { rect } = await windowTitled(desktop, "[vm] a pattern");
          // Where the host has no size with as many pixels, the last are left out.
          const [shownWidth, shownHeight] = [Math.round(rect.width * scale), Math.round(rect.height * scale)];
          assert.ok(width - shownWidth < scale && height - shownHeight < scale, `${shownWidth}x${shownHeight}`);
          await desktop.still("the pattern", (picture) =>
            window.isAt(picture, corner * scale, corner * scale, shownWidth, shownHeight),
          );
        } finally {
          window.close();
        }
      },
    );
  }

  for (const scale of [1, 1.25, 1.5, 2]) {
    desktopTest(
      `at scale ${scale} a click hits the X pixel under it, to the last one, by ${name}`,
      { on: ["sway"] },
      async (desktop) => {
        await setScale(desktop, scale);
        const input = await desktop.sway.input(screen);
        const proxied = await serveX(desktop, server, "--x-unscale", "auto");
        const options = ["-name", "clicks", "-geometry", "300x240", "-event", "button"];
        const xev = desktop.start(proxied, "xev", options, { env: { DISPLAY } });
        const at = corner * scale;
        await desktop.still("the window", (picture) => picture.colourAt(at, at) === 0xffffff);
        for (const [x, y] of [
          [0, 0],
          [1, 2],
          [3, 7],
          [151, 122],
          [299, 239],
        ] as const) {
          const before = xev.output.length;
          await input.move(at + x, at + y);
          await input.click();
          const press = /ButtonPress event[\s\S]*?\((\d+),(\d+)\)/;
          const [, hitX, hitY] = await eventually(`a click at ${x},${y}`, () => press.exec(xev.output.slice(before)));
          assert.deepEqual([Number(hitX), Number(hitY)], [x, y]);
        }
        await xev.stop();
      },
    );

    desktopTest(
      `at scale ${scale} a menu is at its place beside its window, by ${name}`,
      { on: ["sway"] },
      async (desktop) => {
        await setScale(desktop, scale);
        await serveX(desktop, server, "--x-unscale", "auto");
        const window = await PatternWindow.open(xNumber, { title: "a window", width: 300, height: 240 });
        try {
          await windowTitled(desktop, "[vm] a window");
          const at = corner * scale;
          await desktop.still("the window", (picture) => window.isAt(picture, at, at));
          const menu = window.beside({
            title: "a menu",
            width: 120,
            height: 60,
            x: 240,
            y: 180,
            overrideRedirect: true,
          });
          await desktop.still("the menu", (picture) => menu.isAt(picture, at + 240, at + 180));
        } finally {
          window.close();
        }
      },
    );
  }
  desktopTest(
    `X programs see outputs by their pixels, from the corner of the X screen on, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const { sway } = desktop;
      const first = await setScale(desktop, 2);
      const proxied = await serveX(desktop, server, "--x-unscale", "auto");
      const clock = desktop.start(proxied, "xclock", [], { env: { DISPLAY } });
      await windowTitled(desktop, "[vm] xclock");
      const are = (what: string, expected: readonly string[]) => monitorsAre(desktop, proxied, what, expected);
      await are("one output", ["1200x960+0+0"]);
      await sway.message("create_output");
      const second = (await sway.outputs()).find((output) => output !== first) ?? "";
      const set = (output: string, what: string) => sway.message(`output ${output} ${what}`);
      await set(second, "mode 1200x960@60Hz scale 1 position -1200 -100");
      // Less sharp than the other one, it has as many X pixels for its size.
      await are("two outputs", ["1200x960+2400+200", "2400x1920+0+0"]);
      await set(second, "scale 2 transform 90 position -480 0");
      await are("a turned output", ["1200x960+960+0", "960x1200+0+0 right"]);
      await set(first, "scale 1.5");
      await set(second, "scale 1.5 transform normal position 800 0");
      await are("another scale", ["1200x960+0+0", "1200x960+1200+0"]);
      assert.ok(clock.running, "a program lives through it");
      await clock.stop();
    },
  );

  desktopTest(
    `a window on an output left of the first is there for X, too, with its menu, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const { sway } = desktop;
      const first = await setScale(desktop, 1.5);
      await serveX(desktop, server, "--x-unscale", "auto");
      await sway.message("create_output");
      const second = (await sway.outputs()).find((output) => output !== first) ?? "";
      await sway.message(`output ${second} mode 1200x960@60Hz scale 1.5 position -800 0`);
      const window = await PatternWindow.open(xNumber, { title: "moves", width: 300, height: 240 });
      try {
        const { output } = await windowTitled(desktop, "[vm] moves");
        const origin = async () => (await window.place()).x;
        await eventually("it to be where it is shown", async () => (await origin()) === (output === first ? 1200 : 0));
        const elsewhere = output === first ? second : first;
        // sway draws menus only of the window that has the focus.
        await sway.message(`[title="moves"] move container to output ${elsewhere}, focus`);
        const x = elsewhere === first ? 1200 : 0;
        await eventually("it to be on the other one", async () => (await origin()) === x);
        const still = await desktop.still("the window", (picture) => window.placeIn(picture) !== undefined);
        const place = window.placeIn(still) ?? { x: 0, y: 0 };
        assert.equal(Math.floor(place.x / 1200) * 1200, x);
        const menu = window.beside({
          title: "a menu",
          width: 120,
          height: 60,
          x: x + 240,
          y: 180,
          overrideRedirect: true,
        });
        await desktop.still("the menu", (picture) => menu.isAt(picture, place.x + 240, place.y + 180));
      } finally {
        window.close();
      }
    },
  );

  desktopTest(
    `outputs are unplugged under an X window, to the last one, by ${name}`,
    { on: ["sway-hotplug"] },
    async (desktop) => {
      const { sway } = desktop;
      const [first = ""] = await sway.outputs();
      await sway.message(`output ${first} scale 2 position 0 0`);
      const proxied = await serveX(desktop, server, "--x-unscale", "auto");
      const clock = desktop.start(proxied, "xclock", [], { env: { DISPLAY } });
      await windowTitled(desktop, "[vm] xclock");
      const are = (what: string, expected: readonly string[]) => monitorsAre(desktop, proxied, what, expected);
      const [one = ""] = await monitors(desktop, proxied);
      await sway.message("create_output");
      const second = (await sway.outputs()).find((output) => output !== first) ?? "";
      await sway.message(`output ${second} scale 2 position -640 0`);
      await eventually("two outputs", async () => (await monitors(desktop, proxied)).length === 2);
      await sway.message(`[title="xclock"] move container to output ${second}`);
      await sway.unplug(second);
      await are("the first one", [one]);
      await sway.unplug(first);
      await eventually("no output", async () => (await sway.outputs()).length === 0);
      await sway.message("create_output");
      await eventually("an output", async () => (await monitors(desktop, proxied)).length === 1);
      await eventually("the window", async () => (await sway.windows()).length === 1);
      assert.ok(clock.running, "a program lives through it");
      await clock.stop();
    },
  );
}
