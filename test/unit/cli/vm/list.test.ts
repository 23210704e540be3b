// SPDX-License-Identifier: Apache-2.0
/** `wayland-proxy-vm --list`, which may run at any moment, beside VMs that start. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Fd } from "../../../../src/native/fd.ts";
import { isLocked } from "../../../../src/native/locks.ts";
import { packageRoot } from "../../../../src/native/package-root.ts";
import { lockExclusive } from "../../../../src/native/socket.ts";
import { ALLOW, EPERM, FilterProgram } from "../../../../src/seccomp/filter-program.ts";
import { launcherPath } from "../../../../src/vm/launcher.ts";
import { Words } from "../../../../src/vm/words.ts";
import { scaled } from "../../../support/patience.ts";
import { temporaryDirectory } from "../../native/support.ts";

const tree = fileURLToPath(packageRoot);

describe("the list of VMs", () => {
  it("tells which run and what is in use, and takes no lock, with which it would be in their way", (context) => {
    const folder = temporaryDirectory(context);
    const kept = join(folder, ".local/share/wayland-proxy-vm");
    const run = join(folder, "run/wayland-proxy-vm");
    for (const path of [join(kept, "mail"), join(kept, "news"), run]) mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const name of ["mail", "news"]) writeFileSync(join(kept, name, "layer.ext4"), "");
    // One VM runs; of the other there is what was left behind.
    for (const name of ["work", "gone"]) for (const end of ["", ".lock"]) writeFileSync(join(run, name + end), "");
    using name = Fd.openFile(join(run, "work.lock"), constants.O_RDWR);
    using layer = Fd.openFile(join(kept, "mail"), constants.O_RDONLY);
    assert.ok(lockExclusive(name.raw) && lockExclusive(layer.raw));

    const noLocks = FilterProgram.for(process.arch)?.decide(["flock"], EPERM).end(ALLOW);
    assert.ok(noLocks !== undefined);
    const list = [process.execPath, join(tree, "dist/bin/wayland-proxy-vm.cjs"), "--list"];
    const words = new Words().noNewPrivileges().filter(noLocks).exec(list);
    const { stdout, stderr } = spawnSync(launcherPath(tree), words.list, {
      env: { HOME: folder, XDG_RUNTIME_DIR: join(folder, "run"), PATH: process.env["PATH"] ?? "" },
      encoding: "utf8",
      timeout: scaled(20_000),
    });
    assert.equal(stderr, "");
    assert.match(stdout, /^work\nkept: mail, .* in use, .*\nkept: news, (?!.*in use).*\n$/);
  });

  it("knows a lock as long as somebody has it, and none of a file that is not there", (context) => {
    const path = join(temporaryDirectory(context), "lock");
    assert.equal(isLocked(path), false);
    writeFileSync(path, "");
    assert.equal(isLocked(path), false);
    const fd = Fd.openFile(path, constants.O_RDWR);
    lockExclusive(fd.raw);
    assert.equal(isLocked(path), true);
    fd.close();
    assert.equal(isLocked(path), false);
  });
});
