// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { closeAllReceived, closeReceived, mayBlock } from "../../../src/native/blocking.ts";
import { BlockingFile } from "../../../src/native/blocking-file.ts";
import { Fd } from "../../../src/native/fd.ts";
import { fileInfo, memfd } from "../../../src/native/memory.ts";
import { eventfd, pipe } from "../../../src/native/pipe.ts";
import { setSoftFdLimit, socketPair, softFdLimit } from "../../../src/native/socket.ts";
import { eventually } from "../../support/eventually.ts";
import { HangingFiles } from "../../support/hanging-files.ts";
import { scaled } from "../../support/patience.ts";

const SIZE = 3 << 20;

/** Waits until a descriptor has been closed. */
const untilFree = (fd: number): Promise<unknown> =>
  eventually(`descriptor ${fd} to be closed`, () => !existsSync(`/proc/self/fdinfo/${fd}`));

let files: HangingFiles;
const skip = HangingFiles.unavailable;
beforeEach(async () => {
  if (skip) return;
  files = await HangingFiles.mount(SIZE);
});
afterEach(async () => {
  if (!skip) await files.close();
});

test("reading a file that hangs keeps nobody waiting but its reader, and goes on when it answers", {
  skip,
}, async () => {
  const file = new BlockingFile(files.open("r"), {});
  await files.hang();
  const target = Buffer.alloc(2 << 20);
  const reading = file.read(target, 8);
  await files.asked("READ");
  await files.answer();
  assert.equal(await reading, target.length);
  assert.equal(target.toString("latin1", 0, 16), "pixels: pixels: ");
  assert.equal(await file.read(target, SIZE - 16), 16, "what is behind the end is not there");
  file.close();
});

test("what is written gets to a file where it stands, and to the place that was said", { skip }, async () => {
  const written = new BlockingFile(files.open("r+"), {});
  await written.write(Buffer.from("first "));
  await written.write(Buffer.from("second"));
  await written.store(Buffer.from("there"), 100);
  const target = Buffer.alloc(105);
  assert.equal(await written.read(target, 0), 105);
  assert.equal(target.toString("latin1", 0, 12), "first second");
  assert.equal(target.toString("latin1", 100), "there");
  assert.deepEqual(await written.stat(), { isFile: true, size: SIZE });
  written.close();
});

test("what may block is recognized without asking a file that hangs", { skip }, async () => {
  using file = files.open("r+");
  await files.hang();
  assert.equal(mayBlock(file.raw), true);
  assert.equal(fileInfo(file.raw).kind, "file");
  using terminal = new Fd(openSync("/dev/ptmx", "r+"));
  assert.equal(mayBlock(terminal.raw), true);
  const [read, write] = pipe();
  const [one, other] = socketPair();
  using memory = memfd("test", 4096);
  using counter = eventfd();
  for (const fd of [read, write, one, other, memory, counter]) {
    assert.equal(mayBlock(fd.raw), false);
    fd.close();
  }
  await files.answer();
});

test("a user of files that hang does not keep others from theirs", { skip }, async () => {
  const hog = {};
  const other = await HangingFiles.mount(4096);
  const stuck = Array.from({ length: 300 }, () => new BlockingFile(files.open("r"), hog));
  await files.hang();
  const reads = stuck.map((file) => file.read(Buffer.alloc(8), 0).catch((error) => error.code));
  await files.asked("READ");
  const file = new BlockingFile(other.open("r"), {});
  assert.equal(await file.read(Buffer.alloc(8), 0), 8);
  file.close();
  for (const one of stuck) one.close();
  await files.close();
  assert.deepEqual(new Set(await Promise.all(reads)), new Set(["ECANCELED"]));
  await other.close();
  files = await HangingFiles.mount(4096);
});

test("a file that hangs is closed without anybody waiting for it", { skip }, async () => {
  const fd = files.open("r+").take();
  await files.hang();
  closeReceived(fd, {});
  await files.asked("FLUSH");
  assert.throws(() => fileInfo(fd), /EBADF/, "the number is free");
  await files.answer();
});

test("a socket that waits until all is sent is closed without anybody waiting for it", async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const connected = once(server, "connection");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [peer] = (await connected) as [Socket];
  // More than the kernel takes while nobody reads.
  if (socket.connecting) await once(socket, "connect");
  while (socket.writableLength < 1 << 20) {
    socket.write(Buffer.alloc(1 << 20));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const own = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
  const lingering = `use Socket; open(S, "+<&=0") and setsockopt(S, SOL_SOCKET, SO_LINGER, pack("ii", 1, 20)) or die`;
  assert.equal(spawnSync("perl", ["-e", lingering], { stdio: [own, "inherit", "inherit"] }).status, 0);
  const borrowed = new Fd(own);
  const fd = borrowed.duplicate().take();
  borrowed.take();
  const isClosed = once(socket, "close");
  socket.destroy();
  await isClosed;
  const before = performance.now();
  closeReceived(fd, {});
  assert.ok(performance.now() - before < scaled(10_000), "the event loop went on");
  await untilFree(fd);
  peer.destroy();
  server.close();
});

