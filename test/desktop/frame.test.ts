// SPDX-License-Identifier: Apache-2.0
/** The frames of a policy, on a real compositor. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import {
  around,
  BACKGROUND,
  between,
  COLOR,
  countLike,
  edges,
  framed,
  frameOptions,
  hasFrame,
  LABEL,
  WHITE,
  WIDTH,
  windowOf,
} from "./support/frames.ts";
import { PaintingClient } from "./support/painting-client.ts";
import type { Area, Picture } from "./support/picture.ts";
import { connectX, servers, serveX, windowTitled } from "./support/x-programs.ts";

const GREEN = 0xff00ff00;

for (const label of ["", "bank"]) {
  const [what, top] = label === "" ? ["", WIDTH] : [" with its label", LABEL];
  desktopTest(
    `a window has its frame${what} where the compositor has the window's edges`,
    { on: ["sway"] },
    async (desktop) => {
      const bank = await framed(desktop, label);
      desktop.start(bank, "foot", ["sleep", "1000"]);
      await eventually("the frame", async () => {
        const { rect } = await windowOf(desktop, "bank.foot");
        return hasFrame(await desktop.compositor.screenshot(), rect, top);
      });
      await desktop.sway.message('[app_id="bank.foot"]', "resize", "set", "700", "500");
      await eventually("the frame of another size", async () => {
        const { rect: now } = await windowOf(desktop, "bank.foot");
        return now.width === 700 && hasFrame(await desktop.compositor.screenshot(), now, top);
      });
      for (const state of ["floating disable", "fullscreen enable"]) {
        await desktop.sway.message('[app_id="bank.foot"]', ...state.split(" "));
        await eventually(`the frame with ${state}`, async () => {
          const { rect: now } = await windowOf(desktop, "bank.foot");
          return now.width === 1280 && hasFrame(await desktop.compositor.screenshot(), now, top);
        });
      }
    },
  );
}

desktopTest(
  "a fullscreen window has no frame where its policy says so, and no longer",
  { on: ["sway"] },
  async (desktop) => {
    const bank = await framed(desktop, "bank", 'fullscreen = "without-frame"');
    desktop.start(bank, "foot", ["sleep", "1000"]);
    const looks = async (what: string, test: (picture: Picture, area: Area) => boolean): Promise<void> => {
      await eventually(what, async () => {
        const { rect } = await windowOf(desktop, "bank.foot");
        return test(await desktop.compositor.screenshot(), rect);
      });
    };
    await looks("the frame", (picture, area) => area.width < 1280 && hasFrame(picture, area, LABEL));
    await desktop.sway.message('[app_id="bank.foot"]', "fullscreen", "enable");
    await looks("no frame", (picture, area) => area.width === 1280 && picture.countOf(COLOR) === 0);
    await desktop.sway.message('[app_id="bank.foot"]', "fullscreen", "disable");
    await looks("the frame again", (picture, area) => area.width < 1280 && hasFrame(picture, area, LABEL));

    // One that does not give the screen back has the frame over its own pixels.
    const client = await PaintingClient.open(bank.socket);
    const { surface, xdgSurface, toplevel } = await client.window("greedy");
    client.paint(surface, 300, 200, GREEN);
    toplevel.send("set_fullscreen", null);
    await eventually("a fullscreen window", async () => {
      client.paint(surface, 1280, 1024, GREEN);
      client.acknowledgeLatest(xdgSurface);
      return (await desktop.compositor.screenshot()).countOf(GREEN & 0xffffff) === 1280 * 1024;
    });
    await desktop.sway.message('[app_id="bank.greedy"]', "fullscreen", "disable");
    await eventually("the frame over its rim", async () => {
      const { rect, fullscreen } = await windowOf(desktop, "bank.greedy");
      const picture = await desktop.compositor.screenshot();
      const [upper] = edges(rect, LABEL) as [Area];
      return !fullscreen && picture.countOf(GREEN & 0xffffff, upper) === 0;
    });
    client.close();
  },
);

desktopTest("a client can neither cover nor fake its frame, whatever it does", { on: ["sway"] }, async (desktop) => {
  const bank = await framed(desktop, "bank");
  const client = await PaintingClient.open(bank.socket);
  const { surface, xdgSurface, toplevel } = await client.window("attacker");
  client.paint(surface, 300, 200, GREEN);
  const shown = async (): Promise<{ picture: Picture; area: Area }> => {
    await client.wire.roundtrip();
    const { rect } = await windowOf(desktop, "bank.attacker");
    return { picture: await desktop.compositor.screenshot(), area: rect };
  };
  /** Waits until the window has a size, and looks at each pixel: the frame is there, and nothing outside of it. */
  const isIntact = async (what: string, width: number, height: number): Promise<void> => {
    await eventually(`the frame of ${width}x${height} after ${what}`, async () => {
      const { picture, area } = await shown();
      const isSize = area.width === width + 2 * WIDTH && area.height === height + LABEL + WIDTH;
      return isSize && hasFrame(picture, area, LABEL);
    });
    for (let i = 0; i < 2; i++) {
      const { picture, area } = await shown();
      assert.ok(hasFrame(picture, area, LABEL), what);
      for (const part of around(picture, area))
        assert.equal(picture.countOf(BACKGROUND, part), part.width * part.height, `${what}: something is outside`);
    }
  };
  await isIntact("nothing", 300, 200);

  const below = client.part(surface, -50, -50);
  below.subsurface.send("place_below", surface);
  client.paint(below.surface, 400, 300, GREEN);
  surface.send("commit");
  await isIntact("a sub-surface below it that is larger", 300, 200);

  const above = client.part(surface, -WIDTH, -LABEL);
  client.paint(above.surface, 308, LABEL, GREEN);
  surface.send("commit");
  client.paint(above.surface, 308, LABEL, GREEN);
  await isIntact("a sub-surface over the edge and the label", 300, 200);
  xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
  above.subsurface.send("set_position", 0, 0);
  surface.send("commit");
  client.paint(above.surface, 300, LABEL, GREEN);
  above.subsurface.send("set_position", 0, -1);
  above.subsurface.send("place_above", surface);
  surface.send("commit");
  await isIntact("a sub-surface that is moved over the label", 300, 200);

  const outer = client.part(surface, 100, 100);
  client.paint(outer.surface, 10, 10, 0xff0000ff);
  surface.send("commit");
  await eventually("an innocent sub-surface", async () => (await shown()).picture.countOf(0x0000ff) === 100);
  const inner = client.part(outer.surface, 0, 0);
  client.paint(inner.surface, 500, 500, GREEN);
  outer.surface.send("commit");
  inner.subsurface.send("set_position", -300, -300);
  outer.surface.send("commit");
  surface.send("commit");
  await isIntact("a sub-surface of a sub-surface", 300, 200);

  const viewport = (await client.wire.bind("wp_viewporter", 1)).create("get_viewport", above.surface);
  client.paint(above.surface, 1, 1, GREEN);
  viewport.send("set_destination", 5000, 5000);
  above.subsurface.send("set_position", -2000, -2000);
  above.surface.send("commit");
  surface.send("commit");
  client.paint(above.surface, 1, 1, GREEN);
  await isIntact("a pixel that a viewport enlarges", 300, 200);
  viewport.send("destroy");

  // This sway cannot crop the content to it.
  xdgSurface.send("set_window_geometry", 100, 50, 20, 30);
  surface.send("commit");
  await isIntact("a geometry that is smaller than its content", 300, 200);
  xdgSurface.send("set_window_geometry", -50, -60, 400, 300);
  surface.send("commit");
  await isIntact("a geometry that is larger", 400, 300);
  xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
  surface.send("commit");
  await isIntact("an honest geometry", 300, 200);

  surface.send("attach", client.buffer(300, 200, GREEN), -30, -30);
  surface.send("commit");
  await isIntact("an offset", 300, 200);
  for (const [width, height] of [
    [1280, 300],
    [300, 1024],
    [3000, 3000],
  ] as const) {
    client.paint(surface, width, height, GREEN);
    await isIntact("a window larger than the screen, which is not shown", 300, 200);
  }
  assert.match(bank.proxy?.output ?? "", /whose frame would be off the screen, is refused: see frame in its policy/);
  client.paint(surface, 200, 300, GREEN);
  xdgSurface.send("set_window_geometry", 0, 0, 200, 300);
  surface.send("commit");
  await isIntact("one that fits again", 200, 300);

  toplevel.send("set_fullscreen", null);
  const fill = async (): Promise<void> => {
    await client.wire.roundtrip();
    client.acknowledgeLatest(xdgSurface);
    const [width, height] = [1280 - 2 * WIDTH, 1024 - LABEL - WIDTH];
    xdgSurface.send("set_window_geometry", 0, 0, width, height);
    client.paint(surface, width, height, GREEN);
  };
  await eventually("a fullscreen window", async () => {
    await fill();
    return (await shown()).area.width === 1280;
  });
  await fill();
  await isIntact("filling the screen", 1272, 1000);
  client.paint(above.surface, 2000, 2000, GREEN);
  above.subsurface.send("set_position", -300, -300);
  surface.send("commit");
  await isIntact("a sub-surface that covers the screen", 1272, 1000);
  xdgSurface.send("set_window_geometry", 0, 0, 1280, 1024);
  client.paint(surface, 1280, 1024, GREEN);
  await isIntact("content that covers the screen", 1272, 1000);
  client.close();
});

