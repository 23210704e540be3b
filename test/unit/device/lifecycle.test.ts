// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { F_SEAL_SHRINK, memfd, seal } from "../../../src/native/memory.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { QUEUE_SIZE } from "../../support/fake-virtqueue.ts";
import { GpuGuest, gpu, OK, PAGE, typeOf } from "../../support/gpu-guest.ts";

const MAPPED = 0x1106;

/** A guest with context 1, some resources, one of them mapped, and a fence that is held. */
async function busy(guest: GpuGuest): Promise<{ poll: Promise<number> }> {
  guest.types.onCreate = ({ blobs }) => {
    for (let id = 1; id < 1024; id++) {
      blobs.set(id, (size) => {
        const fd = memfd("test-image", size);
        seal(fd.raw, F_SEAL_SHRINK);
        return fd;
      });
    }
  };
  await guest.run(gpu.createContext(1));
  await guest.run(gpu.guestBlob(1, PAGE, [[guest.page(1), PAGE]]));
  await guest.run(gpu.attach(1, 1));
  await guest.run(gpu.hostBlob(1, 2, 1, PAGE));
  assert.equal(await guest.run(gpu.map(2, 0)), MAPPED);
  const poll = guest.run(gpu.poll(1, 1));
  await guest.types.last.holding(1);
  return { poll };
}

test("a paused guest goes on with all that it had", async (t) => {
  const guest = await GpuGuest.boot(t);
  const { poll } = await busy(guest);
  const context = guest.types.last;
  await guest.qemu.stop();
  const before = guest.driver.completed;
  context.fences[0]?.fence.complete();
  guest.driver.collect();
  assert.equal(guest.driver.completed, before, "nothing is written to a stopped guest");
  await guest.qemu.resume(QUEUE_SIZE);
  assert.equal(await poll, OK);
  assert.equal(context.closed, 0);
  assert.equal(await guest.run(gpu.submit(1, Buffer.from("again"))), OK);
  assert.equal(context.setup.attached.get(1)?.pieces.length, 1);
  assert.equal(await guest.run(gpu.unmap(2)), OK);
  assert.equal(guest.qemu.crashed, null);
});

test("what is queued while the guest is paused is done when it goes on", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  await guest.qemu.stop();
  const answer = guest.run(gpu.submit(1, Buffer.from("later")));
  assert.equal(guest.types.last.commands.length, 0);
  await guest.qemu.resume(QUEUE_SIZE);
  assert.equal(await answer, OK);
});

test("a reset guest starts with nothing", async (t) => {
  const guest = await GpuGuest.boot(t);
  for (let round = 0; round < 3; round++) {
    await busy(guest);
    const context = guest.types.last;
    await guest.reboot();
    assert.equal(context.closed, 1);
    for (const { fence } of context.fences) fence.complete();
    assert.deepEqual(guest.device.usage, { contexts: 0, resources: 0, hostBytes: 0, maps: 0, fences: 0 });
    assert.equal(guest.qemu.crashed, null);
    assert.equal(typeOf(await guest.send(gpu.capset(5))), 0x1103, "its queue works");
  }
  assert.deepEqual(guest.warnings, []);
});

test("the windows of a guest that was reset go as soon as its new driver asks anything", async (t) => {
  const guest = await GpuGuest.boot(t);
  await busy(guest);
  await guest.qemu.reset();
  assert.equal(guest.types.last.closed, 0, "it could be a pause");
  await guest.qemu.readConfig();
  assert.equal(guest.types.last.closed, 1);
  assert.equal(guest.device.usage.resources, 0);
});

test("a guest that is reset without its driver reading the configuration is known by its queue", async (t) => {
  const guest = await GpuGuest.boot(t);
  await busy(guest);
  await guest.qemu.reset();
  guest.driver.restart();
  guest.cursor.restart();
  guest.qemu.forgetBases();
  await guest.qemu.resume(QUEUE_SIZE);
  assert.equal(guest.types.last.closed, 1);
  assert.equal(guest.device.usage.resources, 0);
});

test("nothing is asked of QEMU that was meant for before a reset", async (t) => {
  let answer = (): void => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let slow = false;
  const guest = await GpuGuest.boot(t, { mapAnswer: () => (slow ? asked.then(() => 1) : 0) });
  await busy(guest);
  await guest.run(gpu.hostBlob(1, 3, 1, PAGE));
  slow = true;
  for (const bytes of [gpu.map(3, PAGE), gpu.unmap(2), gpu.unmap(3), gpu.map(2, 2 * PAGE)]) void guest.run(bytes);
  await guest.run(gpu.capsetInfo(0));
  await guest.qemu.reset();
  slow = false;
  answer();
  // Twice, so that the device has had a turn with the answer, too.
  for (let i = 0; i < 2; i++) await guest.qemu.request(17, Buffer.alloc(0));
  guest.driver.restart();
  guest.cursor.restart();
  await guest.qemu.start(QUEUE_SIZE);
  await busy(guest);
  assert.deepEqual(guest.qemu.shmemLog, ["map 0", `map ${PAGE}`, "map 0"]);
  assert.equal(guest.qemu.crashed, null);
});

test("QEMU's end takes everything with it, and leaves nothing open", async (t) => {
  const before = openDescriptors();
  const guest = await GpuGuest.boot(t);
  await busy(guest);
  const context = guest.types.last;
  const ended = new Promise<void>((resolve) => guest.onEnded.push(resolve));
  guest.qemu.hangUp();
  await ended;
  assert.equal(context.closed, 1);
  assert.equal(guest.ended, 1);
  for (const { fence } of context.fences) fence.complete();
  guest.close();
  assert.deepEqual(openDescriptors(), before);
});

test("QEMU sees the device's end, and nobody else does", async (t) => {
  const before = openDescriptors();
  const guest = await GpuGuest.boot(t);
  await busy(guest);
  guest.device.close();
  guest.device.close();
  await guest.qemu.ended();
  assert.equal(guest.ended, 0);
  assert.equal(guest.types.last.closed, 1);
  guest.close();
  assert.deepEqual(openDescriptors(), before);
});

test("memory that QEMU takes away stops the queue, and empties blobs", async (t) => {
  const guest = await GpuGuest.boot(t);
  await busy(guest);
  const context = guest.types.last;
  const ring = context.setup.attached.get(1);
  assert.equal(ring?.pieces[0]?.length, PAGE);
  await guest.qemu.removeRam();
  assert.deepEqual(ring.pieces, []);
  assert.match(guest.warnings[0] ?? "", /virtqueue 0 stands still.*not in RAM/);
  context.fences[0]?.fence.complete();
  await guest.reboot();
  assert.equal(await guest.run(gpu.createContext(1)), OK);
});

test("what is no vhost-user message ends the connection, with a line that says why", async (t) => {
  for (const [version, size] of [
    [1, 4097],
    [1, 0xffffffff],
    [2, 8],
  ] as const) {
    const guest = await GpuGuest.boot(t);
    const header = Buffer.alloc(12);
    header.writeUInt32LE(version, 4);
    header.writeUInt32LE(size, 8);
    guest.qemu.tellRaw(header);
    await guest.qemu.ended();
    assert.equal(guest.ended, 1);
    assert.match(guest.warnings[0] ?? "", new RegExp(`version ${version} with ${size} bytes`));
  }
});

test("the number of the shared memory feature can be chosen", async (t) => {
  const guest = await GpuGuest.boot(t, { shmemFeature: 20 });
  assert.equal(guest.qemu.protocolFeatures & (1n << 20n), 1n << 20n);
  assert.equal(guest.qemu.protocolFeatures & (1n << 22n), 0n);
});
