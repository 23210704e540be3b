// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { native } from "../../../src/native/binding.ts";
import { ClientMemory, MAX_BLOCKS } from "../../../src/native/client-memory.ts";
import { Fd } from "../../../src/native/fd.ts";
import { F_SEAL_SHRINK, Mapping, memfd, pageSize, seal } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { scaled } from "../../support/patience.ts";
import { collectGarbage, temporaryDirectory } from "./support.ts";

/** Byte `at` of every file here: never 0, so that missing bytes show, and different in neighbouring pages. */
const pattern = (at: number): number => ((at + (at >> 12)) % 251) + 1;

function fill(fd: number, length: number): void {
  writeSync(
    fd,
    Uint8Array.from({ length }, (_, at) => pattern(at)),
    0,
    length,
    0,
  );
}

/** A client's file, closed when the test ends. */
function clientFile(t: TestContext, length: number): Fd {
  const file = memfd("test-client", length);
  t.after(() => file.close());
  fill(file.raw, length);
  return file;
}

/** Memory to copy to: it is full of 0xee, and closed when the test ends. */
function target(t: TestContext, length: number): Mapping {
  using file = memfd("test-target", length);
  const mapping = Mapping.map(file.raw, length, { writable: true });
  t.after(() => mapping.close());
  mapping.bytes.fill(0xee);
  return mapping;
}

function copyAll(memory: ClientMemory, to: Mapping): boolean {
  return memory.copyTo(to, 0, 0, memory.length, 1, memory.length, memory.length);
}

function assertPattern(bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at++) if (bytes[at] !== pattern(at)) assert.equal(bytes[at], pattern(at), `byte ${at}`);
}

function assertAll(bytes: Uint8Array, value: number, from = 0, to = bytes.length): void {
  const wrong = bytes.subarray(from, to).findIndex((byte) => byte !== value);
  assert.equal(wrong, -1, `byte ${from + wrong} is ${bytes[from + wrong]}, not ${value}`);
}

/** Files whose memory is read in each of the three ways. */
const ways: { name: string; make(t: TestContext, length: number): Fd }[] = [
  { name: "mapped under a guard", make: clientFile },
  {
    name: "mapped and sealed against shrinking",
    make(t, length) {
      const file = clientFile(t, length);
      seal(file.raw, F_SEAL_SHRINK);
      return file;
    },
  },
];

for (const { name, make } of ways) {
  test(`rows are copied from stride to stride, and nothing between them is touched (${name})`, (t) => {
    const file = make(t, 4 * pageSize);
    using memory = ClientMemory.map(file.raw, 4 * pageSize);
    const to = target(t, pageSize);
    assert.equal(memory.copyTo(to, 50, 1000, 30, 20, 500, 40), true);
    const expected = new Uint8Array(pageSize).fill(0xee);
    for (let row = 0; row < 20; row++) {
      for (let at = 0; at < 30; at++) expected[50 + row * 40 + at] = pattern(1000 + row * 500 + at);
    }
    assert.deepEqual(to.bytes, expected);
  });

  test(`rows without a gap, the last byte, and no rows at all are copied, too (${name})`, (t) => {
    const length = 3 * pageSize;
    const file = make(t, length);
    using memory = ClientMemory.map(file.raw, length);
    const to = target(t, length);
    assert.equal(memory.copyTo(to, 0, 0, 0, 5, 100, 100), true);
    assert.equal(memory.copyTo(to, 0, 0, 100, 0, 100, 100), true);
    assertAll(to.bytes, 0xee);
    assert.equal(memory.copyTo(to, 0, 0, pageSize / 4, 12, pageSize / 4, pageSize / 4), true);
    assertPattern(to.bytes, 0, length);
    assert.equal(memory.copyTo(to, 0, length - 1, 1, 1, 0, 0), true);
    assert.equal(to.bytes[0], pattern(length - 1));
  });
}

