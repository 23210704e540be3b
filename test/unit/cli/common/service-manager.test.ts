// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { listenUnix } from "../../../../src/native/socket.ts";
import { Place, program, type Run } from "../support.ts";

const hostProgram = fileURLToPath(new URL("../../../../bin/wayland-proxy-host.cjs", import.meta.url));

/** Node has no datagrams of Unix: this prints what a service manager would be told, each in brackets. */
const managerScript = `
use Socket; $| = 1;
my $address = shift; $address =~ s/^@/\\0/;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($socket, pack_sockaddr_un($address)) or die "bind: $!";
print "listening\\n";
while (defined(recv($socket, my $text, 4096, 0))) { print "[$text]\\n" }`;

/** A service manager that hears at `address`. */
async function serviceManager(place: Place, address: string): Promise<Run> {
  const manager = place.run("perl", ["-e", managerScript, address]);
  await manager.says("listening");
  return manager;
}

/** Runs a program with inherited descriptors from 3 on, told of as systemd does. */
function activated(place: Place, fds: readonly number[], names: string, command: readonly string[]): Run {
  const script = 'LISTEN_PID=$$ exec "$@"';
  return place.run(
    "sh",
    ["-c", script, "sh", process.execPath, ...command],
    { LISTEN_FDS: String(fds.length), LISTEN_FDNAMES: names },
    fds,
  );
}

/** A listening socket, which lives as long as the test. */
function listener(context: TestContext, path: string): number {
  const fd = listenUnix(path);
  context.after(() => fd.close());
  return fd.raw;
}

/** The same with an abstract name. */
async function abstractListener(context: TestContext, name: string): Promise<number> {
  const server = createServer().listen(`\0${name}`);
  context.after(() => server.close());
  await once(server, "listening");
  return (server as unknown as { _handle: { fd: number } })._handle.fd;
}

describe("the service manager", () => {
  for (const kind of ["a path", "an abstract name"]) {
    it(`learns that we are ready, how many clients there are, and that we stop, at ${kind}`, async (context) => {
      const place = new Place(context);
      await place.host();
      const path = join(place.directory, "notify");
      const address = kind === "a path" ? path : `@${path}`;
      const manager = await serviceManager(place, address);
      const proxy = place.proxy([], { NOTIFY_SOCKET: address });
      await manager.says("[STATUS=0 clients\nREADY=1]");
      const client = await place.client("wayland-1");
      await manager.says("[STATUS=1 client]");
      client.socket.destroy();
      await manager.says("[STATUS=0 clients]");
      proxy.child.kill("SIGTERM");
      await manager.says("[STOPPING=1]");
      assert.equal(await proxy.ended, 0);
    });
  }

  it("hears again and again that we are well, when it asks for that", async (context) => {
    const place = new Place(context);
    await place.host();
    const address = join(place.directory, "notify");
    const manager = await serviceManager(place, address);
    place.proxy([], { NOTIFY_SOCKET: address, WATCHDOG_USEC: "100000" });
    await manager.says("[WATCHDOG=1]\n[WATCHDOG=1]\n[WATCHDOG=1]");
  });

  it("may ask another process to show that it is well", async (context) => {
    const place = new Place(context);
    await place.host();
    const address = join(place.directory, "notify");
    const manager = await serviceManager(place, address);
    const proxy = place.proxy([], { NOTIFY_SOCKET: address, WATCHDOG_USEC: "2000", WATCHDOG_PID: "1" });
    await manager.says("READY=1");
    // A report takes 500 ms, in which 500 signs of life would have come.
    await place.client("wayland-1");
    await manager.says("[STATUS=1 client]");
    proxy.child.kill("SIGTERM");
    await manager.says("[STOPPING=1]");
    assert.doesNotMatch(manager.stdout, /WATCHDOG/);
  });

  it("may be gone, which is a warning", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["true"], { NOTIFY_SOCKET: join(place.directory, "nobody") });
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stderr.match(/no report to the service manager.*ENOENT/g)?.length, 1, proxy.stderr);
  });

  it("is ours alone: our children do not know of it", async (context) => {
    const place = new Place(context);
    await place.host();
    const variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];
    const fd = listener(context, join(place.directory, "made"));
    const script = 'LISTEN_PID=$$ NOTIFY_SOCKET=/none WATCHDOG_USEC=9 WATCHDOG_PID=$$ exec "$@"';
    const command = [process.execPath, program, "sh", "-c", `env; ls -l /proc/self/fd`];
    const environment = { LISTEN_FDS: "1", LISTEN_FDNAMES: "wayland" };
    const proxy = place.run("sh", ["-c", script, "sh", ...command], environment, [fd]);
    assert.equal(await proxy.ended, 0, proxy.stderr);
    assert.match(proxy.stdout, /^WAYLAND_DISPLAY=made$/m);
    for (const name of variables) assert.doesNotMatch(proxy.stdout, new RegExp(`^${name}=`, "m"));
    assert.doesNotMatch(proxy.stdout, /socket:\[.*\n.* 4 ->/, "the socket itself is not inherited either");
  });

  it("learns when wayland-proxy-host listens, and when it stops", async (context) => {
    const place = new Place(context);
    await place.host();
    const address = join(place.directory, "notify");
    const manager = await serviceManager(place, address);
    const args = [hostProgram, "--socket", join(place.directory, "vm.sock")];
    const host = place.run(process.execPath, args, { NOTIFY_SOCKET: address });
    await manager.says("READY=1");
    assert.ok(existsSync(join(place.directory, "vm.sock")));
    host.child.kill("SIGTERM");
    await manager.says("[STOPPING=1]");
    assert.equal(await host.ended, 0);
  });
});

