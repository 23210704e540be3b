// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Fd } from "../../../src/native/fd.ts";
import { F_SEAL_GROW, fileInfo, memfd, seal } from "../../../src/native/memory.ts";
import { eventfd, pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { setSoftFdLimit, socketPair, softFdLimit } from "../../../src/native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../../src/native/watch.ts";
import { BlobMemory } from "../../../src/virtio/driver.ts";
import {
  COMMANDS_PER_FENCE,
  LINGER_IDLE_TIMEOUT,
  LINGER_TIMEOUT,
  MAX_PIPES,
  MAX_SEND_DATA,
  MAX_WRITE_DATA,
} from "../../../src/virtio/limits.ts";
import { ProtocolError } from "../../../src/wire/errors.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";
import { FdSink } from "../../../src/wire/fd-sink.ts";
import { SINK_QUEUE_LIMIT, SINK_STALL_TIMEOUT } from "../../../src/wire/limits.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import type { FakeHostContext, HostFd } from "../../support/fake-virtio-host.ts";
import { hostKinds } from "../../support/fake-virtio-host.ts";
import { HangingFiles } from "../../support/hanging-files.ts";
import { scaled, turnUntil } from "../../support/patience.ts";
import { temporaryDirectory } from "../native/support.ts";
import { type Owner, pattern, Setting } from "./support.ts";

const EAGAIN = -11;

/** Writes everything into a pipe, then closes it. */
async function writeAll(fd: Fd, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const count = writeFd(fd.raw, bytes, at, bytes.length - at);
    if (count === EAGAIN) await ready(fd, WRITABLE);
    else if (count < 0) break;
    else at += count;
  }
  fd.close();
}

/** Reads a pipe to its end, then closes it. */
async function readAll(fd: Fd): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const bytes = Buffer.alloc(65536);
    const count = readFd(fd.raw, bytes, 0, bytes.length);
    if (count === EAGAIN) await ready(fd, READABLE);
    else if (count <= 0) break;
    else parts.push(bytes.subarray(0, count));
  }
  fd.close();
  return Buffer.concat(parts);
}

async function ready(fd: Fd, events: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const watch = new Watch(fd.raw, () => {
      watch.close();
      resolve();
    });
    watch.set(events);
  });
}

/** Waits until something is so that no call announces. */
async function eventually(condition: () => boolean): Promise<void> {
  await turnUntil(condition, "what no call announces");
}

/** Waits until nothing more is asked of the host. */
async function held(host: FakeHostContext): Promise<void> {
  for (let turns = 0; turns < 20; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (host.polls > 0) turns = 0;
  }
}

function memoryWith(content: Buffer): Fd {
  const fd = memfd("test", content.length);
  assert.equal(writeFd(fd.raw, content, 0, content.length), content.length);
  return fd;
}

/** The only descriptor that the compositor got. */
function onlyFd(host: FakeHostContext, type: HostFd["type"]): Fd {
  assert.deepEqual(
    host.fds.map((fd) => fd.type),
    [type],
  );
  return (host.fds[0] as HostFd).fd;
}

async function paste(owner: Owner, host: FakeHostContext): Promise<{ read: Fd; write: Fd }> {
  const [read, write] = pipe();
  await owner.send(pattern(16), [write]);
  return { read, write: onlyFd(host, "pipe") };
}

