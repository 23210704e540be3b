// SPDX-License-Identifier: Apache-2.0

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_UNANNOUNCED_MS } from "../../../../src/device/limits.ts";
import type { Fd } from "../../../../src/native/fd.ts";
import { eventfd } from "../../../../src/native/pipe.ts";
import { eventfdRead } from "../../../support/eventfd.ts";
import { NO_RAM, ringAddresses } from "../../../support/fake-qemu.ts";
import { QUEUE_SIZE } from "../../../support/fake-virtqueue.ts";
import { ERR_UNSPEC, GpuGuest, gpu, OK } from "../../../support/gpu-guest.ts";
import { scaled, turnUntil } from "../../../support/patience.ts";

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
const SET_VRING_CALL = 13;

/** Resolves when the guest has been warned about. */
async function warned(guest: GpuGuest): Promise<string> {
  await turnUntil(() => guest.warnings.length > 0, "a warning");
  return guest.warnings[0] as string;
}

type Break = (guest: GpuGuest) => void;
/** Makes a chain from descriptor 0 on, of descriptors that read or write in turns. */
const chain =
  (...parts: { address?: number | bigint; length?: number; flags?: number; next?: number }[]): Break =>
  ({ driver }) => {
    for (const [i, part] of parts.entries()) driver.describe(i, { address: driver.arena(0), length: 64, ...part });
    driver.offer(0);
  };

const broken: [string, Break, RegExp][] = [
  ["a chain that is a loop", chain({ flags: NEXT, next: 1 }, { flags: NEXT, next: 0 }), /loop/],
  ["a descriptor that follows itself", chain({ flags: NEXT, next: 0 }), /loop/],
  ["a loop of nothing", chain({ length: 0, flags: NEXT, next: 0 }), /loop/],
  ["a next descriptor beyond the table", chain({ flags: NEXT, next: QUEUE_SIZE }), /does not exist/],
  ["something outside RAM", chain({ address: NO_RAM }), /not in RAM/],
  ["something that ends outside RAM", chain({ address: 0x9fff0 }), /not in RAM/],
  ["4 GiB", chain({ length: 0xffffffff }), /not in RAM/],
  ["an address beyond all numbers", chain({ address: 0xffff_ffff_ffff_ffffn }), /not in RAM/],
  ["something to read after something to write", chain({ flags: WRITE | NEXT, next: 1 }, {}), /behind/],
  ["an indirect table of no size", chain({ flags: INDIRECT, length: 0 }), /indirect/],
  ["an indirect table of an odd size", chain({ flags: INDIRECT, length: 24 }), /indirect/],
  ["an indirect table of 4 GiB", chain({ flags: INDIRECT, length: 0xfffffff0 }), /indirect/],
  ["an indirect table outside RAM", chain({ flags: INDIRECT, length: 16, address: NO_RAM }), /not in RAM/],
  ["something behind an indirect table", chain({ flags: INDIRECT | NEXT, length: 16 }), /follows/],
  [
    "an indirect table in an indirect table",
    ({ driver }) => {
      driver.describe(0, { address: driver.arena(0), length: 16, flags: INDIRECT }, driver.arena(0));
      driver.describe(0, { address: driver.arena(0), length: 16, flags: INDIRECT });
      driver.offer(0);
    },
    /indirect descriptor/,
  ],
  [
    "a loop in an indirect table",
    ({ driver }) => {
      driver.describe(0, { address: driver.arena(1), length: 16, flags: NEXT, next: 0 }, driver.arena(0));
      driver.describe(0, { address: driver.arena(0), length: 16, flags: INDIRECT });
      driver.offer(0);
    },
    /loop/,
  ],
  ["a buffer that does not exist", ({ driver }) => driver.offer(QUEUE_SIZE), /does not exist/],
  ["more buffers than the queue has", ({ driver }) => driver.overstate(QUEUE_SIZE + 1), /are said to wait/],
  [
    "a buffer that the device still has",
    (guest) => {
      void guest.driver.queue(gpu.poll(1, 1));
      guest.driver.offer(1);
    },
    /buffer 1 is offered again/,
  ],
  ["an index that goes back", ({ driver }) => driver.overstate(-1), /are said to wait/],
];

