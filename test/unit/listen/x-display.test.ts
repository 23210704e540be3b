// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { UserError } from "../../../src/errors.ts";
import { XDisplay } from "../../../src/listen/x-display.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { connectAbstract, connectUnix, listenAbstract, listenUnix, receive } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { race } from "./race.ts";

/** Clients look for displays in /tmp; these are elsewhere. */
let directory = "";
let sockets = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "x-display-"));
  sockets = join(directory, ".X11-unix");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const lock = (number: number): string => join(directory, `.X${number}-lock`);
const socket = (number: number): string => join(sockets, `X${number}`);

function files(): string[] {
  return [...readdirSync(directory), ...readdirSync(sockets)].sort();
}

/** Asserts that display :7 is refused with one line for the user that matches every pattern, and nothing changes. */
function refuses(...patterns: RegExp[]): void {
  const before = [readdirSync(directory, { recursive: true }).sort(), openDescriptors()];
  assert.throws(
    () => XDisplay.open(7, directory),
    (error: unknown) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.doesNotMatch(error.message, /\n/);
      for (const pattern of patterns) assert.match(error.message, pattern);
      return true;
    },
  );
  assert.deepEqual([readdirSync(directory, { recursive: true }).sort(), openDescriptors()], before);
}

function writeLock(number: number, pid: number): void {
  writeFileSync(lock(number), `${String(pid).padStart(10)}\n`, { mode: 0o444 });
}

/** The id of a process that is gone. */
function deadProcess(): number {
  return spawnSync("true").pid;
}

/** Leaves a socket on which nobody listens. */
async function leaveStaleSocket(number: number): Promise<void> {
  const original = join(directory, "original");
  const server = createServer().listen(original);
  await once(server, "listening");
  // Node removes the socket when it closes, so another name for it is made before.
  linkSync(original, socket(number));
  server.close();
  await once(server, "close");
}

/** Whether the other end of a connection has closed it; nothing else is sent. */
async function hungUp(connection: Fd): Promise<boolean> {
  await new Promise<void>((resolve) => {
    const watch = new Watch(connection.raw, () => {
      watch.close();
      resolve();
    });
    watch.set(READABLE);
  });
  return receive(connection.raw, new Uint8Array(1), 0, 1, new Int32Array(29)) <= 0;
}

/** Does something as somebody whom the modes of files bind, as they do not bind root. */
function asOrdinaryUser(action: () => void): void {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    action();
  } finally {
    process.seteuid?.(0);
  }
}

