// SPDX-License-Identifier: Apache-2.0
/**
 * Shows the main job: a window of a program in a VM beside one of this machine. In a Wayland session the window opens
 * there. Without a session the same happens on a headless compositor, and a screenshot is written. Run by `npm run demo`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostSocketPath } from "../src/cli/upstream/host-address.ts";
import { connectUnix } from "../src/native/socket.ts";
import { Desktop, unprivileged } from "../test/desktop/support/desktop.ts";
import { eventually } from "../test/support/eventually.ts";
import { DisposableVms } from "../test/vm/support/disposable.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runInVm = join(root, "dist/bin/wayland-proxy-vm.cjs");
const evidence = join(root, "test-results/demo");
const screenshot = join(root, "dist/demo.png");

const TAG = "[VM] ";

/** Milliseconds that a VM may take to boot and to show a window, when its processor is emulated. */
const BOOT_TIMEOUT_MS = 180_000;

const startedAt = performance.now();

function say(text: string): void {
  console.error(`==> ${((performance.now() - startedAt) / 1000).toFixed(0).padStart(3)} s  ${text}`);
}

type Command = [string, ...string[]];

/** A terminal that says in `color` where it runs, and stays until `last` ends. */
function terminal(where: string, color: string, last: string): Command {
  const script = `
    printf '\\033[?25l\\n  This terminal runs %s.\\n\\n' "$1"
    printf '  kernel     %s\\n' "$(uname -sr | sed 's/[-+].*//')"
    printf '  memory     %s MiB\\n' "$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
    printf '  processes  %s\\n' "$(ls -d /proc/[0-9]* | wc -l)"
    ${last}`;
  const look = ["--font=monospace:size=13", `--override=colors.background=${color}`, "--window-size-chars=44x10"];
  return ["foot", ...look, "--title=a terminal", "sh", "-c", script, "sh", where];
}

/** What runs `command` in a VM, with the QEMU and the kernel that scripts/setup-vm.sh has fetched. */
function inVm(...command: Command): Command {
  const modules = join(root, ".cache/forky/root/usr/lib/modules");
  const [release = ""] = readdirSync(modules);
  const kernel = ["--kernel", join(root, ".cache/vm/newest/vmlinuz"), "--modules", join(modules, release)];
  const qemu = ["--qemu", join(root, ".cache/vm/qemu-system-x86_64"), "--memory", "1G"];
  return [process.execPath, runInVm, ...qemu, ...kernel, "--tag", TAG, ...command];
}

function hasSession(): boolean {
  try {
    connectUnix(hostSocketPath(process.env)).close();
    return true;
  } catch {
    return false;
  }
}

/** Returns the exit code. */
function showInSession(): number {
  say("booting a VM, in which a terminal opens its window on your desktop; close it to end the demo");
  const [program, ...args] = inVm(
    ...terminal("in a virtual machine", "14301c", "echo; echo '  Press Return.'; read line"),
  );
  return spawnSync(program, args, { stdio: "inherit" }).status ?? 1;
}

async function showHeadless(): Promise<void> {
  say("there is no Wayland session here, so a headless compositor (sway) is started");
  const desktop = new Desktop({ on: "sway" });
  try {
    await desktop.startCompositor();
    await desktop.sway.message("output * mode --custom 1000x300@60Hz");
    await desktop.sway.message("default_border normal");
    const [program, ...args] = terminal("on this machine", "1c1c30", "sleep 1000");
    say("starting a terminal of this machine on it");
    desktop.start(desktop.direct, program, args);
    await eventually("its window", async () => (await desktop.sway.windows()).length === 1);

    say(
      "booting a VM with wayland-proxy-vm, in which another terminal is started; its processor is emulated, so this takes a minute",
    );
    // Root's VM is another user's, unless only root may come to this folder, as in /root.
    const others = spawnSync("test", ["-r", runInVm], unprivileged === undefined ? {} : { uid: unprivileged });
    const machine = new DisposableVms(desktop, others.status === 0 ? undefined : null).start(
      "--tag",
      TAG,
      ...terminal("in a virtual machine", "14301c", "sleep 1000"),
    );
    const bothAreThere = async () => {
      if (!machine.running) throw new Error(`the VM ended: ${machine.output}`);
      return (await desktop.sway.windows()).length === 2;
    };
    await eventually("the VM's window", bothAreThere, BOOT_TIMEOUT_MS);
    say("its window is there; waiting until it is drawn");
    await desktop.sway.message('[title="^a terminal$"] move absolute position 24 px 36 px');
    await desktop.sway.message('[title="^\\[VM\\]"] move absolute position 512 px 36 px');
    const isGreen = (pixels: Uint8Array): boolean => {
      let count = 0;
      for (let i = 0; i + 2 < pixels.length; i++) if (pixels[i] === 0x14 && pixels[i + 1] === 0x30) count++;
      return count > 50_000;
    };
    const picture = await desktop.still("both terminals", ({ pixels }) => isGreen(pixels), BOOT_TIMEOUT_MS);
    writeFileSync(screenshot, picture.toPng());
    const windows = await desktop.sway.windows();
    say(`sway shows these windows: ${windows.map(({ title }) => JSON.stringify(title)).join(" and ")}`);
    say("left, a terminal of this machine; right, one in the VM, whose title was marked on the way");
    say(`screenshot: ${screenshot}`);
  } catch (error) {
    desktop.keepLogs(evidence);
    say(`that failed; logs: ${evidence}`);
    throw error;
  } finally {
    await desktop.close();
    desktop.remove();
  }
}

if (hasSession()) process.exitCode = showInSession();
else await showHeadless();
