// SPDX-License-Identifier: Apache-2.0
/** Two VMs of wayland-proxy-vm at once. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Desktop } from "../desktop/support/desktop.ts";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { eventually } from "../support/eventually.ts";
import { bootPatience, bootVm, DisposableVms } from "./support/disposable.ts";

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

/** What a program in the VM of this name writes. */
async function says(vms: DisposableVms, name: string, script: string): Promise<string> {
  const { output, errors } = await vms.run(["--name", name, "sh", "-c", script]);
  return `${output}${errors}`;
}

/** Serves at an abstract socket and on the loopback interface. */
const serving = `
import socket, time
unix = socket.socket(socket.AF_UNIX)
unix.bind("\\0served in amber")
internet = socket.socket()
internet.bind(("127.0.0.1", 4711))
for server in [unix, internet]: server.listen()
print("serves", flush=True)
time.sleep(1000)
`;

/** Connects to both, and says how often that was possible. */
const connecting = `
import socket
count = 0
for family, address in [(socket.AF_UNIX, "\\0served in amber"), (socket.AF_INET, ("127.0.0.1", 4711))]:
    count += socket.socket(family).connect_ex(address) == 0
print(count)
`;

/** An X program in a VM whose keyboard is typed on. */
async function takesKeysByX(vms: DisposableVms, desktop: Desktop): Promise<void> {
  const input = await desktop.compositor.input();
  const file = join(vms.folder, "shared/typed");
  const shell = ["sh", "-c", `stty -echo; cat > ${file}`];
  const xterm = vms.start("--name", "amber", "--x11", "xterm", "-title", "typist", "-e", ...shell);
  const focused = 'until [ "$(xdotool getwindowfocus getwindowname)" = typist ]; do sleep 0.2; done; echo has focus';
  const focus = vms.start("--name", "amber", "--x11", "sh", "-c", focused);
  await eventually(
    () => `the keyboard to be xterm's, which says ${xterm.output}; ${focus.output}`,
    () => {
      assert.ok(xterm.running, `xterm ended: ${xterm.output}`);
      return focus.output.includes("has focus");
    },
    bootPatience,
  );
  await input.type(typed);
  const read = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await eventually(
    () => `the line to arrive; ${JSON.stringify(read())} has; xterm says ${xterm.output}`,
    () => read().endsWith("\n"),
    bootPatience,
  );
  assert.equal(read(), typed);
}

desktopTest("two VMs at once do not see each other; one has an X display", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const share = ["--share", `${vms.folder}/shared`];
  const [amber, birch] = await Promise.all([bootVm(vms, "amber", "--x11", ...share), bootVm(vms, "birch")]);
  assert.equal((await vms.run(["--list"])).output.toString(), "amber\nbirch\n");

  // Files.
  const places = ["/tmp/note", "/var/tmp/note", "/dev/shm/note", "~/note"].join(" ");
  await says(vms, "amber", `for place in ${places}; do echo note > $place; done`);
  assert.equal(await says(vms, "amber", `cat ${places} | wc -l; ls ${vms.folder}`), "4\nhome\nshared\n");
  assert.equal(await says(vms, "birch", `cat ${places} 2>&1 | grep -c 'No such file'; ls ${vms.folder}`), "4\nhome\n");

  // Sockets and the network.
  const server = vms.start("--name", "amber", "python3", "-c", serving);
  await server.says(/serves/);
  for (const [name, count] of [
    ["amber", "2\n"],
    ["birch", "0\n"],
  ] as const) {
    const { output, errors } = await vms.run(["--name", name, "python3", "-"], Buffer.from(connecting));
    assert.equal(output.toString(), count, `${name}: ${errors}`);
  }

  // Names, of the VM itself and of what runs in it.
  const mentions =
    "cat /etc/hostname; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ /proc/mounts /proc/net/unix 2>&1 | grep -ac ambe[r]";
  assert.match(await says(vms, "amber", mentions), /^amber\n[1-9]/);
  assert.equal(await says(vms, "birch", mentions), "birch\n0\n");
  assert.equal(
    new Set(await Promise.all(["amber", "birch"].map((name) => says(vms, name, "cat /etc/machine-id")))).size,
    2,
  );

  // Windows: the desktop has those of both, and neither VM is shown those of others.
  await takesKeysByX(vms, desktop);
  vms.start("--name", "birch", "weston-flower");
  const titles = async (): Promise<string[]> => (await desktop.sway.windows()).map(({ title }) => title).sort();
  await eventually(
    "a window of each",
    async () => (await titles()).join() === "[amber] typist,[birch] Flower",
    bootPatience,
  );
  const globals = await says(vms, "birch", "wayland-info");
  assert.match(globals, /xdg_wm_base/);
  assert.doesNotMatch(globals, /foreign_toplevel|screencopy|data_control/);
  assert.equal(await says(vms, "birch", "echo $DISPLAY; ls -A /tmp/.X11-unix 2>&1 | grep -c 'No such'"), "\n1\n");

  // The end of one is not that of the other.
  assert.equal((await vms.run(["--stop", "amber"])).code, 0);
  assert.equal((await amber.end()).code, 125);
  await eventually("the window of that to go", async () => (await titles()).length === 1);
  assert.deepEqual([await titles(), await says(vms, "birch", "echo goes on")], [["[birch] Flower"], "goes on\n"]);
  birch.signal("SIGTERM");
  assert.equal((await birch.end()).code, 128 + 15);
  await eventually("all files to be removed", () => vms.files.length === 0);
});
