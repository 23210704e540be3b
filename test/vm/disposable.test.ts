// SPDX-License-Identifier: Apache-2.0
/** wayland-proxy-vm, with the root of the machine that the tests run on. Each boot takes seconds, so each does much. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Desktop } from "../desktop/support/desktop.ts";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { ATTEMPTS_END, allFail, attemptsIn, attemptsOn } from "../support/attempts.ts";
import { eventually } from "../support/eventually.ts";
import {
  bootPatience,
  bootVm,
  DisposableVms,
  descendantsOf,
  isVirtiofsd,
  leavesNothing,
} from "./support/disposable.ts";
import { mustHaveStolenNothing, stealing } from "./support/stealing.ts";
import { TerminalUser } from "./support/terminal-user.ts";

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

desktopTest("programs in a VM read, write and end as they do here", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const bytes = randomBytes(8 * 2 ** 20);
  const first = await bootVm(vms, "work");
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

  // A reader that has seen enough ends the program; a command line may be long, and ask for the streams by name.
  const [program = "", ...words] = vms.words(...work, "yes");
  const pipeline = ["-c", `"$@" | head -1; echo "\${PIPESTATUS[0]}"`, "bash", program, ...words];
  const { stdout } = await promisify(execFile)("bash", pipeline, { env: vms.environment, cwd: "/" });
  assert.equal(stdout, `y\n${128 + 13}\n`);
  const long = "x".repeat(100_000);
  const named = await vms.run(
    [...work, "sh", "-c", 'echo "$0" > /dev/stdout; cat /dev/stdin', long],
    Buffer.from("in"),
  );
  assert.equal(named.output.toString(), `${long}\nin`);

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
    const { code, output } = await vms.run([...work, "sh", "-c", "grep -la 'sleep.432[1]' /proc/[0-9]*/cmdline"]);
    return code !== 0 && output.length === 0;
  });

  assert.equal((await vms.run(["--list"])).output.toString(), "work\n");
  await leavesNothing(vms, first, async () => assert.equal((await vms.run(["--stop", "work"])).code, 0));
  assert.equal((await first.end()).code, 125);
});

