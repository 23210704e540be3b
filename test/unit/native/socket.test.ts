// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, lstatSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { native } from "../../../src/native/binding.ts";
import { Fd } from "../../../src/native/fd.ts";
import {
  accept,
  bindAbstract,
  connectAbstract,
  connectDatagram,
  connectUnix,
  listenAbstract,
  listenerAddress,
  listenUnix,
  peerCredentials,
  send,
  setSendBuffer,
  socketPair,
} from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { scaled } from "../../support/patience.ts";
import { flags, pair, temporaryDirectory } from "./support.ts";

/** A socket path in an empty directory, and whoever listens at it, closed when the test ends. */
function listen(t: TestContext): { path: string; listener: Fd } {
  const path = join(temporaryDirectory(t), "socket");
  const listener = listenUnix(path);
  t.after(() => listener.close());
  return { path, listener };
}

for (const umask of [0o000, 0o022, 0o077, 0o177]) {
  test(`a listening socket has mode 0600 under umask ${umask.toString(8).padStart(3, "0")}`, (t) => {
    const path = join(temporaryDirectory(t), "socket");
    // Only now: in a directory without permission to search it, nobody but root can make anything.
    const before = process.umask(umask);
    t.after(() => process.umask(before));
    using listener = listenUnix(path);
    assert.ok(listener.open);
    const status = lstatSync(path);
    assert.equal(status.isSocket(), true);
    assert.equal(status.mode & 0o777, 0o600);
  });
}

test("clients are accepted in turn, and nobody waiting is null", (t) => {
  const { path, listener } = listen(t);
  assert.equal(accept(listener.raw), null);
  using client = connectUnix(path);
  using server = accept(listener.raw) as Fd;
  assert.notEqual(server.raw, client.raw);
  assert.equal(accept(listener.raw), null);
});

test("every socket is nonblocking, and no descriptor reaches a child", (t) => {
  const { path, listener } = listen(t);
  using client = connectUnix(path);
  using server = accept(listener.raw) as Fd;
  using twin = client.duplicate();
  for (const fd of [listener, client, server, twin, ...pair(t)]) {
    assert.deepEqual(flags(fd.raw), { closeOnExec: true, nonblocking: true });
  }
});

test("what made or took no connection leaves no descriptor behind", (t) => {
  const { path, listener } = listen(t);
  const before = openDescriptors();
  assert.throws(() => listenUnix(path), { code: "EADDRINUSE", syscall: "listen", message: new RegExp(path) });
  assert.throws(() => connectUnix(`${path}-absent`), { code: "ENOENT", syscall: "connect" });
  assert.throws(() => connectUnix("/dev/null"), { code: "ECONNREFUSED" });
  assert.throws(() => accept(before.length + 1000), { code: "EBADF", syscall: "accept" });
  assert.deepEqual(openDescriptors(), before);
  listener.close();
  assert.throws(() => connectUnix(path), { code: "ECONNREFUSED" }, "the file alone answers nobody");
});

test("connecting to a full backlog says EAGAIN instead of blocking", (t) => {
  const path = join(temporaryDirectory(t), "socket");
  using listener = new Fd(native.listenUnix(path, 0));
  using first = connectUnix(path);
  assert.throws(() => connectUnix(path), { code: "EAGAIN" });
  accept(listener.raw)?.close();
  connectUnix(path).close();
  assert.equal(first.open, true);
});

test("a path of 107 bytes works, a longer one says ENAMETOOLONG, counted in bytes", (t) => {
  const directory = `${temporaryDirectory(t)}/`;
  const longest = directory.padEnd(107, "x");
  listenUnix(longest).close();
  assert.equal(existsSync(longest), true);
  for (const path of [directory.padEnd(108, "x"), `${directory.padEnd(106, "x")}é`, directory.padEnd(5000, "x")]) {
    assert.throws(() => listenUnix(path), { code: "ENAMETOOLONG" });
    assert.throws(() => connectUnix(path), { code: "ENAMETOOLONG" });
  }
});

test("a path is never taken for an abstract name, nor cut short", () => {
  for (const wrong of ["", "\0name", "/tmp/x\0y", undefined, 7]) {
    assert.throws(() => Reflect.apply(listenUnix, null, [wrong]), TypeError);
    assert.throws(() => Reflect.apply(connectUnix, null, [wrong]), TypeError);
  }
  assert.throws(() => native.listenUnix("/tmp/x", -1), TypeError);
});

test("an abstract name has no file, and its owner is the only one until it closes", (t) => {
  const name = join(temporaryDirectory(t), "socket");
  using listener = listenAbstract(name);
  assert.equal(existsSync(name), false);
  assert.throws(() => connectUnix(name), { code: "ENOENT" });
  assert.throws(() => listenAbstract(name), { code: "EADDRINUSE", message: new RegExp(`@${name}`) });
  using client = connectAbstract(name);
  using server = accept(listener.raw) as Fd;
  assert.equal(peerCredentials(client.raw).pid, process.pid);
  assert.deepEqual(flags(server.raw), { closeOnExec: true, nonblocking: true });
  listener.close();
  assert.throws(() => connectAbstract(name), { code: "ECONNREFUSED" });
  listenAbstract(name).close();
});