describe("descriptors to the host", () => {
  for (const [name, most] of [
    ["ours", 64 * 1024],
    ["ours of before", 4096],
    ["libkrun", 4096],
  ] as const) {
    test(`are pipes through which any amount comes back, ${most} bytes at a time from ${name}`, {
      timeout: scaled(20_000),
    }, async (t) => {
      const { owner, host } = await new Setting(t, hostKinds[name]).pair();
      const { read, write } = await paste(owner, host);
      const content = pattern(1_000_000);
      const [, got] = await Promise.all([writeAll(write, content), readAll(read)]);
      assert.deepEqual(got, content);
      assert.deepEqual(host.stream, pattern(16));
      assert.equal(host.largestRead, most - 24);
    });
  }

  test("are pipes whose reader may leave while events go on", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { read, write } = await paste(owner, host);
    const content = pattern(300_000);
    const writing = writeAll(write, content);
    await ready(read, READABLE);
    read.close();
    await writing;
    host.send(pattern(50));
    assert.deepEqual(await owner.received(50), pattern(50));
  });

  test("are pipes whose slow reader holds up the host, not our memory", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { read, write } = await paste(owner, host);
    const content = pattern(SINK_QUEUE_LIMIT + 2_000_000);
    const writing = writeAll(write, content);
    await held(host);
    const got = await readAll(read);
    assert.ok(got.equals(content));
    await writing;
  });

  test("are pipes of which a dead reader is given up after a while", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { read, write } = await paste(owner, host);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const writing = writeAll(write, pattern(SINK_QUEUE_LIMIT + 1_000_000));
    await held(host);
    host.send(pattern(50));
    t.mock.timers.tick(SINK_STALL_TIMEOUT);
    await writing;
    assert.deepEqual(await owner.received(50), pattern(50));
    read.close();
  });

  test("are files to write into", { timeout: scaled(20_000) }, async (t) => {
    const path = join(temporaryDirectory(t), "clipboard");
    const { owner, host } = await new Setting(t).pair();
    await owner.send(pattern(16), [new Fd(openSync(path, "w"))]);
    const content = pattern(100_000);
    await writeAll(onlyFd(host, "pipe"), content);
    await eventually(() => readFileSync(path).equals(content));
  });

  test("are whatever a message asks to be written into", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const path = join(temporaryDirectory(t), "clipboard");
    writeFileSync(path, "old ");
    const [near, far] = socketPair();
    const content = pattern(100_000);
    const opened = [new Fd(openSync(path, "a+")), near, new Fd(openSync("/dev/null", "r+"))];
    for (const fd of opened) {
      await owner.send(pattern(16), [fd], true);
      await writeAll((host.fds.at(-1) as HostFd).fd, content);
    }
    assert.deepEqual(await readAll(far), content);
    await eventually(() => readFileSync(path).equals(Buffer.concat([Buffer.from("old "), content])));
    assert.ok(host.fds.every(({ type }) => type === "pipe"));
    assert.equal(owner.end, undefined);
  });

  test("cost that paste alone when nothing can be written into them", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const [read, write] = pipe();
    for (const fd of [read.duplicate(), eventfd(), new Fd(openSync("/", "r"))]) {
      await owner.send(pattern(16), [fd], true);
      await writeAll((host.fds.at(-1) as HostFd).fd, pattern(100_000));
    }
    host.send(pattern(50));
    assert.deepEqual(await owner.received(50), pattern(50));
    write.close();
    assert.equal((await readAll(read)).length, 0);
  });

  test("are files that get full, and are closed all the same", async () => {
    using file = memfd("nearly full", 4096);
    seal(file.raw, F_SEAL_GROW);
    using given = new Fd(openSync(`/proc/self/fd/${file.raw}`, "r+"));
    const sink = new FdSink(given.raw, {}, () => {});
    // The second time the file takes the first bytes of it, and no more.
    sink.add(pattern(4000));
    sink.add(pattern(4000));
    sink.hangUp();
    await eventually(() => sink.closed);
    assert.equal(fileInfo(file.raw).size, 4096);
  });

  test("are memory files, copied into memory of the host", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const content = pattern(2_500_000);
    await owner.send(pattern(16), [memoryWith(content)]);
    const got = Buffer.alloc(content.length);
    readSync(onlyFd(host, "memory").raw, got, 0, got.length, 0);
    assert.ok(got.equals(content));
    assert.equal(owner.transport.images.count, 0);
    assert.equal([...setting.driver.files][0]?.handles, 0);
  });

  test("are copied also while the host is slow, and requests keep their order", {
    timeout: scaled(20_000),
  }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    setting.driver.pause();
    const sending = owner.send(pattern(5000), [fileWith("a keymap")]).then(() => owner.send(pattern(100, 2)));
    await eventually(() => setting.driver.backlog > 0);
    setting.driver.resume();
    await sending;
    assert.deepEqual(host.stream, Buffer.concat([pattern(5000), pattern(100, 2)]));
    const text = Buffer.alloc(8);
    readSync(onlyFd(host, "memory").raw, text, 0, 8, 0);
    assert.equal(text.toString(), "a keymap");
  });

  test("are forgotten when the connection closes while they are copied", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner } = await setting.pair();
    setting.driver.pause();
    const fds = new FdQueue();
    fds.push(fileWith("a keymap").take());
    assert.equal(owner.transport.send(pattern(16), 0, 16, fds, 1), EAGAIN);
    owner.transport.close();
    fds.clear();
    setting.driver.resume();
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("are the device's own memory, which is not copied", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const image = await owner.transport.images.allocate(10_000);
    image.mapping.bytes.set(pattern(10_000));
    // Two planes of one buffer have one handle.
    await owner.send(pattern(64), [image.fd.duplicate(), image.fd.duplicate()]);
    assert.equal(host.sends.length, 1);
    for (const { fd } of host.fds) assert.equal(fstatSync(fd.raw).ino, fstatSync(image.fd.raw).ino);
    await owner.send(pattern(64), [image.fd.duplicate()]);
    assert.equal(host.fds.length, 3);
    assert.equal([...setting.driver.files][0]?.handles, 0);
    image.close();
  });

  test("keep their order, and each pipe has a command of its own", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const image = await owner.transport.images.allocate(1);
    const pipes = [pipe(), pipe(), pipe()];
    const ends = pipes.map(([, write]) => write);
    const request = pattern(5000);
    const [first, second, third] = ends as [Fd, Fd, Fd];
    await owner.send(request, [first, second, image.fd.duplicate(), image.fd.duplicate(), third]);
    assert.deepEqual(host.stream, request);
    assert.deepEqual(
      host.fds.map(({ type }) => type),
      ["pipe", "pipe", "memory", "memory", "pipe"],
    );
    assert.deepEqual(
      host.sends.map(({ bytes, fds }) => [bytes.length, fds.length]),
      [
        [1, 1],
        [1, 1],
        [1, 2],
        [MAX_SEND_DATA, 1],
        [5000 - 3 - MAX_SEND_DATA, 0],
      ],
    );
    // Each arrives where it belongs.
    const written = host.fds.filter(({ type }) => type === "pipe");
    await Promise.all(written.map(({ fd }, i) => writeAll(fd, Buffer.from(`pipe ${i}`))));
    for (const [i, [read]] of pipes.entries()) assert.equal((await readAll(read)).toString(), `pipe ${i}`);
    image.close();
  });

  test("are pipes, any number one after the other, but only so many at once", {
    timeout: scaled(20_000),
  }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const open: Fd[] = [];
    for (let i = 0; i < MAX_PIPES + 10; i++) {
      const [read, write] = pipe();
      await owner.send(pattern(16), [write]);
      const target = (host.fds.at(-1) as HostFd).fd;
      writeFd(target.raw, pattern(8), 0, 8);
      target.close();
      assert.deepEqual(await readAll(read), pattern(8));
    }
    for (let i = 0; i < MAX_PIPES; i++) {
      const [read, write] = pipe();
      open.push(read);
      await owner.send(pattern(16), [write]);
    }
    const [read, write] = pipe();
    const fds = new FdQueue();
    fds.push(write.take());
    let result = EAGAIN;
    const isDecided = (): boolean => {
      result = owner.transport.send(pattern(16), 0, 16, fds, 1);
      return result !== EAGAIN;
    };
    await turnUntil(isDecided, "room for one more command");
    assert.equal(result, -32);
    await owner.until(() => owner.end !== undefined);
    assert.match((owner.end as Error).message, /more than 128 pipes from the host at once/);
    fds.clear();
    for (const fd of [read, ...open]) fd.close();
  });

  test("are refused when they are memory of the guest, of which the host has nothing to send", {
    timeout: scaled(20_000),
  }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const { fd } = setting.driver.addResource(BlobMemory.guest, 4096, memfd("another program's", 4096));
    const fds = new FdQueue();
    fds.push((fd as Fd).duplicate().take());
    assert.equal(owner.transport.send(pattern(16), 0, 16, fds, 1), -32);
    await owner.until(() => owner.end !== undefined);
    assert.match((owner.end as Error).message, /a buffer in the guest's own memory cannot go to the host/);
    assert.equal([...setting.driver.files][0]?.handles, 0);
    assert.equal(host.stream.length, 0);
    fds.clear();
  });

  const refused: [string, () => Fd[], RegExp][] = [
    ["a socket", () => socketPair(), /socket:.* cannot go to the host/],
    ["the read end of a pipe", () => pipe(), /pipe:.* cannot go to the host/],
    ["an empty file", () => [fileWith("")], /a file of 0 bytes .* cannot go to the host/],
  ];
  for (const [name, make, message] of refused) {
    test(`are refused by name: ${name}`, { timeout: scaled(20_000) }, async (t) => {
      const { owner, host } = await new Setting(t).pair();
      const fds = new FdQueue();
      const made = make();
      fds.push((made[0] as Fd).take());
      assert.equal(owner.transport.send(pattern(16), 0, 16, fds, 1), -32);
      assert.equal(owner.transport.send(pattern(16), 0, 16, fds, 0), -32, "the stream goes on without its descriptor");
      await owner.until(() => owner.end !== undefined);
      assert.ok(owner.end instanceof ProtocolError);
      assert.match(owner.end.message, message);
      assert.equal(host.stream.length, 0);
      fds.clear();
      for (const fd of made) fd.close();
    });
  }

  test("are refused when the window for host memory has no room for a copy", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    setting.driver.window = 1_000_000;
    const { owner, host } = await setting.pair();
    const fds = new FdQueue();
    fds.push(memoryWith(pattern(1_500_000)).take());
    assert.equal(owner.transport.send(pattern(16), 0, 16, fds, 1), EAGAIN);
    await owner.until(() => owner.end !== undefined);
    assert.match((owner.end as Error).message, /no host memory for \d+ bytes: the window for host memory is full/);
    assert.equal(host.stream.length, 0);
    fds.clear();
  });
});

