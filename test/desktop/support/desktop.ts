// SPDX-License-Identifier: Apache-2.0
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../../support/eventually.ts";
import { type Compositor, type CompositorName, cleanEnvironment } from "./compositor.ts";
import { clientEnvironment, furnish } from "./home.ts";
import { processesOf, socketsAndLocks } from "./leftovers.ts";
import type { Picture } from "./picture.ts";
import { descriptorsOf } from "./process.ts";
import { type Launch, Program } from "./program.ts";
import { Sway } from "./sway.ts";
import { fromTrixie } from "./trixie.ts";
import { startWeston } from "./weston.ts";
import { answers } from "./wire-client.ts";

/** A socket for clients: the compositor's own or a proxy's. */
export interface Display {
  readonly route: "direct" | "proxied";
  /** The path of the socket. */
  readonly socket: string;
  /** The proxy behind it, if any. */
  readonly proxy?: Program;
}

/** What a desktop is to be like. */
export interface DesktopOptions {
  readonly on: CompositorName;
  /** weston's shell, when it is not the usual one. */
  readonly shell?: string | undefined;
  /** See `SwayOptions`. */
  readonly isMeasured?: boolean | undefined;
  /** Further variables in the environment of a proxy. */
  readonly proxyEnv?: Readonly<Record<string, string>> | undefined;
}

/** What a test may change about a client's start. */
export interface ClientOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly capture?: boolean;
}

const command = fileURLToPath(new URL("../../../bin/wayland-proxy.cjs", import.meta.url));

/** With DESKTOP_TESTS_DIRECT set no proxy is used: what fails then all the same is not the proxy's fault. */
const { DESKTOP_TESTS_DIRECT: withoutProxy } = process.env;

/** nobody: sway refuses to run as root. */
export const unprivileged: number | undefined = process.getuid?.() === 0 ? 65534 : undefined;

/** Programs that draw in steps pause for less than this between them. */
const stillness = 200;

/** A headless compositor, proxies in front of it and clients of both, in a folder of their own. */
export class Desktop {
  /** The clients' home and working directory. */
  readonly home: string;
  readonly #options: DesktopOptions;
  readonly #folder: string;
  readonly #runtime: string;
  readonly #logs: string;
  readonly #host: string;
  readonly #clients: Program[] = [];
  /** Each proxy with the number of descriptors that it had when it was idle. */
  readonly #proxies = new Map<Program, number>();
  #started = 0;
  #compositor: Compositor | undefined;

