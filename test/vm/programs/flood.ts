// SPDX-License-Identifier: Apache-2.0
/**
 * Asks the compositor for as many answers (wl_display.sync) as its argument says, and reads none. Says "sent" when the
 * socket took all of it, or "stuck" when it has taken nothing for a while; then keeps the connection.
 */
import { connect } from "node:net";
import { displayPath } from "./window.ts";

const patience = 2000;
const requests = Number(process.argv[2]);
const size = 12;
const bytes = Buffer.alloc(requests * size);
for (let index = 0, at = 0; index < requests; index++, at += size) {
  bytes.writeUInt32LE(1, at);
  bytes.writeUInt32LE(size << 16, at + 4);
  bytes.writeUInt32LE(index + 2, at + 8);
}

const socket = connect(displayPath());
socket.pause();
let written = 0;
let timer: NodeJS.Timeout | undefined;
function next(): void {
  clearTimeout(timer);
  if (written === bytes.length) {
    console.log("sent");
    return;
  }
  timer = setTimeout(() => console.log(`stuck after ${written / size} of ${requests}`), patience);
  const part = bytes.subarray(written, written + 65536);
  written += part.length;
  socket.write(part, next);
}
socket.on("connect", next);
socket.on("error", (error) => console.log(`cut off: ${error.message}`));
// The connection alone does not keep a process that does not read.
setInterval(() => {}, 2 ** 30);