for (const [what, act, reason] of broken) {
  test(`${what} stops the queue, until the driver starts anew`, async (t) => {
    const guest = await GpuGuest.boot(t);
    await guest.run(gpu.createContext(1));
    act(guest);
    guest.driver.kick();
    assert.match(await warned(guest), reason);
    guest.driver.kick();
    await guest.qemu.readConfig();
    assert.equal(guest.warnings.length, 1, "one line");
    await guest.reboot();
    assert.equal(await guest.run(gpu.createContext(1)), OK);
  });
}

test("a queue that lies nowhere, or is of an impossible size, does not start", async (t) => {
  const guest = await GpuGuest.boot(t);
  const { descriptors, available, used } = ringAddresses(0);
  const places: [number, number, number, number][] = [
    [QUEUE_SIZE, NO_RAM, available, used],
    [QUEUE_SIZE, descriptors, NO_RAM, used],
    [QUEUE_SIZE, descriptors, available, NO_RAM],
    [QUEUE_SIZE, 0x9fff0, available, used],
    [QUEUE_SIZE, descriptors + 8, available, used],
    [QUEUE_SIZE, descriptors, available + 1, used],
    [QUEUE_SIZE, descriptors, available, used + 2],
    [0, descriptors, available, used],
    [3, descriptors, available, used],
    [32_768, descriptors, available, used],
    [0xffff_ffff, descriptors, available, used],
  ];
  for (const place of places) {
    await guest.qemu.reset();
    guest.warnings.length = 0;
    await guest.qemu.readConfig();
    guest.qemu.setRing(0, place[0], 0, place[1], place[2], place[3]);
    await guest.qemu.enable(0);
    assert.equal(guest.warnings.length, 1, place.join());
    assert.match(guest.warnings[0] ?? "", /virtqueue 0 stands still/);
  }
  await guest.reboot();
  assert.equal(await guest.run(gpu.createContext(1)), OK);
});

test("indices go round, and buffers come back in the order in which they are done", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const before = guest.driver.completed;
  for (let round = 0; round < 600; round++) {
    await Promise.all(Array.from({ length: 120 }, () => guest.run(gpu.submit(1, Buffer.alloc(8)))));
  }
  assert.equal(guest.driver.completed - before, 72_000);
});

test("many commands cost few interrupts, and none if the driver wants none", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const before = guest.driver.interrupts;
  const answers = Array.from({ length: 100 }, () => guest.driver.queue(gpu.submit(1, Buffer.alloc(8))));
  guest.driver.kick();
  await Promise.all(answers);
  assert.ok(guest.driver.interrupts - before <= 2, `${guest.driver.interrupts - before}`);

  guest.driver.wantsInterrupts = false;
  const quiet = guest.run(gpu.submit(1, Buffer.from("quiet")));
  await turnUntil(() => guest.types.last.commands.at(-1)?.toString() === "quiet", "the command");
  await guest.qemu.readConfig();
  const { interrupts } = guest.driver;
  guest.driver.collect();
  assert.equal(await quiet, OK);
  assert.equal(guest.driver.interrupts, interrupts);
});

test("a submission that nothing waits for costs no interrupt of its own", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const { interrupts } = guest.driver;
  const forgotten = guest.run(gpu.submit(1, Buffer.from("forgotten"), {}));
  const poll = guest.run(gpu.poll(1, 1));
  await turnUntil(() => guest.types.last.fences.length === 1, "both to be handled");
  await guest.qemu.readConfig();
  assert.equal(guest.driver.interrupts, interrupts);
  guest.types.last.fences[0]?.fence.complete();
  assert.deepEqual(await Promise.all([forgotten, poll]), [OK, OK]);
  assert.equal(guest.driver.interrupts, interrupts + 1, "one for both");
  // That it failed is nothing to wait with.
  guest.types.last.onSubmit = () => false;
  assert.equal(await guest.run(gpu.submit(1, Buffer.from("failed"), {})), ERR_UNSPEC);
});

