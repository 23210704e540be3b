// SPDX-License-Identifier: Apache-2.0
/** Opens as many windows as its argument says, each with a connection of its own, all at once; then says "done". */
import { displayPath, Window } from "./window.ts";

const size = 64;
const area = { x: 0, y: 0, width: size, height: size };

async function open(index: number): Promise<void> {
  const options = { title: `client ${index}`, width: size, height: size, buffers: 1 };
  const window = await Window.open(displayPath(), options);
  const buffer = await window.freeBuffer();
  buffer.fill(area, 0x10000 * index + 0xff);
  // Nobody waits for a frame callback: windows below others get none.
  void window.show(buffer, area);
  await window.client.roundTrip();
}

await Promise.all(Array.from({ length: Number(process.argv[2]) }, (_, index) => open(index)));
console.log("done");
