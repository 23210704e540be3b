// SPDX-License-Identifier: Apache-2.0
/** wayland-proxy-vm, with the root of the machine that the tests run on. Each boot takes seconds, so each does much. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFd, writeFd } from "../../src/native/pipe.ts";
import { openTerminal, resizeTerminal } from "../../src/native/terminal.ts";
import { launcherPath } from "../../src/vm/launcher.ts";
import { Words } from "../../src/vm/words.ts";
import type { Desktop } from "../desktop/support/desktop.ts";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { processesOf } from "../desktop/support/leftovers.ts";
import { eventually } from "../support/eventually.ts";
import { DisposableVms } from "./support/disposable.ts";
import { tree } from "./support/machine.ts";

/** How long a boot may take, in milliseconds; six seconds are usual. */
const bootPatience = 60_000;

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

/** A VM named "work" in which a program waits for its end. */
async function bootWork(vms: DisposableVms, ...options: string[]): Promise<ReturnType<DisposableVms["start"]>> {
  const first = vms.start("--name", "work", ...options, "sh", "-c", "echo has booted; exec sleep 1000");
  await eventually(
    "the VM to boot",
    () => {
      assert.ok(first.running, `it ended: ${first.output}`);
      return first.output.includes("has booted");
    },
    bootPatience,
  );
  return first;
}

async function nothingIsLeft(vms: DisposableVms): Promise<void> {
  await eventually("all files of the VM to be removed", () => vms.files.length === 0);
  await eventually("all its processes to end", () => processesOf(vms.folder).length === 0);
}

desktopTest("programs in a VM read, write and end as they do here", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const bytes = randomBytes(8 * 2 ** 20);
  const first = await bootWork(vms);
  const work = ["--name", "work"];
  const echo = await vms.run([...work, "cat"], bytes);
  assert.ok(echo.output.equals(bytes), `8 MiB come back, ${echo.output.length} bytes have: ${echo.errors}`);
  assert.deepEqual([echo.code, echo.errors], [0, ""]);
  const endings = [
    ["exit 7", 7],
    ["exit 255", 255],
    ["kill -9 $$", 128 + 9],
    ["no-such-program", 127],
    ["exec no-such-program", 127],
    ["exec /etc/passwd", 126],
  ] as const;
  for (const [script, code] of endings) assert.equal((await vms.run([...work, "sh", "-c", script])).code, code, script);
  const missing = await vms.run([...work, "no-such-program"]);
  assert.deepEqual([missing.code, missing.errors], [127, "no-such-program: command not found\n"]);
  assert.equal((await vms.run([...work, "/etc/passwd"])).code, 126);

  // Both streams, and a variable that was asked for.
  const both = await vms.run([...work, "--env", "GREETING=hello", "sh", "-c", "echo $GREETING; echo no >&2"]);
  assert.deepEqual([both.output.toString(), both.errors], ["hello\n", "no\n"]);

  // A signal passes, and a program that is waited for no more is ended.
  const waiting = vms.start(
    ...work,
    "sh",
    "-c",
    "trap 'echo got it; exit 3' TERM; echo waits; while :; do sleep 0.1; done",
  );
  await waiting.says(/waits/);
  waiting.signal("SIGTERM");
  assert.equal((await waiting.end()).code, 3);
  assert.match(waiting.output, /got it/);
  const killed = vms.start(...work, "sh", "-c", "echo runs; exec sleep 4321");
  await killed.says(/runs/);
  killed.signal("SIGKILL");
  await eventually("it to end in the VM, too", async () => {
    const { output } = await vms.run([...work, "pgrep", "-f", "sleep 4321"]);
    return output.length === 0;
  });

  assert.equal((await vms.run(["--list"])).output.toString(), "work\n");
  assert.equal((await vms.run(["--stop", "work"])).code, 0);
  assert.equal((await first.end()).code, 125);
  await nothingIsLeft(vms);
});

/** A terminal of this machine in which wayland-proxy-vm runs, with somebody who types and reads. */
class TerminalUser {
  text = "";
  readonly #fd: ReturnType<typeof openTerminal>["fd"];
  readonly ended: Promise<number | null>;

