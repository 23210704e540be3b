// SPDX-License-Identifier: Apache-2.0
// `npm run bench:vm`: what a client in a virtual machine gets of a compositor on the host, through both of our ends,
// beside the same client on the host itself. The machine is emulated, so its figures are those of a processor that is
// many times slower. What counts is how they compare with each other, and how they change.

import { randomBytes } from "node:crypto";
import { loadavg } from "node:os";
import { Desktop } from "../test/desktop/support/desktop.ts";
import { eventually } from "../test/support/eventually.ts";
import { Guest } from "../test/vm/support/guest.ts";
import { runtime } from "../test/vm/support/machine.ts";
import { ours } from "../test/vm/support/scenes.ts";
import { buildDriver, driverPath, type Reading } from "./driver.ts";

const ROUNDS = 3;
const SECONDS = 3;
const CLIPBOARD_BYTES = 8 * 1024 * 1024;

/** 1920 by 1080 pixels. */
const FRAME_BYTES = 1920 * 1080 * 4;

type Name = "roundTrip" | "commitsSmall" | "commitsFull";

/** The place where the client runs. */
type Side = "host" | "guest";

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

async function measure(guest: Guest, desktop: Desktop, side: Side, name: Name): Promise<Reading> {
  guest.machine.windUp();
  const socket = side === "host" ? desktop.compositor.socket : `${runtime}/wayland-0`;
  const words = ["measure", socket, name, String(SECONDS)];
  const printed = await (side === "host"
    ? desktop.run(desktop.direct, driverPath, words)
    : guest.run(driverPath, words));
  return JSON.parse(printed.toString()) as Reading;
}

/** Bytes of pixels that the guest's proxy has copied so far. */
async function copied(guest: Guest): Promise<number> {
  const before = guest.proxy.errors.length;
  await guest.run("sh", ["-c", `echo stats > ${runtime}/wayland-0-ctl`]);
  const [, total] = await eventually("the proxy's statistics", () =>
    /"totals":\{.*?"copied":(\d+)\}/.exec(guest.proxy.errors.slice(before)),
  );
  return Number(total);
}

/**
 * The bytes that are copied for each that a program damages in small rectangles. It has two buffers and waits for its
 * frames; the first picture in each buffer does not count.
 */
async function copiedForDamaged(guest: Guest): Promise<number> {
  guest.machine.windUp();
  const before = await copied(guest);
  const { client, args = [] } = ours("scribbler");
  const scribbler = guest.start(client, args);
  const [, damaged] = await scribbler.says(/^(\d+) bytes after the first picture$/m, 60_000);
  await scribbler.stop();
  return ((await copied(guest)) - before - 2 * FRAME_BYTES) / Number(damaged);
}

/** MiB/s from a copy on one side to a paste on the other, with what it takes to start the one that pastes. */
async function clipboard(guest: Guest, desktop: Desktop, from: Side, to: Side): Promise<number> {
  guest.machine.windUp();
  const type = `application/x-bench-${randomBytes(4).toString("hex")}`;
  const input = randomBytes(CLIPBOARD_BYTES);
  const copying = ["--foreground", "--paste-once", "--type", type];
  const copy =
    from === "host"
      ? desktop.start(desktop.direct, "wl-copy", copying, { input })
      : guest.start("wl-copy", copying, { input });
  const paste = (...args: string[]): Promise<Buffer> =>
    to === "host" ? desktop.run(desktop.direct, "wl-paste", args) : guest.run("wl-paste", args);
  // It fails while there is nothing to paste.
  const offered = async (): Promise<boolean> =>
    (await paste("--list-types").catch(() => Buffer.alloc(0))).includes(type);
  await eventually("it to be offered", offered);
  const start = performance.now();
  const { length } = await paste("--no-newline", "--type", type);
  const seconds = (performance.now() - start) / 1000;
  if (length !== CLIPBOARD_BYTES) throw new Error(`${length} bytes of ${CLIPBOARD_BYTES} were pasted`);
  await copy.end();
  return CLIPBOARD_BYTES / 2 ** 20 / seconds;
}

function row(what: string, host: number, guest: number, unit: string): void {
  const text = (value: number): string => value.toPrecision(3).padStart(8);
  console.log(`${what.padEnd(34)} ${text(host)} ${text(guest)} ${unit.padEnd(6)} ${(guest / host).toPrecision(2)}`);
}

async function main(): Promise<void> {
  buildDriver();
  const [load = 0] = loadavg();
  if (load > 1) console.error(`this machine is busy (load ${load.toFixed(1)}): do not trust the figures`);
  const desktop = new Desktop({ on: "sway" });
  const guest = new Guest("newest");
  try {
    await desktop.startCompositor();
    // A clipboard needs a device.
    await desktop.compositor.input();
    await guest.boot(desktop, "--log-format", "json");
    console.log(`${"".padEnd(34)} on host in guest ${"".padEnd(6)} guest/host`);
    const rates: Record<string, Record<Side, number[]>> = {};
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of ["roundTrip", "commitsSmall", "commitsFull"] as const) {
        rates[name] ??= { host: [], guest: [] };
        for (const side of ["host", "guest"] as const) {
          const { operations, nanoseconds, p50 = 0 } = await measure(guest, desktop, side, name);
          rates[name][side].push(name === "roundTrip" ? p50 / 1000 : (operations * 1e9) / nanoseconds);
        }
      }
    }
    const of = (name: Name, side: Side): number => median((rates[name] as Record<Side, number[]>)[side]);
    row("round trip, median", of("roundTrip", "host"), of("roundTrip", "guest"), "µs");
    row("commits, 64x64 damaged", of("commitsSmall", "host"), of("commitsSmall", "guest"), "/s");
    row("commits, 1920x1080 damaged", of("commitsFull", "host"), of("commitsFull", "guest"), "/s");
    const direct = await clipboard(guest, desktop, "host", "host");
    row("clipboard, guest to host", direct, await clipboard(guest, desktop, "guest", "host"), "MiB/s");
    row("clipboard, host to guest", direct, await clipboard(guest, desktop, "host", "guest"), "MiB/s");
    console.log(`bytes copied for each damaged one: ${(await copiedForDamaged(guest)).toFixed(2)}`);
  } finally {
    await guest.close();
    await desktop.close();
    desktop.remove();
  }
}

await main();
