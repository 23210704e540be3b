// SPDX-License-Identifier: Apache-2.0
/** wayland-proxy-vm with a script instead of QEMU, in the sandbox that is made for that. */
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../../src/native/package-root.ts";
import { sandboxProblem } from "../../../../src/vm/host/sandbox.ts";
import { launcherPath } from "../../../../src/vm/launcher.ts";
import { Namespace } from "../../../../src/vm/words.ts";
import { ATTEMPTS_END, allFail, attemptsIn, attemptsOn } from "../../../support/attempts.ts";
import { eventually } from "../../../support/eventually.ts";
import { scaled } from "../../../support/patience.ts";
import { temporaryDirectory } from "../../native/support.ts";
import { Place, type Run } from "../support.ts";

const tree = fileURLToPath(packageRoot);
const program = join(tree, "dist/bin/wayland-proxy-vm.cjs");

const builtin = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay", "virtio_gpu", "virtio_blk", "ext4"];
const policy = '[defaults]\ntag = "[all] "\n[vm.bank]\ntag = "[bank] "\n';

/** A machine whose QEMU does what a script says. */
class FakeMachine {
  readonly folder: string;
  #user: { uid?: number; gid?: number } = {};

  constructor(context: TestContext, script: string) {
    this.folder = temporaryDirectory(context);
    for (const name of ["bin", "run", "modules", "modules/kernel"]) mkdirSync(join(this.folder, name), { mode: 0o700 });
    this.program("qemu", script);
    this.write("kernel", "");
    this.write("modules/modules.dep", "");
    this.write("modules/modules.builtin", builtin.map((name) => `kernel/${name}.ko\n`).join(""));
  }

  /** Adds a program to $PATH. */
  program(name: string, script: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Makes an ordinary user of whoever runs it. */
  withoutPrivileges(): void {
    if (process.geteuid?.() !== 0) return;
    this.#user = { uid: 65534, gid: 65534 };
    const names = readdirSync(this.folder, { recursive: true, encoding: "utf8" });
    for (const name of [".", ...names]) chownSync(join(this.folder, name), 65534, 65534);
  }

  /** Runs wayland-proxy-vm in a folder that is gone. */
  run(...args: string[]): SpawnSyncReturns<string> {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"';
    return spawnSync("sh", ["-c", script, process.execPath, ...this.#words(args)], {
      ...this.#user,
      cwd: this.folder,
      env: this.#environment,
      encoding: "utf8",
      timeout: scaled(60_000),
    });
  }

  /** Starts it, and goes on. */
  start(context: TestContext, ...args: string[]): Run {
    return new Place(context).run(process.execPath, this.#words(args), this.#environment);
  }

  #words(args: readonly string[]): string[] {
    const machine = ["--qemu", join(this.folder, "bin/qemu"), "--kernel", join(this.folder, "kernel")];
    return [program, ...machine, "--modules", join(this.folder, "modules"), ...args];
  }

  get #environment(): Record<string, string> {
    const PATH = `${join(this.folder, "bin")}:${process.env["PATH"]}`;
    return { PATH, HOME: this.folder, XDG_RUNTIME_DIR: join(this.folder, "run"), XDG_CACHE_HOME: this.folder };
  }