for (const { name, make } of ways) {
  test(`rows are stored from stride to stride, and nothing between them is touched (${name})`, (t) => {
    const file = make(t, 4 * pageSize);
    using memory = ClientMemory.map(file.raw, 4 * pageSize);
    const from = target(t, pageSize);
    assert.equal(memory.copyFrom(from, 50, 1000, 30, 20, 40, 500), true);
    const stored = readFileSync(`/proc/self/fd/${file.raw}`);
    for (let at = 0; at < stored.length; at++) {
      const row = Math.floor((at - 1000) / 500);
      const isStored = row >= 0 && row < 20 && (at - 1000) % 500 < 30;
      assert.equal(stored[at], isStored ? 0xee : pattern(at), `byte ${at}`);
    }
  });
}

test("what is stored into a file that was truncated, or cannot be written to, is refused", (t) => {
  const file = clientFile(t, 2 * pageSize);
  using memory = ClientMemory.map(file.raw, 2 * pageSize);
  const from = target(t, 2 * pageSize);
  ftruncateSync(file.raw, pageSize);
  assert.equal(memory.copyFrom(from, 0, 0, 2 * pageSize, 1, 0, 0), false);
  assert.equal(memory.copyFrom(from, 0, 0, 1, 1, 0, 0), false, "nor anything from then on");
  using readable = new Fd(openSync(`/proc/self/fd/${file.raw}`, "r"));
  using fixed = ClientMemory.map(readable.raw, pageSize);
  assert.throws(() => fixed.copyFrom(from, 0, 0, 1, 1, 0, 0), { code: "EACCES" });
  assert.throws(() => fixed.copyFrom(from, 0, 1, pageSize, 1, 0, 0), TypeError);
});

/** Letters in a picture whose lines have 512 bytes: more than go with one call would be another test. */
const letters = Array.from({ length: MAX_BLOCKS }, (_, i) => [
  (i % 8) * 64 + 512 * 20 * Math.floor(i / 8),
  9 + (i % 5),
  1 + (i % 18),
]);

for (const { name, make } of ways) {
  test(`many blocks are copied at once, and nothing between them is touched (${name})`, (t) => {
    const length = 512 * 200;
    const file = make(t, length + 100);
    using memory = ClientMemory.map(file.raw, length + 100);
    const to = target(t, length);
    assert.equal(memory.copyBlocks(to, 100, 512, Float64Array.from(letters.flat()), letters.length), true);
    const expected = new Uint8Array(length).fill(0xee);
    for (const [start = 0, rowBytes = 0, rows = 0] of letters) {
      for (let row = 0; row < rows; row++) {
        for (let at = start + 512 * row; at < start + 512 * row + rowBytes; at++) expected[at] = pattern(at + 100);
      }
    }
    assert.deepEqual(to.bytes, expected);
  });
}

test("of blocks in a file that was truncated, zeros stand for what is missing, also in those that follow", (t) => {
  const file = clientFile(t, 4 * pageSize);
  using memory = ClientMemory.map(file.raw, 4 * pageSize);
  ftruncateSync(file.raw, pageSize);
  const to = target(t, 4 * pageSize);
  const blocks = Float64Array.of(2 * pageSize, 100, 1, 0, 100, 1);
  assert.equal(memory.copyBlocks(to, 0, pageSize, blocks, 2), false);
  assertAll(to.bytes, 0, 2 * pageSize, 2 * pageSize + 100);
  assertPattern(to.bytes, 0, 100);
  assert.equal(memory.copyBlocks(to, 0, pageSize, blocks, 2), false, "it is broken for good");
  assertAll(to.bytes, 0, 0, 100);
});

