// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../desktop/support/eventually.ts";
import { Picture } from "../desktop/support/picture.ts";
import { parseGlobals } from "./support/globals.ts";
import { guestTests } from "./support/guest-test.ts";
import { tree } from "./support/machine.ts";
import {
  animates,
  carriesClipboard,
  looksTheSame,
  ours,
  scribblesTheSame,
  takesKeys,
  terminal,
} from "./support/scenes.ts";

const guestTest = guestTests("newest");

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
      if (name === "gtk_primary_selection_device_manager") continue; // The proxy's own.
      assert.ok(version <= (host.get(name) ?? 0), `${name} ${version}, and the host has ${host.get(name)}`);
    }
  },
);

guestTest(
  "--check looks at the GPU node and through it at the host, and says that all works",
  { on: ["weston"] },
  async (guest) => {
    const main = join(tree, "dist/src/cli/main.js");
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

guestTest("weston-simple-shm draws frame after frame", { on: ["weston"] }, animates);

guestTest("keys typed into foot arrive exactly", { on: ["sway", "weston-seat"] }, takesKeys);

guestTest("foot looks the same as directly", { on: ["sway"] }, (guest, desktop) =>
  looksTheSame(guest, desktop, terminal),
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

guestTest("the example draws into the host's memory without a proxy", { on: ["sway"] }, async (guest, desktop) => {
  const frames = 200;
  const example = guest.start(process.execPath, [join(tree, "dist/examples/virtio-direct.js"), String(frames)]);
  await eventually("its window", async () => {
    if (!example.running) throw new Error(`it ended: ${example.errors}`);
    return (await desktop.sway.windows()).some((window) => window.title === "virtio-direct");
  });
  // It ends when the compositor has asked for that many frames.
  assert.equal((await example.end(60_000)).code, 0, example.errors);
});

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