desktopTest("a popup has a frame, and is where its program wants it", { on: ["sway"] }, async (desktop) => {
  const bank = await framed(desktop, "bank");
  const client = await PaintingClient.open(bank.socket);
  const { surface, xdgSurface } = await client.window("menus");
  client.paint(surface, 300, 200, GREEN);
  const { rect } = await windowOf(desktop, "bank.menus");
  const popup = await client.popup(xdgSurface, 280, 30, 100, 50);
  client.paint(popup, 100, 50, 0xff0000ff);
  await eventually("the popup at its place with a thin frame", async () => {
    const picture = await desktop.compositor.screenshot();
    // Its frame is two pixels wide; its outer corner is where the program wanted the corner of the popup.
    const [x, y] = [rect.x + WIDTH + 280 + 2, rect.y + LABEL + 30 + 2];
    const isThere = picture.countOf(0x0000ff, { x, y, width: 100, height: 50 }) === 5000;
    const ring = { x: x - 2, y: y - 2, width: 104, height: 54 };
    return isThere && picture.countOf(COLOR, ring) === 104 * 54 - 5000;
  });
  client.close();
});

/** What windows of `XTestWindow` are filled with. */
const X_CONTENT = 0x804020;

desktopTest("the windows and menus of X11 programs have frames", { on: ["sway"] }, async (desktop) => {
  const { sway, compositor } = desktop;
  const bank = await serveX(desktop, servers["the machine's Xwayland"] ?? assert.fail(), ...frameOptions(desktop));
  using x = await connectX();
  const window = await XTestWindow.show(x, { width: 300, height: 200, title: "framed" });
  const isFramed = async (width: number, height: number): Promise<boolean> => {
    const { rect } = await windowTitled(desktop, "[vm] framed");
    const picture = await compositor.screenshot();
    const isWhole = picture.countOf(X_CONTENT, rect) === width * height && hasFrame(picture, rect);
    return isWhole && rect.width === width + 2 * WIDTH && rect.height === height + 2 * WIDTH;
  };
  await eventually("the frame", () => isFramed(300, 200));
  await sway.message('[title="framed"]', "resize", "set", "248", "168");
  await window.expect("ConfigureNotify", ({ width, height }) => width === 240 && height === 160);
  await eventually("the frame of another size", () => isFramed(240, 160));

  const menu = new XTestWindow(x, { overrideRedirect: true, x: 20, y: 30, width: 100, height: 60 });
  x.send("ChangeWindowAttributes", { window: menu.id, background_pixel: 0x0000ff });
  menu.map();
  const { rect } = await windowTitled(desktop, "[vm] framed");
  await eventually("the menu with a thin frame", async () => {
    const picture = await compositor.screenshot();
    const ring = { x: rect.x + WIDTH + 20, y: rect.y + WIDTH + 30, width: 104, height: 64 };
    const isThere =
      picture.countOf(0x0000ff, { ...ring, x: ring.x + 2, y: ring.y + 2, width: 100, height: 60 }) === 6000;
    return isThere && picture.countOf(COLOR, ring) === 104 * 64 - 6000;
  });
  menu.unmap();

  await sway.message('[title="framed"]', "fullscreen", "enable");
  await eventually("the frame within the screen", () => isFramed(1280 - 2 * WIDTH, 1024 - 2 * WIDTH));
  await sway.message('[title="framed"]', "fullscreen", "disable");
  await eventually("the window as it was", () => isFramed(240, 160));

  const large = await XTestWindow.show(x, { width: 3000, height: 2000, title: "large" });
  const refusal = /whose frame would be off the screen, is refused: see frame in its policy/;
  await eventually("the line in the log", () => refusal.test(bank.proxy?.output ?? ""));
  assert.ok(await isFramed(240, 160));
  large.unmap();
});