test("blocks that do not lie within both memories are refused, and none of them is copied", (t) => {
  const file = clientFile(t, 2 * pageSize);
  using memory = ClientMemory.map(file.raw, 2 * pageSize);
  const to = target(t, pageSize);
  const most = Number.MAX_SAFE_INTEGER;
  for (const wrong of [
    [pageSize, 1, 1],
    [0, pageSize + 1, 1],
    [0, 1, 9],
    [0, 1, most],
    [most, 1, 1],
    [0, most, most],
    [-1, 1, 1],
    [0.5, 1, 1],
    [0, 0, 1],
    [0, 1, 0],
    [Number.NaN, 1, 1],
    [0, 2 ** 64, 1],
  ]) {
    const blocks = Float64Array.of(0, 1, 1, ...wrong);
    assert.throws(() => memory.copyBlocks(to, 0, pageSize / 8, blocks, 2), TypeError, `${wrong}`);
  }
  const fine = Float64Array.of(0, 1, 1);
  assert.throws(() => memory.copyBlocks(to, 2 * pageSize, 8, fine, 1), TypeError);
  assert.throws(() => memory.copyBlocks(to, most, 8, fine, 1), TypeError);
  assert.throws(() => memory.copyBlocks(to, 0, 8, fine, 2), TypeError, "more than there are");
  assert.throws(() => memory.copyBlocks(to, 0, 8, new Float64Array(1000), MAX_BLOCKS + 1), TypeError);
  assertAll(to.bytes, 0xee);
  assert.equal(memory.copyBlocks(to, 0, 8, fine, 0), true, "no block at all");
  assertAll(to.bytes, 0xee);
});

test("what the client stores later is copied later", (t) => {
  const file = clientFile(t, pageSize);
  using client = Mapping.map(file.raw, pageSize, { writable: true });
  using memory = ClientMemory.map(file.raw, pageSize);
  const to = target(t, pageSize);
  client.bytes[99] = 0x55;
  assert.equal(copyAll(memory, to), true);
  assert.equal(to.bytes[99], 0x55);
});

test("a file that ends inside the copy gives what it had, then zeros, and nothing from then on", (t) => {
  const file = clientFile(t, 4 * pageSize);
  using memory = ClientMemory.map(file.raw, 4 * pageSize);
  ftruncateSync(file.raw, 2 * pageSize);
  const to = target(t, 5 * pageSize);
  assert.equal(memory.copyTo(to, 0, 0, pageSize, 4, pageSize, pageSize + 16), false);
  assertPattern(to.bytes, 0, pageSize);
  for (const row of [2, 3]) assertAll(to.bytes, 0, row * (pageSize + 16), row * (pageSize + 16) + pageSize);
  for (const row of [0, 1, 2, 3])
    assertAll(to.bytes, 0xee, row * (pageSize + 16) + pageSize, (row + 1) * (pageSize + 16));

  ftruncateSync(file.raw, 4 * pageSize);
  to.bytes.fill(0xee);
  assert.equal(memory.copyTo(to, 8, 0, 100, 2, 100, 200), false, "it is broken for good");
  assertAll(to.bytes, 0xee, 0, 8);
  assertAll(to.bytes, 0, 8, 108);
  assertAll(to.bytes, 0xee, 108, 208);
  assertAll(to.bytes, 0, 208, 308);
  memory.resize(8 * pageSize);
  assert.equal(memory.copyTo(to, 0, 7 * pageSize, pageSize, 1, 0, 0), false);
});

test("a file that is shorter than its client says is found out only where it is copied", (t) => {
  const file = clientFile(t, pageSize);
  seal(file.raw, F_SEAL_SHRINK);
  using memory = ClientMemory.map(file.raw, 1000 * pageSize);
  const to = target(t, 2 * pageSize);
  assert.equal(memory.copyTo(to, 0, 0, pageSize, 1, 0, 0), true);
  assert.equal(memory.copyTo(to, 0, 0, 2 * pageSize, 1, 0, 0), false);
  assertPattern(to.bytes, 0, pageSize);
  assertAll(to.bytes, 0, pageSize);
});

