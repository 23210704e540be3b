// SPDX-License-Identifier: Apache-2.0
/**
 * A wake-up that gets lost leaves a guest waiting for ever. These are the orders of events in which one could. No timer runs
 * here unless a test says so, so that none comes to the rescue.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MAX_TURN_MS, MAX_UNANNOUNCED_MS } from "../../../../src/device/limits.ts";
import type { Fd } from "../../../../src/native/fd.ts";
import { memfd } from "../../../../src/native/memory.ts";
import { eventfd, eventfdWrite } from "../../../../src/native/pipe.ts";
import { eventfdRead } from "../../../support/eventfd.ts";
import { QUEUE_SIZE } from "../../../support/fake-virtqueue.ts";
import { ERR_CONTEXT, ERR_PARAMETER, ERR_UNSPEC, GpuGuest, gpu, OK, PAGE } from "../../../support/gpu-guest.ts";
import { scaled, turnUntil } from "../../../support/patience.ts";

const SET_VRING_KICK = 12;
const limit = { timeout: scaled(20_000) };

/** A guest with context 1. */
async function boot(t: TestContext): Promise<GpuGuest> {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return guest;
}

function kickOf(guest: GpuGuest): Fd {
  return (guest.qemu.events[0] as { kick: Fd }).kick;
}

/** A command on whose answer nothing waits. */
function forgotten(text = "forgotten"): Buffer {
  return gpu.submit(1, Buffer.from(text), {});
}

// Of the guest, to the device.

test("a kick counts that comes between the device's last look and its sleep, or while it works", limit, async (t) => {
  const guest = await boot(t);
  const context = guest.types.last;
  const answers: Promise<number>[] = [];
  context.onSubmit = () => {
    guest.driver.kick();
    if (answers.length < 100) queueMicrotask(() => answers.push(guest.run(gpu.submit(1, Buffer.from("next")))));
    return true;
  };
  assert.equal(await guest.run(gpu.submit(1, Buffer.from("first"))), OK);
  await turnUntil(() => answers.length === 100, "all to be kicked for");
  for (const answer of answers) assert.equal(await answer, OK);
  assert.equal(context.commands.length, 101);
});

test("a kick counts that comes while the device lets others have their turn", limit, async (t) => {
  const guest = await boot(t);
  const context = guest.types.last;
  let second: Promise<number> | null = null;
  context.onSubmit = () => {
    const end = performance.now() + 2 * MAX_TURN_MS;
    while (performance.now() < end);
    if (second === null) queueMicrotask(() => (second ??= guest.run(gpu.submit(1, Buffer.from("second")))));
    return true;
  };
  assert.equal(await guest.run(gpu.submit(1, Buffer.from("first"))), OK);
  await turnUntil(() => second !== null, "the second");
  assert.equal(await second, OK);
});

test("a kick counts for which QEMU looks itself while the device is stopped", limit, async (t) => {
  const guest = await boot(t);
  for (let round = 0; round < 3; round++) {
    await guest.qemu.stop();
    const answer = guest.run(gpu.submit(1, Buffer.from("later")));
    assert.ok(eventfdRead(kickOf(guest).raw) > 0);
    await guest.qemu.resume(QUEUE_SIZE);
    assert.equal(await answer, OK);
  }
});

test("a kick counts that a new driver gives before the device starts", limit, async (t) => {
  const guest = await boot(t);
  for (let round = 0; round < 3; round++) {
    await guest.qemu.reset();
    guest.driver.restart();
    guest.cursor.restart();
    const answer = guest.run(gpu.createContext(1));
    assert.ok(eventfdRead(kickOf(guest).raw) > 0);
    await guest.qemu.start(QUEUE_SIZE);
    assert.equal(await answer, OK);
    assert.equal(await guest.run(gpu.submit(1, Buffer.from("again"))), OK);
  }
});

test("a kick counts that comes through an eventfd which is replaced before it is heard", limit, async (t) => {
  const guest = await boot(t);
  const other = eventfd();
  t.after(() => other.close());
  guest.qemu.tell(SET_VRING_KICK, Buffer.alloc(8), [other.raw]);
  assert.equal(await guest.run(gpu.submit(1, Buffer.from("through the old one"))), OK);
  const answer = guest.driver.queue(gpu.submit(1, Buffer.from("through the new one")));
  eventfdWrite(other.raw);
  await answer;
});

// Of the device, to the guest.