test("an abstract name can be taken without listening: then nobody else has it, and nobody can connect", (t) => {
  const name = join(temporaryDirectory(t), "socket");
  using owner = bindAbstract(name);
  assert.throws(() => listenAbstract(name), { code: "EADDRINUSE" });
  assert.throws(() => bindAbstract(name), { code: "EADDRINUSE" });
  assert.throws(() => connectAbstract(name), { code: "ECONNREFUSED" });
  owner.close();
  listenAbstract(name).close();
});

test("an abstract name is as long as it says, up to 107 bytes, and never a path", (t) => {
  const longest = `${temporaryDirectory(t)}/`.padEnd(107, "x");
  using listener = listenAbstract(longest);
  using shorter = listenAbstract(longest.slice(0, -1));
  connectAbstract(longest).close();
  assert.notEqual(accept(listener.raw), null);
  assert.equal(accept(shorter.raw), null);
  assert.throws(() => listenAbstract(`${longest}x`), { code: "ENAMETOOLONG" });
  for (const wrong of ["", "\0name", "x\0y", undefined, 7]) {
    assert.throws(() => Reflect.apply(listenAbstract, null, [wrong]), TypeError);
    assert.throws(() => Reflect.apply(connectAbstract, null, [wrong]), TypeError);
  }
});

test("accepting never blocks, even where the socket comes from another process", (t) => {
  const path = join(temporaryDirectory(t), "socket");
  const accepting = `import(process.argv[1]).then(({ accept }) => console.log(accept(3)))`;
  const module = new URL("../../../src/native/socket.js", import.meta.url).href;
  // The socket blocks and is descriptor 3, as systemd hands sockets on.
  const opening = `use Socket; $^F = 9;
    socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un(shift)) && listen(S, 5) && exec @ARGV`;
  const args = ["-e", opening, path, process.execPath, "-e", accepting, module];
  const run = spawnSync("perl", args, { timeout: scaled(10_000), encoding: "utf8" });
  assert.deepEqual([run.stdout, run.stderr, run.signal], ["null\n", "", null]);
});

test("a peer's credentials name the process at the other end", async (t) => {
  const { path, listener } = listen(t);
  const client = spawn(process.execPath, ["-e", "net.connect(process.argv[1]).resume()", path], { stdio: "inherit" });
  t.after(() => client.kill());
  await new Promise<void>((resolve) => {
    const watch = new Watch(listener.raw, () => {
      watch.close();
      resolve();
    });
    watch.set(READABLE);
  });
  using server = accept(listener.raw) as Fd;
  const ids = { uid: process.getuid?.(), gid: process.getgid?.() };
  assert.deepEqual(peerCredentials(server.raw), { pid: client.pid, ...ids });
  server.close();
  const [code] = await once(client, "exit");
  assert.equal(code, 0);

  const [a, b] = socketPair();
  assert.deepEqual(peerCredentials(a.raw), { pid: process.pid, ...ids });
  b.close();
  assert.throws(() => native.peerCredentials(a.raw, new Int32Array(2)), TypeError);
  a.close();
});

test("a listening socket reports its path, and any other descriptor what it is not", (t) => {
  const { path, listener } = listen(t);
  assert.equal(listenerAddress(listener.raw), path);
  const longest = `${path}/`.padEnd(107, "x").replace(`${path}/`, `${path}-`);
  using other = listenUnix(longest);
  assert.equal(listenerAddress(other.raw), longest);
  const [end] = pair(t);
  assert.throws(() => listenerAddress(end.raw), { code: "EINVAL", syscall: "getsockname" });
  const file = openSync("/dev/null", "r");
  t.after(() => closeSync(file));
  assert.throws(() => listenerAddress(file), { code: "ENOTSOCK" });
  assert.throws(() => listenerAddress(9999), { code: "EBADF" });
});

test("a socket of the network is no Unix socket", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  assert.throws(() => listenerAddress(fd), { code: "EAFNOSUPPORT" });
});

test("a datagram that nobody takes is an error, and leaves no descriptor behind", (t) => {
  const { path } = listen(t);
  const before = openDescriptors();
  assert.throws(() => connectDatagram(path), { code: "EPROTOTYPE", syscall: "connect" });
  assert.throws(() => connectDatagram(`${path}-absent`), { code: "ENOENT" });
  assert.throws(() => connectDatagram(`@${path}`), { code: "ECONNREFUSED" });
  assert.throws(() => connectDatagram(`/${"n".repeat(108)}`), { code: "ENAMETOOLONG" });
  assert.deepEqual(openDescriptors(), before);
});

test("a socket with a larger send buffer takes more descriptors before they are received", (t) => {
  /** How many messages with one wait in a socket at most. */
  const room = (size: number | null): number => {
    const [near, far] = socketPair();
    t.after(() => near.close());
    t.after(() => far.close());
    if (size !== null) setSendBuffer(near, size);
    const fds = Int32Array.of(far.raw);
    const bytes = Buffer.alloc(16);
    let count = 0;
    while (send(near.raw, bytes, 0, bytes.length, fds, 1) > 0) count++;
    return count;
  };
  const usual = room(null);
  const more = room(1024 * 1024);
  assert.ok(usual > 100 && more > 1.5 * usual, `${usual}, then ${more}`);
});
