// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../src/native/package-root.ts";
import { privatePaths } from "../../../src/vm/host/private-paths.ts";
import { sandboxProblem, sandboxWords } from "../../../src/vm/host/sandbox.ts";
import { addSystemFolders, isInSystemFolders } from "../../../src/vm/host/system-folders.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { Attribute, MountFlag, Namespace, Words } from "../../../src/vm/words.ts";
import { temporaryDirectory } from "../native/support.ts";

const launcher = launcherPath(fileURLToPath(packageRoot));

describe("the sandbox of QEMU", () => {
  it("that cannot be made is reported with a remedy, and is never left out", (context) => {
    const folder = temporaryDirectory(context);
    const refused = join(folder, "launcher");
    writeFileSync(refused, "#!/bin/sh\necho 'launcher: unshare 1: error 1' >&2; exit 125\n");
    chmodSync(refused, 0o755);
    const problem = sandboxProblem(refused, folder) ?? "";
    assert.match(problem, /^launcher: unshare 1: error 1; let users make namespaces: sysctl /);
  });

  it("shows the system's folders read-only, and nothing else of this machine", (context) => {
    const folder = temporaryDirectory(context);
    if (sandboxProblem(launcher, folder) !== null) return context.skip("this machine lets nobody make namespaces");
    const root = process.geteuid?.() === 0;
    const words = new Words().unshare(Namespace.mounts | (root ? 0 : Namespace.user)).fork();
    words.mount("none", "/", "", MountFlag.private | MountFlag.recursive);
    words.mount("sandbox", folder, "tmpfs");
    addSystemFolders(words, folder, join(folder, "covers"));
    const script = [
      "ls -A /home /root /run /srv /tmp /var/tmp /dev /proc",
      "echo x 2>/dev/null >/etc/new && echo written",
      "cat /etc/shadow /etc/machine-id; ls -A /etc/ssh",
      "ls -d /usr/bin /etc/passwd",
    ];
    words.pivot(folder).exec(["sh", "-c", script.join("; ")]);
    const { stdout } = spawnSync(launcher, words.list, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
    const empty = ["/dev", "/home", "/proc", "/root", "/run", "/srv", "/tmp", "/var/tmp"].map((name) => `${name}:\n`);
    assert.equal(stdout, `${empty.join("\n")}/etc/passwd\n/usr/bin\n`);
    return undefined;
  });

  it("shows nothing of /etc that is not for everybody", (context) => {
    const folder = temporaryDirectory(context);
    chmodSync(folder, 0o755);
    for (const name of ["open", "closed", "open/closed"]) mkdirSync(join(folder, name));
    for (const name of ["file", "key", "open/file", "open/key", "closed/file"]) writeFileSync(join(folder, name), "");
    for (const name of ["key", "open/key"]) chmodSync(join(folder, name), 0o640);
    for (const name of ["closed", "open/closed"]) chmodSync(join(folder, name), 0o750);
    symlinkSync("key", join(folder, "link"));
    const found = privatePaths(folder).map((path) => path.slice(folder.length + 1));
    assert.deepEqual(found.sort(), ["closed", "key", "open/closed", "open/key"]);
  });

  it("gives QEMU a /proc that not even root can write to, and sockets that it can connect to alone", () => {
    const content = {
      ...{ folder: "/sandbox", sockets: "/sockets", package: "/package", node: "/node", qemu: "/usr/bin/env" },
      ...{ shares: [], layer: null, soundSocket: null, devices: [] },
      system: {
        ...{ kind: "folders" as const, tree: "/tree", script: "/script", virtiofsd: null },
        ...{ kernel: "/kernel", initramfs: "/initramfs" },
      },
      ...{ network: false, parent: 1, leftovers: { lock: "/lock", socket: "/socket", folder: "/folder" } },
    };
    const { list } = sandboxWords(content, []);
    const flags = MountFlag.readOnly | MountFlag.noSuid | MountFlag.noDevices;
    assert.match(list.join(" "), new RegExp(` mount proc /sandbox/proc proc ${flags} `));
    const closed = Attribute.readOnly | Attribute.noSuid | Attribute.noDevices;
    assert.match(list.join(" "), new RegExp(` bind /sockets /sandbox/run/vm ${closed} `));
  });

  it("needs no more than that for a QEMU in there, and none of the secrets counts as in there", () => {
    assert.equal(isInSystemFolders("/usr/bin/qemu-system-x86_64"), true);
    assert.equal(isInSystemFolders("/home/user/qemu/build/qemu"), false);
    assert.equal(isInSystemFolders("/etc/ssh/ssh_host_key"), false);
  });
});