describe("a socket that was made for us", () => {
  it("is where clients come in, and stays when we end", async (context) => {
    const place = new Place(context);
    await place.host();
    const path = join(place.directory, "made");
    const proxy = activated(place, [listener(context, path)], "wayland", [program]);
    await proxy.says("listening on made: what is started with WAYLAND_DISPLAY=made");
    const client = await place.client("made");
    await client.fail();
    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 0);
    assert.ok(existsSync(path));
    assert.ok(!existsSync(`${path}.lock`));
  });

  it("is where QEMU comes in", async (context) => {
    const place = new Place(context);
    await place.host();
    const path = join(place.directory, "vm.sock");
    const host = activated(place, [listener(context, path)], "qemu", [hostProgram]);
    await host.says(`listening on ${path}`);
    await host.says(`path=${path}`);
    await place.client("vm.sock");
    await host.says("a VM has connected");
  });

  const mistakes: [string, string, string, string[], RegExp][] = [
    [
      "beside --wayland-display",
      "made",
      "wayland",
      [program, "--wayland-display", "x"],
      /--wayland-display cannot.*made/,
    ],
    ["beside --socket", "made", "qemu", [hostProgram, "--socket", "x"], /--socket cannot be used.*made/],
    ["for X11 without a number", "made", "x11", [program], /--x-display N/],
    ["with a name that we do not know", "made", "web", [program], /named "web" \(descriptor 3\)/],
    ["at the host's own path", "wayland-0", "wayland", [program], /our own host/],
  ];
  for (const [name, path, names, command, message] of mistakes) {
    it(`is refused in one line: ${name}`, async (context) => {
      const place = new Place(context);
      const proxy = activated(place, [listener(context, join(place.directory, path))], names, command);
      assert.equal(await proxy.ended, 1);
      assert.match(proxy.stderr, message);
      assert.match(proxy.stderr, /^wayland-proxy(-host)?: error: [^\n]*\n$/);
    });
  }

  it("is refused when clients cannot connect to it by a path", async (context) => {
    const place = new Place(context);
    const name = `wayland-proxy-test-${process.pid}`;
    const proxy = activated(place, [await abstractListener(context, name)], "wayland", [program]);
    assert.equal(await proxy.ended, 1);
    // Node 20 fills an abstract name with zeros.
    assert.match(
      proxy.stderr,
      new RegExp(`^wayland-proxy: error: .*@${name}(\\\\u\\{0\\})*: it must have a path.*\n$`),
    );
  });
});