describe("an X display", () => {
  it("has a lock with our id, a file for its user alone, and a name that refuses, and leaves nothing behind", () => {
    const before = openDescriptors();
    const display = XDisplay.open(7, directory);
    assert.deepEqual([display.number, display.name, display.fds.length], [7, ":7", 1]);
    assert.equal(readFileSync(lock(7), "latin1"), `${String(process.pid).padStart(10)}\n`);
    assert.equal(lstatSync(lock(7)).mode & 0o777, 0o444);
    assert.equal(lstatSync(socket(7)).mode & 0o777, 0o600);
    assert.equal(lstatSync(sockets).mode & 0o7777, 0o1777);
    assert.deepEqual(files(), [".X11-unix", ".X7-lock", "X7"]);
    connectUnix(socket(7)).close();
    // Clients try this first, and then the file: nobody else may have it, and nobody may get past the file's mode by it.
    assert.throws(() => connectAbstract(socket(7)), { code: "ECONNREFUSED" });
    assert.throws(() => listenAbstract(socket(7)), { code: "EADDRINUSE" });
    display.close();
    display.close();
    assert.deepEqual(files(), [".X11-unix"]);
    listenAbstract(socket(7)).close();
    assert.deepEqual(openDescriptors(), before);
  });

  it("in use is refused, and the message says by whom", () => {
    using display = { [Symbol.dispose]: () => first.close() };
    const first = XDisplay.open(7, directory);
    refuses(/display :7 is in use by node/, new RegExp(`process ${process.pid}`), /\.X7-lock/, /end that program$/);
    connectUnix(socket(7)).close();
    assert.ok(display);
  });

  it("is refused while the process in the lock lives, whether or not it listens", async () => {
    mkdirSync(sockets);
    const owner = spawn("sleep", ["60"]);
    writeLock(7, owner.pid as number);
    refuses(/in use by sleep/, new RegExp(`process ${owner.pid}`));
    owner.kill();
    await once(owner, "exit");
    XDisplay.open(7, directory).close();
  });

  it("of a dead server is taken over, with its socket", async () => {
    mkdirSync(sockets);
    writeLock(7, deadProcess());
    await leaveStaleSocket(7);
    const display = XDisplay.open(7, directory);
    assert.match(readFileSync(lock(7), "latin1"), new RegExp(`^ *${process.pid}\n$`));
    connectUnix(socket(7)).close();
    display.close();
    assert.deepEqual(files(), [".X11-unix"]);
  });

  it("of a dead server that had our id, as in a restarted container, is taken over", async () => {
    mkdirSync(sockets);
    writeLock(7, process.pid);
    await leaveStaleSocket(7);
    XDisplay.open(7, directory).close();
    writeLock(7, process.pid);
    XDisplay.open(7, directory).close();
    assert.deepEqual(files(), [".X11-unix"]);
  });

  it("whose lock names nobody is refused", () => {
    mkdirSync(sockets);
    for (const content of ["", "0\n", "         -1\n", "a process\n", "       1234"]) {
      rmSync(lock(7), { force: true });
      writeFileSync(lock(7), content);
      refuses(/\.X7-lock names no process/, /remove it/);
    }
  });

  it("is refused where a server listens without a lock, with a file or without", () => {
    mkdirSync(sockets);
    using path = listenUnix(socket(7));
    refuses(/display :7 is in use/, /another server listens on .*X7/);
    path.close();
    rmSync(socket(7));
    using name = listenAbstract(socket(7));
    refuses(/display :7 is in use/, new RegExp(`process ${process.pid} has the name @.*X7`));
    assert.ok(name.open);
  });

  it("does not remove a file that is no socket", () => {
    mkdirSync(sockets);
    writeFileSync(socket(7), "data");
    refuses(/X7 is not a socket/);
    assert.equal(readFileSync(socket(7), "utf8"), "data");
  });

  /** Asserts that clients of display :7 can connect to its name alone, and that a warning says why. */
  function goesWithoutFile(reason: RegExp): void {
    const before = openDescriptors();
    const warnings: string[] = [];
    const display = XDisplay.open(7, directory, (text) => warnings.push(text));
    connectAbstract(socket(7)).close();
    display.connect().close();
    display.close();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] as string, reason);
    assert.deepEqual(openDescriptors(), before);
  }

  it("goes without a file where that is not safe, as in containers and on WSL", (t) => {
    mkdirSync(join(directory, "elsewhere"));
    symlinkSync("elsewhere", sockets);
    goesWithoutFile(/\.X11-unix is not a directory/);
    rmSync(sockets);
    mkdirSync(sockets);
    chmodSync(sockets, 0o777);
    goesWithoutFile(/no sticky bit/);
    if (process.getuid?.() !== 0) return t.diagnostic("only root can give the directory to somebody else");
    chmodSync(sockets, 0o755);
    chownSync(sockets, 12345, 12345);
    goesWithoutFile(/belongs to user 12345/);
    assert.deepEqual(files(), [".X11-unix", "elsewhere"]);
  });

  it("goes without a file where none can be made, and without a lock where even that cannot", () => {
    mkdirSync(sockets);
    chmodSync(sockets, 0o555);
    chmodSync(directory, 0o777);
    asOrdinaryUser(() => goesWithoutFile(/X7 cannot be created \(EACCES\)/));
    chmodSync(directory, 0o755);
    asOrdinaryUser(() => goesWithoutFile(/lock-\d+ cannot be created \(EACCES\)/));
    assert.deepEqual(files(), [".X11-unix"]);
    assert.throws(() => XDisplay.open(7, join(directory, "x".repeat(90))), UserError);
  });

  it("is refused where no file can be made because another server's is there, which listens", () => {
    mkdirSync(sockets);
    using theirs = listenUnix(socket(7));
    chmodSync(sockets, 0o777);
    refuses(/display :7 is in use/, /another server listens on .*X7/);
    assert.ok(theirs.open);
  });

  it("is open in a directory that only we can write to", () => {
    mkdirSync(sockets, { mode: 0o700 });
    XDisplay.open(7, directory).close();
    assert.equal(lstatSync(sockets).mode & 0o7777, 0o700);
  });

  it("leaves alone what another program has put in its place", () => {
    const display = XDisplay.open(7, directory);
    rmSync(socket(7));
    rmSync(lock(7));
    writeFileSync(socket(7), "theirs");
    writeFileSync(lock(7), "theirs");
    display.close();
    assert.deepEqual([readFileSync(socket(7), "utf8"), readFileSync(lock(7), "utf8")], ["theirs", "theirs"]);
  });

  it("can be made of a socket that systemd has opened, from which other users are then kept away", async () => {
    mkdirSync(sockets);
    const address = socket(7);
    const display = XDisplay.inherit(7, { fd: listenUnix(address), address }, directory);
    assert.equal(display.name, ":7");
    using client = connectUnix(address);
    await new Promise<void>((resolve) => display.wait(resolve));
    display.drain();
    assert.equal(await hungUp(client), true);
    // Clients would try this first.
    assert.throws(() => listenAbstract(address), { code: "EADDRINUSE" });
    display.close();
    // Its file is the other's.
    assert.deepEqual(files(), [".X11-unix", "X7"]);

    for (const [mode, becomes, warning] of [
      [0o666, 0o600, undefined],
      [0o600, 0o600, undefined],
      [0o660, 0o660, /other users can connect .* its mode is 0660: set SocketMode=0600/],
    ] as const) {
      rmSync(address);
      const fd = listenUnix(address);
      chmodSync(address, mode);
      const warnings: string[] = [];
      XDisplay.inherit(7, { fd, address }, directory, (text) => warnings.push(text)).close();
      assert.equal(lstatSync(address).mode & 0o777, becomes);
      assert.equal(warnings.length, warning === undefined ? 0 : 1);
      if (warning !== undefined) assert.match(warnings[0] as string, warning);
    }
  });

  it("is not taken over when another server has the name at which clients look first", () => {
    mkdirSync(sockets);
    using thief = listenAbstract(socket(7));
    using fd = listenUnix(socket(7));
    assert.throws(
      () => XDisplay.inherit(7, { fd, address: socket(7) }, directory),
      (error: unknown) => error instanceof UserError && /process \d+ has the name/.test(error.message),
    );
    assert.ok(thief.open);
  });

  it("can be made of a name that systemd has opened, about which there is a warning", () => {
    const warnings: string[] = [];
    const address = `@${socket(7)}`;
    const display = XDisplay.inherit(7, { fd: listenAbstract(socket(7)), address }, directory, (text) =>
      warnings.push(text),
    );
    display.connect().close();
    display.close();
    assert.match(warnings.join(), /other users can connect .* it has no file/);
  });
});

