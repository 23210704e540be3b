// SPDX-License-Identifier: Apache-2.0
/** VMs that boot a disk image with a system of its own: firmware, a boot loader, a kernel and systemd. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desktop } from "../desktop/support/desktop.ts";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { eventually } from "../support/eventually.ts";
import { diskParts, makeDisk } from "./support/disk.ts";
import { bootPatience, bootVm, DisposableVms, leavesNothing } from "./support/disposable.ts";

/** The output of a script in a VM. */
async function says(vms: DisposableVms, name: string, script: string): Promise<string> {
  const { output, errors } = await vms.run(["--name", name, "sh", "-c", script]);
  return `${output}${errors}`;
}

async function isItsOwn(vms: DisposableVms): Promise<void> {
  const who = "id -un; echo $HOME $USER $XDG_RUNTIME_DIR $WAYLAND_DISPLAY $LANG; cat /etc/hostname /proc/1/comm";
  assert.equal(
    await says(vms, "work", who),
    "tester\n/home/tester tester /run/user/1000 wayland-0 C.UTF-8\nimage\nsystemd\n",
  );
  assert.match(await says(vms, "work", `ls ${vms.folder}`), /No such file/);
  assert.match(await says(vms, "work", "cat /mnt/shared/seen; echo x 2>&1 > /mnt/shared/new"), /^shared\n.*Read-only/);
  assert.equal(await says(vms, "work", "ls /sys/class/net"), "lo\n");
  // What the user's service manager starts finds the display, too.
  await eventually("the service manager to know the display", async () => {
    return (await says(vms, "work", "systemctl --user show-environment")).includes("WAYLAND_DISPLAY=wayland-0\n");
  });
}

async function runsPrograms(vms: DisposableVms): Promise<void> {
  const input = Buffer.alloc(2 ** 20, "some input\n");
  const echo = await vms.run(["--name", "work", "cat"], input);
  assert.ok(echo.output.equals(input), `1 MiB comes back: ${echo.errors}`);
  for (const code of [7, 255]) {
    assert.equal((await vms.run(["--name", "work", "sh", "-c", `exit ${code}`])).code, code);
  }
  assert.equal((await vms.run(["--name", "work", "no-such-program"])).code, 127);
  const late = await vms.run(["--name", "work", "--net", "user", "true"]);
  assert.match(late.errors, /error: the VM work runs already, and not with this --net: leave it out/);
}

async function showsWindows(vms: DisposableVms, desktop: Desktop): Promise<void> {
  const foot = vms.start("--name", "work", "foot", "--title", "terminal", "sleep", "1000");
  let titles: string[] = [];
  await eventually(
    () => `the window; there are ${titles}, and foot says ${foot.output}`,
    async () => {
      titles = (await desktop.sway.windows()).map(({ title }) => title);
      return titles.includes("[work] terminal");
    },
    bootPatience,
  );
  foot.signal("SIGTERM");
  await foot.end(bootPatience);
}

const parts = diskParts();
const notThere = "cat: /home/tester/written: No such file or directory\n";
const title = "a disk image boots its own system in two VMs at once, and each has what it has written itself";

// To make the parts takes root.
if (parts !== null || process.geteuid?.() === 0) {
  desktopTest(title, { on: ["sway"] }, async (desktop) => {
    assert.ok(parts !== null, "there are no parts of an image: run sh scripts/vm-image.sh");
    const folder = join(desktop.home, "vm");
    const vms = new DisposableVms(desktop, undefined, join(folder, "disk.raw"));
    const disk = makeDisk(parts, folder);
    const hash = (): string => createHash("sha256").update(readFileSync(disk)).digest("hex");
    const before = hash();
    // The guest's user has another number.
    chmodSync(join(folder, "shared"), 0o755);
    writeFileSync(join(folder, "shared/seen"), "shared\n", { mode: 0o644 });

    const [work, kept] = await Promise.all([
      bootVm(vms, "work", "--share", `${folder}/shared:/mnt/shared:ro`),
      bootVm(vms, "kept", "--keep", "mail"),
    ]);
    for (const name of ["kept", "work"]) {
      assert.equal(await says(vms, name, `cat ~/written; echo ${name} > ~/written`), notThere);
    }
    assert.match((await vms.run(["--keep", "mail", "true"])).errors, /error: another VM has what is kept in /);
    // The guest ends its system before its VM ends, so that all is written.
    assert.equal((await vms.run(["--stop", "kept"])).code, 0);
    assert.equal((await kept.end()).code, 125);

    await isItsOwn(vms);
    await runsPrograms(vms);
    await showsWindows(vms, desktop);
    await leavesNothing(vms, work, () => work.signal("SIGTERM"));
    assert.equal((await work.end()).code, 128 + 15);

    const next = await vms.run(["--keep", "mail", "sh", "-c", "cat ~/written; exit 3"]);
    assert.deepEqual([next.code, next.output.toString()], [3, "kept\n"], next.errors);
    assert.match((await vms.run(["--list"])).output.toString(), /^kept: mail, .* of 401\.0 MiB, .*\/layer\.qcow2\n$/);
    assert.equal(hash(), before, "the image was only read");
  });
}