test("the answer to every command but a submission that went well is announced at once", limit, async (t) => {
  const guest = await boot(t);
  const context = guest.types.last;
  context.blobs.set(7, (size) => memfd("test-image", size));
  context.onSubmit = (commands) => commands.length > 0;
  const commands: [what: string, bytes: Buffer, answer: number][] = [
    ["a question for displays", gpu.displayInfo(), 0x1101],
    ["a question for capsets", gpu.capsetInfo(0), 0x1102],
    ["a question for a capset", gpu.capset(5), 0x1103],
    ["a context", gpu.createContext(2), OK],
    ["memory of the guest's", gpu.guestBlob(1, PAGE, [[guest.page(1), PAGE]]), OK],
    ["its attachment", gpu.attach(1, 1), OK],
    ["its detachment", gpu.detach(1, 1), OK],
    ["memory of the host's", gpu.hostBlob(1, 2, 7, PAGE), OK],
    ["its map", gpu.map(2, 0), 0x1106],
    ["the end of its map", gpu.unmap(2), OK],
    ["its end", gpu.unref(2), OK],
    ["a submission with a fence", gpu.submit(1, Buffer.alloc(8), { flags: 1 }), OK],
    ["a submission with a fence of a context", gpu.submit(1, Buffer.alloc(8), { flags: 3, fence: 1 }), OK],
    ["a submission that fails", gpu.submit(1, Buffer.alloc(0), {}), ERR_UNSPEC],
    ["a submission to nobody", gpu.submit(9, Buffer.alloc(8), {}), ERR_CONTEXT],
    ["a submission that is too short", gpu.submit(1, Buffer.alloc(0), {}).subarray(0, 28), ERR_PARAMETER],
    ["an unknown command", Buffer.alloc(24), ERR_UNSPEC],
    ["no command", Buffer.alloc(8), ERR_UNSPEC],
    ["a context's end", gpu.destroyContext(2), OK],
  ];
  for (const [what, bytes, answer] of commands) assert.equal(await guest.run(bytes), answer, what);
});

test("a fence is announced at once, and with it all that was not", limit, async (t) => {
  const guest = await boot(t);
  const poll = guest.run(gpu.poll(1, 1));
  const others = [guest.run(forgotten()), guest.run(forgotten())];
  await turnUntil(() => guest.types.last.commands.length === 3, "the commands");
  const { interrupts } = guest.driver;
  guest.types.last.fences[0]?.fence.complete();
  assert.deepEqual(await Promise.all([poll, ...others]), [OK, OK, OK]);
  assert.equal(guest.driver.interrupts, interrupts + 1);
});

test("what a driver was not told of before a pause is announced after it", limit, async (t) => {
  const guest = await boot(t);
  for (let round = 0; round < 3; round++) {
    const before = guest.run(forgotten(`${round}`));
    await turnUntil(() => guest.types.last.commands.at(-1)?.toString() === `${round}`, "the command");
    await guest.qemu.stop();
    await guest.qemu.resume(QUEUE_SIZE);
    assert.equal(await before, OK);
  }
  // And the device still keeps its time.
  const later = guest.run(forgotten("later"));
  await turnUntil(() => guest.types.last.commands.at(-1)?.toString() === "later", "the command");
  t.mock.timers.tick(MAX_UNANNOUNCED_MS);
  assert.equal(await later, OK);
});

test("what a driver was not told of is announced in time, whatever came between", limit, async (t) => {
  const guest = await boot(t);
  for (let round = 0; round < 5; round++) {
    const first = guest.run(forgotten());
    assert.equal(await guest.run(gpu.capsetInfo(0)), 0x1102, "this announces the first, too");
    assert.equal(await first, OK);
    const second = guest.run(forgotten(`${round}`));
    await turnUntil(() => guest.types.last.commands.at(-1)?.toString() === `${round}`, "the command");
    t.mock.timers.tick(MAX_UNANNOUNCED_MS);
    assert.equal(await second, OK);
  }
});

test("a driver that does not want to hear of an answer hears of later ones", limit, async (t) => {
  const guest = await boot(t);
  for (let round = 0; round < 3; round++) {
    guest.driver.wantsInterrupts = false;
    const { interrupts } = guest.driver;
    const quiet = guest.run(gpu.submit(1, Buffer.from(`${round}`)));
    await turnUntil(() => guest.types.last.commands.at(-1)?.toString() === `${round}`, "the command");
    // By then an interrupt would have come.
    await guest.qemu.readConfig();
    guest.driver.wantsInterrupts = true;
    guest.driver.collect();
    assert.equal(await quiet, OK);
    assert.equal(guest.driver.interrupts, interrupts);
    const forgot = guest.run(forgotten());
    assert.equal(await guest.run(gpu.submit(1, Buffer.from("loud"))), OK);
    assert.equal(await forgot, OK);
  }
});

test("a driver whose queue is full of what it was not told of hears of it", limit, async (t) => {
  const guest = await boot(t);
  for (const context of [2, 3]) await guest.run(gpu.createContext(context));
  const { contexts } = guest.types;
  // By contexts, since one may not hold as much as makes the others scarce.
  for (const held of [[0], [1], [100], [100, 50, 30]]) {
    const polls: Promise<number>[] = [];
    for (const [i, count] of held.entries()) {
      for (let fence = 0; fence < count; fence++) polls.push(guest.run(gpu.poll(i + 1, fence)));
      await contexts[i]?.holding(count);
    }
    const others = Array.from({ length: QUEUE_SIZE - polls.length }, () => guest.run(forgotten()));
    // One of them at least comes back, and makes room for one more.
    await Promise.race(others);
    assert.equal(await guest.run(gpu.capsetInfo(0)), 0x1102);
    await Promise.all(others);
    for (const { fences } of contexts) for (const { fence } of fences.splice(0)) fence.complete();
    for (const answer of await Promise.all(polls)) assert.equal(answer, OK);
  }
});
