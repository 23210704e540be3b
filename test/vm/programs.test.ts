// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Area, Picture } from "../desktop/support/picture.ts";
import { ownGlobals } from "../desktop/support/wayland-info.ts";
import { WireClient } from "../desktop/support/wire-client.ts";
import { eventually } from "../support/eventually.ts";
import { parseGlobals } from "./support/globals.ts";
import { guestTests } from "./support/guest-test.ts";
import { tree } from "./support/machine.ts";
import {
  animates,
  carriesClipboard,
  drawingPatience,
  looksTheSame,
  moves,
  ours,
  scribblesTheSame,
  takesKeys,
  terminal,
} from "./support/scenes.ts";

const guestTest = guestTests("newest");

const main = join(tree, "dist/bin/wayland-proxy.cjs");

guestTest(
  "wayland-info lists what the host offers and a guest can use",
  { on: ["weston", "sway"] },
  async (guest, desktop) => {
    const host = parseGlobals(await desktop.run(desktop.direct, "wayland-info"));
    const seen = parseGlobals(await guest.run("wayland-info"));
    for (const name of ["wl_compositor", "wl_shm", "wl_output", "wl_data_device_manager", "xdg_wm_base"]) {
      assert.ok(seen.has(name), `${name} is there`);
    }
    for (const [name, version] of seen) {
      if (!host.has(name) && ownGlobals.has(name)) continue;
      assert.ok(version <= (host.get(name) ?? 0), `${name} ${version}, and the host has ${host.get(name)}`);
    }
  },
);

guestTest(
  "--check looks at the GPU node and through it at the host, and says that all works",
  { on: ["weston"] },
  async (guest) => {
    const { ok, findings } = JSON.parse(
      String(await guest.run(process.execPath, [main, "--check", "--virtio-gpu", "--json"])),
    );
    const text = JSON.stringify(findings, null, 1);
    assert.ok(ok, text);
    const subjects = findings.map(({ subject, verdict }: Record<string, string>) => `${verdict} ${subject}`);
    for (const one of ["ok /dev/dri/renderD128", "ok compositor", "ok globals", "ok socket"]) {
      assert.ok(subjects.includes(one), text);
    }
  },
);

guestTest(
  "what the host does not expose cannot be bound, even by its number, and costs only the client that tries",
  { on: ["sway"] },
  async (guest, desktop) => {
    const hidden = [
      "zwlr_layer_shell_v1",
      "zwlr_data_control_manager_v1",
      "zwlr_virtual_pointer_manager_v1",
      "zwp_virtual_keyboard_manager_v1",
    ];
    const spy = new WireClient(desktop.direct.socket);
    await spy.roundTrip();
    const globals = [...spy.globals.values()];
    spy.close();
    const asked = hidden.map((name) => {
      const number = globals.find((global) => global.interface === name)?.name;
      assert.ok(number, `the host has ${name}`);
      return { name, number };
    });
    const witness = guest.start("weston-flower");
    await eventually("a window", async () => (await desktop.sway.windows()).length === 1);
    const { client, args = [] } = ours("trespasser", ...asked.flatMap(({ name, number }) => [String(number), name]));
    const said = String(await guest.run(client, args));
    const lines = asked.flatMap(({ name, number }) => [`error 0: invalid global ${name} (${number})`, "closed"]);
    assert.deepEqual(said.trim().split("\n"), lines);
    assert.ok(witness.running, "the other client goes on");
    assert.equal((await desktop.sway.windows()).length, 1);
  },
);

guestTest("weston-simple-shm draws frame after frame", { on: ["weston"] }, animates);

guestTest("keys typed into foot arrive exactly", { on: ["sway", "weston-seat"] }, takesKeys);

guestTest("foot looks the same as directly", { on: ["sway"] }, (guest, desktop) =>
  looksTheSame(guest, desktop, terminal),
);

