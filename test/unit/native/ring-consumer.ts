// SPDX-License-Identifier: Apache-2.0
/** Run as a worker thread by ring.test.ts: takes numbers out of a ring, and says how many were as expected. */

import { setImmediate } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { Mapping } from "../../../src/native/memory.ts";
import { loadAcquire16, storeRelease16 } from "../../../src/native/ring.ts";

const [fd, count] = process.argv.slice(2).map(Number) as [number, number];
const SLOTS = 64;
using mapping = Mapping.map(fd, 8 + SLOTS * 4, { writable: true });
const { bytes, words } = mapping;
let right = 0;
for (let taken = 0; taken < count; ) {
  if (loadAcquire16(bytes, 0) === (taken & 0xffff)) {
    await setImmediate();
    continue;
  }
  if (words[2 + (taken % SLOTS)] === taken * 7) right++;
  storeRelease16(bytes, 4, ++taken);
}
parentPort?.postMessage(right);
