// SPDX-License-Identifier: Apache-2.0
// `npm run bench:x11`: what X11 programs get through the proxy, which manages the windows of its own Xwayland. In turns they
// run in the same Xwayland under the compositor itself (sway).

import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { connectUnix } from "../src/native/socket.ts";
import { X11Connection } from "../src/x11/client/connection.ts";
import { WindowClass } from "../src/x11/generated/enums.ts";
import { Desktop, unprivileged } from "../test/desktop/support/desktop.ts";
import { descriptorsOf } from "../test/desktop/support/process.ts";
import { serveX, xNumber } from "../test/desktop/support/x-programs.ts";
import { SwayWindows } from "./sway-windows.ts";

const ROUNDS = 3;
const ROUND_TRIPS = 5000;
const WINDOWS = 200;
const LINES = 100_000;

/** Linux counts processor time in hundredths of a second, whatever its own clock. */
const MS_PER_TICK = 10;

/** An X display. */
interface Subject {
  readonly number: number;
  /** The user that its clients have to be, if not us: an X server takes no others. */
  readonly uid: number | undefined;
}

/** What was measured of one, in each round. */
class Readings {
  /** In milliseconds, as all that has no other unit. */
  readonly firstWindow: number[] = [];
  /** The times of round trips, in microseconds. */
  readonly roundTrip: number[] = [];
  readonly window: number[] = [];
  readonly windowCpu: number[] = [];
  readonly scroll: number[] = [];
  readonly scrollCpu: number[] = [];
  /** The memory that a window costs the proxy. */
  readonly windowKiB: number[] = [];
  readonly windowFds: number[] = [];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** Processor time that a process has used so far, in milliseconds (proc(5): utime and stime). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** The Xwayland that serves a display. */
function xwaylandOf(number: number): number {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [program = "", display] = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      if (program.endsWith("Xwayland") && display === `:${number}`) return Number(name);
    } catch {
      // It has just ended.
    }
  }
  throw new Error(`no Xwayland serves :${number}`);
}

/** The bench itself. */
class Bench {
  readonly #desktop: Desktop;
  readonly #windows: SwayWindows;

  constructor(desktop: Desktop, windows: SwayWindows) {
    this.#desktop = desktop;
    this.#windows = windows;
  }

  /** @param workers the processes that work for X programs, but for the X server; the last one is what has the windows */
  async measure(subject: Subject, readings: Readings, ...workers: readonly number[]): Promise<void> {
    const begun = performance.now();
    const x = await this.#connect(subject);
    await this.#show(x);
    readings.firstWindow.push(performance.now() - begun);
    const all = [...workers, xwaylandOf(subject.number)];
    const cpu = (): number => all.reduce((sum, pid) => sum + cpuOf(pid), 0);

    const times: number[] = [];
    for (let i = 0; i < ROUND_TRIPS; i++) {
      const start = performance.now();
      await x.sync();
      times.push((performance.now() - start) * 1000);
    }
    readings.roundTrip.push(median(times));

    const [start, used] = [performance.now(), cpu()];
    await this.#showMany(x);
    readings.window.push((performance.now() - start) / WINDOWS);
    readings.windowCpu.push((cpu() - used) / WINDOWS);

    const [from, before] = [performance.now(), cpu()];
    await this.#scroll(subject);
    readings.scroll.push(performance.now() - from);
    readings.scrollCpu.push(cpu() - before);

    // Now that it is as large as its work needs.
    const worker = workers.at(-1) as number;
    const [kib, fds] = [residentKiB(worker), descriptorsOf(worker).length];
    await this.#showMany(x);
    readings.windowKiB.push((residentKiB(worker) - kib) / WINDOWS);
    readings.windowFds.push((descriptorsOf(worker).length - fds) / WINDOWS);
    x.close();
  }