test("a driver hears of such submissions after a while", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const before = performance.now();
  for (let i = 0; i < 3; i++) assert.equal(await guest.run(gpu.submit(1, Buffer.from("forgotten"), {})), OK);
  assert.ok(performance.now() - before > 2 * MAX_UNANNOUNCED_MS);
});

test("a driver hears of such submissions before it lacks room", { timeout: scaled(20_000) }, async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const polls = Array.from({ length: 50 }, (_, fence) => guest.run(gpu.poll(1, fence)));
  // Of three descriptors each, half of those that are left are not enough for one more.
  for (const [room, style] of [
    [QUEUE_SIZE - 50, {}],
    [Math.floor((QUEUE_SIZE - 50) / 3), { direct: true }],
  ] as const) {
    const { interrupts } = guest.driver;
    const forgotten = Array.from({ length: room }, () => guest.run(gpu.submit(1, Buffer.alloc(8), {}), style));
    await Promise.all(forgotten.slice(0, Math.floor(room / 2)));
    assert.ok(guest.driver.interrupts - interrupts <= 3, `${guest.driver.interrupts - interrupts} interrupts`);
    await guest.run(gpu.capsetInfo(0));
    await Promise.all(forgotten);
  }
  for (const { fence } of guest.types.last.fences) fence.complete();
  await Promise.all(polls);
});

test("whatever QEMU has not passed on is told again when it changes whom to interrupt", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const lost = eventfd();
  t.after(() => lost.close());
  const queue = Buffer.alloc(8);
  guest.qemu.tell(SET_VRING_CALL, queue, [lost.raw]);
  const answer = guest.run(gpu.submit(1, Buffer.alloc(8)));
  let told = 0;
  const isTold = (): boolean => {
    told += eventfdRead(lost.raw);
    // The first is for the change itself.
    return told > 1;
  };
  await turnUntil(isTold, "an interrupt that nobody gets");
  guest.qemu.tell(SET_VRING_CALL, queue, [(guest.qemu.events[0] as { call: Fd }).call.raw]);
  assert.equal(await answer, OK);
});

test("a guest that always has more to do does not keep others from their turn", async (t) => {
  const guest = await GpuGuest.boot(t);
  guest.types.onCreate = (context) => {
    context.onSubmit = () => {
      // The buffer before this one is offered again as soon as it is given back: the queue is never empty.
      if (context.commands.length < 20_000) guest.driver.offer(2 * (context.commands.length % 2));
      context.commands[0] = Buffer.alloc(0);
      return true;
    };
  };
  await guest.run(gpu.createContext(1));
  const bytes = gpu.submit(1, Buffer.alloc(8));
  bytes.copy(guest.qemu.at(guest.driver.arena(5)));
  for (const head of [0, 2]) {
    guest.driver.describe(head, { address: guest.driver.arena(5), length: bytes.length, flags: NEXT, next: head + 1 });
    guest.driver.describe(head + 1, { address: guest.driver.arena(6), length: 64, flags: WRITE });
  }
  guest.driver.offer(0);
  guest.driver.kick();
  await guest.qemu.readConfig();
  assert.ok(guest.types.last.commands.length < 20_000, "QEMU was answered in between");
  await turnUntil(() => guest.types.last.commands.length === 20_000, "all commands");
});

test("a guest that writes over its own ring gets back what the ring then says, each entry once", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  // Places of the ring that have been used keep the numbers of their buffers.
  for (let i = 0; i < QUEUE_SIZE; i++) await guest.run(gpu.submit(1, Buffer.alloc(8)));
  assert.equal(guest.driver.strays, 0);
  const { completed } = guest.driver;
  guest.driver.overstate(100);
  guest.driver.kick();
  await guest.driver.until(completed + 100);
  await guest.qemu.readConfig();
  assert.equal(guest.driver.strays, 100, "buffers that the driver has not offered, but the ring");
  assert.equal(guest.driver.completed, completed + 100, "and no more than those");
});
