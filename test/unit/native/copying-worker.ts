// SPDX-License-Identifier: Apache-2.0
/** Run as a worker thread, twice at a time, by client-memory.test.ts: copies files that end too early. */

import { ftruncateSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { ClientMemory } from "../../../src/native/client-memory.ts";
import { Mapping, memfd, pageSize } from "../../../src/native/memory.ts";

const ROUNDS = 100;
const length = 16 * pageSize;
using targetFile = memfd("test-target", length);
using target = Mapping.map(targetFile.raw, length, { writable: true });
let right = 0;
for (let round = 0; round < ROUNDS; round++) {
  using file = memfd("test-client", length);
  using memory = ClientMemory.map(file.raw, length);
  target.bytes.fill(0xee);
  const whole = memory.copyTo(target, 0, 0, length, 1, 0, 0) && target.bytes.every((byte) => byte === 0);
  target.bytes.fill(0xee);
  ftruncateSync(file.raw, pageSize);
  if (whole && !memory.copyTo(target, 0, 0, length, 1, 0, 0) && target.bytes.every((byte) => byte === 0)) right++;
}
parentPort?.postMessage(right === ROUNDS);