test("a pool that grows shows what its file has gained, also where a seal held before", (t) => {
  for (const seals of [0, F_SEAL_SHRINK]) {
    const file = clientFile(t, 2 * pageSize);
    seal(file.raw, seals);
    using memory = ClientMemory.map(file.raw, 2 * pageSize);
    fill(file.raw, 300 * pageSize);
    assert.throws(() => memory.copyTo(target(t, pageSize), 0, 2 * pageSize, 1, 1, 0, 0), TypeError);
    memory.resize(300 * pageSize);
    assert.equal(memory.length, 300 * pageSize);
    const to = target(t, 300 * pageSize);
    assert.equal(copyAll(memory, to), true);
    assertPattern(to.bytes, 0, 300 * pageSize);
  }
});

test("a file that is truncated again and again while it is copied never ends the process", {
  timeout: scaled(120_000),
}, async (t) => {
  const ROUNDS = 30;
  const length = 2048 * pageSize;
  const to = target(t, length);
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const files = Array.from({ length: ROUNDS }, () => memfd("test-truncated", length));
  const workerData = { fds: files.map((file) => file.raw), turn };
  const truncater = new Worker(new URL("truncating-worker.js", import.meta.url), { workerData });
  t.after(() => truncater.terminate());
  const exited = new Promise((resolve) => truncater.once("exit", resolve));
  await new Promise((resolve) => truncater.once("online", resolve));
  let interrupted = 0;
  for (const [round, file] of files.entries()) {
    using writer = Mapping.map(file.raw, length, { writable: true });
    writer.bytes.fill(1);
    writer.close();
    using memory = ClientMemory.map(file.raw, length);
    assert.equal(copyAll(memory, to), true);
    Atomics.store(turn, 0, round + 1);
    Atomics.notify(turn, 0);
    while (copyAll(memory, to));
    // A copy need not go from the first byte to the last.
    if (to.bytes.includes(1)) interrupted++;
    assert.equal(to.bytes.includes(0), true);
    assert.equal(copyAll(memory, to), false);
    assertAll(to.bytes, 0);
    file.close();
  }
  assert.equal(await exited, 0);
  t.diagnostic(`${interrupted} of ${ROUNDS} files were truncated in the middle of a copy`);
});

test("two threads copy truncated files at once, each under its own guard", { timeout: scaled(60_000) }, async (t) => {
  const url = new URL("copying-worker.js", import.meta.url);
  const workers = [0, 1].map(() => new Worker(url));
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())));
  const results = workers.map(
    (worker) => new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
  );
  assert.deepEqual(await Promise.all(results), [true, true]);
});

test("SIGBUS that is not ours ends the process as if there were no guard", (t) => {
  const path = fileURLToPath(new URL("bus-error.js", import.meta.url));
  for (const culprit of ["mapping", "signal", "target of a copy"]) {
    const { signal, stdout } = spawnSync(process.execPath, [path, culprit], {
      encoding: "utf8",
      cwd: temporaryDirectory(t),
      timeout: scaled(30_000),
      killSignal: "SIGKILL",
    });
    assert.deepEqual({ stdout, signal }, { stdout: "copied\n", signal: "SIGBUS" });
  }
});

test("what is no memory, or not readable, is refused with its reason", (t) => {
  const before = openDescriptors();
  const refused = (fd: number, code: string) =>
    assert.throws(() => ClientMemory.map(fd, 4096), { name: "SystemError", syscall: "mmap", code });
  const [read, write] = pipe();
  const [a, b] = socketPair();
  for (const fd of [read, a]) refused(fd.raw, "ENODEV");
  refused(write.raw, "EACCES");
  for (const fd of [read, write, a, b]) fd.close();
  using unreadable = new Fd(openSync(join(temporaryDirectory(t), "file"), "w"));
  refused(unreadable.raw, "EACCES");
  unreadable.close();
  refused(2 ** 30, "EBADF");
  assert.deepEqual(openDescriptors(), before);
});

