// SPDX-License-Identifier: Apache-2.0
/**
 * Commits as many buffers as its argument says, each to a surface of its own, so that the compositor keeps them all;
 * then says "done" and keeps them, or says what the compositor answered.
 */
import { mkdtempSync, openSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fd } from "../../../src/native/fd.ts";
import { WireClient } from "../../desktop/support/wire-client.ts";
import { displayPath } from "./window.ts";

const count = Number(process.argv[2]);
const width = 64;
const stride = width * 4;
const xrgb8888 = 1;
const createSurface = 0;
const createPool = 0;
const createBuffer = 0;
const surface = { attach: 1, damage: 2, commit: 6 };

const client = new WireClient(displayPath());
await client.roundTrip();
const compositor = client.bind("wl_compositor", 4);
const shm = client.bind("wl_shm", 1);
const folder = mkdtempSync(join(tmpdir(), "pool-"));
const file = join(folder, "pool");
using fd = new Fd(openSync(file, "w+"));
truncateSync(file, stride * width);
rmSync(folder, { recursive: true });
const pool = client.newId();
client.request(shm, createPool, [pool, stride * width], fd);
try {
  for (let index = 0; index < count; index++) {
    const buffer = client.newId();
    client.request(pool, createBuffer, [buffer, 0, width, width, stride, xrgb8888]);
    const id = client.newId();
    client.request(compositor, createSurface, [id]);
    client.request(id, surface.attach, [buffer, 0, 0]);
    client.request(id, surface.damage, [0, 0, width, width]);
    client.request(id, surface.commit);
    await client.roundTrip();
  }
  console.log("done");
} catch (error) {
  console.log((error as Error).message);
}
setInterval(() => {}, 2 ** 30);