test("of many descriptors, memory is closed at once, and what may take time is not waited for", async () => {
  const memory = [memfd("first", 1).take(), memfd("second", 1).take()] as const;
  const device = openSync("/dev/null", "r");
  const [one, other] = socketPair();
  const socket = one.take();
  closeAllReceived(Int32Array.of(memory[0], device, memory[1], socket), 4, {});
  for (const fd of memory) assert.throws(() => fileInfo(fd), /EBADF/, "memory is closed");
  await untilFree(device);
  await untilFree(socket);
  other.close();
});

test("what cannot be closed for want of a descriptor is closed later", async () => {
  const fd = openSync("/dev/null", "r");
  const limit = softFdLimit();
  setSoftFdLimit(0);
  try {
    closeReceived(fd, {});
  } finally {
    setSoftFdLimit(limit);
  }
  await untilFree(fd);
});

/**
 * To look for leaks a sanitizer makes a process that stops all threads: some cannot stop as long as a file hangs, and some
 * tests allow no such process.
 */
const withoutLeakSearch = { ...process.env, ASAN_OPTIONS: `${process.env["ASAN_OPTIONS"] ?? ""}:detect_leaks=0` };

/** The numbers of clone and prctl on this processor; see the kernel's syscall tables. */
const [CLONE, PRCTL] = process.arch === "x64" ? [56, 157] : [220, 167];

/**
 * A Perl program that runs another one in which no call gets a process of its own, as in some sandboxes: clone with
 * CLONE_UNTRACED, which nobody else uses, fails with EPERM.
 */
const WITHOUT_PROCESSES = `
  my $filter = pack("(SCCL)6", 0x20,0,0,0, 0x15,0,3,${CLONE}, 0x20,0,0,16, 0x45,0,1,0x800000, 0x06,0,0,0x50001, 0x06,0,0,0x7fff0000);
  syscall(${PRCTL}, 38, 1, 0, 0, 0);
  syscall(${PRCTL}, 22, 2, pack("SxxxxxxP", 6, $filter), 0, 0) == 0 or die "no filter: $!";
  exec @ARGV;`;

test("what was given up is written into no file that has the number next, where calls get no processes", () => {
  const module = (name: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../../src/native/${name}.js`, import.meta.url)));
  const script = `
    import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
    import { BlockingFile } from ${module("blocking-file")};
    import { Fd } from ${module("fd")};
    import { pipe, readFd, writeFd } from ${module("pipe")};
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const [read, end] = pipe();
    const raw = end.take();
    Fd.adopt(read.raw);
    const probe = Fd.adopt(raw).duplicate();
    const file = new BlockingFile(new Fd(raw), {});
    const written = file.write(Buffer.alloc(1 << 20)).catch(() => {});
    while (writeFd(probe.raw, Buffer.alloc(1), 0, 1) >= 0) await turn();
    probe.close();
    file.close();
    await written;
    const directory = mkdtempSync("${tmpdir()}/wayland-proxy-other-");
    const others = [];
    do others.push(openSync(directory + "/other", "w")); while (others.at(-1) !== raw && others.length < 8);
    const bytes = Buffer.alloc(65536);
    while (readFd(read.raw, bytes, 0, bytes.length) !== 0) await turn();
    process.stdout.write(JSON.stringify([others.includes(raw), fstatSync(raw).size]));
    for (const other of others) closeSync(other);
    rmSync(directory, { recursive: true });`;
  const { stdout, stderr, status } = spawnSync(
    "perl",
    ["-e", WITHOUT_PROCESSES, process.execPath, "--input-type=module", "-e", script],
    { encoding: "utf8", timeout: scaled(60_000), env: withoutLeakSearch },
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), [true, 0], "the number is another file's, and nothing was written there");
});

/** What a process does with descriptor 3 that hangs, by what its file system is asked for then. */
const uses = new Map([
  ["GETATTR", "void new BlockingFile(new Fd(3), {}).stat();"],
  ["READ", "void new BlockingFile(new Fd(3), {}).read(Buffer.alloc(8), 0);"],
  ["WRITE", "void new BlockingFile(new Fd(3), {}).write(Buffer.from('text'));"],
  ["FLUSH", "closeReceived(3, {});"],
  ["nothing", "new BlockingFile(new Fd(3), {});"],
]);

for (const [request, use] of uses) {
  test(`a process ends although a file system in user space that it has asked for ${request} does not answer`, {
    skip,
  }, async () => {
    const module = (name: string) =>
      JSON.stringify(fileURLToPath(new URL(`../../../src/native/${name}.js`, import.meta.url)));
    const script = `
      import { BlockingFile } from ${module("blocking-file")};
      import { closeReceived } from ${module("blocking")};
      import { Fd } from ${module("fd")};
      process.on("SIGTERM", () => process.exit(7));
      process.on("SIGUSR2", () => { ${use} process.stdout.write("used"); });
      setInterval(() => {}, 1000);
      process.stdout.write("ready");`;
    using fd = files.open("r+");
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit", fd.raw],
      env: withoutLeakSearch,
    });
    const exit = once(child, "exit");
    await once(child.stdout as NodeJS.ReadableStream, "data");
    await files.hang();
    child.kill("SIGUSR2");
    if (request === "nothing") await once(child.stdout as NodeJS.ReadableStream, "data");
    else await files.asked(request);
    child.kill("SIGTERM");
    assert.deepEqual(await exit, [7, null]);
    await files.answer();
  });
}
