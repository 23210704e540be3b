// SPDX-License-Identifier: Apache-2.0
/** However a program ends, and whenever: no file of its own is left, and no process that it has started. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { XDisplay } from "../../../../src/listen/x-display.ts";
import { connectUnix } from "../../../../src/native/socket.ts";
import { eventually } from "../../../support/eventually.ts";
import { fileSays, Place, type Run } from "../support.ts";

/** A module that the program runs before anything of its own. */
function planted(code: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** Sends itself SIGTERM as soon as it listens to that. */
const termWhileStarting = planted(`
  const on = process.on;
  process.on = function (name, listener) {
    const result = on.call(process, name, listener);
    if (name === "SIGTERM") process.kill(process.pid, "SIGTERM");
    return result;
  };
`);

/** The processes that somebody has started. */
function childrenOf({ child }: Run): string {
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
}

function isRunning(pid: string): boolean {
  try {
    // A process that has ended and whose parent has not yet looked is a zombie, "Z".
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The socket where X programs look for a display, and the lock that keeps it from others. */
function xFiles(number: number): string[] {
  return [`/tmp/.X11-unix/X${number}`, `/tmp/.X${number}-lock`].filter((path) => existsSync(path));
}

/** A program in the place of Xwayland, which says when it has been started, and does nothing else. */
function idleServer(place: Place): { binary: string; started: string } {
  const binary = join(place.directory, "server");
  const started = join(place.directory, "started");
  writeFileSync(binary, `#!/bin/sh\necho started > ${started}\nexec sleep 60\n`);
  chmodSync(binary, 0o755);
  return { binary, started };
}

async function withHost(context: TestContext): Promise<Place> {
  const place = new Place(context);
  await place.host();
  return place;
}

describe("a proxy that ends", () => {
  it("while it starts, by SIGTERM, leaves nothing", async (context) => {
    const place = await withHost(context);
    const proxy = place.proxy(["--x-display", "4731"], termWhileStarting);
    assert.equal(await proxy.ended, 0);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    assert.deepEqual(xFiles(4731), []);
  });

  it("while it starts does not start its command, and says so as shells do", async (context) => {
    const place = await withHost(context);
    // It loads the X server in between, so that the signal is there before the command.
    const proxy = place.proxy(["--x-display", "4732", "printf", "started"], termWhileStarting);
    assert.equal(await proxy.ended, 128 + 15);
    assert.equal(proxy.stdout, "");
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    assert.deepEqual(xFiles(4732), []);
  });

  it("by a second signal, while it still waits for the end of sessions, leaves nothing", async (context) => {
    const place = await withHost(context);
    const { binary, started } = idleServer(place);
    // It ends only by force, for which there is a time limit: until then the proxy waits.
    writeFileSync(binary, `#!/bin/sh\ntrap "" TERM\necho started > ${started}\nwhile :; do sleep 1; done\n`);
    const proxy = place.proxy(["--x-display", "4733", "--xwayland-binary", binary]);
    await proxy.says("X11 programs: ");
    const client = connectUnix("/tmp/.X11-unix/X4733");
    context.after(() => client.close());
    await fileSays(started, "started");
    const [server = ""] = childrenOf(proxy).split(" ");
    assert.match(server, /^\d+$/);
    proxy.child.kill("SIGTERM");
    await eventually("the files to go", () => xFiles(4733).length === 0);
    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 128 + 15);
    await eventually("the server to end", () => !isRunning(server));
    assert.deepEqual(readdirSync(place.directory).sort(), ["server", "started", "wayland-0"]);
  });

  it("when its second socket cannot be made leaves the first neither", async (context) => {
    const place = await withHost(context);
    const taken = XDisplay.open(4734);
    context.after(() => taken.close());
    const proxy = place.proxy(["--x-display", "4734", "printf", "started"]);
    assert.equal(await proxy.ended, 1);
    assert.match(proxy.stderr, /:4734 .*--x-display\n$/);
    assert.equal(proxy.stdout, "");
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    assert.equal(xFiles(4734).length, 2, "what is somebody else's stays");
  });

  it("with its command leaves nothing, and ends the X server", async (context) => {
    const place = await withHost(context);
    const { binary, started } = idleServer(place);
    const proxy = place.proxy(["--x-display", "4735", "--xwayland-binary", binary, "sh", "-c", "read line; exit 3"]);
    await proxy.says("X11 programs: ");
    const client = connectUnix("/tmp/.X11-unix/X4735");
    context.after(() => client.close());
    await fileSays(started, "started");
    await eventually("the command and the server", () => childrenOf(proxy).split(" ").length === 2);
    const children = childrenOf(proxy).split(" ");
    // Ended by SIGTERM to us, since the X server, which never becomes ready, is waited for otherwise.
    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 128 + 15);
    await eventually("both to end", () => !children.some(isRunning));
    assert.deepEqual(readdirSync(place.directory).sort(), ["server", "started", "wayland-0"]);
    assert.deepEqual(xFiles(4735), []);
  });

  it("after its compositor has gone leaves nothing", async (context) => {
    const place = new Place(context);
    const host = await place.host();
    const proxy = place.proxy(["sh", "-c", "read line; exit 4"]);
    await proxy.says("listening");
    const client = await place.client("wayland-1");
    await host.end();
    await client.over;
    proxy.child.stdin.end("\n");
    assert.equal(await proxy.ended, 4);
    assert.deepEqual(readdirSync(place.directory), []);
  });

  it("by a defect of ours leaves nothing", async (context) => {
    const place = await withHost(context);
    const code = 'process.on("SIGUSR2", () => { throw new Error("planted"); })';
    const proxy = place.proxy(["--x-display", "4736"], planted(code));
    await proxy.says("X11 programs: ");
    proxy.child.kill("SIGUSR2");
    assert.equal(await proxy.ended, 1);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    assert.deepEqual(xFiles(4736), []);
  });
});

describe("a host device that ends", () => {
  it("while it starts, by SIGTERM, leaves nothing", async (context) => {
    const place = await withHost(context);
    const host = place.deviceHost(["--socket", join(place.directory, "gpu")], termWhileStarting);
    assert.equal(await host.ended, 0);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });

  it("when it cannot give its socket to the group leaves none", async (context) => {
    const place = await withHost(context);
    const host = place.deviceHost(["--socket", join(place.directory, "gpu"), "--socket-group", "nobodys"]);
    assert.equal(await host.ended, 1);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });
});
