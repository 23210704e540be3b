// SPDX-License-Identifier: Apache-2.0
/** Asks the compositor again and again, and says "longest" and the milliseconds whenever it had to wait longer than ever. */
import { WireClient } from "../../desktop/support/wire-client.ts";
import { displayPath } from "./window.ts";

/** Round trips before it counts: those in which all code runs for the first time. */
const WARM_UP = 50;

const client = new WireClient(displayPath());
let longest = 0;
for (let count = 0; ; count++) {
  const start = performance.now();
  await client.roundTrip();
  const time = performance.now() - start;
  if (count < WARM_UP || time <= longest) continue;
  longest = time;
  console.log(`longest ${Math.ceil(time)}`);
}
