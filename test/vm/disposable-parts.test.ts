// SPDX-License-Identifier: Apache-2.0
/** The parts of wayland-proxy-vm's machines that not every VM has. Each boot takes seconds, so there are few. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { startVm } from "../../src/vm/index.ts";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import type { Program } from "../desktop/support/program.ts";
import { eventually } from "../support/eventually.ts";
import { exampleFile } from "../support/example.ts";
import { scaled } from "../support/patience.ts";
import { DisposableVms, descendantsOf, isQemu, leavesNothing, vmParts } from "./support/disposable.ts";

/** The limit for a program that boots a VM first, in milliseconds; six seconds are usual. */
const bootPatience = 60_000;

/** Waits until the first program of a VM says something. */
async function saysOf(first: Program, pattern: RegExp): Promise<void> {
  await eventually(
    `the VM to say ${pattern}`,
    () => {
      assert.ok(first.running, `it ended: ${first.output}`);
      return pattern.test(first.output);
    },
    bootPatience,
  );
}

desktopTest("what a VM writes is there in the next one that keeps it", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const file = join(vms.folder, "home/.local/share/wayland-proxy-vm/mail/layer.ext4");
  const shell = (script: string): string[] => [
    "--keep",
    "mail",
    "--keep-size",
    "256M",
    "--root-server",
    "virtiofs",
    "sh",
    "-c",
    script,
  ];

  const written = `echo system > /var/kept; rmdir /var/spool; mkdir -m 700 /home/kept; echo gone > /tmp/kept
    cd /home/kept; echo home > kept; dd if=/dev/urandom of=large bs=1M count=32 2>&1 | grep -c copied; sha256sum < large; cat /etc/machine-id; hostname`;
  const first = vms.start("--name", "work", ...shell(`${written}; echo is ready; exec sleep 1000`));
  await saysOf(first, /is ready/);
  // Only one VM at a time has it, and nobody can remove it.
  const other = await vms.run(shell("true"));
  assert.equal(other.code, 125);
  assert.match(other.errors, /error: another VM has what is kept in .*\/wayland-proxy-vm\/mail$/m);
  assert.match((await vms.run(["--remove", "mail"])).errors, /error: a VM has what is kept in .*: end it first/);
  const listed = (await vms.run(["--list"])).output.toString();
  assert.match(listed, /^work\nkept: mail, \d+\.\d [KM]iB of 256\.0 MiB, in use, .*\/layer\.ext4\n$/);
  assert.equal((await vms.run(["--stop", "work"])).code, 0);
  assert.equal((await first.end(bootPatience)).code, 125);
  assert.match(first.output, /what the VM writes is kept in .*\/layer\.ext4, up to 256\.0 MiB/);

  // Nothing that was written before the end is lost, though nobody has waited for it.
  const [, hash = "", id = ""] = /^1\n(\w{64}) {2}-\n(\w{32})\nwork$/m.exec(first.output) ?? [];
  const read =
    "cd /home/kept; cat /var/kept kept /etc/machine-id; ls /var/spool /tmp/kept 2>&1; sha256sum < large; rm large";
  const { output, errors } = await vms.run(shell(read));
  const missing = ["/var/spool", "/tmp/kept"].map((path) => `ls: cannot access '${path}': No such file or directory\n`);
  assert.equal(output.toString(), `system\nhome\n${id}\n${missing.join("")}${hash}  -\n`, errors);

  // The file holds what is written, and no more.
  const { size, blocks } = statSync(file);
  assert.equal(size, 256 * 2 ** 20);
  assert.ok(blocks * 512 < 24 * 2 ** 20, `${blocks} blocks`);
  assert.equal((await vms.run(["--remove", "mail"])).code, 0);
  assert.ok(!existsSync(join(file, "..")));
  assert.equal((await vms.run(["--list"])).output.toString(), "");
});

desktopTest("a program of one's own runs programs in a VM, by the library", { on: ["sway"] }, async (desktop) => {
  const folder = join(desktop.home, "words");
  const temporary = join(desktop.home, "temporary");
  for (const path of [folder, temporary]) mkdirSync(path);
  writeFileSync(join(folder, "one"), "three words here\n");
  writeFileSync(join(folder, "two"), "and two\n");
  const { qemu, kernel, modules } = vmParts();
  const env = {
    ...{ QEMU: qemu, KERNEL: kernel, MODULES: modules },
    ACCELERATION: "tcg",
    TMPDIR: temporary,
    HOME: desktop.home,
  };
  const program = desktop.start(desktop.direct, process.execPath, [exampleFile("program-in-vm"), folder], { env });
  const { code } = await program.end(bootPatience);
  assert.equal(code, 0, program.output);
  assert.match(program.output, /^5 words\n(.*\n)?the shell has ended with 3\n$/);
  assert.deepEqual(readdirSync(folder).sort(), ["one", "two"]);
  assert.deepEqual(readdirSync(temporary), []);
});

