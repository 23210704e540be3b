// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Mapping, memfd } from "../../../src/native/memory.ts";
import { fullFence, loadAcquire16, storeRelease16 } from "../../../src/native/ring.ts";
import { scaled } from "../../support/patience.ts";

test("an index is loaded and stored at its offset alone, and wraps at 2^16", () => {
  const bytes = new Uint8Array(8).fill(0xee);
  storeRelease16(bytes, 2, 0x10203);
  assert.deepEqual(
    [...bytes],
    [0xee, 0xee, ...new Uint8Array(new Uint16Array([0x0203]).buffer), 0xee, 0xee, 0xee, 0xee],
  );
  assert.equal(loadAcquire16(bytes, 2), 0x0203);
  storeRelease16(bytes, 6, 0xffff);
  assert.equal(loadAcquire16(bytes, 6), 0xffff);
  fullFence();
});

test("an index that is not aligned or not inside throws a TypeError", () => {
  const bytes = new Uint8Array(8);
  for (const offset of [-2, 1, 7, 8, 2 ** 32, Number.NaN]) {
    assert.throws(() => loadAcquire16(bytes, offset), TypeError);
    assert.throws(() => storeRelease16(bytes, offset, 0), TypeError);
  }
  assert.throws(() => loadAcquire16(bytes.subarray(1), 0), TypeError, "what counts is the place in memory");
  assert.throws(() => loadAcquire16(new Uint8Array(0), 0), TypeError);
});

test("a ring hands 20000 numbers to another thread, each whole when its index shows", {
  timeout: scaled(60_000),
}, async () => {
  const SLOTS = 64;
  const COUNT = 20_000;
  using file = memfd("test-ring", 8 + SLOTS * 4);
  using mapping = Mapping.map(file.raw, 8 + SLOTS * 4, { writable: true });
  const { bytes, words } = mapping;
  const consumer = new Worker(new URL("ring-consumer.js", import.meta.url), { argv: [`${file.raw}`, `${COUNT}`] });
  const result = new Promise((resolve, reject) => consumer.once("message", resolve).once("error", reject));
  for (let sent = 0; sent < COUNT; ) {
    const consumed = loadAcquire16(bytes, 4);
    if (((sent - consumed) & 0xffff) === SLOTS) {
      // The consumer may need this processor.
      await new Promise(setImmediate);
      continue;
    }
    words[2 + (sent % SLOTS)] = sent * 7;
    storeRelease16(bytes, 0, ++sent);
  }
  assert.equal(await result, COUNT);
});
