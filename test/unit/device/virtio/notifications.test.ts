// SPDX-License-Identifier: Apache-2.0
/** Neither side of a virtqueue sleeps while there is something for it: both run at once here, in two threads. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import type { Chain } from "../../../../src/device/virtio/descriptor-chain.ts";
import { GuestMemory } from "../../../../src/device/virtio/guest-memory.ts";
import type { Virtqueue } from "../../../../src/device/virtio/virtqueue.ts";
import { Vring } from "../../../../src/device/virtio/vring.ts";
import { memfd } from "../../../../src/native/memory.ts";
import { eventfd } from "../../../../src/native/pipe.ts";
import { scaled } from "../../../support/patience.ts";
import { type DriverTask, Kind, places, RAM_SIZE, SIZE } from "./ring-layout.ts";

const COUNT = 20_000;
const NO_BYTES = new Uint8Array(0);

/** Gives a buffer back as it asks for. */
function handle(queue: Virtqueue): void {
  const [kind] = queue.request;
  if (kind === Kind.later) {
    const chain: Chain = queue.detach();
    setImmediate(() => queue.answer(chain, NO_BYTES, 0));
  } else {
    queue.answer(queue.chain, NO_BYTES, 0, kind !== Kind.forgotten);
  }
}

/** Has a driver in a thread give buffers to a device here. @returns what it has waited for in vain, or null */
async function drive(t: TestContext, seed: number): Promise<string | null> {
  using ram = memfd("test-ring", RAM_SIZE);
  const memory = new GuestMemory();
  memory.add({ guest: 0, size: RAM_SIZE, user: 0, offset: 0 }, ram.raw);
  const complaints: string[] = [];
  const ring = new Vring(memory, { handle, broken: (reason) => complaints.push(reason) });
  using kick = eventfd();
  using call = eventfd();
  ring.setKick(kick.duplicate());
  ring.setCall(call.duplicate());
  Object.assign(ring, { size: SIZE, ...places });
  ring.start();
  t.after(() => {
    ring.close();
    memory.clear();
  });
  const task: DriverTask = {
    ...{ ram: ram.raw, kick: kick.raw, call: call.raw },
    ...{ count: COUNT, seed, patience: scaled(3_000) },
  };
  const driver = new Worker(new URL("ring-driver.js", import.meta.url), { workerData: task });
  const ended = new Promise((resolve) => driver.once("exit", resolve));
  const complaint = await new Promise<string | null>((resolve, reject) =>
    driver.once("message", resolve).once("error", reject),
  );
  await ended;
  assert.deepEqual(complaints, []);
  return complaint;
}

test("no notification is lost between a driver and a device", { timeout: scaled(60_000) }, async (t) => {
  assert.equal(await drive(t, 1), null);
  assert.equal(await drive(t, 20_261_201), null);
});
