// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fstatSync } from "node:fs";
import { constants } from "node:os";
import { test } from "node:test";
import { native } from "../../../src/native/binding.ts";
import { exchangedFds, prepareExchange, receiveInto, sendFrom } from "../../../src/native/exchange.ts";
import { Fd } from "../../../src/native/fd.ts";
import { shutdown } from "../../../src/native/socket.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { pair } from "./support.ts";

const { EAGAIN, EBADF, EEXIST, EPIPE } = constants.errno;
const bytes = new Uint8Array(64 * 1024);

test("before there is a buffer, nothing can be exchanged", (t) => {
  const [a] = pair(t);
  assert.throws(() => receiveInto(a.raw, 0, 1), TypeError);
  assert.throws(() => Reflect.apply(native.exchangeInit, null, []), TypeError);
  assert.throws(() => native.exchangeInit(new Int32Array(256), bytes), TypeError);
  prepareExchange(bytes.buffer);
  assert.equal(native.exchangeInit(new Int32Array(257), bytes), -EEXIST);
  // A second copy of our modules, of which the launcher has one and hooks of the user's may bring another.
  prepareExchange(bytes.buffer);
});

test("what is sent from a place in the buffer is received into another", (t) => {
  const [a, b] = pair(t);
  bytes.set([1, 2, 3, 4], 100);
  assert.equal(sendFrom(a.raw, 100, 4, 0), 4);
  assert.equal(receiveInto(b.raw, 8, 1000), 4);
  assert.deepEqual([...bytes.subarray(8, 12)], [1, 2, 3, 4]);
  assert.equal(exchangedFds[0], 0);
  assert.equal(receiveInto(b.raw, 0, bytes.length), -EAGAIN);
  shutdown(a.raw);
  assert.equal(receiveInto(b.raw, 0, 1), 0);
  assert.equal(sendFrom(a.raw, 0, 1, 0), -EPIPE);
});

test("descriptors go with the bytes, as many as a message can carry, and none is left open", (t) => {
  const before = openDescriptors();
  const [a, b] = pair(t);
  for (const count of [1, 28, 253]) {
    exchangedFds.fill(a.raw, 1, 1 + count);
    assert.equal(sendFrom(a.raw, 0, 1, count), 1);
    assert.equal(receiveInto(b.raw, 0, 1), 1);
    assert.equal(exchangedFds[0], count);
    for (const raw of exchangedFds.subarray(1, 1 + count)) {
      using fd = new Fd(raw);
      assert.equal(fstatSync(fd.raw).ino, fstatSync(a.raw).ino);
    }
  }
  a.close();
  b.close();
  assert.deepEqual(openDescriptors(), before);
});

test("what lies outside of the buffer is refused", (t) => {
  const [a] = pair(t);
  const { length } = bytes;
  for (const [offset, size] of [
    [0, 0],
    [-1, 1],
    [length, 1],
    [0, length + 1],
    [length - 1, 2],
    [1, -1],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ] as const) {
    assert.throws(() => receiveInto(a.raw, offset, size), TypeError, `${offset}, ${size}`);
    assert.throws(() => sendFrom(a.raw, offset, size, 0), TypeError, `${offset}, ${size}`);
  }
  assert.throws(() => sendFrom(a.raw, 0, 1, 254), TypeError);
  assert.throws(() => sendFrom(a.raw, 0, 1, -1), TypeError);
  assert.throws(() => receiveInto(-1, 0, 1), TypeError);
  exchangedFds[0] = 0;
  assert.equal(receiveInto(2 ** 31 - 1, 0, 1), -EBADF);
});
