// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a worker thread by watch.test.ts: ends, or is ended, while one watch is busy and another has just been closed.
 */

import { parentPort } from "node:worker_threads";
import { Watch, WRITABLE } from "../../../src/native/watch.ts";

const [, , end, watched, other] = process.argv;
new Watch(Number(watched), () => {}).set(WRITABLE);
new Watch(Number(other), () => {}).close();
parentPort?.postMessage("watching");
if (end === "exit") process.exit();
