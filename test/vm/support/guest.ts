// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment } from "../../desktop/support/compositor.ts";
import type { Desktop } from "../../desktop/support/desktop.ts";
import { clientEnvironment } from "../../desktop/support/home.ts";
import { processesOf, socketsAndLocks } from "../../desktop/support/leftovers.ts";
import { Program } from "../../desktop/support/program.ts";
import { eventually } from "../../support/eventually.ts";
import type { GuestProgram } from "./guest-program.ts";
import { type GuestLaunch, home, type Kernel, Machine, runtime, tree } from "./machine.ts";

const proxyCommand = join(tree, "dist/bin/wayland-proxy.cjs");
const deviceCommand = join(tree, "dist/bin/wayland-proxy-host.cjs");

/** How many things are held; none may grow from test to test. */
export type Census = Readonly<Record<string, number>>;

/** For screenshots, which both ends have to allow. */
const exposed = ["--expose", "zwlr_screencopy_manager_v1"];

/** The memory of the machine, as QEMU writes it. */
const memory = "512M";

/**
 * wayland-proxy-host, a machine whose GPU it is, and wayland-proxy in there. The windows of its clients are on the
 * desktop that was given to `show` last.
 */
export class Guest {
  readonly kernel: Kernel;
  machine!: Machine;
  device!: Program;
  proxy!: GuestProgram;
  /** What was held when nothing was connected. */
  #idle!: Census;
  readonly #folder: string;
  readonly #socket: string;
  /** Leads to the compositor. */
  readonly #display: string;
  readonly #extraHardware: readonly string[];
  readonly #clients: GuestProgram[] = [];
  #machines = 0;
  #devices = 0;