async function terminalWorks(vms: DisposableVms): Promise<void> {
  const user = new TerminalUser(vms, "--name", "work", "-t", "sh");
  await user.sees(/[$#] $/);
  user.type("stty size; tty\n");
  await user.sees(/^30 100\r\n\/dev\/pts\/\d+\r$/m);
  // A program learns a new size, and by no key: keys and sizes come on ways of their own.
  user.type(`sh -c 'trap "stty size" WINCH; echo traps $((1+1)); while :; do sleep 0.1; done'\n`);
  await user.sees(/^traps 2\r$/m);
  user.resize(77, 11);
  await user.sees(/^11 77\r$/m);
  // Ctrl-C ends what runs in front, and not the shell.
  user.type("\x03");
  await user.sees(/\^C[\s\S]*[$#] $/);
  user.type("echo still here $((1+1))\n");
  await user.sees(/^still here 2\r$/m);
  // A program that takes the whole screen.
  user.type("cd; vim -u NONE -N note\n");
  await user.sees(/\[\?1049h/, bootPatience);
  user.type("ihello from the screen\x1b:wq\n");
  await user.sees(/\[\?1049l[\s\S]*[$#] $/);
  user.type("cat note; exit 5\n");
  await user.sees(/^hello from the screen\r$/m);
  assert.equal(await user.end(), 5);
  user.close();
}

const ctl = fileURLToPath(new URL("../../bin/wayland-proxy-ctl.cjs", import.meta.url));

/** What is copied in the VM can be pasted there, and on the host only when the user has said so. */
async function isolatesItsClipboard(vms: DisposableVms, desktop: Desktop): Promise<void> {
  const onHost = async (): Promise<string> => {
    const tool = desktop.start(desktop.direct, "wl-paste", ["--no-newline"], { capture: true });
    await tool.end();
    return tool.captured.toString();
  };
  const moved = async (action: string): Promise<string> => {
    const [program = "", ...words] = vms.asUser(process.execPath, ctl, "clipboard", action, "work");
    return (await promisify(execFile)(program, words, { env: vms.environment, cwd: "/" })).stdout;
  };
  const outside = desktop.start(desktop.direct, "wl-copy", ["--foreground", "outside"]);
  await eventually("the copy on the host", async () => (await onHost()) === "outside");
  const inside = vms.start("--name", "work", "wl-copy", "--foreground", "inside");
  await eventually(
    "the copy in the VM",
    async () => (await says(vms, "wl-paste --no-newline")) === "inside",
    bootPatience,
  );
  assert.equal(await onHost(), "outside");
  assert.equal(await moved("out"), "work: 6 bytes are in the host's clipboard, for 60 s\n");
  assert.equal(await onHost(), "inside");
  await outside.end();
  await moved("clear");
  await inside.end(bootPatience);
  await eventually("what was moved to be taken back", async () => (await onHost()) === "");
}

/** The output of a program in the VM. */
async function says(vms: DisposableVms, script: string): Promise<string> {
  const { output, errors } = await vms.run(["--name", "work", "sh", "-c", script]);
  return `${output}${errors}`;
}

/** A configuration with few fonts: an emulated machine looks at many for a minute where there is no valid list of them. */
function fewFonts(vms: DisposableVms): string {
  const file = join(vms.folder, "shared/fonts.conf");
  const folders = "<dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>/tmp/fonts</cachedir>";
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${folders}</fontconfig>\n`);
  chmodSync(file, 0o644);
  return file;
}

async function takesKeys(vms: DisposableVms, desktop: Desktop): Promise<void> {
  const input = await desktop.compositor.input();
  const shell = ["sh", "-c", `stty -echo; cat > ${vms.folder}/shared/typed`];
  const environment = ["--env", "WAYLAND_DEBUG=1", "--env", `FONTCONFIG_FILE=${fewFonts(vms)}`];
  const foot = vms.start("--name", "work", ...environment, "foot", "--title", "terminal", ...shell);
  await eventually(
    () => `the keyboard to be foot's, which says ${foot.output.slice(-2000)}`,
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
  const read = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await eventually(
    () => `the line to arrive; ${JSON.stringify(read())} has, and foot says ${foot.output.slice(-2000)}`,
    () => read().endsWith("\n"),
    bootPatience,
  );
  assert.equal(read(), typed);
  foot.signal("SIGTERM");
  await foot.end();
}

/** A terminal of tmux, whose own program is in the VM. */
async function worksInTmux(vms: DisposableVms): Promise<void> {
  const socket = join(vms.folder, "run/tmux");
  const run = async (...args: string[]): Promise<string> => {
    const tmux = ["-f", "/dev/null", "-S", socket, ...args];
    return (await promisify(execFile)("tmux", tmux, { env: { ...vms.environment, TERM: "xterm" }, cwd: "/" })).stdout;
  };
  const shows = async (what: string, is: (lines: string[]) => boolean): Promise<void> => {
    let picture = "";
    await eventually(
      () => `${what} in tmux, which shows\n${picture}`,
      async () => {
        picture = await run("capture-pane", "-p");
        return is(picture.split("\n"));
      },
      bootPatience,
    );
  };
  const program = vms.words("--name", "work", "-t", "vim", "-u", "NONE", "-N", "in-tmux");
  const command = `${program.map((word) => `'${word}'`).join(" ")}; echo "ended with $?"; exec sleep 1000`;
  await run("new-session", "-d", "-x", "100", "-y", "30", command);
  try {
    // All of vim's screen: a line, tildes below it, and a line for messages.
    const isVim = (lines: string[], rows: number): boolean => lines.filter((line) => line === "~").length === rows - 2;
    await shows("vim on 30 rows", (lines) => isVim(lines, 30));
    await run("resize-window", "-x", "60", "-y", "14");
    await shows("vim on 14 rows", (lines) => isVim(lines, 14));
    await run("send-keys", "-l", "iwords of the screen");
    await shows("what was typed", ([first]) => first === "words of the screen");
    await run("send-keys", "Escape");
    await run("send-keys", ":w! ~/in-tmux", "Enter");
    await run("send-keys", ":q!", "Enter");
    await shows("the end", (lines) => lines.includes("ended with 0"));
    assert.equal(await says(vms, "cat ~/in-tmux"), "words of the screen\n");
  } finally {
    await run("kill-server");
  }
}

desktopTest("a VM shows windows, and sees of this machine what it is to see", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const secret = join(vms.folder, "secret");
  for (const name of ["home/token", "secret/key", "shared/seen"]) {
    writeFileSync(join(vms.folder, name), name);
    chmodSync(join(vms.folder, name), 0o644);
  }
  const shares = ["--share", `${vms.folder}/shared`, "--share", `${vms.folder}/shared:/mnt/readable:ro`];
  const policy = join(vms.folder, "policy.toml");
  writeFileSync(policy, '[vm.work]\nclipboard = "isolated"\n', { mode: 0o644 });
  const hook = join(vms.folder, "hook.mjs");
  writeFileSync(hook, attemptsOn("SIGCONT"), { mode: 0o644 });
  const first = await bootVm(vms, "work", ...shares, "--policy", policy, "--hooks", hook, "--root-server", "virtiofs");

  // What the guest talks to is in a jail. Signals to those who have started it are another user's matter.
  first.signal("SIGCONT");
  await first.says(new RegExp(ATTEMPTS_END));
  assert.deepEqual(attemptsIn(first.output).slice(0, -1), allFail(false).slice(0, -1));

  assert.ok(descendantsOf(first.pid).some(isVirtiofsd));
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
  await isolatesItsClipboard(vms, desktop);
  await terminalWorks(vms);
  await worksInTmux(vms);
  // The last program takes the VM along.
  await leavesNothing(vms, first, () => first.signal("SIGTERM"));
  assert.equal((await first.end()).code, 128 + 15);
});

desktopTest("root of a VM finds no homes and no sockets", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop, null);
  const first = await bootVm(vms, "work");
  const { output, errors } = await vms.run(["--name", "work", "python3", "-"], Buffer.from(stealing));
  mustHaveStolenNothing(`${output}${errors}`, null);

  // Root can end what carries the programs of its VM, and so the VM.
  const end = ["--name", "work", "sh", "-c", "kill -9 $(pgrep -f vm-agen[t])"];
  await leavesNothing(vms, first, async () => assert.equal((await vms.run(end)).code, 125));
  assert.equal((await first.end()).code, 125);
  assert.match(first.output, /error: the VM has failed: QEMU/);
});