  /** Connects as a user that the X server takes. */
  #connect({ number, uid }: Subject): Promise<X11Connection> {
    if (uid !== undefined) process.seteuid?.(uid);
    try {
      return X11Connection.open(connectUnix(`/tmp/.X11-unix/X${number}`));
    } finally {
      if (uid !== undefined) process.seteuid?.(0);
    }
  }

  /** Shows a window. Resolves when the compositor has it. */
  async #show(x: X11Connection): Promise<void> {
    const window = x.allocateId();
    x.send("CreateWindow", {
      depth: 0,
      wid: window,
      parent: x.setup.root,
      x: 0,
      y: 0,
      width: 300,
      height: 200,
      border_width: 0,
      class: WindowClass.InputOutput,
      visual: 0,
      background_pixel: 0xffffff,
    });
    x.send("MapWindow", { window });
    await this.#windows.next();
  }

  /** One after the other: sway's own window manager loses some of many that come at once. */
  async #showMany(x: X11Connection): Promise<void> {
    for (let i = 0; i < WINDOWS; i++) await this.#show(x);
  }

  /** A terminal shows many lines, as fast as they go. */
  async #scroll({ number, uid }: Subject): Promise<void> {
    const user = uid === undefined ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
    const [program = "", ...args] = [...user, "xterm", "-e", "seq", String(LINES)];
    const terminal = this.#desktop.start(this.#desktop.direct, program, args, { env: { DISPLAY: `:${number}` } });
    await this.#windows.next();
    const { code } = await terminal.end(60_000);
    if (code !== 0) throw new Error(`xterm ended with ${code}: ${terminal.output}`);
  }
}

/** Measures sway's own X server and ours, each of which starts anew. */
async function round(own: Readings, proxied: Readings): Promise<void> {
  const desktop = new Desktop({ on: "sway", isMeasured: true });
  try {
    await desktop.startCompositor();
    const { sway } = desktop;
    // Windows that share the screen would all be resized whenever one comes.
    await sway.message('for_window [class=".*"] floating enable');
    await sway.message("exec", 'echo "X is at $DISPLAY" >&2');
    const [, number = ""] = await sway.program.says(/X is at :(\d+)/);
    const { proxy } = await serveX(desktop, "Xwayland");
    if (proxy === undefined) throw new Error("there is no proxy to measure");
    const windows = await SwayWindows.watch(sway.ipc);
    const bench = new Bench(desktop, windows);
    await bench.measure({ number: Number(number), uid: unprivileged }, own, sway.program.pid);
    await bench.measure({ number: xNumber, uid: undefined }, proxied, sway.program.pid, proxy.pid);
    windows.close();
  } finally {
    await desktop.close();
    desktop.remove();
  }
}

function row(what: string, own: readonly number[], proxied: readonly number[], unit: string): void {
  const [a, b] = [median(own), median(proxied)];
  const text = (value: number): string => value.toPrecision(3).padStart(10);
  console.log(`${what.padEnd(38)} ${text(a)} ${text(b)} ${unit.padEnd(3)} ${(b / a).toPrecision(3).padStart(6)}`);
}

async function main(): Promise<void> {
  const [load = 0] = loadavg();
  if (load > 1) console.error(`this machine is busy (load ${load.toFixed(1)}): do not trust the figures`);
  const [own, proxied] = [new Readings(), new Readings()];
  for (let i = 0; i < ROUNDS; i++) await round(own, proxied);
  console.log(`${"".padEnd(38)} sway's own    proxied      ratio`);
  row("first window, with Xwayland's start", own.firstWindow, proxied.firstWindow, "ms");
  row("round trip of an X request, median", own.roundTrip, proxied.roundTrip, "µs");
  row(`each of ${WINDOWS} further windows`, own.window, proxied.window, "ms");
  row("  processor time for that", own.windowCpu, proxied.windowCpu, "ms");
  row(`xterm scrolls ${LINES} lines`, own.scroll, proxied.scroll, "ms");
  row("  processor time for that, but xterm's", own.scrollCpu, proxied.scrollCpu, "ms");
  console.log(
    `each further window: ${median(proxied.windowKiB).toFixed(1)} KiB and ${median(proxied.windowFds)} descriptors of the proxy's`,
  );
}

await main();
