// SPDX-License-Identifier: Apache-2.0
/** A front-end that does what QEMU never should. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { F_SEAL_SHRINK, memfd, seal } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { GpuGuest, gpu, OK, PAGE } from "../../support/gpu-guest.ts";

const SET_VRING_KICK = 12;
const GET_QUEUE_NUM = 17;
const SET_BACKEND_REQ_FD = 21;
const ADD_MEM_REG = 37;
const MAPPED = 0x1106;
const NOTHING = Buffer.alloc(0);

/** A guest with a host blob as resource 2, which is not mapped yet. */
async function withBlob(guest: GpuGuest): Promise<void> {
  guest.types.onCreate = ({ blobs }) => {
    blobs.set(1, (size) => {
      const fd = memfd("test-image", size);
      seal(fd.raw, F_SEAL_SHRINK);
      return fd;
    });
  };
  await guest.run(gpu.createContext(1));
  assert.equal(await guest.run(gpu.hostBlob(1, 2, 1, PAGE)), OK);
}

test("a channel for requests that cannot be one is refused, and the one that was there stays", async (t) => {
  const guest = await GpuGuest.boot(t);
  await withBlob(guest);
  const file = memfd("no socket", PAGE);
  t.after(() => file.close());
  const before = openDescriptors();
  assert.equal(await guest.qemu.acknowledged(SET_BACKEND_REQ_FD, NOTHING, [file.raw]), 1);
  assert.deepEqual(openDescriptors(), before);
  assert.equal(await guest.run(gpu.map(2, 0)), MAPPED);
});

test("what was asked through a channel that another one replaces is not waited for", async (t) => {
  let asked = (): void => {};
  const waiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let answer = (): void => {};
  const guest = await GpuGuest.boot(t, {
    mapAnswer: () =>
      new Promise((resolve) => {
        answer = () => resolve(0);
        asked();
      }),
  });
  await withBlob(guest);
  const map = guest.run(gpu.map(2, 0));
  await waiting;
  const ends: readonly Fd[] = socketPair();
  t.after(() => {
    for (const end of ends) end.close();
  });
  assert.equal(await guest.qemu.acknowledged(SET_BACKEND_REQ_FD, NOTHING, [(ends[0] as Fd).raw]), 0);
  assert.notEqual(await map, MAPPED);
  answer();
});

test("a kick that is no eventfd, and always readable, does not wake the device for ever", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const [read, write] = pipe();
  write.close();
  t.after(() => read.close());
  guest.qemu.tell(SET_VRING_KICK, Buffer.alloc(8), [read.raw]);
  await guest.qemu.request(GET_QUEUE_NUM, NOTHING);
  // Each time that it is woken up it looks for commands.
  const answer = guest.run(gpu.createContext(2));
  for (let i = 0; i < 3; i++) await guest.qemu.request(GET_QUEUE_NUM, NOTHING);
  assert.equal(guest.device.usage.contexts, 1);
  guest.qemu.tell(SET_VRING_KICK, Buffer.alloc(8), [(guest.qemu.events[0] as { kick: Fd }).kick.raw]);
  assert.equal(await answer, OK);
  assert.deepEqual(guest.warnings, []);
});

test("a memory region is acknowledged only to a front-end that asked for that", async (t) => {
  const guest = await GpuGuest.boot(t);
  await withBlob(guest);
  await guest.run(gpu.map(2, 0));
  const { fd } = guest.qemu.window.get(0) as { fd: Fd };
  const region = Buffer.alloc(40);
  region.writeBigUInt64LE(1n << 41n, 8);
  region.writeBigUInt64LE(BigInt(PAGE), 16);
  guest.qemu.tell(ADD_MEM_REG, region, [fd.raw]);
  assert.equal((await guest.qemu.request(GET_QUEUE_NUM, NOTHING)).readUInt32LE(0), 2, "the first answer is for this");
});
