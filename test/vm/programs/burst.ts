// SPDX-License-Identifier: Apache-2.0
/**
 * Commits a picture over and over without waiting for anything. Its arguments are the side of the picture, the side of
 * what changes in it each time, and how many commits there are. Then it says "took" and the milliseconds until the
 * compositor had handled all.
 */
import { mkdtempSync, openSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fd } from "../../../src/native/fd.ts";
import { WireClient } from "../../desktop/support/wire-client.ts";
import { displayPath } from "./window.ts";

const [side = 0, changed = 0, count = 0] = process.argv.slice(2).map(Number);
const stride = side * 4;
const xrgb8888 = 1;
const sync = 0;
const createSurface = 0;
const createPool = 0;
const createBuffer = 0;
const surface = { attach: 1, commit: 6, damageBuffer: 9 };

const client = new WireClient(displayPath());
await client.roundTrip();
const compositor = client.bind("wl_compositor", 4);
const shm = client.bind("wl_shm", 1);
const folder = mkdtempSync(join(tmpdir(), "pool-"));
const file = join(folder, "pool");
using fd = new Fd(openSync(file, "w+"));
truncateSync(file, stride * side);
rmSync(folder, { recursive: true });
const pool = client.newId();
client.request(shm, createPool, [pool, stride * side], fd);
const buffer = client.newId();
client.request(pool, createBuffer, [buffer, 0, side, side, stride, xrgb8888]);
const id = client.newId();
client.request(compositor, createSurface, [id]);
const start = performance.now();
for (let index = 0; index < count; index++) {
  client.request(id, surface.attach, [buffer, 0, 0]);
  client.request(id, surface.damageBuffer, [0, 0, changed, changed]);
  client.request(id, surface.commit);
}
const callback = client.newId();
const answered = new Promise<void>((resolve) => client.on(callback, () => resolve()));
// Not a round trip of the client's, which has less patience than this may take.
client.request(1, sync, [callback]);
await answered;
console.log(`took ${Math.round(performance.now() - start)}`);
setInterval(() => {}, 2 ** 30);
