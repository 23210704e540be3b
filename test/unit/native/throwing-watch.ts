// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a process by watch.test.ts: a watch whose callback throws twice. With an argument it catches what was
 * uncaught.
 */

import { receive, send, socketPair } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";

if (process.argv.length > 2) {
  process.on("uncaughtException", (error) => process.stdout.write(`caught: ${error.message}\n`));
}

const [a, b] = socketPair();
let events = 0;
const watch = new Watch(b.raw, () => {
  events++;
  if (events < 3) throw new Error(`thrown by event ${events}`);
  receive(b.raw, new Uint8Array(1), 0, 1, new Int32Array(29));
  watch.close();
  process.stdout.write(`event ${events}\n`);
});
watch.set(READABLE);
send(a.raw, new Uint8Array(1), 0, 1, new Int32Array(0), 0);