test("a file that cannot be mapped is read, with the same results", (t) => {
  // procfs: regular files, readable at any place, that mmap refuses.
  const before = openDescriptors();
  using file = new Fd(openSync("/proc/self/cmdline", "r"));
  const content = readFileSync("/proc/self/cmdline");
  const length = content.length;
  assert.throws(() => Mapping.map(file.raw, 1), { name: "SystemError" });
  {
    using memory = ClientMemory.map(file.raw, length);
    file.close();
    const to = target(t, length + 8);
    assert.equal(copyAll(memory, to), true);
    assert.deepEqual(Buffer.from(to.bytes.subarray(0, length)), content);
    assertAll(to.bytes, 0xee, length);

    to.bytes.fill(0xee);
    assert.equal(memory.copyTo(to, 1, 2, 3, 2, 5, 4), true);
    const expected = [0xee, ...content.subarray(2, 5), 0xee, ...content.subarray(7, 10), 0xee];
    assert.deepEqual([...to.bytes.subarray(0, 9)], expected);
    assert.equal(memory.copyBlocks(to, 1, 4, Float64Array.of(0, 1, 2, 8, 1, 1), 2), true);
    assert.deepEqual(
      [0, 4, 8].map((at) => to.bytes[at]),
      [1, 5, 9].map((at) => content[at]),
    );

    memory.resize(length + 8);
    assert.equal(copyAll(memory, to), false);
    assert.deepEqual(Buffer.from(to.bytes.subarray(0, length)), content);
    assertAll(to.bytes, 0, length);
    assert.equal(copyAll(memory, to), false);
    assertAll(to.bytes, 0);
  }
  assert.deepEqual(openDescriptors(), before);
});

test("closing gives the memory back, once; what was forgotten goes with its object", async (t) => {
  const mapped = () => readFileSync("/proc/self/maps", "utf8").includes("memfd:test-client ");
  const file = clientFile(t, pageSize);
  const memory = ClientMemory.map(file.raw, pageSize);
  assert.equal(mapped(), true);
  memory.close();
  memory.close();
  assert.equal(mapped(), false);
  assert.throws(() => copyAll(memory, target(t, pageSize)), /closed/);
  assert.throws(() => memory.resize(1), /closed/);

  (() => ClientMemory.map(file.raw, pageSize))();
  assert.equal(mapped(), true);
  await collectGarbage(() => !mapped());
});

test("rows outside the target or the client's memory throw a TypeError, whatever overflows", (t) => {
  const file = clientFile(t, pageSize);
  using memory = ClientMemory.map(file.raw, pageSize);
  const to = target(t, pageSize);
  const most = Number.MAX_SAFE_INTEGER;
  type Geometry = [number, number, number, number, number, number];
  const wrong: Geometry[] = [
    [0, 0, pageSize + 1, 1, 0, 0],
    [1, 0, pageSize, 1, 0, 0],
    [0, 1, pageSize, 1, 0, 0],
    [0, 0, 1, 2, pageSize, 0],
    [0, 0, 1, 2, 0, pageSize],
    [most, 0, 1, 1, 0, 0],
    [0, most, 1, 1, 0, 0],
    [0, 0, most, most, most, most],
    [0, 0, 1, most, most, 0],
    [0, 0, 1, most, 0, 2048],
    [-1, 0, 1, 1, 0, 0],
    [0, 0.5, 1, 1, 0, 0],
    [0, 0, Number.NaN, 1, 0, 0],
  ];
  for (const geometry of wrong) assert.throws(() => memory.copyTo(to, ...geometry), TypeError, `${geometry}`);
  assertAll(to.bytes, 0xee);

  to.close();
  assert.throws(() => memory.copyTo(to, 0, 0, 1, 1, 0, 0), TypeError, "a mapping that was closed has no room");
  for (const length of [0, -1, 1.5]) {
    assert.throws(() => ClientMemory.map(file.raw, length), TypeError);
    assert.throws(() => memory.resize(length), TypeError);
  }
  for (const call of [native.clientResize, native.clientCopy, native.clientCopyBlocks, native.clientUnmap]) {
    assert.throws(() => Reflect.apply(call, null, [{}]), TypeError);
  }
});
