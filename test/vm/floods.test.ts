// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Input } from "../desktop/support/compositor.ts";
import { eventually } from "../support/eventually.ts";
import type { Guest } from "./support/guest.ts";
import type { GuestProgram } from "./support/guest-program.ts";
import { guestTests } from "./support/guest-test.ts";
import { animates, looksTheSame, ours, terminal } from "./support/scenes.ts";

const guestTest = guestTests("newest", "--stats");

/** How much more memory than before a flood each end may have had during it, in KiB. */
const allowance = 48 * 1024;

/** The most memory that a process has had so far, in KiB, by its /proc/PID/status. */
function peakOf(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

async function peaks(guest: Guest): Promise<[proxy: number, device: number]> {
  const proxy = await guest.machine.run("cat", [`/proc/${await guest.proxy.started}/status`]);
  return [peakOf(proxy.toString()), peakOf(readFileSync(`/proc/${guest.device.pid}/status`, "utf8"))];
}

/** Fails when either end's memory has grown too much since `before`. */
async function assertBounded(guest: Guest, before: readonly [number, number]): Promise<void> {
  const after = await peaks(guest);
  for (const [index, end] of ["proxy", "device"].entries()) {
    const growth = (after[index] as number) - (before[index] as number);
    assert.ok(growth < allowance, `the ${end} grew by ${Math.round(growth / 1024)} MiB`);
  }
}

/** Opens a terminal in the guest that ends with the first line, and has the keyboard. */
async function openTerminal(guest: Guest): Promise<GuestProgram> {
  const foot = guest.start("foot", ["sh", "-c", "read line"], { env: { WAYLAND_DEBUG: "1" } });
  await foot.says(/wl_keyboard@\d+\.enter\(/);
  return foot;
}

async function floodWithMotions(input: Input): Promise<void> {
  for (let step = 0; step < 10_000; step++) await input.move(100 + (step % 100), 100);
}

guestTest(
  "a guest's client that asks and never reads costs little, and no other client",
  { on: ["weston"] },
  async (guest) => {
    const before = await peaks(guest);
    const { client, args = [] } = ours("flood", "600000");
    const flood = guest.start(client, args);
    await eventually("the flood to end", () => /^(sent|stuck|cut off)/m.test(flood.captured.toString()), 60_000);
    await guest.run("wayland-info");
    await assertBounded(guest, before);
  },
);

guestTest(
  "a guest's client that does not read its input costs little, and no other client",
  { on: ["sway"] },
  async (guest, desktop) => {
    const input = await desktop.compositor.input();
    const foot = await openTerminal(guest);
    const before = await peaks(guest);
    foot.signal("SIGSTOP");
    await floodWithMotions(input);
    await guest.run("wayland-info");
    await assertBounded(guest, before);
    // It would have to read all of that before it could end by itself.
    foot.signal("SIGKILL");
  },
);

guestTest(
  "a flood of requests costs little while the compositor stands still, and all goes on when it does",
  { on: ["weston"] },
  async (guest, desktop) => {
    const before = await peaks(guest);
    const { program } = desktop.compositor;
    program.signal("SIGSTOP");
    const { client, args = [] } = ours("flood", "600000");
    const flood = guest.start(client, args);
    await flood.says(/^(stuck|cut off)/m, 60_000);
    await assertBounded(guest, before);
    program.signal("SIGCONT");
    flood.signal("SIGKILL");
    await animates(guest, desktop);
    await assertBounded(guest, before);
  },
);

guestTest(
  "a flood of events costs the device little while the guest's proxy stands still, and all goes on when it does",
  { on: ["sway"] },
  async (guest, desktop) => {
    const input = await desktop.compositor.input();
    const foot = await openTerminal(guest);
    const before = await peaks(guest);
    guest.proxy.signal("SIGSTOP");
    await floodWithMotions(input);
    await assertBounded(guest, before);
    guest.proxy.signal("SIGCONT");
    await input.type("\n");
    assert.equal((await foot.end(60_000)).code, 0, "it has read the line");
    await assertBounded(guest, before);
  },
);

guestTest(
  "a client that hoards the host's memory fails alone, says why, and leaves others as much",
  { on: ["sway"] },
  async (guest, desktop) => {
    const hoard = (count: string) => {
      const { client, args = [] } = ours("hoard", count);
      return guest.start(client, args);
    };
    // Of the 480 images that QEMU can map one client gets as many as it leaves free: half of the 280 that are left.
    await hoard("200").says(/^done$/m, 60_000);
    const [words] = await hoard("250").says(/.+/, 60_000);
    assert.match(words, /^wl_display\.error: no memory for a buffer of 64x64 pixels .*has 140 images/);
    await looksTheSame(guest, desktop, terminal);
  },
);

/** Lets a client commit without waiting; @returns how long that took, in milliseconds. */
async function burst(guest: Guest, side: number, changed: number, count: number): Promise<[GuestProgram, number]> {
  const { client, args = [] } = ours("burst", String(side), String(changed), String(count));
  const program = guest.start(client, args);
  const [, time] = await program.says(/^took (\d+)$/m, 180_000);
  return [program, Number(time)];
}

guestTest(
  "a client that commits without waiting has its releases awaited, instead of an image for each frame",
  { on: ["sway"] },
  async (guest) => {
    const [program] = await burst(guest, 1024, 64, 144);
    const pid = await program.started;
    const { "images in the guest's kernel": images = 0 } = await guest.census();
    assert.ok(images < 10, `${images} images`);
    await program.stop();
    const [, copied] = await guest.proxy.says(
      new RegExp(`\\b${pid}\\b.* has gone: .*, ([\\d.]+ [KMG]?i?B) of pixels copied`),
    );
    // One whole picture has 4 MiB, what changes 16 KiB.
    assert.match(copied ?? "", /^\d{1,2}\.\d MiB$/);
  },
);

guestTest(
  "a client that commits large pictures without waiting takes turns with others",
  { on: ["sway"] },
  async (guest) => {
    const { client, args = [] } = ours("pinger");
    const pinger = guest.start(client, args);
    await pinger.says(/^longest/m);
    const [, time] = await burst(guest, 4096, 4096, 20);
    const waits = [...pinger.captured.toString().matchAll(/^longest (\d+)$/gm)].map(([, wait]) => Number(wait));
    const longest = Math.max(...waits);
    assert.ok(longest < time / 5, `another client had to wait for ${longest} ms of ${time}`);
  },
);
