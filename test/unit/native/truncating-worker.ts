// SPDX-License-Identifier: Apache-2.0
/** Run as a worker thread by client-memory.test.ts: truncates one file after the other, each in its turn. */

import { ftruncateSync } from "node:fs";
import { workerData } from "node:worker_threads";

const { fds, turn } = workerData as { fds: number[]; turn: Int32Array };
for (const [round, fd] of fds.entries()) {
  Atomics.wait(turn, 0, round);
  ftruncateSync(fd, 0);
}