describe("files that hang on their way to the host", { skip: HangingFiles.unavailable }, () => {
  let files: HangingFiles;
  before(async () => {
    files = await HangingFiles.mount(4096);
  });
  after(() => files.close());

  test("keep nobody waiting when they are files that hang", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const fds = ["r+", "r", "r+"].map((mode) => files.open(mode));
    await files.hang();
    // One to be written into, one to be copied; the third is closed unsent.
    await owner.send(pattern(16), [fds[0] as Fd], true);
    await writeAll((host.fds.at(-1) as HostFd).fd, pattern(100_000));
    await files.asked("WRITE");
    const queue = new FdQueue();
    queue.push((fds[1] as Fd).take());
    assert.equal(owner.transport.send(pattern(16), 0, 16, queue, 1), EAGAIN);
    await files.asked("GETATTR");
    const { owner: other, host: otherHost } = await setting.pair();
    await other.send(pattern(16));
    assert.deepEqual(otherHost.stream, pattern(16));
    host.send(pattern(50));
    assert.deepEqual(await owner.received(50), pattern(50));
    owner.transport.close();
    queue.push((fds[2] as Fd).take());
    queue.clear();
    await files.answer();
  });
});

describe("descriptors from the host", () => {
  test("are memory that the host gives us", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const keymap = memoryWith(Buffer.from("xkb_keymap"));
    host.send(pattern(5000), [{ type: "memory", fd: keymap, size: 10 }]);
    await owner.received(5000);
    assert.equal(owner.fds.length, 1);
    assert.equal(contentOf(owner.fds.take()), "xkb_keymap");
    assert.equal(host.unclaimed, 0);
  });

  test("come with or before the first byte of their message, also when it is cut", {
    timeout: scaled(20_000),
  }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    owner.appetite = 1;
    host.send(pattern(20), [{ type: "memory", fd: memoryWith(Buffer.from("a")), size: 1 }]);
    await owner.received(1);
    assert.equal(owner.fds.length, 1);
    await owner.received(20);
  });

  test("are not lost when they come without a byte", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    host.send(Buffer.alloc(0), [{ type: "memory", fd: memoryWith(Buffer.from("early")), size: 5 }]);
    host.send(pattern(8));
    await owner.received(8);
    assert.equal(contentOf(owner.fds.take()), "early");
  });

  for (const kind of ["ours", "rutabaga 0.1.71"] as const) {
    test(`are pipes through which any amount goes to ${kind}`, { timeout: scaled(20_000) }, async (t) => {
      const { owner, host } = await new Setting(t, hostKinds[kind]).pair();
      const [read, write] = pipe();
      host.send(pattern(8), [{ type: "pipe", fd: write }]);
      await owner.received(8);
      const content = pattern(1_000_000);
      const [, got] = await Promise.all([writeAll(owner.fds.take(), content), readAll(read)]);
      assert.ok(got.equals(content));
      assert.equal(host.unclaimed, 0);
    });
  }

  test("are pipes that go on, however many requests have been answered before", {
    timeout: scaled(20_000),
  }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    let received = 0;
    for (let round = 0; round < 20; round++) {
      for (let trip = 0; trip < round % 10; trip++) {
        await owner.send(pattern(12 + 300 * (round % 3)));
        host.send(pattern(8));
        received += 8;
        await owner.received(received);
      }
      const [read, write] = pipe();
      host.send(pattern(8), [{ type: "pipe", fd: write }]);
      received += 8;
      await owner.received(received);
      const content = pattern(100_000, round);
      const [, got] = await Promise.all([writeAll(owner.fds.take(), content), readAll(read)]);
      assert.ok(got.equals(content));
    }
  });

  test("are pipes that leave room for requests", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const [read, write] = pipe();
    host.send(pattern(8), [{ type: "pipe", fd: write }]);
    await owner.received(8);
    setting.driver.pause();
    const content = pattern(500_000);
    const writing = writeAll(owner.fds.take(), content);
    await eventually(() => setting.driver.backlog > 0);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(setting.driver.backlog, 8);
    assert.equal(owner.transport.send(pattern(100), 0, 100, new FdQueue(), 0), 100);
    setting.driver.resume();
    assert.ok((await readAll(read)).equals(content));
    await writing;
  });

  test("are an empty file, which the host can forget", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    host.send(pattern(8), [{ type: "memory", fd: fileWith(""), size: 0 }]);
    await owner.received(8);
    assert.equal(host.unclaimed, 1);
    owner.fds.clear();
    await eventually(() => host.unclaimed === 0);
    host.send(pattern(8));
    await owner.received(16);
  });

  test("are replaced one by one when they cannot be had", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    setting.driver.window = 100_000;
    const { owner, host } = await setting.pair();
    host.send(pattern(8), [
      { type: "memory", fd: memoryWith(pattern(200_000)), size: 200_000 },
      { type: "unknown", number: 7 },
      { type: "memory", fd: memoryWith(Buffer.from("good")), size: 4 },
    ]);
    await owner.received(8);
    assert.equal(owner.fds.length, 3);
    assert.equal(fileInfo(owner.fds.peek(0)).kind, "character");
    assert.equal(fileInfo(owner.fds.peek(1)).kind, "character");
    closeSync(owner.fds.shift());
    closeSync(owner.fds.shift());
    assert.equal(contentOf(owner.fds.take()), "good");
    assert.equal(host.unclaimed, 0, "the host still keeps what could not be had");
    assert.match(setting.log.join("\n"), /200000 bytes.*RESOURCE_CREATE_BLOB.*ENOSPC.*\n.*unknown kind 7/);
  });

  test("that this process has no room for ends that connection, with the reason", {
    timeout: scaled(20_000),
  }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const limit = softFdLimit();
    host.send(Buffer.from("x"), [{ type: "memory", fd: fileWith("keymap"), size: 6 }]);
    setSoftFdLimit(1);
    try {
      await owner.until(() => owner.end !== undefined);
    } finally {
      setSoftFdLimit(limit);
    }
    assert.ok(owner.end instanceof ProtocolError, `${owner.end}`);
    assert.match(owner.end.message, /too many open files \(EMFILE\)/);
  });

  test("are all closed some time after the connection", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const [read, write] = pipe();
    host.send(pattern(8), [{ type: "pipe", fd: write }]);
    await owner.received(8);
    const ours = owner.fds.take();
    const pasted = await paste(owner, host);
    owner.transport.watch(false, false);
    host.send(pattern(8), [{ type: "memory", fd: memoryWith(Buffer.from("late")), size: 4 }]);
    await eventually(() => host.polls === 0);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    owner.transport.close();
    t.mock.timers.tick(LINGER_IDLE_TIMEOUT);
    assert.equal((await readAll(read)).length, 0, "the host's pipe is hung up");
    assert.equal((await readAll(pasted.read)).length, 0, "the program's pipe is hung up");
    ours.close();
  });
});