  /** Prepares the folder; nothing runs before `startCompositor`. */
  constructor(options: DesktopOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "wp-desktop-"));
    // The unprivileged compositor passes through to its own folder, and sees nothing else.
    chmodSync(this.#folder, 0o711);
    const make = (name: string): string => {
      const path = join(this.#folder, name);
      mkdirSync(path, { mode: 0o700 });
      return path;
    };
    this.home = make("home");
    this.#runtime = make("run");
    this.#logs = make("logs");
    this.#host = make("host");
    furnish(this.home);
  }

  get compositor(): Compositor {
    if (this.#compositor === undefined) throw new Error("no compositor is running");
    return this.#compositor;
  }

  /** The compositor, on desktops that run sway. */
  get sway(): Sway {
    if (!(this.compositor instanceof Sway)) throw new Error(`this desktop runs ${this.#options.on}`);
    return this.compositor;
  }

  /** The compositor's own socket. */
  get direct(): Display {
    return { route: "direct", socket: this.compositor.socket };
  }

  /** Starts the compositor and waits until it answers. */
  async startCompositor(): Promise<void> {
    this.#compositor = await this.#start();
    await this.#ready(this.#compositor.program, this.#compositor.socket);
  }

  /** Kills the compositor with SIGKILL; when, in milliseconds of performance.now(). */
  async killCompositor(): Promise<number> {
    const { compositor } = this;
    this.#compositor = undefined;
    const at = performance.now();
    compositor.program.signal("SIGKILL");
    await compositor.program.ended;
    await compositor.close();
    return at;
  }

  /** Starts a proxy in front of the compositor, with `options` of the command line, and waits until it answers. */
  async proxied(...options: string[]): Promise<Display> {
    if (withoutProxy) return { ...this.direct, route: "proxied" };
    const name = `proxied-${this.#proxies.size}`;
    const proxy = this.#launch({
      command: process.execPath,
      args: [command, "--wayland-display", name, ...options],
      env: {
        ...cleanEnvironment(this.home, this.#runtime),
        WAYLAND_DISPLAY: this.compositor.socket,
        ...this.#options.proxyEnv,
      },
      cwd: this.home,
    });
    const socket = join(this.#runtime, name);
    await this.#ready(proxy, socket);
    this.#proxies.set(proxy, descriptorsOf(proxy.pid).length);
    return { route: "proxied", socket, proxy };
  }

  /** Starts a client on a display. */
  start(display: Display, program: string, args: readonly string[] = [], options: ClientOptions = {}): Program {
    const env = { ...clientEnvironment(this.home, this.#runtime, display.socket), ...options.env };
    const client = this.#launch({ command: program, args, ...options, env, cwd: this.home });
    this.#clients.push(client);
    return client;
  }

  /** Runs a client to its end and returns its standard output; throws when it fails. */
  async run(display: Display, program: string, args: readonly string[] = [], input?: Uint8Array): Promise<Buffer> {
    const client = this.start(display, program, args, { capture: true, ...(input && { input }) });
    const { code, signal } = await client.end();
    if (code !== 0) throw new Error(`${program} (${display.route}) ended with ${code ?? signal}: ${client.output}`);
    return client.captured;
  }

  /** A screenshot once `accept` likes it and nothing has moved for `stillness` milliseconds; waits for `limit` at most. */
  still(what: string, accept: (picture: Picture) => boolean, limit?: number): Promise<Picture> {
    let last: Picture | undefined;
    let since = 0;
    const probe = async () => {
      const picture = await this.compositor.screenshot();
      const now = performance.now();
      if (last?.difference(picture) !== 0) since = now;
      last = picture;
      return now - since >= stillness && accept(picture) ? picture : undefined;
    };
    return eventually(`${what} on a screen that stands still`, probe, limit);
  }

  /** Saves a screenshot in `folder` if the compositor still can make one. */
  async keepScreenshot(folder: string): Promise<void> {
    const picture = await this.#compositor?.screenshot().catch(() => undefined);
    if (picture === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "screenshot.png"), picture.toPng());
  }

  /** Copies all logs to `folder`. */
  keepLogs(folder: string): void {
    cpSync(this.#logs, folder, { recursive: true });
  }

  /** Ends everything; throws when something had to be forced, was left or went wrong unnoticed. */
  async close(): Promise<void> {
    const complaints: string[] = [];
    await Promise.all(this.#clients.map((client) => client.stop()));
    for (const [proxy, descriptors] of this.#proxies) complaints.push(...(await endProxy(proxy, descriptors)));
    complaints.push(...socketsAndLocks(this.#runtime).map((path) => `${path} was left`));
    const compositor = this.#compositor;
    if (compositor && !(await compositor.program.stop())) complaints.push("the compositor did not end on SIGTERM");
    await compositor?.close();
    complaints.push(...(await this.#sweep()));
    if (complaints.length > 0) throw new Error(complaints.join("; "));
  }

  /** Removes the folder with all files. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<Compositor> {
    const { on, shell, isMeasured } = this.#options;
    const site = { folder: this.#host, uid: undefined, start: (launch: Omit<Launch, "log">) => this.#launch(launch) };
    if (on === "weston" || on === "weston-seat") return startWeston(site, { seat: on === "weston-seat", shell });
    // It may run as root, which the folder that it was unpacked into may be readable for alone.
    if (on === "sway-1.10") return Sway.start(site, { launcher: fromTrixie("sway") });
    if (unprivileged !== undefined) chownSync(this.#host, unprivileged, unprivileged);
    const sway = await Sway.start({ ...site, uid: unprivileged }, { isMeasured });
    if (on === "sway" || (await sway.canUnplug())) return sway;
    return Sway.start({ ...site, uid: unprivileged }, { outer: sway });
  }

  /** Waits for what programs started themselves to end, then kills it; returns what had to be killed. */
  async #sweep(): Promise<string[]> {
    try {
      await eventually("the last process to end", () => processesOf(this.#folder).length === 0, 3000);
      return [];
    } catch {
      const strays = processesOf(this.#folder);
      for (const { pid } of strays) process.kill(pid, "SIGKILL");
      return strays.map(({ pid, command: line }) => `process ${pid} (${line}) did not end`);
    }
  }

  #launch(launch: Omit<Launch, "log">): Program {
    this.#started++;
    const label = launch.args?.[0] === command ? "wayland-proxy" : basename(launch.command);
    return new Program({ ...launch, log: join(this.#logs, `${String(this.#started).padStart(2, "0")}-${label}.log`) });
  }

  async #ready(program: Program, socket: string): Promise<void> {
    await eventually(`${socket} to answer`, () => {
      if (!program.running) throw new Error(`${program.name} ended at once: ${program.output}`);
      return answers(socket);
    });
  }
}

/** Ends a proxy whose clients are gone; returns what is wrong with it. */
async function endProxy(proxy: Program, descriptors: number): Promise<string[]> {
  if (!proxy.running) {
    const { code, signal } = await proxy.ended;
    return [`the proxy ended during the test with ${code ?? signal}`];
  }
  const complaints: string[] = [];
  await eventually("descriptors to be closed", () => descriptorsOf(proxy.pid).length <= descriptors, 2000).catch(() => {
    complaints.push(
      `the proxy has ${descriptorsOf(proxy.pid).length} descriptors without clients, ${descriptors} before`,
    );
  });
  if (!(await proxy.stop())) complaints.push("the proxy did not end on SIGTERM");
  const { code, signal } = await proxy.ended;
  if (code !== 0) complaints.push(`the proxy ended with ${code ?? signal} on SIGTERM`);
  return complaints;
}