  /** What VMs have left. */
  get files(): string[] {
    const folder = join(this.folder, "run/wayland-proxy-vm");
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}

const kvmFails = "echo 'KVM internal error. Suberror: 1' >&2; exec sleep 1000";

/** Whether no sandbox can be made here. */
function skips(context: TestContext): boolean {
  if (sandboxProblem(launcherPath(tree), temporaryDirectory(context)) === null) return false;
  context.skip("this machine lets nobody make namespaces");
  return true;
}

describe("wayland-proxy-vm", () => {
  it("ends with 125 and what helps when KVM does not run the VM, and leaves nothing", (context) => {
    if (skips(context)) return;
    const machine = new FakeMachine(context, kvmFails);
    // Without a name, the defaults of a policy hold; there is no compositor, and no folder that we were started in.
    machine.write("policy.toml", policy);
    const { status, stderr } = machine.run("--accel", "kvm", "--policy", join(machine.folder, "policy.toml"), "true");
    assert.equal(status, 125, stderr);
    assert.match(stderr, /^wayland-proxy-vm: error: the VM has failed: KVM internal error\. Suberror: 1; KVM does not/);
    assert.match(stderr, /do without it by --accel tcg$/m);
    assert.deepEqual(machine.files, []);
  });

  it("goes into a jail, in which its hooks open, start and reach nothing, and leaves no files", async (context) => {
    if (skips(context)) return;
    const machine = new FakeMachine(context, "exec sleep 1000");
    machine.write("hook.mjs", attemptsOn("SIGCONT"));
    machine.write("run/victim", "");
    const vm = machine.start(context, "--accel", "tcg", "-v", "--hooks", join(machine.folder, "hook.mjs"), "true");
    await vm.says(" jail");
    if (!vm.stderr.includes("in a jail now: ")) return context.skip(vm.stderr.match(/.* jail.*/)?.[0] ?? "no jail");
    vm.child.kill("SIGCONT");
    await vm.says(ATTEMPTS_END);
    // It has to end QEMU.
    assert.deepEqual(attemptsIn(vm.stderr), allFail(false));
    assert.ok(existsSync(join(machine.folder, "run/victim")));
    vm.child.kill("SIGTERM");
    assert.equal(await vm.ended, 128 + 15, vm.stderr);
    const calls = [...vm.stderr.matchAll(/has refused the system call (\w+);/g)].map(([, call]) => call ?? "");
    const ofHook = /^(openat|mkdir(at)?|unlink(at)?|execve|socket)$/;
    assert.deepEqual(
      calls.filter((call) => !ofHook.test(call)),
      [],
      "the program itself asks for nothing that is refused",
    );
    assert.deepEqual(machine.files, []);
  });

  it("wants a table in the policy for a name that it was given, and folders that exist", (context) => {
    const machine = new FakeMachine(context, kvmFails);
    machine.write("policy.toml", policy);
    const named = ["--accel", "tcg", "--policy", join(machine.folder, "policy.toml"), "--name", "banc", "true"];
    const { status, stderr } = machine.run(...named);
    assert.deepEqual([status, /has no table \[vm\.banc\]: did you mean bank\?/.test(stderr)], [125, true], stderr);
    for (const option of ["--home", "--share", "--root"]) {
      const missing = machine.run(option, "/no/such", "true");
      assert.match(missing.stderr, /error: the VM cannot have \/no\/such: there is no such folder/);
      assert.equal(missing.status, 125);
    }
    const tree = machine.run("--root", join(machine.folder, "bin"), "true");
    assert.match(
      tree.stderr,
      /error: the VM cannot have \S+\/bin as its root: there is no folder \S+\/bin\/run; make it, if/,
    );
    assert.deepEqual([tree.status, machine.files], [125, []]);
  });

  it("refuses options that come too late for a VM that runs, in one line", async (context) => {
    if (skips(context)) return;
    const machine = new FakeMachine(context, "exec sleep 1000");
    const first = machine.start(context, "--accel", "tcg", "--memory", "1G", "--name", "work", "true");
    await eventually("the VM to have its name", () => machine.files.includes("work"));
    const late = machine.run(
      "--name",
      "work",
      "--accel",
      "tcg",
      "--memory",
      "4G",
      "--net",
      "user",
      "--share",
      "/srv",
      "true",
    );
    assert.equal(
      late.stderr,
      "wayland-proxy-vm: error: the VM work runs already, and not with this --share, --net, --memory: leave them out, or end " +
        "the VM before (--stop work)\n",
    );
    assert.equal(late.status, 125);
    // The VM goes on.
    assert.equal(machine.run("--list").stdout, "work\n");
    assert.match(machine.run("--name", "work", "--dry-run", "true").stderr, /error: .*work.* another/);
    assert.equal(machine.run("--stop", "work").status, 0);
    assert.equal(await first.ended, 125, first.stderr);
    assert.deepEqual(machine.files, []);
  });

  it("explains the mark that its windows get, also where nobody has named one", (context) => {
    const machine = new FakeMachine(context, "exit 0");
    machine.write("policy.toml", '[vm.bank]\n[vm.shop]\ntag = "[S] "\n');
    const check = ["--accel", "tcg", "--check", "--policy", join(machine.folder, "policy.toml"), "--name"];
    const title = (...more: string[]): string | undefined =>
      /^✓ policy: (Every window title|Window titles) .*$/m.exec(machine.run(...check, ...more).stdout)?.[0];
    assert.equal(title("bank"), '✓ policy: Every window title begins with "[bank] ".');
    assert.equal(title("shop"), '✓ policy: Every window title begins with "[S] ".');
    assert.equal(title("shop", "--tag", ""), "✓ policy: Window titles have no mark.");
  });

  it("keeps what a VM writes where it says, and says what to do when that is broken", (context) => {
    if (skips(context)) return;
    const machine = new FakeMachine(context, "echo 'launcher: mount /upper: error 22'; exit 0");
    machine.program("mkfs.ext4", 'for last; do file=$previous; previous=$last; done; truncate -s 16G "$file"');
    const keep = ["--accel", "tcg", "--keep", "mail"];
    const file = join(machine.folder, ".local/share/wayland-proxy-vm/mail/layer.ext4");
    assert.match(
      machine.run(...keep, "--check").stdout,
      new RegExp(`^✓ kept: ${file} is made by .*/mkfs.ext4 when`, "m"),
    );
    const { stdout } = machine.run(...keep, "--dry-run", "true");
    assert.match(stdout, new RegExp(` bind ${file} \\S+/run/layer 6 .* -device virtio-blk-pci,drive=layer `));
    assert.ok(!existsSync(file));
    const { status, stderr } = machine.run(...keep, "true");
    assert.equal(status, 125);
    assert.match(
      stderr,
      new RegExp(`^wayland-proxy-vm: what the VM writes is kept in ${file}, up to 16\\.00 GiB$`, "m"),
    );
    assert.match(
      stderr,
      new RegExp(`error: the VM has failed: .*; repair what is kept with e2fsck -f ${file}, or --remove`),
    );
    assert.match(machine.run(...keep, "--check").stdout, new RegExp(`^✓ kept: ${file}$`, "m"));
    assert.match(machine.run("--list").stdout, new RegExp(`^kept: mail, .* of 16\\.00 GiB, ${file}\n$`));
    assert.equal(machine.run("--remove", "mail").status, 0);
    assert.match(machine.run("--remove", "mail").stderr, /error: nothing is kept in /);
    for (const name of ["..", "a/b"]) assert.match(machine.run(`--keep=${name}`, "true").stderr, /is no name for a VM/);
    assert.match(machine.run("--keep", "a", "--keep-size", "8M", "true").stderr, /8M is too small for a file system/);
  });

  it("plays sound through the server that is there, and says what is missing for that", async (context) => {
    const machine = new FakeMachine(context, 'test "$1" = -audiodev && cat "$HOME/drivers"; exit 0');
    machine.write("drivers", "Available audio drivers:\nnone\nwav\n");
    const audio = ["--accel", "tcg", "--audio"];
    const silent = machine.run(...audio, "true");
    assert.match(
      silent.stderr,
      /error: there is no sound server at .*pipewire-0 or .*pulse\/native: start PipeWire or/,
    );
    assert.equal(silent.status, 125);
    mkdirSync(join(machine.folder, "run/pulse"));
    const socket = join(machine.folder, "run/pulse/native");
    const server = createServer().listen(socket);
    await once(server, "listening");
    context.after(() => server.close());
    const missing = machine.run(...audio, "--check").stdout;
    assert.match(
      missing,
      /^✗ sound: .*\/qemu has no driver for PulseAudio \(pa\): install .* \(Debian: qemu-system-gui\)$/m,
    );
    machine.write("drivers", "Available audio drivers:\nnone\npa\npipewire\n");
    assert.match(machine.run(...audio, "--check").stdout, new RegExp(`^✓ sound: ${socket}, by QEMU's driver pa$`, "m"));

    const card = (...options: string[]): string => machine.run(...audio, ...options, "--dry-run", "true").stdout;
    const device =
      /-audiodev pa,id=sound,server=unix:\/run\/sound -device virtio-sound-pci,audiodev=sound,streams=(\d)/;
    assert.match(card(), new RegExp(` bind ${socket} \\S+/run/sound 7 `));
    assert.equal(device.exec(card())?.[1], "1", "it plays alone");
    assert.equal(device.exec(card("--microphone"))?.[1], "2");
    assert.match(machine.run("--accel", "tcg", "--dry-run", "true").stdout, /^(?!.*(audiodev|\/run\/sound))/);
    assert.deepEqual(machine.files, []);
  });

  it("lets passt make the connections where it is installed, so that QEMU needs no network itself", (context) => {
    const machine = new FakeMachine(context, "exit 0");
    const run = (...options: string[]) => machine.run("--accel", "tcg", ...options);
    const dryRun = (...options: string[]) => run(...options, "--publish", "8080:80", "--dry-run", "true");
    const namespaces = (text: string): number => Number(/ unshare (\d+) /.exec(text)?.[1]);
    machine.program("passt", "echo passt 2025_05_03.587980c");
    const found = join(machine.folder, "bin/passt");
    for (const net of ["user", "passt"]) {
      const { stdout, stderr } = dryRun("--net", net);
      assert.equal(stderr, "");
      const [passt = "", qemu = ""] = stdout.split("\n");
      assert.match(
        passt,
        / accept 3 exec \S+\/passt .* --no-map-gw --tcp-ports 127\.0\.0\.1\/8080:80 --udp-ports none$/,
      );
      assert.match(
        qemu,
        / -netdev stream,id=net,server=off,addr\.type=unix,addr\.path=\/run\/vm\/network -device virtio-n/,
      );
      assert.ok((namespaces(qemu) & Namespace.network) !== 0);
      assert.match(run("--net", net, "--check").stdout, new RegExp(`^✓ passt: ${found}$`, "m"));
    }
    assert.match(run("--check").stdout, new RegExp(`^✓ passt: ${found}$`, "m"));

    // One that is too old is as good as none.
    machine.program("passt", "echo passt 0.0~git20230309.7c7625d-1");
    for (const net of ["user", "slirp"]) {
      const { stdout, stderr } = dryRun("--net", net);
      assert.match(stdout, / -netdev user,id=net,hostfwd=tcp:127\.0\.0\.1:8080-10\.0\.2\.15:80 -device virtio-net/);
      assert.ok((namespaces(stdout) & Namespace.network) === 0);
      assert.equal(
        /the VM reaches what listens on 127\.0\.0\.1 here.*; --net slirp says that/.test(stderr),
        net === "user",
      );
    }
    assert.match(
      run("--net", "user", "--check").stdout,
      /^- passt: there is none that will do.*: install passt 2025_05_03 or/m,
    );
    const refused = new RegExp(
      `${found} will not do: it is of 20230309, .*; install passt .* or use --net slirp$`,
      "m",
    );
    assert.match(run("--net", "passt", "--check").stdout, refused);
    assert.match(run("--net", "passt", "true").stderr, refused);
    assert.match(run("--net", "pasta", "true").stderr, /--net pasta: there are none, user, passt, slirp/);
  });

  it("has virtiofsd serve the VM's system where that works, and says with --check why it does not", (context) => {
    const machine = new FakeMachine(context, "exit 0");
    machine.program("virtiofsd", "echo -- --readonly");
    machine.write("modules/modules.builtin", [...builtin, "virtiofs"].map((name) => `kernel/${name}.ko\n`).join(""));
    const run = (...options: string[]) => machine.run("--accel", "tcg", ...options);
    const finding = (...options: string[]) => /^. virtiofs: .*$/m.exec(run(...options, "--check").stdout)?.[0] ?? "";
    const by9p = "- virtiofs: QEMU serves the VM's system by 9p:";
    assert.equal(finding("--root-server", "9p"), `${by9p} --root-server 9p asks for that; leave it out`);
    if (process.geteuid?.() === 0) assert.match(finding(), /9p: root's virtiofsd does .*; run the VM as a user$/);
    machine.withoutPrivileges();

    const insists = ["--root-server", "virtiofs"];
    assert.equal(finding(...insists), `✓ virtiofs: ${join(machine.folder, "bin/virtiofsd")}`);
    const [virtiofsd = "", qemu = ""] = run(...insists, "--dry-run", "true").stdout.split("\n");
    assert.match(
      virtiofsd,
      / drop-privileges 4 filter \w+ exec \S+\/virtiofsd --fd 3 --shared-dir \/guest-root --readonly /,
    );
    assert.match(qemu, / -device vhost-user-fs-pci,chardev=root,tag=root,queue-size=1024 /);
    assert.doesNotMatch(qemu, /-virtfs|guest-root/);
    assert.match(
      run("--root-server", "9p", "--dry-run", "true").stdout,
      / -virtfs local,path=\/guest-root,mount_tag=root,/,
    );

    // One that is too old is as good as none.
    machine.program("virtiofsd", "echo -- -o source=PATH");
    assert.match(finding(), /^- virtiofs: .* by 9p: it is too old, or does not start; install a newer one$/);
    assert.match(finding(...insists), /^✗ virtiofs: virtiofs cannot serve the VM's system: it is too old/);
    assert.match(run(...insists, "true").stderr, /error: virtiofs cannot serve the VM's system: it is too old/);
  });

  it("reports with --check that KVM does not run a kernel, as far as it can be opened here", (context) => {
    const machine = new FakeMachine(context, `case "$1" in -device|--version) echo none; exit;; esac; ${kvmFails}`);
    const { stdout } = machine.run("--check");
    if (/no \/dev\/kvm|may not open \/dev\/kvm/.test(stdout)) return context.skip("there is no KVM to be tried");
    assert.match(stdout, /^✗ KVM: KVM internal error\. Suberror: 1; KVM does not work on this machine/m);
    assert.match(stdout, /\nIt would not work: mend what is marked ✗\.\n$/);
    return undefined;
  });
});
