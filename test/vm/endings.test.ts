// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Desktop } from "../desktop/support/desktop.ts";
import { eventually } from "../support/eventually.ts";
import { parseGlobals } from "./support/globals.ts";
import type { Guest } from "./support/guest.ts";
import { guestTests } from "./support/guest-test.ts";
import { animates, moves, ours } from "./support/scenes.ts";

const guestTest = guestTests("newest");

/** Waits until sway has this many windows. */
async function windows(desktop: Desktop, count: number): Promise<void> {
  await eventually(`${count} windows`, async () => (await desktop.sway.windows()).length === count);
}

/** Fails unless a new window opens. */
async function opensWindow(guest: Guest, desktop: Desktop): Promise<void> {
  const client = guest.start("weston-flower");
  await windows(desktop, 1);
  await client.stop();
  await windows(desktop, 0);
}

guestTest("a client that is killed takes its window along, and no other", { on: ["sway"] }, async (guest, desktop) => {
  const [victim, witness] = [guest.start("weston-smoke"), guest.start("weston-flower")];
  await windows(desktop, 2);
  victim.signal("SIGKILL");
  await windows(desktop, 1);
  assert.ok(witness.running, "the other client goes on");
});

guestTest(
  "a proxy that is killed in the midst of drawing takes all windows along",
  { on: ["sway"] },
  async (guest, desktop) => {
    guest.start("weston-smoke");
    guest.start("weston-flower");
    await windows(desktop, 2);
    guest.proxy.signal("SIGKILL");
    await windows(desktop, 0);
    await guest.startProxy();
    await opensWindow(guest, desktop);
  },
);

guestTest(
  "when the compositor is killed clients end, and a new one is used when it comes",
  { on: ["weston"] },
  async (guest, desktop) => {
    const clients = ["weston-flower", "weston-simple-shm"].map((name) =>
      guest.start(name, [], { env: { WAYLAND_DEBUG: "1" } }),
    );
    for (const client of clients) await client.says(/wl_buffer@\d+\.release\(|wl_callback@\d+\.done\(/);
    await desktop.killCompositor();
    for (const client of clients) assert.equal((await client.end()).signal, null, "it ends by itself");
    await desktop.startCompositor();
    guest.show(desktop);
    assert.ok(parseGlobals(await guest.run("wayland-info")).has("xdg_wm_base"));
    await animates(guest, desktop);
  },
);

guestTest("a client learns at once that no compositor runs", { on: ["weston"] }, async (guest, desktop) => {
  await desktop.killCompositor();
  const client = guest.start("wayland-info");
  await client.end();
  // It tells no failure by its exit code.
  assert.equal(client.captured.toString(), "");
  await desktop.startCompositor();
  guest.show(desktop);
  await guest.run("wayland-info");
});

guestTest("a paused guest keeps its window, and goes on", { on: ["weston"] }, async (guest, desktop) => {
  const empty = await desktop.compositor.screenshot();
  await animates(guest, desktop);
  await guest.machine.pause();
  await desktop.still("the paused window", (picture) => picture.difference(empty) > 50_000);
  await guest.machine.resume();
  await moves(desktop, empty);
});

guestTest("a guest that is reset loses its windows, and opens new ones", { on: ["sway"] }, async (guest, desktop) => {
  guest.start("weston-smoke");
  await windows(desktop, 1);
  await guest.machine.reset();
  await windows(desktop, 0);
  await guest.startProxy();
  await opensWindow(guest, desktop);
});

guestTest(
  "a guest that reboots by itself loses its windows, and opens new ones",
  { on: ["sway"] },
  async (guest, desktop) => {
    guest.start("weston-smoke");
    await windows(desktop, 1);
    await guest.machine.reboot();
    await windows(desktop, 0);
    await guest.startProxy();
    await opensWindow(guest, desktop);
  },
);

guestTest(
  "when QEMU is killed its windows go, and the device serves the next one",
  { on: ["sway"] },
  async (guest, desktop) => {
    guest.start("weston-smoke");
    await windows(desktop, 1);
    await guest.machine.close();
    await windows(desktop, 0);
    await guest.startMachine();
    await guest.startProxy();
    await opensWindow(guest, desktop);
  },
);

guestTest(
  "a device that is ended in the midst of a flood leaves nothing, and a new one serves the next machine",
  { on: ["weston"] },
  async (guest, desktop) => {
    const empty = await desktop.still("the empty screen", () => true);
    guest.start("weston-simple-shm");
    await moves(desktop, empty);
    const { client, args = [] } = ours("flood", "600000");
    guest.start(client, args);
    const { program } = desktop.compositor;
    await eventually("the flood", () => program.output.split("wl_display@1.sync(").length > 1000);
    await guest.endDevice();
    await desktop.still("the empty screen", (now) => now.difference(empty) === 0);
    await guest.machine.run("true");
    await guest.machine.close();
    await guest.startDevice();
    await guest.startMachine();
    await guest.startProxy();
    await animates(guest, desktop);
  },
);