describe("waiting for a client", () => {
  it("leaves it where it is, for the X server to accept, with a file and without", async () => {
    for (const connect of [connectUnix, connectAbstract]) {
      rmSync(sockets, { recursive: true, force: true });
      if (connect === connectAbstract) writeFileSync(sockets, "in the way");
      const display = XDisplay.open(7, directory);
      let calls = 0;
      const called = new Promise<void>((resolve) => {
        display.wait(() => {
          calls += 1;
          resolve();
        });
      });
      using client = connect(socket(7));
      await called;
      // Still there, but we were told once.
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(calls, 1);
      const server = spawn(process.execPath, ["-e", "net.createServer((c) => c.end()).listen({ fd: 3 })"], {
        stdio: ["ignore", "ignore", "inherit", ...display.fds.map((fd) => fd.raw)],
      });
      assert.equal(await hungUp(client), true);
      server.kill();
      await once(server, "exit");
      display.close();
    }
  });

  it("ends with drain when nobody can serve them, and begins anew with the next", async () => {
    const display = XDisplay.open(7, directory);
    const clients = [connectUnix(socket(7)), connectUnix(socket(7))];
    await new Promise<void>((resolve) => display.wait(resolve));
    display.drain();
    for (const client of clients) {
      assert.equal(await hungUp(client), true);
      client.close();
    }
    let called = false;
    const next = new Promise<void>((resolve) => {
      display.wait(() => {
        called = true;
        resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(called, false);
    using client = connectUnix(socket(7));
    await next;
    assert.ok(client.open);
    display.close();
  });

  it("does not begin for a program of another user, who gets neither at the file nor at the name", async (t) => {
    if (process.geteuid?.() !== 0) return t.skip("only root can become another user");
    chmodSync(directory, 0o755);
    const display = XDisplay.open(7, directory);
    display.wait(() => assert.fail("called"));
    asOrdinaryUser(() => {
      assert.throws(() => connectAbstract(socket(7)), { code: "ECONNREFUSED" });
      assert.throws(() => connectUnix(socket(7)), { code: "EACCES" });
      assert.throws(() => listenAbstract(socket(7)), { code: "EADDRINUSE" });
    });
    await new Promise((resolve) => setImmediate(resolve));
    display.close();
  });

  it("can be stopped, and closing stops it", async () => {
    const display = XDisplay.open(7, directory);
    display.wait(() => assert.fail("called"));
    display.stopWaiting();
    using client = connectUnix(socket(7));
    await new Promise((resolve) => setImmediate(resolve));
    display.wait(() => assert.fail("called"));
    display.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(client.open);
  });
});

describe("the number of an X display", () => {
  it("has one owner at a time, whoever else takes and leaves it meanwhile", async () => {
    await race(directory, "listen/x-display.js", "XDisplay.open(9, directory)", "UserError");
    assert.deepEqual(files(), [".X11-unix"]);
  });
});
