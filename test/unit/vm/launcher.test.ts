// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { callFilter } from "../../../src/vm/host/call-filter.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { Words } from "../../../src/vm/words.ts";
import { temporaryDirectory } from "../native/support.ts";

const launcher = launcherPath(fileURLToPath(new URL("../../../../", import.meta.url)));

function launch(words: Words, PATH = "/usr/bin:/bin"): SpawnSyncReturns<string> {
  return spawnSync(launcher, words.list, { encoding: "utf8", env: { PATH } });
}

describe("the launcher", () => {
  it("becomes a program, searched as shells do, with its arguments and its environment", () => {
    const { stdout, status } = launch(new Words().exec(["sh", "-c", 'echo "$1|$PATH"; exit 3', "x", "a b\nc"]));
    assert.equal(stdout, "a b\nc|/usr/bin:/bin\n");
    assert.equal(status, 3);
  });

  it("says as shells do why it cannot: 127 for nothing there, 126 for what is no program", (context) => {
    const folder = temporaryDirectory(context);
    writeFileSync(join(folder, "text"), "");
    const missing = launch(new Words().exec(["no-such-program"]));
    assert.deepEqual([missing.status, missing.stderr], [127, "no-such-program: command not found\n"]);
    assert.equal(launch(new Words().exec(["/no/such"])).status, 127);
    assert.equal(launch(new Words().exec([""])).status, 127);
    const denied = launch(new Words().exec(["text"]), folder);
    assert.deepEqual([denied.status, denied.stderr], [126, "text: permission denied\n"]);
    assert.equal(launch(new Words().exec([folder])).status, 126);
  });

  it("goes on searching behind a folder without the program, and behind one that may not be executed", (context) => {
    const folder = temporaryDirectory(context);
    for (const name of ["a", "b"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "a/run"), "");
    // Without a line that says who runs it, a shell does.
    writeFileSync(join(folder, "b/run"), 'echo "$0 $1"');
    chmodSync(join(folder, "b/run"), 0o755);
    const { stdout } = launch(new Words().exec(["run", "x"]), `/none:${folder}/a:${folder}/b`);
    assert.equal(stdout, `${folder}/b/run x\n`);
  });

  it("ends with 125 and the name of a step that fails, unless that may", () => {
    const failed = launch(new Words().chdir("/none").exec(["true"]));
    assert.deepEqual([failed.status, failed.stderr], [125, "launcher: chdir /none: error 2\n"]);
    assert.equal(launch(new Words().tryChdir("/none").exec(["true"])).status, 0);
    assert.equal(spawnSync(launcher, ["nonsense"]).status, 125);
    assert.equal(spawnSync(launcher, ["mount", "a"]).status, 125);
    assert.equal(spawnSync(launcher, ["exec"]).status, 125);
  });

  it("passes on how a child ends", () => {
    assert.equal(launch(new Words().fork().exec(["sh", "-c", "exit 9"])).status, 9);
    assert.equal(launch(new Words().fork().exec(["sh", "-c", "kill -TERM $$"])).status, 128 + 15);
  });

  it("lets nobody but its owner end what it guards, as a session does that asks all processes at once", async (context) => {
    const script = 'echo "$$ $PPID"; read -r line; exit 7';
    const child = spawn(launcher, new Words().guard(process.pid).exec(["sh", "-c", script]).list, {
      stdio: ["pipe", "pipe", "inherit"],
    });
    context.after(() => child.kill("SIGKILL"));
    const ended = once(child, "close");
    const [pids] = await once(child.stdout, "data");
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"])
      for (const pid of `${pids}`.trim().split(" ")) process.kill(Number(pid), signal);
    child.stdin.end("written\n");
    assert.deepEqual(await ended, [7, null]);
  });

  it("gives up its privileges for good", () => {
    const { stdout } = launch(new Words().dropPrivileges().exec(["cat", "/proc/self/status"]));
    assert.match(stdout, /^CapEff:\t0+$/m);
    assert.match(stdout, /^CapBnd:\t0+$/m);
    assert.match(stdout, /^NoNewPrivs:\t1$/m);
  });

  it("gives up files that somebody has left open for it, but those that it is to keep, with its privileges", () => {
    const script = 'exec 3</etc/passwd 77</etc/passwd; "$@" exec sh -c "ls /proc/self/fd" 3<&3 77<&77';
    const files = (words: Words): string =>
      spawnSync("bash", ["-c", script, "bash", launcher, ...words.list], { encoding: "utf8" }).stdout;
    // The last is the folder that ls reads.
    assert.equal(files(new Words().dropPrivileges()), "0\n1\n2\n3\n");
    assert.equal(files(new Words().dropPrivileges(4)), "0\n1\n2\n3\n4\n");
  });

  it("keeps system calls from a program that QEMU does not need, and programs with others' rights out of folders", (context) => {
    const folder = temporaryDirectory(context);
    const words = new Words().dropPrivileges().filter(callFilter());
    const script = `cd ${folder}; echo > made; chmod 755 made && echo can; chmod 4755 made; chmod g+s made; unshare -U true; (true) & wait; cat made`;
    const { stdout, stderr } = launch(words.exec(["sh", "-c", script]));
    assert.equal(stdout, "can\n\n");
    assert.equal(stderr.match(/Operation not permitted/g)?.length, 3, stderr);
    assert.equal(statSync(join(folder, "made")).mode & 0o7777, 0o755);
  });

  it("says for which process the sockets are that it passes on", () => {
    const { stdout } = launch(new Words().listenPid().exec(["sh", "-c", 'echo "$LISTEN_PID $$"']));
    const [listen, own] = stdout.trim().split(" ");
    assert.equal(listen, own);
  });

  it("goes on with the lines of a file", (context) => {
    const folder = temporaryDirectory(context);
    writeFileSync(join(folder, "script"), new Words().chdir("/usr").exec(["pwd"]).text);
    assert.equal(launch(new Words().chdir("/").continueWith(join(folder, "script"))).stdout, "/usr\n");
    assert.throws(() => new Words().exec(["a\nb"]).text, /has a line feed/);
    writeFileSync(join(folder, "script"), "x".repeat(300_000));
    assert.equal(launch(new Words().continueWith(join(folder, "script"))).status, 125);
  });
});
