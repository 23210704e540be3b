// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { shmShadow } from "../../src/hooks/shm-shadow.ts";
import { unixHost } from "../../src/host/unix.ts";
import { DisplaySocket } from "../../src/listen/display-socket.ts";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import { createProxy } from "../../src/proxy.ts";
import { eventually } from "../support/eventually.ts";
import { MemfdImages } from "../support/memfd-images.ts";
import { ColorWindow, type Showing } from "./support/color-window.ts";
import type { CompositorName } from "./support/compositor.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { Picture } from "./support/picture.ts";

interface Scene {
  readonly on: CompositorName;
  readonly client: string;
  readonly args?: readonly string[];
}

const terminal = { client: "foot", args: ["sh", "-c", "printf 'user@host:~$ '; read line"] };
// All of these come to rest, and draw the same in every run.
const scenes: readonly Scene[] = [
  { on: "sway", ...terminal },
  { on: "sway", client: "weston-transformed" },
  { on: "weston-seat", ...terminal },
  { on: "weston-seat", client: "weston-eventdemo" },
  { on: "weston-seat", client: "weston-scaler" },
];

/** Runs a part of a test with a proxy that copies the clients' pixels; checks that it keeps nothing. */
async function copying(
  desktop: Desktop,
  part: (display: Display, images: MemfdImages) => Promise<void>,
): Promise<void> {
  const images = new MemfdImages();
  const log: string[] = [];
  const note = (line: string): void => void log.push(line);
  const display = DisplaySocket.open(desktop.home, "copied");
  const proxy = createProxy({
    display,
    connectHost: unixHost(desktop.compositor.socket),
    policy: new GlobalPolicy({ expose: ["zwlr_screencopy_manager_v1"] }),
    hooks: [shmShadow(() => images)],
    log: { error: note, warn: note, info: () => {}, debug: () => {} },
  });
  try {
    await part({ route: "proxied", socket: join(desktop.home, "copied") }, images);
    await proxy.idle();
  } finally {
    await proxy.close();
  }
  assert.deepEqual(log, []);
  assert.equal(images.count, 0, "images that are left");
}

/** Shows a scene through a display until it stands still. */
async function show(desktop: Desktop, display: Display, scene: Scene): Promise<Picture> {
  const empty = await desktop.still("the empty screen", () => true);
  const client = desktop.start(display, scene.client, scene.args);
  const picture = await desktop.still("the window", (now) => now.difference(empty) > 10_000);
  await client.stop();
  await desktop.still("the empty screen", (now) => now.difference(empty) === 0);
  return picture;
}

for (const scene of scenes) {
  const title = `${scene.client} looks the same when its pixels are copied`;
  desktopTest(title, { on: [scene.on], shell: "kiosk-shell.so" }, async (desktop) => {
    const direct = await show(desktop, desktop.direct, scene);
    await copying(desktop, async (display, images) => {
      const copied = await show(desktop, display, scene);
      assert.equal(copied.difference(direct), 0, "pixels that differ");
      assert.ok(images.made > 0, "nothing was copied");
    });
  });
}

const showings: readonly Showing[] = [
  ...[1, 3, 4, 5, 6, 7].map((transform) => ({ transform, scale: 1, zoom: 0 })),
  { transform: 2, scale: 2, zoom: 0 },
  { transform: 0, scale: 1, zoom: 2 },
  { transform: 7, scale: 1, zoom: 3 },
];

// In corners, neither as wide as high, nor in the middle: whatever is taken for something else, it shows. With the
// third frame memory is used again, of which only a part is filled.
const frames = [
  [0xff0000, 0, 0, 1000, 1000],
  [0xff00ff, 0, 0, 1, 1],
  [0x00ff00, 3, 5, 40, 20],
  [0x0000ff, 45, 25, 10, 25],
  [0xffff00, 0, 31, 30, 9],
] as const;

desktopTest("what is damaged on a turned or enlarged surface is copied", { on: ["weston"] }, async (desktop) => {
  await copying(desktop, async ({ socket }, images) => {
    for (const showing of showings) {
      const window = await ColorWindow.open(socket, showing);
      const before = images.made;
      for (const [i, [color, x, y, width, height]] of frames.entries()) {
        await window.show(color, x, y, width, height);
        if (i < 2) continue;
        // Enlarged, pixels at the edge may be mixed with their neighbours.
        const edge = 2 * showing.zoom;
        const count = (await desktop.compositor.screenshot()).countOf(color);
        const what = `${count} pixels have the color ${color.toString(16)} in ${JSON.stringify(showing)}`;
        assert.ok(count >= (width - edge) * (height - edge), what);
      }
      assert.ok(images.made - before < frames.length, "no memory was used again");
      window.close();
    }
  });
});

desktopTest("grim takes the same picture when its pixels are copied", { on: ["sway"] }, async (desktop) => {
  const empty = await desktop.still("the empty screen", () => true);
  const foot = desktop.start(desktop.direct, terminal.client, terminal.args);
  const direct = await desktop.still("the terminal", (now) => now.difference(empty) > 10_000);
  await copying(desktop, async (display, images) => {
    const copied = Picture.fromPpm(await desktop.run(display, "grim", ["-t", "ppm", "-"]));
    assert.equal(copied.difference(direct), 0, "pixels that differ");
    assert.ok(images.made > 0, "nothing was copied");
  });
  await foot.stop();
});

desktopTest(
  "weston-simple-shm draws frame after frame when its pixels are copied",
  { on: ["weston"] },
  async (desktop) => {
    const empty = await desktop.compositor.screenshot();
    await copying(desktop, async (display) => {
      const client = desktop.start(display, "weston-simple-shm");
      const first = await eventually("the window", async () => {
        const picture = await desktop.compositor.screenshot();
        return picture.difference(empty) > 50_000 && picture;
      });
      await eventually("another frame", async () => {
        const picture = await desktop.compositor.screenshot();
        return picture.difference(empty) > 50_000 && picture.difference(first) > 0;
      });
      await client.stop();
    });
  },
);