desktopTest("a socket of a service manager starts a VM with its first program", { on: ["sway"] }, async (desktop) => {
  const vms = new DisposableVms(desktop);
  const folder = join(vms.folder, "run/wayland-proxy-vm");
  mkdirSync(folder, { mode: 0o777 });
  chmodSync(folder, 0o777);
  const variables = Object.keys(vms.environment).flatMap((name) => ["-E", name]);
  const activate = ["systemd-socket-activate", `--listen=${folder}/work`, "--fdname=vm", ...variables];
  const [program = "", ...words] = vms.asUser(...activate, ...vms.ownWords("--serve", "--name", "work"));
  const manager = desktop.start(desktop.direct, program, words, { env: vms.environment });
  await manager.says(/Listening on .*work/);
  // To look does not start it.
  assert.equal((await vms.run(["--list"])).output.toString(), "");
  assert.match((await vms.run(["--stop", "work"])).errors, /error: there is no VM named work/);
  assert.equal(descendantsOf(manager.pid).some(isQemu), false);

  const { code, output, errors } = await vms.run(
    ["--name", "work", "sh", "-c", "cat; hostname; exit 6"],
    Buffer.from("in\n"),
  );
  assert.deepEqual([code, output.toString()], [6, "in\nwork\n"], errors);
  // The last program ends it; the socket stays with its owner.
  assert.equal((await manager.end(bootPatience)).code, 0, manager.output);
  assert.deepEqual(vms.files, ["work"]);
});

desktopTest("a VM with a sound card can play, and record only where it may", { on: ["sway"] }, async (desktop) => {
  const output = new PassThrough();
  await using vm = await startVm({
    ...{ ...vmParts(), cache: join(desktop.home, "cache"), acceleration: "tcg", memory: 2 ** 30 },
    sound: { driver: "none", socket: null, records: false },
  });
  const { exitCode } = vm.run({ command: ["sh", "-c", "cat /proc/asound/cards; ls -l /dev/snd"], output });
  const found = await text(output);
  assert.equal(await exitCode, 0);
  assert.match(found, /VirtIO SoundCard/);
  assert.match(found, /^crw-rw-rw- .* pcmC0D0p$/m);
  assert.ok(!found.includes("pcmC0D0c"), found);
});

/** Connects with each of the addresses, and says how that went. */
const visit = `
import socket, sys
for address in sys.argv[1:]:
    host, port = address.split(":")
    try: print("got", socket.create_connection((host, int(port)), 3).recv(6).decode())
    except OSError: print("got nothing")
`;

/** Serves a word at an address of this machine. */
async function serveAt(address: string, word: string): Promise<Server> {
  const server = createServer((socket) => socket.end(word)).listen(0, address);
  await once(server, "listening");
  return server;
}

/** Whether a process is passt itself, which others start with the same arguments. */
const isPasst = (command: string): boolean => command.includes("--dns-forward") && !command.includes("/launcher ");

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

desktopTest(
  "a VM with passt reaches others and is reached, but not this machine's loopback",
  { on: ["sway"] },
  async (desktop) => {
    const vms = new DisposableVms(desktop);
    const others = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
    const outer = others.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
    assert.ok(outer !== undefined, "passt needs a network here");
    await using open = await serveAt(outer, "hello");
    // The gateway is this machine in a network of QEMU's own.
    await using secret = await serveAt("127.0.0.1", "secret");
    const addresses = [`${outer}:${portOf(open)}`, `10.0.2.2:${portOf(secret)}`];
    const free = await serveAt("127.0.0.1", "");
    const published = portOf(free);
    free.close();
    const script = `python3 -c "$0" "$@"; echo is ready; exec python3 -m http.server --directory /usr/share/misc 8080`;
    const network = ["--net", "passt", "--publish", `${published}:8080`];
    const first = vms.start("--name", "work", ...network, "sh", "-c", script, visit, ...addresses);
    await saysOf(first, /is ready/);
    assert.match(first.output, /^got hello\ngot nothing\nis ready\n/m);
    const answer = await eventually("the VM to answer", () =>
      fetch(`http://127.0.0.1:${published}/`, { signal: AbortSignal.timeout(scaled(5000)) }).catch(() => null),
    );
    assert.equal(answer.status, 200);
    await answer.text();

    // Without it the VM is over.
    await leavesNothing(vms, first, () => {
      const passt = descendantsOf(first.pid).find(({ command }) => isPasst(command));
      assert.ok(passt !== undefined);
      process.kill(passt.pid, "SIGKILL");
    });
    assert.match(first.output, /error: the VM has failed: passt ended with status 137/);
  },
);