describe("pipes of a program that has disconnected", () => {
  test("bring to the host what it wrote", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    const [read, write] = pipe();
    host.send(pattern(8), [{ type: "pipe", fd: write }]);
    await owner.received(8);
    const content = pattern(60_000);
    setting.driver.pause();
    await writeAll(owner.fds.take(), content);
    owner.transport.close();
    setting.driver.resume();
    assert.ok((await readAll(read)).equals(content));
    await owner.transport.closed;
  });

  test("bring to others what the host writes, while its events go nowhere", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { read, write } = await paste(owner, host);
    host.send(pattern(20), [{ type: "memory", fd: memoryWith(Buffer.from("late")), size: 4 }]);
    owner.transport.close();
    host.send(pattern(10_000));
    const content = pattern(300_000);
    const [, got] = await Promise.all([writeAll(write, content), readAll(read)]);
    assert.ok(got.equals(content));
    await owner.transport.closed;
    assert.equal(owner.bytes.length, 0);
  });

  test("have time as long as the host takes what they carry, however slowly it comes", {
    timeout: scaled(20_000),
  }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const [read, write] = pipe();
    host.send(pattern(8), [{ type: "pipe", fd: write }]);
    await owner.received(8);
    const ours = owner.fds.take();
    t.mock.timers.enable({ apis: ["setTimeout"] });
    owner.transport.close();
    const piece = Buffer.alloc(MAX_WRITE_DATA);
    const perIdleTime = COMMANDS_PER_FENCE + 1;
    for (let i = 0; i < 5 * perIdleTime; i++) {
      assert.equal(writeFd(ours.raw, piece, 0, piece.length), piece.length);
      await ready(read, READABLE);
      assert.equal(readFd(read.raw, piece, 0, piece.length), piece.length);
      // A fence that has come is heard of one turn later.
      for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(Math.floor(LINGER_IDLE_TIMEOUT / perIdleTime));
    }
    ours.close();
    assert.equal((await readAll(read)).length, 0);
    await owner.transport.closed;
  });

  test("have only so much time in all", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { read, write } = await paste(owner, host);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    owner.transport.close();
    for (let time = 0; time < LINGER_TIMEOUT; time += LINGER_IDLE_TIMEOUT / 2) {
      writeFd(write.raw, pattern(8), 0, 8);
      await ready(read, READABLE);
      assert.equal(readFd(read.raw, Buffer.alloc(8), 0, 8), 8);
      t.mock.timers.tick(LINGER_IDLE_TIMEOUT / 2);
    }
    await owner.transport.closed;
    assert.equal((await readAll(read)).length, 0);
  });
});
