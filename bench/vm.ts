// SPDX-License-Identifier: Apache-2.0
// `npm run bench:vm`: what a client in a virtual machine gets of a compositor on the host, through both of our ends,
// beside the same client on the host itself. The machine is emulated, so its figures are those of a processor that is
// many times slower. What counts is how they compare with each other, and how they change.

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { Command, Option } from "commander";
import { Desktop } from "../test/desktop/support/desktop.ts";
import { eventually } from "../test/support/eventually.ts";
import { Guest } from "../test/vm/support/guest.ts";
import { runtime } from "../test/vm/support/machine.ts";
import { ours } from "../test/vm/support/scenes.ts";
import { buildDriver, driverPath, type Reading } from "./driver.ts";

const ROUNDS = 3;
const SECONDS = 3;
/** The same by a clock that counts instructions: an emulated processor needs half a minute for one. */
const COUNTED_SECONDS = 0.4;
const CLIPBOARD_BYTES = 8 * 1024 * 1024;

/** 1920 by 1080 pixels. */
const FRAME_BYTES = 1920 * 1080 * 4;

type Name = "roundTrip" | "commitsSmall" | "commitsFull";

/** The socket of the guest's proxy. */
const SOCKET = `${runtime}/wayland-0`;

/** The place where the client runs. */
type Side = "host" | "guest";

/** The node of the guest's GPU. */
const NODE = "/dev/dri/renderD128";

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

async function measureInGuest(guest: Guest, path: string, name: Name): Promise<Reading> {
  guest.machine.windUp();
  return JSON.parse((await guest.run(driverPath, ["measure", path, name, String(SECONDS)])).toString()) as Reading;
}

async function measure(guest: Guest, desktop: Desktop, side: Side, name: Name): Promise<Reading> {
  if (side === "guest") return measureInGuest(guest, SOCKET, name);
  const words = ["measure", desktop.compositor.socket, name, String(SECONDS)];
  return JSON.parse((await desktop.run(desktop.direct, driverPath, words)).toString()) as Reading;
}

/** Processor time of a process on the host, in nanoseconds. */
function processorTime(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const times = readdirSync(folder).map((thread) => readFileSync(`${folder}/${thread}/schedstat`, "utf8"));
  return times.reduce((sum, text) => sum + Number.parseInt(text, 10), 0);
}

/** Round trips of a client that speaks to the guest's GPU itself, and what each costs the device's process. */
async function straight(guest: Guest): Promise<void> {
  const trips: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = processorTime(guest.device.pid);
    const { operations, p50 = 0 } = await measureInGuest(guest, NODE, "roundTrip");
    costs.push((processorTime(guest.device.pid) - before) / operations / 1000);
    trips.push(p50 / 1000);
  }
  alone("round trip, no program between", median(trips), "µs");
  alone("  processor time of the device", median(costs), "µs");
}

/** Counts instructions of a guest whose clock goes on by a nanosecond with each. */
async function count(guest: Guest, path: string): Promise<void> {
  guest.machine.windUp();
  const words = ["measure", path, "roundTrip", String(COUNTED_SECONDS), String(await guest.proxy.started)];
  const reading = JSON.parse((await guest.run(driverPath, words)).toString()) as Required<Reading>;
  const { operations, machineNanoseconds, cpuNanoseconds, mainThreadNanoseconds } = reading;
  const text = (value: number): string => `${Math.round(value / operations / 1000)} k`.padStart(9);
  const figures = [machineNanoseconds, cpuNanoseconds, mainThreadNanoseconds].map(text);
  console.log(`${String(operations).padStart(7)} through ${path.padEnd(22)} ${figures.join(" ")}`);
}

/**
 * The instructions of programs and the kernel's threads in the guest for a round trip. Interrupts that come while none of
 * them runs are not counted.
 */
