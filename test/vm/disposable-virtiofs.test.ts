// SPDX-License-Identifier: Apache-2.0
/** VMs whose root virtiofsd serves. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, readdirSync } from "node:fs";
import { it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { unprivileged } from "../desktop/support/desktop.ts";
import { eventually } from "../support/eventually.ts";
import { scaled } from "../support/patience.ts";
import { temporaryDirectory } from "../unit/native/support.ts";
import { bootPatience, descendantsOf, isVirtiofsd } from "./support/disposable.ts";
import { mustHaveStolenNothing, stealing } from "./support/stealing.ts";

const rootInVm = fileURLToPath(new URL("support/root-in-vm.js", import.meta.url));

/** A program in Python that root runs in a VM. */
class RootInVm {
  readonly child: ChildProcess;
  /** Resolves to the exit code, when all that was said has come. */
  readonly ended: Promise<number | null>;
  /** The folder that the VM's files are in. */
  readonly folder: string;
  output = "";

  /** @param files how many of them the owner of the VM may have open */
  constructor(context: TestContext, program: string, files: number) {
    this.folder = temporaryDirectory(context);
    if (unprivileged !== undefined) chownSync(this.folder, unprivileged, unprivileged);
    const words = [`--nofile=${files}:${files}`, process.execPath, rootInVm, "python3", "-"];
    const child = spawn("prlimit", words, {
      ...(unprivileged === undefined ? {} : { uid: unprivileged, gid: unprivileged }),
      cwd: "/",
      env: { PATH: process.env["PATH"], TMPDIR: this.folder, HOME: this.folder, LANG: "C.UTF-8" },
    });
    context.after(() => child.kill("SIGKILL"));
    this.child = child;
    this.ended = once(child, "close").then(([code]) => code);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (this.output += bytes));
    child.stdin.on("error", () => {});
    child.stdin.end(program);
  }

  async says(pattern: RegExp): Promise<void> {
    await eventually(
      () => `root of the VM to say ${pattern}; there came ${this.output}`,
      () => {
        assert.equal(this.child.exitCode, null, this.output);
        return pattern.test(this.output);
      },
      bootPatience,
    );
  }

  /** Its processes here. */
  get processes(): ReturnType<typeof descendantsOf> {
    return descendantsOf(this.child.pid ?? 0);
  }
}

it("root of a VM finds no homes and no sockets by virtiofs, and the VM ends with its virtiofsd", {
  timeout: scaled(120_000),
}, async (context) => {
  const vm = new RootInVm(context, `${stealing}\nimport time\ntime.sleep(1000)\n`, 20_000);
  await vm.says(/\nuid .*\n/);
  mustHaveStolenNothing(vm.output, "virtiofs");

  const all = vm.processes;
  const [server, ...others] = all.filter(isVirtiofsd);
  assert.ok(server !== undefined && others.length === 0, JSON.stringify(all));
  process.kill(server.pid, "SIGKILL");
  assert.equal(await vm.ended, 125, vm.output);
  assert.match(vm.output, /^the VM has ended: virtiofsd ended with status 137$/m);
  const left = all.filter(({ pid }) => descendantsOf(process.pid).some((one) => one.pid === pid));
  assert.deepEqual(left, []);
  // What is kept for the next VM.
  assert.deepEqual(
    readdirSync(vm.folder).filter((name) => !name.endsWith(".cpio")),
    [],
  );
});

/** Opens files, and learns of files, until there are errors; lets go of them, and goes on. */
const greed = `
import errno, os, resource, subprocess
resource.setrlimit(resource.RLIMIT_NOFILE, (100000, 100000))
def until_error(some, limit=50000):
    done = []
    try:
        for one in some:
            done.append(one)
            if len(done) == limit: break
    except OSError as error: print("after", len(done), errno.errorcode[error.errno], flush=True)
    return done
for file in until_error(os.open("/usr/bin/env", os.O_RDONLY) for _ in range(50000)): os.close(file)
def known():
    for folder, folders, files in os.walk("/usr/share"):
        for name in folders + files: yield os.lstat(folder + "/" + name)
until_error(known())
open("/proc/sys/vm/drop_caches", "w").write("2")
subprocess.run(["wc", "-l", "/etc/services"], check=True)
print("goes on", flush=True)
`;

it("a VM that opens more files than virtiofsd may have, or knows more, gets an error, and goes on", {
  timeout: scaled(120_000),
}, async (context) => {
  const vm = new RootInVm(context, greed, 4096);
  await vm.ended;
  const errors = [...vm.output.matchAll(/^after (\d+) E[MN]FILE$/gm)];
  assert.equal(errors.length, 2, vm.output);
  for (const [, count] of errors) assert.ok(Number(count) > 1000 && Number(count) < 4096, vm.output);
  assert.match(vm.output, /^\d+ \/etc\/services\ngoes on$/m);
});
