// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a worker thread by watch.test.ts and event-loop-scene.ts: ends, or is ended, while one watch is busy and another
 * has just been closed, or while one waits in vain.
 */

import { parentPort } from "node:worker_threads";
import { socketPair } from "../../../src/native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../../src/native/watch.ts";

const [, , end, watched, other] = process.argv;
if (end === "idle") {
  const [idle] = socketPair();
  new Watch(idle.raw, () => {}).set(READABLE);
} else {
  new Watch(Number(watched), () => {}).set(WRITABLE);
  new Watch(Number(other), () => {}).close();
}
parentPort?.postMessage("watching");
if (end === "exit") process.exit();
