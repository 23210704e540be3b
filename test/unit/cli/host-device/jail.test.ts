// SPDX-License-Identifier: Apache-2.0
/** The jail of wayland-proxy-host: what does not work in it, and what has to. */
import assert from "node:assert/strict";
import { existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Fd } from "../../../../src/native/fd.ts";
import { packageRoot } from "../../../../src/native/package-root.ts";
import { accept } from "../../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../../src/native/watch.ts";
import { ProtocolRegistry } from "../../../../src/protocol/protocol-registry.ts";
import { ALLOW, ENOSYS, EPERM, FilterProgram } from "../../../../src/seccomp/filter-program.ts";
import { launcherPath } from "../../../../src/vm/launcher.ts";
import { Words } from "../../../../src/vm/words.ts";
import { ATTEMPTS_END, allFail, attemptsIn, attemptsOn } from "../../../support/attempts.ts";
import { eventually } from "../../../support/eventually.ts";
import { FakeCompositor } from "../../../support/fake-compositor.ts";
import { patiently } from "../../../support/inbox.ts";
import { fileSays, hostProgram, Place, type Run } from "../support.ts";
import { VmProgram } from "./vm-program.ts";

/** wl_display.get_registry, and a request to no object. */
const getRegistry = Buffer.from(new Uint32Array([1, (12 << 16) | 1, 2]).buffer);
const nonsense = Buffer.from(new Uint32Array([77, (8 << 16) | 1]).buffer);

/** A request as it is on the wire. Its arguments are numbers and short texts. */
function request(object: number, opcode: number, ...args: readonly (number | string)[]): Buffer {
  const body = Buffer.concat(
    args.map((arg) => {
      if (typeof arg === "number") return Buffer.from(new Uint32Array([arg]).buffer);
      const text = Buffer.alloc(4 + 4 * Math.ceil((arg.length + 1) / 4));
      text.writeUInt32LE(arg.length + 1);
      text.write(arg, 4, "latin1");
      return text;
    }),
  );
  return Buffer.concat([Buffer.from(new Uint32Array([object, ((8 + body.length) << 16) | opcode]).buffer), body]);
}

/** A host program, and what it listens at. */
interface Jailed {
  readonly place: Place;
  readonly host: Run;
  readonly socket: string;
}

const trying = attemptsOn("SIGUSR2");

async function start(t: TestContext, args: readonly string[], hook?: string, place = new Place(t)): Promise<Jailed> {
  const socket = join(place.directory, "vm");
  const file = join(place.directory, "hook.mjs");
  if (hook !== undefined) writeFileSync(file, hook);
  const host = place.deviceHost([
    ...["--socket", socket, "--name", "bank", "-v", ...args],
    ...(hook === undefined ? [] : ["--hooks", file]),
  ]);
  await host.says("Start QEMU");
  return { place, host, socket };
}

/** What the hook says of each attempt. */
async function attempts({ host }: Jailed): Promise<string[]> {
  host.child.kill("SIGUSR2");
  await host.says(ATTEMPTS_END);
  return attemptsIn(host.stderr);
}

/** Skips a test, and says so, where no jail can be made. */
async function untilInJail({ host }: Jailed, t: TestContext): Promise<boolean> {
  await host.says(" jail");
  if (host.stderr.includes("in a jail now: ")) return true;
  t.skip(host.stderr.match(/.* jail.*/)?.[0] ?? "no jail");
  return false;
}

