// SPDX-License-Identifier: Apache-2.0
/** VMs of wayland-proxy-vm of which something is killed. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import type { Program } from "../desktop/support/program.ts";
import { eventually } from "../support/eventually.ts";
import { makeBareTree } from "./support/bare-tree.ts";
import { bootVm, DisposableVms, descendantsOf, isQemu, isVirtiofsd, leavesNothing } from "./support/disposable.ts";

type Process = ReturnType<typeof descendantsOf>[number];

/** Kills a process that a program has started, as soon as it is there. */
async function killsOf(program: Program, what: string, is: (one: Process) => boolean): Promise<void> {
  const { pid } = await eventually(
    () => `${what}, with ${program.output}`,
    () => {
      assert.ok(program.running, `it ended: ${program.output}`);
      return descendantsOf(program.pid).find(is);
    },
  );
  process.kill(pid, "SIGKILL");
}

/** What has made QEMU's sandbox, and waits for its end. */
const isGuard = ({ command }: Process): boolean => command.includes("/launcher guard ");

desktopTest("whoever is killed, at whatever stage, leaves nothing of a VM", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const sleeps = (server: string): string[] => ["--name", "work", "--root-server", server, "sleep", "1000"];

  // Its owner, when it has the name alone, and when it has just started QEMU.
  const first = vms.start(...sleeps("virtiofs"));
  await eventually("the first file of the VM", () => vms.files.length > 0);
  await leavesNothing(vms, first, () => first.signal("SIGKILL"));
  const early = vms.start(...sleeps("virtiofs"));
  await eventually("QEMU to be started", () => descendantsOf(early.pid).some(isQemu));
  await leavesNothing(vms, early, () => early.signal("SIGKILL"));

  // QEMU while it boots, what guards it, and virtiofsd: the owner says so, and ends. If QEMU is killed, virtiofsd may say so first.
  for (const [what, is, server, reason] of [
    ["QEMU", isQemu, "virtiofs", /error: the VM has failed: (QEMU|virtiofsd) /],
    ["its guard", isGuard, "9p", /error: the VM has failed: QEMU /],
    ["virtiofsd", isVirtiofsd, "virtiofs", /error: the VM has failed: virtiofsd /],
  ] as const) {
    const owner = vms.start(...sleeps(server));
    await leavesNothing(vms, owner, () => killsOf(owner, what, is));
    assert.equal((await owner.end()).code, 125, what);
    assert.match(owner.output, reason, what);
  }

  // QEMU while programs run: who waits for them learns it.
  const running = await bootVm(vms, "work");
  const waiting = vms.start("--name", "work", "sh", "-c", "echo waits; exec sleep 1000");
  await waiting.says(/waits/);
  await leavesNothing(vms, running, () => killsOf(running, "QEMU", isQemu));
  assert.equal((await running.end()).code, 125);
  assert.match(running.output, /error: the VM has failed: QEMU/);
  assert.equal((await waiting.end()).code, 125);

  // The owner while programs run. This VM has passt and virtiofsd beside it, and a root of its own with next to nothing in it.
  const bare = join(vms.folder, "shared/bare");
  makeBareTree(bare);
  mkdirSync(join(bare, "names"));
  for (const name of [Buffer.from("new\nline"), Buffer.from([0xff, 0xfe]), Buffer.alloc(255, "n")])
    writeFileSync(Buffer.concat([Buffer.from(join(bare, "names/")), name]), "x");
  const late = await bootVm(vms, "work", "--net", "passt", "--root", bare, "--root-server", "virtiofs");
  const { output, errors } = await vms.run([
    "--name",
    "work",
    "sh",
    "-c",
    "ls /etc; cat /etc/hostname; wc -c < /etc/machine-id; cat /names/*",
  ]);
  assert.equal(output.toString().replaceAll("\n", " "), "hostname machine-id resolv.conf work 33 xxx", errors);
  await leavesNothing(vms, late, () => late.signal("SIGKILL"));

  // The owner while it ends the VM.
  const ending = await bootVm(vms, "work");
  await leavesNothing(vms, ending, () => {
    ending.signal("SIGTERM");
    ending.signal("SIGKILL");
  });
  assert.equal((await ending.end()).signal, "SIGKILL");
});