guestTest(
  "foot's decorations, which are sub-surfaces, and its cursor look the same as directly",
  { on: ["weston-seat"] },
  async (guest, desktop) => {
    const input = await desktop.compositor.input();
    // Otherwise it would leave them to us.
    const args = ["--override", "csd.preferred=client", ...(terminal.args ?? [])];
    const { client } = terminal;
    const env = { WAYLAND_DEBUG: "1" };
    const pictures: Picture[] = [];
    for (const start of [
      () => desktop.start(desktop.direct, client, args, { env }),
      () => guest.start(client, args, { env }),
    ]) {
      await input.move(1279, 1023);
      const empty = await desktop.still("the empty screen", () => true);
      const foot = start();
      await foot.says(/wl_subcompositor@\d+\.get_subsurface\(/, drawingPatience);
      await foot.says(/wl_keyboard@\d+\.enter\(/);
      const alone = await desktop.still("the window", (now) => now.difference(empty) > 10_000);
      // weston puts each window elsewhere.
      const place = alone.changesFrom(empty) as Area;
      await input.move(place.x + 100, place.y + 100);
      await foot.says(/wl_pointer@\d+\.set_cursor\(/);
      // It draws the cursor into the picture.
      const isPointedAt = (now: Picture): boolean => now.difference(alone, place) > 10;
      const pointed = await desktop.still("the cursor over it", isPointedAt);
      pictures.push(pointed.crop(place));
      await foot.stop();
      await desktop.still("the window to be gone", (now) => now.difference(pointed) > 10_000);
    }
    const [direct, virtual] = pictures as [Picture, Picture];
    assert.equal(virtual.difference(direct), 0, "pixels that differ");
  },
);

for (const client of ["weston-eventdemo", "weston-scaler"]) {
  const options = { on: ["weston-seat"], shell: "kiosk-shell.so" } as const;
  guestTest(`${client} looks the same as directly`, options, (guest, desktop) =>
    looksTheSame(guest, desktop, { client }),
  );
}

guestTest("small damage to a large window arrives whole", { on: ["sway", "weston"] }, (guest, desktop) =>
  scribblesTheSame(guest, desktop),
);

guestTest("small damage to a scaled window arrives whole", { on: ["sway"] }, (guest, desktop) =>
  scribblesTheSame(guest, desktop, "scaled"),
);

guestTest("64 clients open windows at once", { on: ["sway"] }, async (guest, desktop) => {
  const { client, args = [] } = ours("crowd", "64");
  const crowd = guest.start(client, args);
  await crowd.says(/^done$/m);
  const titles = (await desktop.sway.windows()).map((window) => window.title);
  const expected = Array.from({ length: 64 }, (_, index) => `client ${index}`);
  assert.deepEqual(titles.sort(), expected.sort());
  // All of them go at once, too.
  crowd.signal("SIGKILL");
  await eventually("the windows to go", async () => (await desktop.sway.windows()).length === 0);
});

/** Fails unless a picture shows the example's stripes and nothing else of these colours, wherever they have scrolled to. */
function assertStripes(picture: Picture, { x, y }: Area): void {
  const [width, height, thickness] = [320, 240, 24];
  const colours = [0x204a87, 0xf57900] as const;
  const lines = Array.from({ length: height }, (_, line) => picture.colourAt(x, y + line));
  const first = lines.indexOf(lines[0] === colours[0] ? colours[1] : colours[0]);
  assert.ok(first > 0 && first <= thickness, `the second stripe begins in line ${first}`);
  for (const [line, colour] of lines.entries()) {
    const stripe = Math.floor((line - first) / thickness) & 1;
    assert.equal(colour, lines[first + stripe * thickness], `line ${line}`);
    assert.equal(picture.countOf(colour ?? 0, { x, y: y + line, width, height: 1 }), width, `pixels of line ${line}`);
  }
  for (const colour of colours) assert.equal(picture.countOf(colour), (width * height) / 2);
}

guestTest(
  "what the example draws into the host's memory without a proxy is what the host shows",
  { on: ["sway"] },
  async (guest, desktop) => {
    const empty = await desktop.still("the empty screen", () => true);
    const example = guest.start(process.execPath, [join(tree, "dist/examples/virtio-direct.js"), "200"]);
    for (const picture of await moves(desktop, empty)) assertStripes(picture, picture.changesFrom(empty) as Area);
    // It ends when the compositor has asked for that many frames.
    assert.equal((await example.end(60_000)).code, 0, example.errors);
  },
);

guestTest("grim takes the same picture of the screen as on the host", { on: ["sway"] }, async (guest, desktop) => {
  const empty = await desktop.still("the empty screen", () => true);
  guest.start(terminal.client, terminal.args);
  const direct = await desktop.still("the terminal", (now) => now.difference(empty) > 10_000);
  const taken = Picture.fromPpm(await guest.run("grim", ["-t", "ppm", "-"]));
  assert.equal(taken.difference(direct), 0, "pixels that differ");
});

guestTest("what is copied in the guest is pasted on the host", { on: ["sway"] }, (guest, desktop) =>
  carriesClipboard(guest, desktop, "guest"),
);

guestTest("what is copied on the host is pasted in the guest", { on: ["sway"] }, (guest, desktop) =>
  carriesClipboard(guest, desktop, "host"),
);
