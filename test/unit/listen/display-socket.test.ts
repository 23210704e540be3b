// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import fs, {
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { UserError } from "../../../src/errors.ts";
import { DisplaySocket } from "../../../src/listen/display-socket.ts";
import { race } from "./race.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "display-socket-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Asserts that opening fails with one line for the user that matches every pattern. */
function refuses(open: () => DisplaySocket, ...patterns: RegExp[]): void {
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.doesNotMatch(error.message, /\n/);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });
}

/** A program without lock files, such as systemd. */
async function listenElsewhere(name: string): Promise<Server> {
  const server = createServer().listen(join(directory, name));
  await once(server, "listening");
  return server;
}

/** Leaves a socket on which nobody listens. */
async function leaveStaleSocket(name: string): Promise<void> {
  const server = await listenElsewhere("original");
  // Node removes the socket when it closes, so another name for it is made before.
  linkSync(join(directory, "original"), join(directory, name));
  server.close();
  await once(server, "close");
}

describe("a display socket", () => {
  it("is named wayland-1, private, locked, accepts clients, and leaves nothing behind", async () => {
    const display = DisplaySocket.open(directory);
    assert.equal(display.name, "wayland-1");
    assert.equal(display.path, join(directory, "wayland-1"));
    assert.equal(lstatSync(display.path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(directory).sort(), ["wayland-1", "wayland-1.lock"]);
    const client = createConnection(display.path);
    await once(client, "connect");
    client.destroy();
    display.close();
    display.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it("takes the next free name when wayland-1 is in use, with a lock or without", async () => {
    const first = DisplaySocket.open(directory);
    const server = await listenElsewhere("wayland-2");
    const display = DisplaySocket.open(directory);
    assert.equal(display.name, "wayland-3");
    display.close();
    first.close();
    server.close();
    await once(server, "close");
    assert.deepEqual(readdirSync(directory), []);
  });

  it("skips the name where the host is expected, although no compositor runs yet", () => {
    const display = DisplaySocket.open(directory, undefined, join(directory, "wayland-1"));
    assert.equal(display.name, "wayland-2");
    display.close();
  });

  it("says so when all names up to wayland-32 are in use", () => {
    const displays = Array.from({ length: 32 }, () => DisplaySocket.open(directory));
    assert.equal(displays.at(-1)?.name, "wayland-32");
    refuses(() => DisplaySocket.open(directory), /wayland-32/, /all in use/);
    for (const display of displays) display.close();
  });

  it("may have an absolute path, with no runtime directory at all", () => {
    const path = join(directory, "elsewhere");
    const display = DisplaySocket.open(undefined, path);
    assert.deepEqual([display.name, display.path], [path, path]);
    display.close();
  });

  it("is refused under a name that another of us holds", () => {
    const first = DisplaySocket.open(directory, "mine");
    refuses(() => DisplaySocket.open(directory, "mine"), /mine is in use/, /mine\.lock\): end that program$/);
    assert.ok(existsSync(first.path), "the first one is unharmed");
    first.close();
  });

  it("is refused where a compositor listens without a lock, and leaves that one as it was", async () => {
    const server = await listenElsewhere("theirs");
    refuses(() => DisplaySocket.open(directory, "theirs"), /theirs is in use/);
    assert.deepEqual(readdirSync(directory), ["theirs"]);
    server.close();
    await once(server, "close");
  });

  it("replaces a socket on which nobody listens any more", async () => {
    await leaveStaleSocket("stale");
    writeFileSync(join(directory, "stale.lock"), "");
    const display = DisplaySocket.open(directory, "stale");
    const client = createConnection(display.path);
    await once(client, "connect");
    client.destroy();
    display.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it("does not remove a file that is no socket", () => {
    writeFileSync(join(directory, "precious"), "data");
    refuses(() => DisplaySocket.open(directory, "precious"), /not a socket/);
    assert.deepEqual(readdirSync(directory), ["precious"]);
  });

  it("is never the host's own socket, by its name, through a link, or through a link that leads nowhere yet", async () => {
    const host = join(directory, "host");
    refuses(() => DisplaySocket.open(directory, "host", host), /our own host/, /WAYLAND_DISPLAY/);
    symlinkSync("new", join(directory, "link-to-new"));
    refuses(() => DisplaySocket.open(directory, "new", join(directory, "link-to-new")), /our own host/);
    symlinkSync(directory, join(directory, "also-here"));
    refuses(() => DisplaySocket.open(join(directory, "also-here"), "host", host), /our own host/);
    const server = await listenElsewhere("host");
    symlinkSync("host", join(directory, "link-to-host"));
    refuses(() => DisplaySocket.open(directory, "link-to-host", host), /our own host/);
    server.close();
    await once(server, "close");
  });

  it("leaves alone what another program has put in its place", () => {
    const display = DisplaySocket.open(directory, "mine");
    rmSync(display.path);
    rmSync(`${display.path}.lock`);
    const other = DisplaySocket.open(directory, "mine");
    display.close();
    assert.deepEqual(readdirSync(directory).sort(), ["mine", "mine.lock"]);
    other.close();
  });

  it("can have a path of 107 bytes, and no more", () => {
    const longest = join(directory, "x".repeat(107 - directory.length - 1));
    DisplaySocket.open(undefined, longest).close();
    refuses(() => DisplaySocket.open(undefined, `${longest}x`), /108 bytes/, /107/, /shorter/);
    refuses(() => DisplaySocket.open(undefined, `${longest.slice(0, -1)}é`), /108 bytes/);
    assert.deepEqual(readdirSync(directory), []);
  });

  it("explains every place that cannot work", () => {
    refuses(() => DisplaySocket.open(undefined), /XDG_RUNTIME_DIR is not set/);
    refuses(() => DisplaySocket.open("", "name"), /XDG_RUNTIME_DIR is not set/);
    refuses(() => DisplaySocket.open("run", "name"), /"run"/, /not an absolute path/);
    refuses(() => DisplaySocket.open(directory, ""), /empty/);
    refuses(() => DisplaySocket.open(join(directory, "missing")), /missing does not exist/, /create it/);
    writeFileSync(join(directory, "file"), "");
    refuses(() => DisplaySocket.open(join(directory, "file")), /file is not a directory/);
  });
});

describe("the lock on a name", () => {
  it("is on the file at its path, also when the holder before us removes that file while we open it", (context) => {
    const { openSync } = fs;
    const open = context.mock.method(fs, "openSync", (path: string, flags: string, mode: number) => {
      const fd = openSync(path, flags, mode);
      if (open.mock.callCount() === 0) rmSync(path);
      return fd;
    });
    context.after(() => {
      open.mock.restore();
      syncBuiltinESMExports();
    });
    syncBuiltinESMExports();
    const display = DisplaySocket.open(directory, "mine");
    assert.equal(open.mock.callCount(), 2);
    assert.deepEqual(readdirSync(directory).sort(), ["mine", "mine.lock"]);
    refuses(() => DisplaySocket.open(directory, "mine"), /mine\.lock/);
    display.close();
  });

  it("has one owner at a time, whoever else opens, locks and removes it meanwhile", async () => {
    await race(directory, "listen/display-socket.js", 'DisplaySocket.open(directory, "contested")', "NameTaken");
    assert.deepEqual(readdirSync(directory), []);
  });
});