  /**
   * Prepares a folder; nothing runs before `boot`.
   *
   * @param extraHardware further arguments for QEMU
   */
  constructor(kernel: Kernel, extraHardware: readonly string[] = []) {
    this.kernel = kernel;
    this.#extraHardware = extraHardware;
    this.#folder = mkdtempSync(join(tmpdir(), "wp-vm-"));
    mkdirSync(join(this.#folder, "run"), { mode: 0o700 });
    this.#socket = join(this.#folder, "run", "gpu");
    this.#display = join(this.#folder, "compositor");
  }

  /** Starts all; `desktop` is the first to show windows. */
  async boot(desktop: Desktop, ...proxyOptions: string[]): Promise<void> {
    this.show(desktop);
    await this.startDevice();
    await this.startMachine();
    await this.startProxy(...proxyOptions);
    // What the first client makes once for all of them is not to look like a leak.
    await this.run("wayland-info");
    this.#idle = await this.census();
  }

  get running(): boolean {
    return this.machine?.running && this.device?.running && this.proxy?.running;
  }

  /** The environment of a client in the guest. */
  get #environment(): Record<string, string> {
    return clientEnvironment(home, runtime, join(runtime, "wayland-0"));
  }

  /** From now on new clients' windows are on this desktop. */
  show(desktop: Desktop): void {
    this.machine?.windUp();
    rmSync(this.#display, { force: true });
    symlinkSync(desktop.compositor.socket, this.#display);
  }

  /** Starts the device, and waits until it listens. */
  async startDevice(): Promise<void> {
    this.#devices++;
    const run = join(this.#folder, "run");
    const args = [deviceCommand, "--socket", this.#socket, "--wayland-display", this.#display, ...exposed];
    // Linux before 6.2 wants a display.
    if (this.kernel === "6.1") args.push("--scanout");
    this.device = new Program({
      command: process.execPath,
      args,
      env: cleanEnvironment(run, run),
      cwd: run,
      log: join(this.#folder, `device-${this.#devices}.log`),
    });
    await this.device.says(/listening on/);
  }

  /**
   * Ends the device with SIGTERM; throws when that takes long, or leaves something. The machine goes on, but its device
   * is dead for good: QEMU does not connect again.
   */
  async endDevice(): Promise<void> {
    const { device } = this;
    assert.ok(await device.stop(), "it ends in time");
    assert.equal((await device.ended).code, 0);
    assert.deepEqual(socketsAndLocks(join(this.#folder, "run")), []);
  }

  /** Starts a machine, with a device that has none. */
  async startMachine(): Promise<void> {
    this.#machines++;
    const folder = join(this.#folder, `machine-${this.#machines}`);
    mkdirSync(folder);
    this.machine = await Machine.start({ kernel: this.kernel, folder, hardware: this.#hardware });
  }

  /** Starts the proxy in the guest, as each boot needs it, and waits until it listens. */
  async startProxy(...options: string[]): Promise<void> {
    const args = [proxyCommand, "--virtio-gpu", "--wayland-display", "wayland-0", ...exposed, ...options];
    this.proxy = this.machine.start(process.execPath, args);
    await this.proxy.says(/listening on/);
  }

  /** Starts a client in the guest. */
  start(program: string, args: readonly string[] = [], launch: GuestLaunch = {}): GuestProgram {
    const client = this.machine.start(program, args, { ...launch, env: { ...this.#environment, ...launch.env } });
    this.#clients.push(client);
    return client;
  }

  /** Runs a client in the guest to its end and returns its standard output; throws when it fails. */
  run(program: string, args: readonly string[] = [], launch: GuestLaunch = {}): Promise<Buffer> {
    return this.machine.run(program, args, { ...launch, env: { ...this.#environment, ...launch.env } });
  }

  /** Counts what both ends and the guest's kernel hold. */
  async census(): Promise<Census> {
    // Node keeps a /dev/null for all children from the first one on.
    const script = `
      ls -l /proc/$1/fd | grep -c -v /dev/null
      grep -c -e /dev/dri -e dmabuf /proc/$1/maps
      cat /sys/kernel/debug/dri/*/virtio-gpu-host-visible-mm | grep -c ': used$'
      exit 0`;
    const counted = await this.machine.run("sh", ["-c", script, "sh", String(await this.proxy.started)]);
    const [descriptors = 0, mappings = 0, images = 0] = counted.toString().trim().split("\n").map(Number);
    const maps = readFileSync(`/proc/${this.device.pid}/maps`, "utf8");
    return {
      "descriptors of the proxy": descriptors,
      "mapped images in the proxy": mappings,
      "images in the guest's kernel": images,
      "descriptors of the device": readdirSync(`/proc/${this.device.pid}/fd`).length,
      "mappings of the device": maps.split("\n").filter((line) => line.includes("memfd:")).length,
    };
  }

  /** Ends all clients and waits until nothing more is held than before there was any; throws, saying what is. */
  async settle(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.stop()));
    let excess: string[] = [];
    const isIdle = async (): Promise<boolean> => {
      const census = await this.census();
      const grown = Object.keys(census).filter((key) => (census[key] ?? 0) > (this.#idle[key] ?? 0));
      excess = grown.map((key) => `${census[key]} ${key}, ${this.#idle[key]} before`);
      return grown.length === 0;
    };
    await eventually("all to be given back", isIdle).catch((error: Error) => {
      throw new Error(`${error.message}: ${excess.join("; ")}`);
    });
  }

  /** Copies all logs to `folder`. */
  keepLogs(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(this.#folder).filter((entry) => /^machine|\.log$/.test(entry))) {
      const isSmall = (path: string): boolean => !/\.(in|sock)$/.test(path);
      cpSync(join(this.#folder, name), join(folder, name), { recursive: true, filter: isSmall });
    }
  }

  /** Ends all; throws when something had to be forced or was left. */
  async close(): Promise<void> {
    const complaints: string[] = [];
    if (this.machine?.running && this.proxy?.running) {
      const { code, signal } = await this.proxy.stop();
      if (code !== 0) complaints.push(`the guest's proxy ended with ${code ?? signal} on SIGTERM`);
    }
    await this.machine?.close();
    if (!this.device?.running) complaints.push("the device ended by itself");
    await this.device?.stop();
    const ending = await this.device?.ended;
    if (ending?.code !== 0) complaints.push(`the device ended with ${ending?.code ?? ending?.signal}`);
    complaints.push(...socketsAndLocks(join(this.#folder, "run")).map((path) => `${path} was left`));
    complaints.push(...processesOf(this.#folder).map(({ command }) => `${command} still runs`));
    rmSync(this.#folder, { recursive: true, force: true });
    assert.deepEqual(complaints, []);
  }

  /** The arguments for QEMU, as the device says that they must be. */
  get #hardware(): string[] {
    const [text = ""] = /^ +-m SIZE(.*\\\n)*.*\n/m.exec(this.device.output) ?? [];
    return [...text.replaceAll("SIZE", memory).replaceAll("\\\n", "").trim().split(/ +/), ...this.#extraHardware];
  }
}