async function instructions(desktop: Desktop): Promise<void> {
  const guest = new Guest("newest", ["-icount", "shift=0"]);
  try {
    await guest.boot(desktop);
    console.log(`${"instructions for each of so many trips".padEnd(39)}       all     proxy its first thread`);
    for (const path of [SOCKET, SOCKET, SOCKET, NODE]) await count(guest, path);
  } finally {
    await guest.close();
  }
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

function alone(what: string, guest: number, unit: string): void {
  console.log(`${what.padEnd(34)} ${"–".padStart(8)} ${guest.toPrecision(3).padStart(8)} ${unit}`);
}

function row(what: string, host: number, guest: number, unit: string): void {
  const text = (value: number): string => value.toPrecision(3).padStart(8);
  console.log(`${what.padEnd(34)} ${text(host)} ${text(guest)} ${unit.padEnd(6)} ${(guest / host).toPrecision(2)}`);
}

/** What a client gets, in turns with one on the host. */
async function rates(guest: Guest, desktop: Desktop): Promise<void> {
  const all: Record<string, Record<Side, number[]>> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ["roundTrip", "commitsSmall", "commitsFull"] as const) {
      all[name] ??= { host: [], guest: [] };
      for (const side of ["host", "guest"] as const) {
        const { operations, nanoseconds, p50 = 0 } = await measure(guest, desktop, side, name);
        all[name][side].push(name === "roundTrip" ? p50 / 1000 : (operations * 1e9) / nanoseconds);
      }
    }
  }
  const of = (name: Name, side: Side): number => median((all[name] as Record<Side, number[]>)[side]);
  row("round trip, median", of("roundTrip", "host"), of("roundTrip", "guest"), "µs");
  row("commits, 64x64 damaged", of("commitsSmall", "host"), of("commitsSmall", "guest"), "/s");
  row("commits, 1920x1080 damaged", of("commitsFull", "host"), of("commitsFull", "guest"), "/s");
}

async function clipboards(guest: Guest, desktop: Desktop): Promise<void> {
  const direct = await clipboard(guest, desktop, "host", "host");
  row("clipboard, guest to host", direct, await clipboard(guest, desktop, "guest", "host"), "MiB/s");
  row("clipboard, host to guest", direct, await clipboard(guest, desktop, "host", "guest"), "MiB/s");
}

/** The parts, by their names on the command line. All but the instructions share a guest. */
const parts: Readonly<Record<string, (guest: Guest, desktop: Desktop) => Promise<void>>> = {
  rates,
  straight,
  clipboards,
  async copied(guest) {
    console.log(`bytes copied for each damaged one: ${(await copiedForDamaged(guest)).toFixed(2)}`);
  },
};

const command = new Command("bench:vm")
  .description("Measures a client in an emulated virtual machine beside one on the host.")
  .addOption(new Option("--only <part...>", "measure these alone").choices([...Object.keys(parts), "instructions"]));

async function main(): Promise<void> {
  const { only = [...Object.keys(parts), "instructions"] } = command.parse().opts<{ only?: string[] }>();
  buildDriver();
  const [load = 0] = loadavg();
  if (load > 1) console.error(`this machine is busy (load ${load.toFixed(1)}): do not trust the figures`);
  const desktop = new Desktop({ on: "sway" });
  try {
    await desktop.startCompositor();
    // A clipboard needs a device.
    await desktop.compositor.input();
    const inGuest = Object.entries(parts).filter(([name]) => only.includes(name));
    if (inGuest.length > 0) {
      const guest = new Guest("newest");
      try {
        await guest.boot(desktop, "--log-format", "json");
        console.log(`${"".padEnd(34)} on host in guest ${"".padEnd(6)} guest/host`);
        for (const [, part] of inGuest) await part(guest, desktop);
      } finally {
        await guest.close();
      }
    }
    if (only.includes("instructions")) await instructions(desktop);
  } finally {
    await desktop.close();
    desktop.remove();
  }
}

await main();