desktopTest("a frame and its label are right to the pixel at any scale", { on: ["sway"] }, async (desktop) => {
  const bank = await framed(desktop, "bank");
  const client = await PaintingClient.open(bank.socket);
  const { surface } = await client.window("scaled");
  client.paint(surface, 240, 160, GREEN);
  for (const scale of [1.25, 1.5, 2, 1]) {
    await desktop.sway.message("output", "*", "scale", `${scale}`);
    const pixels = (area: Area): Area => {
      const [x, y] = [Math.round(area.x * scale), Math.round(area.y * scale)];
      const [right, bottom] = [Math.round((area.x + area.width) * scale), Math.round((area.y + area.height) * scale)];
      return { x, y, width: right - x, height: bottom - y };
    };
    await eventually(`the frame and all of its content at a scale of ${scale}`, async () => {
      const { rect } = await windowOf(desktop, "bank.scaled");
      const content = pixels({ x: rect.x + WIDTH, y: rect.y + LABEL, width: 240, height: 160 });
      const all = pixels(rect);
      const picture = await desktop.compositor.screenshot();
      const label = pixels({ x: rect.x + WIDTH, y: rect.y + 1, width: 100, height: LABEL - 2 });
      const frame =
        countLike(picture, all, COLOR) - countLike(picture, content, COLOR) - countLike(picture, label, COLOR);
      return (
        countLike(picture, content, 0x00ff00) === content.width * content.height &&
        frame === all.width * all.height - content.width * content.height - label.width * label.height &&
        between(picture, label) === label.width * label.height &&
        countLike(picture, label, WHITE) > 20 * scale &&
        around(picture, all).every((part) => countLike(picture, part, BACKGROUND) === part.width * part.height)
      );
    });
  }
  client.close();
});

