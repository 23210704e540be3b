// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { packet } from "../../support/codec.ts";
import { fileWith, openDescriptors } from "../../support/descriptors.ts";
import { proxied, type Stage } from "../../support/proxied.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CLIENTS = 1000;
const BATCH = 50;
/** How often it is asked what is left. */
const ROUNDS = 4;

/** Bytes in use on the heap after everything was collected that can be. */
async function heapUsed(): Promise<number> {
  // Twice: what finalisers let go of is collected only in the next round.
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/** A batch of clients that each do a little of everything, and leave in different ways. */
async function visit(stage: Stage): Promise<void> {
  const pairs = await Promise.all(Array.from({ length: BATCH }, () => stage.connect()));
  await Promise.all(
    pairs.map(async ({ client, host }, i) => {
      const compositor = await client.bind("wl_compositor");
      const surface = compositor.create("create_surface");
      surface.create("frame");
      surface.send("commit");
      (await client.bind("wl_shm")).create("create_pool", fileWith(""), 4096);
      await client.roundtrip();
      if (i % 4 === 0) client.sendRaw({ bytes: Buffer.from([1, 0, 0, 0, 0, 0, 12]), fds: [fileWith("")] });
      if (i % 4 === 1) host.fail(host.display, 1, "enough");
      else if (i % 4 === 2) client.sendRaw(packet(4711, 0));
      else client.close();
      await Promise.all([client.closed, host.closed]);
    }),
  );
  await stage.proxy.idle();
  stage.log.length = 0;
}

it("1,000 clients come and go, and descriptors and heap are as before", async (t) => {
  const stage = await proxied(t, { globals: ["wl_compositor 6", "wl_shm 1"] });
  stage.client.close();
  for (let i = 0; i < 200; i += BATCH) await visit(stage);
  const descriptors = openDescriptors();
  const growth: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await heapUsed();
    for (let i = 0; i < CLIENTS / ROUNDS; i += BATCH) await visit(stage);
    growth.push((await heapUsed()) - before);
  }
  assert.deepEqual(openDescriptors(), descriptors);
  assert.equal(stage.proxy.sessions, 0);
  // The engine's own needs come and go, but what leaks grows in each round; a session takes more than 1,000 bytes.
  const least = Math.min(...growth);
  assert.ok(least < (CLIENTS / ROUNDS) * 1000, `the heap has grown by ${growth} bytes`);
  await (await stage.connect()).client.roundtrip();
});
