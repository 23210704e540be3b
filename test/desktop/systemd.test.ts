// SPDX-License-Identifier: Apache-2.0
/** Started by the real systemd, or its tool for trying out socket activation. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { listGlobals } from "./support/wayland-info.ts";
import { WireClient } from "./support/wire-client.ts";

const mains = {
  "wayland-proxy": fileURLToPath(new URL("../../bin/wayland-proxy.cjs", import.meta.url)),
  "wayland-proxy-host": fileURLToPath(new URL("../../bin/wayland-proxy-host.cjs", import.meta.url)),
  "wayland-proxy-vm": fileURLToPath(new URL("../../bin/wayland-proxy-vm.cjs", import.meta.url)),
};
const units = fileURLToPath(new URL("../../../systemd/user", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/systemd", import.meta.url));

/** Runs the proxy behind sockets that are made before it; it is started by the first client. */
function activate(desktop: Desktop, listen: readonly string[], names: string, options: readonly string[]): Program {
  const inherit = ["WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "HOME", "PATH"].flatMap((name) => ["-E", name]);
  const command = [process.execPath, mains["wayland-proxy"], ...options];
  const args = [...listen.map((path) => `--listen=${path}`), `--fdname=${names}`, ...inherit, ...command];
  return desktop.start(desktop.direct, "systemd-socket-activate", args);
}

desktopTest("systemd-socket-activate starts the proxy with its first client", { on: ["weston"] }, async (desktop) => {
  const socket = join(desktop.home, "made");
  const proxy = activate(desktop, [socket], "wayland", ["--tag", "[work] "]);
  await proxy.says(/Listening on .*made/);
  const display: Display = { route: "proxied", socket };
  const globals = await listGlobals(desktop, display);
  assert.ok(globals.some((global) => global.interface === "xdg_wm_base"));
  await proxy.says(/listening on .*made: what is started/);
  const empty = await desktop.compositor.screenshot();
  const window = desktop.start(display, "weston-simple-shm");
  await eventually("a window", async () => (await desktop.compositor.screenshot()).difference(empty) > 0);
  await window.stop();
  assert.ok(await proxy.stop());
  assert.equal((await proxy.end()).code, 0);
  assert.ok(existsSync(socket), "it was not ours to remove");
});

desktopTest("systemd-socket-activate passes a socket for X11 programs, too", { on: ["sway"] }, async (desktop) => {
  const sockets = [join(desktop.home, "made"), "/tmp/.X11-unix/X87"];
  mkdirSync("/tmp/.X11-unix", { recursive: true, mode: 0o1777 });
  const proxy = activate(desktop, sockets, "wayland:x11", ["--x-display", "87"]);
  await proxy.says(/Listening on .*X87/);
  try {
    const info = desktop.start(desktop.direct, "xdpyinfo", [], { env: { DISPLAY: ":87" }, capture: true });
    assert.equal((await info.end()).code, 0, info.output);
    assert.match(info.captured.toString(), /name of display: +:87/);
  } finally {
    // As a socket unit would, when it is stopped.
    rmSync("/tmp/.X11-unix/X87");
  }
});

desktopTest("a socket with a name that nobody expects ends the proxy", { on: ["weston"] }, async (desktop) => {
  const socket = join(desktop.home, "made");
  const proxy = activate(desktop, [socket], "web", []);
  await proxy.says(/Listening on .*made/);
  const client = new WireClient(socket);
  await assert.rejects(client.roundTrip(), /closed the connection|ECONN/);
  assert.equal((await proxy.end()).code, 1);
  assert.match(proxy.output, /error: the socket named "web" \(descriptor 3\) is of no use to us/);
});

/** Fails if the service is more exposed than that, in tenths. */
async function isClosed(desktop: Desktop, service: string, threshold: number): Promise<void> {
  const args = ["security", "--user", "--offline=true", `--threshold=${threshold}`, "--no-pager", service];
  await desktop.run(desktop.direct, "systemd-analyze", args);
}

desktopTest("systemd finds our units sound, and as closed as the docs say", { on: ["weston"] }, async (desktop) => {
  for (const service of readdirSync(units).filter((name) => name.endsWith(".service"))) {
    // What makes a sandbox itself has to be let. The rest is capabilities, which no service of a user's has.
    const isVm = service.startsWith("wayland-proxy-vm@");
    const isHost = service.startsWith("wayland-proxy-host@");
    await isClosed(desktop, join(units, service), isVm ? 66 : isHost ? 44 : 46);
    const added = readFileSync(join(examples, isVm ? "vms.conf" : "proxies.conf"), "utf8");
    const closed = join(desktop.home, service);
    writeFileSync(closed, `${readFileSync(join(units, service), "utf8")}\n${added}`);
    await isClosed(desktop, closed, isVm ? 35 : isHost ? 10 : 11);
    if (!isVm) continue;
    writeFileSync(closed, `${readFileSync(closed, "utf8").replaceAll(/^#(?=\w+=)/gm, "")}`);
    await isClosed(desktop, closed, 30);
  }
  for (const socket of readdirSync(units).filter((name) => name.endsWith(".socket"))) {
    await desktop.run(desktop.direct, "systemd-analyze", ["verify", "--user", "--man=no", join(units, socket)]);
  }
});

/** A user's service manager of its own, that has our units. */
class UserManager {
  readonly runtime: string;
  readonly #desktop: Desktop;
  readonly #environment: Record<string, string>;
  /** A process in its namespaces: it answers nobody outside. */
  #inside = "";

  constructor(desktop: Desktop) {
    this.#desktop = desktop;
    this.runtime = join(desktop.home, "runtime");
    const config = join(desktop.home, ".config");
    mkdirSync(this.runtime, { mode: 0o700 });
    mkdirSync(join(config, "systemd/user"), { recursive: true });
    mkdirSync(join(config, "wayland-proxy"));
    for (const name of readdirSync(units)) {
      const text = readFileSync(join(units, name), "utf8").replace(/\/usr\/bin\/(\S+)/, (_, program: string) => {
        return `${process.execPath} ${mains[program as keyof typeof mains]}`;
      });
      writeFileSync(join(config, "systemd/user", name), text);
    }
    this.#environment = { XDG_RUNTIME_DIR: this.runtime, XDG_CONFIG_HOME: config };
  }

  /** Writes what a unit reads its options from. */
  configure(name: string, text: string): void {
    writeFileSync(join(this.#desktop.home, ".config/wayland-proxy", name), text);
  }

  async start(): Promise<void> {
    // In namespaces of its own: it wants to see a machine that systemd has started, and takes all its children along.
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    if (process.getuid?.() !== 0) namespaces.unshift("--map-root-user");
    // It is not to have what managers of users have not: to take away capabilities, for one.
    const manager = "setpriv --bounding-set=-setpcap /lib/systemd/systemd --user";
    // Not as process 1, which would make it the machine's manager.
    // A machine that systemd has started has these to lay over what a service is not to see.
    const covers = "/run/systemd/inaccessible";
    const prepare = `mount -t tmpfs none /run && mkdir -p /run/systemd/system ${covers}/dir && touch ${covers}/reg ${covers}/sock`;
    const script = `${prepare} && ${manager}; exit`;
    const options = { env: this.#environment };
    const { pid } = this.#desktop.start(this.#desktop.direct, "unshare", [...namespaces, "sh", "-c", script], options);
    await eventually("the service manager to answer", () => existsSync(join(this.runtime, "systemd/private")));
    this.#inside = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  }

  async control(...args: string[]): Promise<string> {
    const options = { env: this.#environment, capture: true };
    const enter = ["--target", this.#inside, "--mount", "--pid", ...(process.getuid?.() === 0 ? [] : ["--user"])];
    const command = [...enter, "systemctl", "--user", "--no-pager", ...args];
    const systemctl = this.#desktop.start(this.#desktop.direct, "nsenter", command, options);
    const { code } = await systemctl.end();
    if (code !== 0) throw new Error(`systemctl ${args.join(" ")} ended with ${code}: ${systemctl.output}`);
    return systemctl.captured.toString();
  }

  /** A property of a unit. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.control("show", "--property", name, "--value", unit)).trim();
  }
}

desktopTest("the units start with their first clients, under systemd", { on: ["weston"] }, async (desktop) => {
  const manager = new UserManager(desktop);
  manager.configure("local.env", "OPTIONS=--tag '[work] ' --hide wl_subcompositor --x-display 86\n");
  const log = join(desktop.home, "vm1.log");
  manager.configure("vm-vm1.env", `OPTIONS=--log-ring-path ${log}\n`);
  await manager.start();
  await manager.control("start", "wayland-proxy.socket", "wayland-proxy-host@vm1.socket");

  const socket = join(manager.runtime, "wayland-proxy");
  const names = (await listGlobals(desktop, { route: "proxied", socket })).map((global) => global.interface);
  assert.ok(names.includes("wl_compositor"));
  assert.ok(!names.includes("wl_subcompositor"), "the options come from a file");
  assert.equal(await manager.property("wayland-proxy.service", "ActiveState"), "active");

  // Xwayland has a keyboard only if a child of its own may drop privileges.
  const empty = await desktop.compositor.screenshot();
  const clock = desktop.start(desktop.direct, "xclock", ["-display", ":86"]);
  await eventually(
    () => `the window of an X11 program, which says ${clock.output}`,
    async () => {
      assert.ok(clock.running, `it ended: ${clock.output}`);
      return (await desktop.compositor.screenshot()).difference(empty) > 0;
    },
  );
  await clock.stop();

  const client = new WireClient(socket);
  await client.roundTrip();
  await eventually("the status to count the client", async () => {
    return (await manager.property("wayland-proxy.service", "StatusText")) === "1 client";
  });
  client.close();

  const qemu = new WireClient(join(manager.runtime, "wayland-proxy-host/vm1.sock"));
  await eventually("the device to be there", async () => {
    return (await manager.property("wayland-proxy-host@vm1.service", "ActiveState")) === "active";
  });
  qemu.close();
  // What the unit takes away leaves the jail, and the jail leaves the file of dumps.
  writeFileSync(join(manager.runtime, "wayland-proxy-host/vm1.sock-ctl"), "dump-log\n");
  await eventually("the jail", () => existsSync(log) && /jail.*seccomp/.test(readFileSync(log, "utf8")));

  await manager.control("stop", "wayland-proxy.socket", "wayland-proxy.service", "wayland-proxy-host@vm1.socket");
  await manager.control("stop", "wayland-proxy-host@vm1.service");
  for (const unit of ["wayland-proxy.service", "wayland-proxy-host@vm1.service"]) {
    assert.equal(await manager.property(unit, "Result"), "success", unit);
  }
});