describe("the jail of wayland-proxy-host", () => {
  it("lets a hook open and make no file, start no program, and connect to nobody, in whatever thread", async (t) => {
    const place = new Place(t);
    await place.host();
    writeFileSync(join(place.directory, "victim"), "");
    const jailed = await start(t, [], trying, place);
    if (!(await untilInJail(jailed, t))) return;
    const hasScopes = /Landlock ([6-9]|\d\d)/.test(jailed.host.stderr);
    assert.deepEqual(await attempts(jailed), allFail(hasScopes));
    assert.ok(existsSync(join(place.directory, "victim")));
    // Some of them have newer names on some processors.
    const calls = [/ openat;/, / mkdir(at)?;/, / unlink(at)?;/, / execve;/, / socket;/];
    await eventually("all of that in the log", () => calls.every((call) => call.test(jailed.host.stderr)));
    const logged = jailed.host.stderr.match(/has refused the system call openat;/g);
    assert.equal(logged?.length, 1, "each is logged once");
    jailed.host.child.kill("SIGTERM");
    assert.equal(await jailed.host.ended, 0);
  });

  it("is not there with --no-jail", async (t) => {
    const place = new Place(t);
    await place.host();
    writeFileSync(join(place.directory, "victim"), "");
    const jailed = await start(t, ["--no-jail"], trying, place);
    for (const attempt of await attempts(jailed)) assert.match(attempt, /^can [^:]*$/);
    assert.doesNotMatch(jailed.host.stderr, /jail/);
  });

  it("leaves what is needed: new connections, the policy, dumps, commands, and an end without leftovers", async (t) => {
    const place = new Place(t);
    const policy = join(place.directory, "policy.toml");
    const log = join(place.directory, "log");
    writeFileSync(policy, '[vm.bank]\nsecurity-context = false\nfullscreen = "deny"\n');
    // The terminal of the log is what tells us of the jail.
    const jailed = await start(t, ["--policy", policy, "--log-ring-path", log], undefined, place);
    const { host, socket } = jailed;
    await eventually("the process outside", () => brokerOf(host) ?? host.stderr.includes("in no jail"));
    if (host.stderr.includes("in no jail")) return t.skip(host.stderr);

    // A compositor that was not there before.
    const compositor = new FakeCompositor(join(place.directory, "wayland-0"), new ProtocolRegistry(), []);
    t.after(() => compositor.close());
    const program = await VmProgram.connect(t, socket, "foot");
    await program.send(getRegistry);
    await compositor.nextConnection();
    await program.send(nonsense);
    await fileSays(log, "is disconnected");

    // As editors do it.
    writeFileSync(`${policy}.new`, "[vm.bank]\nsecurity-context = false\n");
    renameSync(`${policy}.new`, policy);
    rmSync(log);
    for (const command of ["stats", "dump-log"]) {
      writeFileSync(`${socket}-ctl`, `${command}\n`);
      if (command === "stats") await host.says("1 client so far");
    }
    await fileSays(log, "dump-log");
    host.child.kill("SIGHUP");
    const reread = "the policy was read again; changed: fullscreen";
    await eventually("the policy to be read again", () => {
      writeFileSync(`${socket}-ctl`, "dump-log\n");
      return readFileSync(log, "utf8").includes(reread);
    });

    const broker = brokerOf(host);
    host.child.kill("SIGTERM");
    assert.equal(await host.ended, 0);
    compositor.close();
    assert.deepEqual(readdirSync(place.directory).sort(), ["log", "policy.toml"]);
    await eventually("the process outside to end", () => !existsSync(`/proc/${broker}`));
  });

  it("leaves what frames and their labels are painted with", async (t) => {
    const place = new Place(t);
    const policy = join(place.directory, "policy.toml");
    writeFileSync(policy, '[vm.bank]\nsecurity-context = false\nframe = { color = "#c33", label = "bank" }\n');
    const bound = ["wl_compositor", "xdg_wm_base", "wp_viewporter", "wp_single_pixel_buffer_manager_v1"];
    const jailed = await start(t, ["--policy", policy], undefined, place);
    if (!(await untilInJail(jailed, t))) return;
    if (jailed.host.stderr.includes("no font")) return t.skip("there is no font");
    const compositor = new FakeCompositor(join(place.directory, "wayland-0"), new ProtocolRegistry(), [
      ...bound.map((name) => `${name} 1`),
      ...["wl_compositor 6", "wl_subcompositor", "wl_shm 1", "wl_output 4"],
    ]);
    t.after(() => compositor.close());
    compositor.reactions.set("wl_registry.bind", (message) => {
      const object = message.objectArg("id");
      if (object.interface.name === "wl_output") object.send("mode", 1, 800, 600, 60_000);
    });
    const program = await VmProgram.connect(t, jailed.socket, "foot");
    await program.send(getRegistry);
    const host = await compositor.nextConnection();
    await host.expect(
      "wl_registry.bind",
      ({ args }) => (args["id"] as { interface: { name: string } }).interface.name === "wl_shm",
    );
    const [surface, xdgSurface, toplevel, viewport, buffer] = [7, 8, 9, 10, 11];
    await program.send(
      Buffer.concat([
        ...bound.map((name, index) => request(2, 0, compositor.globals[index]?.name ?? 0, name, 1, index + 3)),
        request(3, 0, surface),
        request(4, 2, xdgSurface, surface),
        request(xdgSurface, 1, toplevel),
        request(surface, 6),
        request(5, 1, viewport, surface),
        request(viewport, 2, 300, 200),
        request(6, 1, buffer, 0, 0, 0, 0xffffffff),
      ]),
    );
    // No window is shown before the size of the screen is known, which may be on its way still.
    await eventually("a frame", async () => {
      await program.send(Buffer.concat([request(surface, 1, buffer, 0, 0), request(surface, 6)]));
      return host.inbox.count("xdg_surface.set_window_geometry") > 0;
    });
    await host.expect("xdg_surface.set_window_geometry", ({ args }) => args["width"] === 308 && args["height"] === 224);
    const labels = host.inbox.all.filter(
      ({ name, args }) =>
        name === "wl_shm_pool.create_buffer" && args["height"] === 20 && (args["width"] as number) < 300,
    );
    assert.equal(labels.length, 1);
    assert.doesNotMatch(jailed.host.stderr, /has refused/);
    jailed.host.child.kill("SIGTERM");
    assert.equal(await jailed.host.ended, 0);
    compositor.close();
  });

  it("makes a security context, and connections through it", async (t) => {
    const MANAGER = "wp_security_context_manager_v1";
    const jailed = await start(t, []);
    if (!(await untilInJail(jailed, t))) return;
    const { place, socket } = jailed;
    const compositor = new FakeCompositor(join(place.directory, "wayland-0"), new ProtocolRegistry(), [MANAGER]);
    let before: readonly string[] = [];
    const connected = new Promise<void>((resolve) => {
      compositor.reactions.set(`${MANAGER}.create_listener`, (message) => {
        before = readdirSync(place.directory);
        const listener = new Fd(message.fdArg("listen_fd").take());
        const lifetime = new Fd(message.fdArg("close_fd").take());
        const watch = new Watch(listener.raw, () => {
          accept(listener.raw)?.close();
          watch.close();
          for (const fd of [listener, lifetime]) fd.close();
          resolve();
        });
        watch.set(READABLE);
      });
    });
    const program = await VmProgram.connect(t, socket, "foot");
    await program.send(getRegistry);
    await patiently(connected, (why) => new Error(`nobody came through the context (${why}): ${jailed.host.stderr}`));
    assert.deepEqual(
      before.filter((name) => name.startsWith("wayland-proxy-") && !name.includes("control")),
      [],
      "its socket has no name any more",
    );
    compositor.close();
  });

  it("lets an uncaught exception end the program with its message, and without leftovers", async (t) => {
    const hook = `
      process.on("SIGUSR2", () => setImmediate(() => { throw new Error("a defect of the hook"); }));
      export default { requests: { "wl_display.sync": () => {} } };`;
    const jailed = await start(t, [], hook);
    if (!(await untilInJail(jailed, t))) return;
    jailed.host.child.kill("SIGUSR2");
    assert.equal(await jailed.host.ended, 1);
    assert.match(jailed.host.stderr, /internal error.*\n.*a defect of the hook\n +at .*hook\.mjs/);
    assert.deepEqual(readdirSync(jailed.place.directory), ["hook.mjs"]);
  });

  it("reads a policy that the shell has opened, and minds no sockets of somebody else, though it may begin anew", async (t) => {
    const place = new Place(t);
    const policy = join(place.directory, "policy.toml");
    writeFileSync(policy, "[vm.bank]\nnonsense = true\n");
    using opened = new Fd(openSync(policy, "r"));
    const named = ["--socket", join(place.directory, "vm"), "--name", "bank"];
    const reading = [hostProgram, ...named, "--policy", "/dev/fd/3"];
    await place.run(process.execPath, reading, {}, [opened.raw]).says("nonsense");
    const host = place.deviceHost(named, { LISTEN_PID: "1", LISTEN_FDS: "-9" });
    await host.says("Start QEMU");
    host.child.kill("SIGTERM");
    assert.equal(await host.ended, 0);
  });

  it("costs an error and no more when the process outside is killed", async (t) => {
    const place = new Place(t);
    await place.host();
    writeFileSync(join(place.directory, "victim"), "");
    const jailed = await start(t, [], trying, place);
    if (!(await untilInJail(jailed, t))) return;
    process.kill(brokerOf(jailed.host) ?? 0, "SIGKILL");
    await jailed.host.says("has ended: no client can connect any more");
    for (const attempt of (await attempts(jailed)).slice(0, -1)) assert.match(attempt, /^cannot .*: (ENOSYS|EPERM)$/);
    jailed.host.child.kill("SIGTERM");
    assert.equal(await jailed.host.ended, 0);
  });

  it("is not there where a container refuses both of its walls, and the process outside is not, either", async (t) => {
    const place = new Place(t);
    await place.host();
    // seccomp(2) without a listener is what containers allow first.
    const filter = FilterProgram.for(process.arch)
      ?.decide(["landlock_create_ruleset"], ENOSYS)
      .allowWithValues("seccomp", 1, [0], EPERM)
      .end(ALLOW);
    const launcher = launcherPath(fileURLToPath(packageRoot));
    const command = [process.execPath, hostProgram, "--socket", join(place.directory, "vm"), "-v"];
    const words = new Words().noNewPrivileges().filter(filter ?? Buffer.alloc(0));
    const host = place.run(launcher, words.exec(command).list);
    await host.says("this process is in no jail: ");
    await eventually("the process outside to end", () => brokerOf(host) === undefined);
    host.child.kill("SIGTERM");
    assert.equal(await host.ended, 0);
    assert.doesNotMatch(host.stderr, /error/);
  });

  it("leaves nobody behind when the program is killed", async (t) => {
    const jailed = await start(t, []);
    if (!(await untilInJail(jailed, t))) return;
    const broker = brokerOf(jailed.host);
    jailed.host.child.kill("SIGKILL");
    await eventually("the process outside to end", () => !existsSync(`/proc/${broker}`));
  });

  it("holds a program that has started QEMU, whose end and signals it still gets", async (t) => {
    const place = new Place(t);
    await place.host();
    const script = 'trap "exit 7" TERM; echo started; while :; do sleep 0.05; done';
    const host = place.deviceHost(["--socket", join(place.directory, "vm"), "-v", "--", "sh", "-c", script, "--"]);
    await host.says("started");
    if (!(await untilInJail({ place, host, socket: "" }, t))) return;
    host.child.kill("SIGTERM");
    assert.equal(await host.ended, 7);
  });
});

/** The process that runs errands for a host program. */
function brokerOf({ child }: Run): number | undefined {
  const tasks = fileOfProcess(`${child.pid}/task/${child.pid}/children`).trim().split(" ");
  return tasks.filter((pid) => pid !== "" && fileOfProcess(`${pid}/cmdline`).includes("serve")).map(Number)[0];
}

/** The text of a file in /proc; empty when the process has ended. */
function fileOfProcess(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}
