// SPDX-License-Identifier: Apache-2.0
/** The library for VMs, with a script instead of QEMU. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../src/native/package-root.ts";
import { layerFile, openLayer } from "../../../src/vm/host/layer.ts";
import { sandboxProblem } from "../../../src/vm/host/sandbox.ts";
import { type MachineOptions, runVm, startVm, UserError, VmError } from "../../../src/vm/index.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { temporaryDirectory } from "../native/support.ts";

const builtin = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay", "virtio_gpu", "virtio_blk", "ext4"];

/** Files for a VM whose QEMU does what a script says. Its temporary files are in `temporary`. */
function machineOf(context: TestContext, script: string): MachineOptions & { readonly temporary: string } {
  const folder = temporaryDirectory(context);
  for (const name of ["modules", "modules/kernel", "temporary"]) mkdirSync(join(folder, name));
  const [qemu, kernel, modules, temporary] = ["qemu", "kernel", "modules", "temporary"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(qemu, `#!/bin/sh\n${script}\n`);
  chmodSync(qemu, 0o755);
  writeFileSync(kernel, "");
  writeFileSync(join(modules, "modules.builtin"), builtin.map((name) => `kernel/${name}.ko\n`).join(""));
  process.env["TMPDIR"] = temporary;
  context.after(() => {
    delete process.env["TMPDIR"];
  });
  return { qemu, kernel, modules, cache: folder, acceleration: "tcg", temporary };
}

describe("the library for VMs", () => {
  it("says why a VM has not started, and leaves nothing of it", async (context) => {
    if (sandboxProblem(launcherPath(fileURLToPath(packageRoot)), temporaryDirectory(context)) !== null) {
      return context.skip("this machine lets nobody make namespaces");
    }
    const { temporary, ...machine } = machineOf(context, "echo the kernel says why; exit 4");
    await assert.rejects(runVm({ ...machine, command: ["true"] }), (error) => {
      assert.ok(error instanceof VmError);
      assert.deepEqual([error.message, error.lines], ["QEMU ended with status 4", ["the kernel says why"]]);
      return true;
    });
    assert.deepEqual(readdirSync(temporary), []);
    return undefined;
  });

  it("throws a UserError for what is missing, before it makes anything", async (context) => {
    const { temporary, ...machine } = machineOf(context, "exit 0");
    await assert.rejects(startVm({ ...machine, kernel: "/no/such" }), UserError);
    // A folder in which somebody else's VM keeps what it writes cannot be had, nor a file in the place of one.
    const keep = { folder: join(temporary, "kept"), size: 2 ** 30 };
    writeFileSync(keep.folder, "");
    await assert.rejects(startVm({ ...machine, keep }), /kept/);
    assert.deepEqual(readdirSync(temporary), ["kept"]);
  });

  it("leaves what is kept to the next VM where it finds no place for its own files", async (context) => {
    const { temporary, ...machine } = machineOf(context, "exit 0");
    const keep = { folder: join(temporary, "kept") };
    mkdirSync(keep.folder);
    writeFileSync(layerFile(keep.folder), "");
    process.env["TMPDIR"] = join(temporary, "none");
    await assert.rejects(startVm({ ...machine, keep }), { code: "ENOENT" });
    (await openLayer(keep.folder, 0, null)).lock.close();
  });
});
