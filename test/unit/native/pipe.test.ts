// SPDX-License-Identifier: Apache-2.0

import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { native } from "../../../src/native/binding.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { eventfd, eventfdWrite, pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { setSoftFdLimit, softFdLimit } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { eventfdRead } from "../../support/eventfd.ts";
import { scaled } from "../../support/patience.ts";
import { flags, pair, temporaryDirectory } from "./support.ts";

const { EAGAIN, EBADF, EISDIR, EPIPE } = constants.errno;

/** A pipe whose ends are closed when the test ends. */
function openPipe(t: TestContext): [read: Fd, write: Fd] {
  const ends = pipe();
  t.after(() => {
    for (const end of ends) end.close();
  });
  return ends;
}

function writeText(fd: number, content: string): number {
  const bytes = new TextEncoder().encode(content);
  return writeFd(fd, bytes, 0, bytes.length);
}

test("a pipe carries bytes from the given place to the given place", (t) => {
  const [read, write] = openPipe(t);
  assert.equal(writeFd(write.raw, new TextEncoder().encode("..payload.."), 2, 7), 7);
  const bytes = new TextEncoder().encode("-----------");
  assert.equal(readFd(read.raw, bytes, 3, 8), 7);
  assert.equal(new TextDecoder().decode(bytes), "---payload-");
});

test("an end that goes to a program blocks, as programs expect, and is closed on exec", (t) => {
  const [read, write] = openPipe(t);
  for (const end of [read, write]) assert.deepEqual(flags(end.raw), { closeOnExec: true, nonblocking: false });
  readFd(read.raw, new Uint8Array(1), 0, 1);
  assert.equal(flags(write.raw).nonblocking, false, "the other end, which the program has, is not ours to change");
});

test("an empty or full pipe is EAGAIN although its descriptor came in blocking mode", (t) => {
  const [read, write] = openPipe(t);
  const bytes = new Uint8Array(65536);
  assert.equal(readFd(read.raw, bytes, 0, 1), -EAGAIN);
  let total = 0;
  let count = writeFd(write.raw, bytes, 0, bytes.length);
  for (; count > 0; count = writeFd(write.raw, bytes, 0, bytes.length)) total += count;
  assert.equal(count, -EAGAIN);
  let drained = 0;
  for (count = readFd(read.raw, bytes, 0, 4096); count > 0; count = readFd(read.raw, bytes, 0, 4096)) drained += count;
  assert.equal(count, -EAGAIN);
  assert.equal(drained, total);
});

test("a socket that a program passes for a pipe does not block either", (t) => {
  const [a, b] = pair(t);
  const bytes = new Uint8Array(65536);
  let total = 0;
  for (let count = bytes.length; count > 0; total += Math.max(count, 0)) count = writeFd(a.raw, bytes, 0, bytes.length);
  assert.ok(total > 0);
  assert.ok(readFd(b.raw, bytes, 0, bytes.length) > 0);
});

test("the end of a pipe, and a reader that left, are reported", (t) => {
  const [read, write] = openPipe(t);
  writeText(write.raw, "last");
  write.close();
  const bytes = new Uint8Array(10);
  assert.equal(readFd(read.raw, bytes, 0, 10), 4);
  assert.equal(readFd(read.raw, bytes, 0, 10), 0);

  const [other, end] = openPipe(t);
  other.close();
  assert.equal(writeText(end.raw, "x"), -EPIPE);
});

test("errors are numbers, since reading and writing run for every piece", (t) => {
  const bytes = new Uint8Array(1);
  assert.equal(readFd(2 ** 30, bytes, 0, 1), -EBADF);
  assert.equal(writeFd(2 ** 30, bytes, 0, 1), -EBADF);
  const directory = openSync(join(temporaryDirectory(t), ".."), "r");
  assert.equal(readFd(directory, bytes, 0, 1), -EISDIR);
  closeSync(directory);
});

test("no more descriptors: neither a pipe nor an eventfd is half made", () => {
  const limit = softFdLimit();
  const before = openDescriptors();
  setSoftFdLimit(1);
  try {
    assert.throws(() => pipe(), { name: "SystemError", code: "EMFILE" });
    assert.throws(() => eventfd(), { name: "SystemError", code: "EMFILE" });
  } finally {
    setSoftFdLimit(limit);
  }
  assert.deepEqual(openDescriptors(), before);
});

test("an eventfd counts what is written until it is read, and never blocks", () => {
  using event = eventfd();
  assert.deepEqual(flags(event.raw), { closeOnExec: true, nonblocking: true });
  assert.equal(eventfdRead(event.raw), 0);
  eventfdWrite(event.raw);
  eventfdWrite(event.raw);
  assert.equal(eventfdRead(event.raw), 2);
  assert.equal(eventfdRead(event.raw), 0);
  assert.throws(() => eventfdRead(2 ** 30), { name: "SystemError", code: "EBADF" });
  assert.throws(() => eventfdWrite(2 ** 30), { name: "SystemError", code: "EBADF" });
});

test("an eventfd whose counter is full still wakes up, and writing to it is no error", () => {
  using event = eventfd();
  const nearlyFull = new Uint8Array(new BigUint64Array([2n ** 64n - 2n]).buffer);
  assert.equal(writeFd(event.raw, nearlyFull, 0, 8), 8);
  eventfdWrite(event.raw);
  assert.equal(eventfdRead(event.raw), Number(2n ** 64n - 2n));
});

test("an eventfd wakes up whoever watches it", { timeout: scaled(10_000) }, async () => {
  using event = eventfd();
  const woken = new Promise<number>((resolve) => {
    const watch = new Watch(event.raw, () => {
      watch.close();
      resolve(eventfdRead(event.raw));
    });
    watch.set(READABLE);
  });
  eventfdWrite(event.raw);
  assert.equal(await woken, 1);
});

test("arguments of the wrong kind throw a TypeError", () => {
  const bytes = new Uint8Array(8);
  for (const call of [native.read, native.write]) {
    for (const wrong of [
      [-1, bytes, 0, 8],
      [0, bytes, 1, 8],
      [0, bytes, 9, 1],
      [0, bytes, 2 ** 53, 1],
      [0, bytes, 0, 0],
      [0, bytes.buffer, 0, 8],
      [0, new Int8Array(8), 0, 8],
    ]) {
      assert.throws(() => Reflect.apply(call, null, wrong), TypeError);
    }
  }
  assert.throws(() => Reflect.apply(native.pipe, null, [new Int32Array(1)]), TypeError);
});