desktopTest(
  "no offset of a buffer moves a sub-surface over the frame, nor a window off the screen",
  { on: ["weston", "sway"] },
  async (desktop) => {
    const bank = await framed(desktop);
    const client = await PaintingClient.open(bank.socket);
    const { surface } = await client.window("offset");
    client.paint(surface, 300, 200, GREEN);
    const part = client.part(surface, 10, 10);
    client.paint(part.surface, 50, 50, 0xff0000ff);
    surface.send("commit");
    // The window has its frame, and the sub-surface is shown.
    const ring = 308 * 208 - 300 * 200;
    const isWhole = async (): Promise<boolean> => {
      const picture = await desktop.compositor.screenshot();
      return picture.countOf(COLOR) === ring && picture.countOf(0x0000ff) === 2500;
    };
    await eventually("the frame and the sub-surface", isWhole);
    for (const by of [-30, -200, -1500]) {
      part.surface.send("attach", client.buffer(50, 50, 0xff0000ff), by, by);
      part.surface.send("damage", 0, 0, 50, 50);
      part.surface.send("commit");
      surface.send("attach", client.buffer(300, 200, GREEN), by, by);
      surface.send("damage", 0, 0, 300, 200);
      surface.send("commit");
      await client.wire.roundtrip();
      for (let i = 0; i < 3; i++) assert.ok(await isWhole(), `an offset of ${by}`);
    }
    client.close();
  },
);

desktopTest("a sub-surface that reaches out of the frame is cut there", { on: ["sway-1.10"] }, async (desktop) => {
  const bank = await framed(desktop);
  const client = await PaintingClient.open(bank.socket);
  const { surface, xdgSurface } = await client.window("cut");
  xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
  client.paint(surface, 300, 200, GREEN);
  const part = client.part(surface, 250, -30);
  client.paint(part.surface, 100, 80, 0xff0000ff);
  const ring = 308 * 208 - 300 * 200;
  const looks = (what: string, blue: number): Promise<boolean> =>
    eventually(what, async () => {
      await client.wire.roundtrip();
      const picture = await desktop.compositor.screenshot();
      return picture.countOf(COLOR) === ring && picture.countOf(0x0000ff) === blue;
    });
  for (const [x, y, blue] of [
    [250, -30, 50 * 50],
    [-60, 150, 40 * 50],
    [10, 10, 100 * 80],
  ] as const) {
    part.subsurface.send("set_position", x, y);
    surface.send("commit");
    await looks(`the part at ${x},${y}`, blue);
  }
  client.close();
});