  constructor(vms: DisposableVms, ...args: string[]) {
    const { fd, path } = openTerminal();
    this.#fd = fd;
    this.resize(100, 30);
    const words = new Words()
      .session()
      .terminal(path)
      .exec(vms.words(...args));
    const environment = { ...vms.environment, TERM: "xterm" };
    const child = spawn(launcherPath(tree), words.list, { env: environment, stdio: "ignore" });
    this.ended = new Promise((resolve) => child.once("exit", resolve));
  }

  resize(columns: number, rows: number): void {
    resizeTerminal(this.#fd, columns, rows);
  }

  type(text: string): void {
    const bytes = Buffer.from(text);
    assert.equal(writeFd(this.#fd.raw, bytes, 0, bytes.length), bytes.length);
  }

  /** Waits until the terminal shows this. */
  async sees(pattern: RegExp): Promise<void> {
    const bytes = Buffer.alloc(65536);
    await eventually(`the terminal to show ${pattern}, which shows ${JSON.stringify(this.text.slice(-500))}`, () => {
      const count = readFd(this.#fd.raw, bytes, 0, bytes.length);
      if (count > 0) this.text += bytes.toString("utf8", 0, count);
      return pattern.test(this.text);
    });
  }

  close(): void {
    this.#fd.close();
  }
}

async function terminalWorks(vms: DisposableVms): Promise<void> {
  const user = new TerminalUser(vms, "--name", "work", "-t", "sh");
  await user.sees(/[$#] $/);
  user.type("stty size; tty\n");
  await user.sees(/^30 100\r\n\/dev\/pts\/\d+\r$/m);
  // Ctrl-C ends what runs in front, and not the shell.
  user.type("sleep 1000; echo ended with $?\n");
  await user.sees(/sleep 1000; echo/);
  user.type("\x03");
  user.type("echo still here $((1+1))\n");
  await user.sees(/still here 2/);
  user.type("trap 'stty size' WINCH; echo traps $((1+1))\n");
  await user.sees(/traps 2/);
  user.resize(77, 11);
  user.type("\n");
  await user.sees(/^11 77\r$/m);
  // A program that takes the whole screen.
  user.type("vim -u NONE -N note\n");
  await user.sees(/\[\?1049h/);
  user.type("ihello from the screen\x1b:wq\n");
  await user.sees(/\[\?1049l[\s\S]*[$#] $/);
  user.type("cat note; exit 5\n");
  await user.sees(/^hello from the screen\r$/m);
  assert.equal(await user.ended, 5);
  user.close();
}

/** What a program in the VM writes. */
async function says(vms: DisposableVms, script: string): Promise<string> {
  const { output, errors } = await vms.run(["--name", "work", "sh", "-c", script]);
  return `${output}${errors}`;
}

async function takesKeys(vms: DisposableVms, desktop: Desktop): Promise<void> {
  const input = await desktop.compositor.input();
  const shell = ["sh", "-c", `stty -echo; cat > ${vms.folder}/shared/typed`];
  const foot = vms.start("--name", "work", "--env", "WAYLAND_DEBUG=1", "foot", "--title", "terminal", ...shell);
  await eventually(
    "the keyboard to be foot's",
    () => {
      assert.ok(foot.running, `foot ended: ${foot.output}`);
      return /wl_keyboard@\d+\.enter\(/.test(foot.output);
    },
    bootPatience,
  );
  const titles = (await desktop.sway.windows()).map(({ title }) => title);
  assert.deepEqual(titles, ["[work] terminal"]);
  await input.type(typed);
  const file = join(vms.folder, "shared/typed");
  const arrived = await eventually("the line to arrive", () => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text.endsWith("\n") && text;
  });
  assert.equal(arrived, typed);
  foot.signal("SIGTERM");
  await foot.end();
}

desktopTest("a VM shows windows, and sees of this machine what it is to see", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const secret = join(vms.folder, "secret");
  for (const name of ["home/token", "secret/key", "shared/seen"]) {
    writeFileSync(join(vms.folder, name), name);
    chmodSync(join(vms.folder, name), 0o644);
  }
  const shares = ["--share", `${vms.folder}/shared`, "--share", `${vms.folder}/shared:/mnt/readable:ro`];
  const first = await bootWork(vms, ...shares);

  assert.equal(await says(vms, "ls /sys/class/net"), "lo\n");
  assert.equal(
    await says(vms, "ls -A ~ | wc -l; ls -A /home /root /media /srv /var/tmp"),
    "0\n/home:\n\n/media:\n\n/root:\n\n/srv:\n\n/var/tmp:\n",
  );
  assert.match(await says(vms, `cat ${secret}/key`), /No such file/);
  assert.equal(await says(vms, "cat /etc/shadow; cat /etc/machine-id | wc -c"), "33\n");
  assert.match(await says(vms, "echo x 2>&1 > /mnt/readable/new"), /Read-only file system/);
  assert.equal(await says(vms, `cat /mnt/readable/seen; echo back > ${vms.folder}/shared/back`), "shared/seen");
  assert.equal(readFileSync(join(vms.folder, "shared/back"), "utf8"), "back\n");
  // What it changes of the system is its own.
  await says(vms, "echo x > /etc/made-in-vm; cp /bin/true /usr/bin/made-in-vm");
  for (const path of ["/etc/made-in-vm", "/usr/bin/made-in-vm"]) assert.ok(!existsSync(path), path);

  await takesKeys(vms, desktop);
  await terminalWorks(vms);
  await vms.run(["--stop", "work"]);
  await first.end();
  await nothingIsLeft(vms);
});

/** What root of a guest does with the share of its root: looks for what is not for it, and writes. */
const stealing = `
  mkdir /tmp/again && mount -t 9p -o trans=virtio,version=9p2000.L root /tmp/again && cd /tmp/again || exit 1
  find . -type s -o -type b -o -type c
  ls -A home root tmp srv media mnt var/tmp var/spool
  ls run
  cat etc/shadow etc/hostname; ls -A etc/ssh
  (echo x > etc/made-in-vm) 2>/dev/null && echo written
  (echo x > usr/bin/made-in-vm) 2>/dev/null && echo written
  mount -o remount,rw /tmp/again 2>/dev/null; (echo x > etc/made-in-vm) 2>/dev/null && echo written
  ls -A ../..//tmp/again/.. | head -n 1
  id -u`;

const nothingStolen = `${["home", "media", "mnt", "root", "srv", "tmp", "var/spool", "var/tmp"].map((name) => `${name}:\n`).join("\n")}wayland-proxy-vm\nagain\n0\n`;

desktopTest(
  "root of a VM finds no homes and no sockets; whoever is killed leaves nothing",
  { on: ["sway"] },
  async (desktop) => {
    const vms = new DisposableVms(desktop, null);
    const first = await bootWork(vms);
    assert.equal(await says(vms, stealing), nothingStolen);
    for (const path of ["/etc/made-in-vm", "/usr/bin/made-in-vm"]) assert.ok(!existsSync(path), path);

    // QEMU is killed: who waits for programs learns it.
    const qemu = processesOf("").find(({ command }) => command.includes("qemu-system") && command.includes(vms.folder));
    assert.ok(qemu, "QEMU runs");
    const waiting = vms.start("--name", "work", "sh", "-c", "echo waits; exec sleep 1000");
    await waiting.says(/waits/);
    process.kill(qemu.pid, "SIGKILL");
    assert.equal((await first.end()).code, 125);
    assert.match(first.output, /error: the VM has failed: QEMU/);
    assert.equal((await waiting.end()).code, 125);
    await nothingIsLeft(vms);

    // Its owner is killed, at once and when it has booted.
    const early = vms.start("--name", "work", "sleep", "1000");
    await eventually("QEMU to be started", () =>
      processesOf(vms.folder).some(({ command }) => /launcher/.test(command)),
    );
    early.signal("SIGKILL");
    await early.end();
    await nothingIsLeft(vms);
    const late = await bootWork(vms);
    late.signal("SIGKILL");
    await late.end();
    await nothingIsLeft(vms);
  },
);
