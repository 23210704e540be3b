// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants } from "node:buffer";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { native } from "../../../src/native/binding.ts";
import {
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  fileInfo,
  Mapping,
  memfd,
  pageSize,
  seal,
  sealsOf,
} from "../../../src/native/memory.ts";
import { eventfd, pipe } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { collectGarbage, flags, temporaryDirectory } from "./support.ts";

const GIB = 2 ** 30;

/** Whether this process has anything of the file mapped. */
function mapped(name: string): boolean {
  return readFileSync("/proc/self/maps", "utf8").includes(`memfd:${name} `);
}

test("a page has a power of two of bytes", () => {
  assert.ok(pageSize >= 4096 && Number.isInteger(Math.log2(pageSize)), `${pageSize}`);
});

test("a memfd has the size asked for, is full of zeros, and is closed on exec", () => {
  using file = memfd("test-zeros", 5000);
  assert.equal(fstatSync(file.raw).size, 5000);
  assert.equal(flags(file.raw).closeOnExec, true);
  const bytes = new Uint8Array(5000).fill(1);
  assert.equal(readSync(file.raw, bytes, 0, 5000, 0), 5000);
  assert.ok(bytes.every((byte) => byte === 0));
});

test("seals are reported, and forbid what they name", () => {
  using file = memfd("test-seals", 4096);
  const none = sealsOf(file.raw);
  assert.equal(none & (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
  seal(file.raw, F_SEAL_SHRINK);
  assert.equal(sealsOf(file.raw), none | F_SEAL_SHRINK);
  assert.throws(() => ftruncateSync(file.raw, 100), { code: "EPERM" });
  ftruncateSync(file.raw, 8192);

  const mapping = Mapping.map(file.raw, 4096, { writable: true });
  assert.throws(() => seal(file.raw, F_SEAL_WRITE), { name: "SystemError", code: "EBUSY" });
  mapping.close();
  seal(file.raw, F_SEAL_WRITE | F_SEAL_SEAL);
  assert.throws(() => writeSync(file.raw, "x"), { code: "EPERM" });
  assert.throws(() => seal(file.raw, F_SEAL_GROW), { name: "SystemError", code: "EPERM" });
});

test("what cannot be sealed has no seals", () => {
  for (const end of pipe()) {
    assert.equal(sealsOf(end.raw), 0);
    end.close();
    assert.throws(() => sealsOf(2 ** 30), { name: "SystemError", code: "EBADF" });
  }
});

test("the kind, size and access mode of every file are reported", (t) => {
  const path = join(temporaryDirectory(t), "file");
  writeFileSync(path, "twelve bytes");
  using written = new FdOf(openSync(path, "w+"));
  using appended = new FdOf(openSync(path, "a"));
  const read = openSync(path, "r");
  assert.deepEqual(kindSizeAccess(written.fd), ["file", 0, "both"]);
  writeSync(appended.fd, "twelve bytes");
  assert.deepEqual(kindSizeAccess(appended.fd), ["file", 12, "write"]);
  assert.deepEqual(kindSizeAccess(read), ["file", 12, "read"]);
  closeSync(read);

  using memory = memfd("test-info", 3 * GIB);
  assert.deepEqual(kindSizeAccess(memory.raw), ["file", 3 * GIB, "both"]);
  using nothing = new FdOf(openSync("/dev/null", "w"));
  assert.deepEqual(kindSizeAccess(nothing.fd), ["character", 0, "write"]);
  using counter = eventfd();
  assert.deepEqual(kindSizeAccess(counter.raw), ["other", 0, "both"]);
  const [readEnd, writeEnd] = pipe();
  assert.deepEqual(kindSizeAccess(readEnd.raw), ["fifo", 0, "read"]);
  assert.deepEqual(kindSizeAccess(writeEnd.raw), ["fifo", 0, "write"]);
  const [a, b] = socketPair();
  assert.deepEqual(kindSizeAccess(a.raw), ["socket", 0, "both"]);
  for (const fd of [readEnd, writeEnd, a, b]) fd.close();
  assert.throws(() => fileInfo(readEnd.open ? 0 : 2 ** 30), { name: "SystemError", code: "EBADF" });
});

function kindSizeAccess(fd: number): unknown[] {
  const { kind, size, access } = fileInfo(fd);
  return [kind, size, access];
}

/** A descriptor from node:fs, closed at the end of its block. */
class FdOf {
  readonly fd: number;
  constructor(fd: number) {
    this.fd = fd;
  }
  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

test("two descriptors of one file are distinguished from those of another", () => {
  using file = memfd("test-same", 1);
  using twin = file.duplicate();
  using other = memfd("test-same", 1);
  const identity = ({ dev, ino }: { dev: bigint; ino: bigint }) => `${dev}:${ino}`;
  assert.equal(identity(fileInfo(file.raw)), identity(fileInfo(twin.raw)));
  assert.notEqual(identity(fileInfo(file.raw)), identity(fileInfo(other.raw)));
});

test("two mappings of a file show each other's stores, also after it was closed", () => {
  const file = memfd("test-shared", 2 * pageSize);
  using writer = Mapping.map(file.raw, 2 * pageSize, { writable: true });
  using reader = Mapping.map(file.raw, pageSize, { offset: pageSize });
  file.close();
  assert.equal(writer.bytes.length, 2 * pageSize);
  assert.equal(writer.words.length, pageSize / 2);
  writer.words[pageSize / 4] = 0x01020304;
  assert.equal(reader.words[0], 0x01020304);
  writer.bytes[pageSize] = 0xff;
  assert.equal((reader.words[0] as number) & 0xff, 0xff);
});

test("closing a mapping empties all views of it and unmaps it, once", () => {
  using file = memfd("test-close", pageSize);
  const mapping = Mapping.map(file.raw, pageSize, { writable: true });
  const { bytes, words } = mapping;
  const part = bytes.subarray(16, 32);
  assert.equal(mapping.open, true);
  assert.equal(mapped("test-close"), true);
  mapping.close();
  assert.equal(mapping.open, false);
  assert.deepEqual([bytes.length, words.length, part.length, bytes[0]], [0, 0, 0, undefined]);
  assert.equal(mapped("test-close"), false);
  mapping.close();
});

test("a mapping that was forgotten is unmapped with its buffer, one that was closed not again", async () => {
  using file = memfd("test-forgotten", pageSize);
  (() => {
    Mapping.map(file.raw, pageSize);
    Mapping.map(file.raw, pageSize).close();
  })();
  assert.equal(mapped("test-forgotten"), true);
  await collectGarbage(() => !mapped("test-forgotten"));
});

test("an odd length maps whole, and its words leave out the odd end", () => {
  using file = memfd("test-odd", 4099);
  using mapping = Mapping.map(file.raw, 4099);
  assert.equal(mapping.bytes.length, 4099);
  assert.equal(mapping.words.length, 1024);
});

test("what is not there, or not allowed, is not mapped", () => {
  const before = openDescriptors();
  const file = memfd("test-refused", pageSize);
  const refused = (length: number, options: { offset?: number; writable?: boolean }, code: string) =>
    assert.throws(() => Mapping.map(file.raw, length, options), { name: "SystemError", syscall: "mmap", code });
  refused(pageSize + 1, {}, "ENXIO");
  refused(pageSize, { offset: pageSize }, "ENXIO");
  refused(0, {}, "EINVAL");
  refused(1, { offset: 1 }, "EINVAL");
  seal(file.raw, F_SEAL_WRITE);
  refused(pageSize, { writable: true }, "EPERM");
  file.close();
  const [read, write] = pipe();
  assert.throws(() => Mapping.map(read.raw, 1), { name: "SystemError", code: "ENODEV" });
  for (const fd of [read, write]) fd.close();
  assert.throws(() => Mapping.map(2 ** 30, 1), { name: "SystemError", code: "EBADF" });
  assert.throws(() => Mapping.map(0, constants.MAX_LENGTH + 1), RangeError);
  assert.deepEqual(openDescriptors(), before);
});

test("memory of a guest is mapped in gibibytes, at offsets beyond 4 GiB", () => {
  using file = memfd("test-guest", 6 * GIB);
  using mapping = Mapping.map(file.raw, 4 * GIB, { offset: 2 * GIB, writable: true });
  assert.equal(mapping.words.length, GIB);
  mapping.bytes[4 * GIB - 1] = 7;
  const last = new Uint8Array(1);
  assert.equal(readSync(file.raw, last, 0, 1, 6 * GIB - 1), 1);
  assert.equal(last[0], 7);
});

test("arguments of the wrong kind throw a TypeError", () => {
  const wrong: [(...values: never[]) => unknown, unknown[]][] = [
    [native.memfd, [1, 2]],
    [native.memfd, ["x", 0.5]],
    [native.memfd, ["x", -1]],
    [native.memfd, ["x", 2 ** 53]],
    [native.addSeals, [0]],
    [native.seals, [-1]],
    [native.fileInfo, [0, new BigInt64Array(4)]],
    [native.fileInfo, [0, new Float64Array(5)]],
    [native.map, [0, -1, 0, true]],
    [native.map, [0, 1, 2 ** 53, true]],
    [native.map, [0, 1, 0, 1]],
    [native.unmap, [new ArrayBuffer(8)]],
    [native.unmap, [{}]],
    [native.unmap, []],
  ];
  for (const [call, values] of wrong) assert.throws(() => Reflect.apply(call, null, values), TypeError);
});

test("a buffer is unmapped once", () => {
  using file = memfd("test-twice", pageSize);
  const buffer = native.map(file.raw, pageSize, 0, false) as ArrayBuffer;
  assert.equal(native.unmap(buffer), 0);
  assert.throws(() => native.unmap(buffer), TypeError);
});
