// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fence } from "../../../../src/device/gpu/context.ts";
import { softFdLimit } from "../../../../src/native/socket.ts";
import type { FakeContext } from "../../../support/fake-contexts.ts";
import {
  command,
  ERR_CONTEXT,
  ERR_OUT_OF_MEMORY,
  ERR_PARAMETER,
  ERR_RESOURCE,
  ERR_UNSPEC,
  GpuGuest,
  gpu,
  OK,
  PAGE,
  typeOf,
  WINDOW,
} from "../../../support/gpu-guest.ts";

test("the driver finds one capset, blobs, contexts, and a window", async (t) => {
  const guest = await GpuGuest.boot(t);
  assert.equal(guest.qemu.features & 0x1ffffffffn, 0x150000019n);
  assert.equal(guest.qemu.windowSize, WINDOW);
  assert.deepEqual(
    [0, 4, 8, 12].map((at) => guest.qemu.config.readUInt32LE(at)),
    [0, 0, 0, 1],
  );
  const info = await guest.send(gpu.capsetInfo(0));
  assert.equal(typeOf(info), 0x1102);
  assert.deepEqual([info.readUInt32LE(24), info.readUInt32LE(28), info.readUInt32LE(32)], [5, 0, 16]);
  const capset = await guest.send(gpu.capset(5));
  assert.equal(typeOf(capset), 0x1103);
  assert.deepEqual(capset.subarray(24), Buffer.from(guest.types.capset));
  assert.equal(await guest.run(gpu.capsetInfo(1)), ERR_PARAMETER);
  assert.equal(await guest.run(gpu.capset(4)), ERR_PARAMETER);
});

test("a display is offered to old kernels, and is not connected", async (t) => {
  const guest = await GpuGuest.boot(t, { scanouts: 1 });
  assert.equal(guest.qemu.config.readUInt32LE(8), 1);
  const info = await guest.send(gpu.displayInfo());
  assert.equal(typeOf(info), 0x1101);
  assert.equal(info.length, 408);
  assert.ok(info.subarray(24).every((byte) => byte === 0));
});

test("commands come through whole, however they lie in buffers", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(7, "weston-info"));
  const context = guest.types.last;
  assert.equal(context.setup.id, 7);
  assert.equal(context.setup.name, "weston-info");
  const styles = [
    { split: [] },
    { split: [24] },
    { split: [24, 8] },
    { split: [1, 1, 1, 30, 2], direct: true },
    { split: Array.from({ length: 60 }, () => 1) },
  ];
  for (const [i, style] of styles.entries()) {
    const bytes = Buffer.from(Array.from({ length: 100 + i }, (_, at) => (at * 7 + i) & 0xff));
    assert.equal(await guest.run(gpu.submit(7, bytes), style), OK);
    assert.deepEqual(context.commands.at(-1), bytes);
  }
  const large = Buffer.alloc(700_000, "large");
  assert.equal(await guest.run(gpu.submit(7, large)), OK);
  assert.deepEqual(context.commands.at(-1), large);
});

test("an answer is as long as there is room for it, and repeats the fence", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const fence = 0x1234_5678_9abc_def0n;
  const fenced = await guest.send(gpu.submit(1, Buffer.alloc(8), { flags: 3, ring: 0, fence }));
  assert.equal(typeOf(fenced), OK);
  assert.equal(fenced.readUInt32LE(4), 3);
  assert.equal(fenced.readBigUInt64LE(8), fence);
  assert.equal(fenced.readUInt32LE(16), 1);
  const plain = await guest.send(gpu.submit(1, Buffer.alloc(8), { fence }));
  assert.deepEqual(plain.subarray(4), Buffer.alloc(20));
  assert.equal((await guest.send(gpu.capset(5), { room: 30 })).length, 30);
  assert.equal((await guest.send(gpu.capset(5), { room: 10 })).length, 10);
  assert.equal((await guest.send(gpu.capset(5), { room: 0 })).length, 0);
});

test("a fence of ring 1 is answered when its context has an event, one of ring 0 when the command is done", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  await guest.run(gpu.createContext(2));
  const [first, second] = guest.types.contexts;
  assert.ok(first && second);
  const order: string[] = [];
  const polls = [
    guest.send(gpu.poll(1, 11)).then((answer) => order.push(`1: ${answer.readBigUInt64LE(8)}`)),
    guest.send(gpu.poll(2, 22)).then((answer) => order.push(`2: ${answer.readBigUInt64LE(8)}`)),
  ];
  await Promise.all([first.holding(1), second.holding(1)]);
  assert.equal(guest.device.usage.fences, 2);
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(4), { flags: 3, ring: 0, fence: 12 })), OK);
  assert.deepEqual(order, []);
  second.fences[0]?.fence.complete();
  await polls[1];
  first.fences[0]?.fence.complete();
  first.fences[0]?.fence.complete();
  await polls[0];
  assert.deepEqual(order, ["2: 22", "1: 11"]);
  const done: Fence[] = [];
  first.onHold = (_, fence) => done.push(fence) > 0;
  const held = guest.run(gpu.submit(1, Buffer.alloc(4), { flags: 3, ring: 0, fence: 13 }));
  await guest.run(gpu.submit(1, Buffer.alloc(4)));
  assert.equal(guest.device.usage.fences, 1);
  done[0]?.complete();
  assert.equal(await held, OK);
  assert.equal(guest.device.usage.fences, 0);
  assert.equal(await guest.run(gpu.displayInfo()), 0x1101, "the second complete() gave nothing back");
});

test("a fence can be complete before the context has said that it takes it", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  guest.types.last.onHold = (_, fence) => {
    fence.complete();
    return true;
  };
  assert.equal(await guest.run(gpu.poll(1, 1)), OK);
  guest.types.last.onHold = () => false;
  assert.equal(await guest.run(gpu.poll(1, 2)), ERR_PARAMETER);
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(0), { flags: 3, ring: 64 })), ERR_PARAMETER);
  assert.equal(guest.device.usage.fences, 0);
});

test("a command is answered once, also when its context fails after it has completed the fence", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  guest.types.last.onHold = (_, fence) => {
    fence.complete();
    throw new Error("too late");
  };
  assert.equal(await guest.run(gpu.poll(1, 1)), OK);
  await guest.run(gpu.displayInfo());
  assert.equal(guest.driver.strays, 0);
  assert.match(guest.warnings.join(), /too late/);
});

test("what a context holds is done when it is destroyed", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(3));
  const context = guest.types.last;
  const polls = [1, 2, 3].map((fence) => guest.run(gpu.poll(3, fence)));
  await context.holding(3);
  assert.equal(await guest.run(gpu.destroyContext(3)), OK);
  assert.deepEqual(await Promise.all(polls), [OK, OK, OK]);
  assert.equal(context.closed, 1);
  for (const { fence } of context.fences) fence.complete();
  assert.equal(await guest.run(gpu.destroyContext(3)), ERR_CONTEXT);
  assert.equal(await guest.run(gpu.poll(3, 4)), ERR_CONTEXT);
  assert.equal(guest.driver.completed, 7);
});

test("held fences leave room in the queue for other commands, and for the events of other contexts", async (t) => {
  const guest = await GpuGuest.boot(t);
  // 32 of the queue's 256 slots are never held.
  for (const [context, most] of [
    [1, 112],
    [2, 56],
    [3, 28],
  ] as const) {
    await guest.run(gpu.createContext(context));
    const polls = Array.from({ length: most + 2 }, (_, i) => guest.run(gpu.poll(context, i)));
    assert.deepEqual(await Promise.all(polls.slice(most)), [ERR_OUT_OF_MEMORY, ERR_OUT_OF_MEMORY]);
    assert.equal(guest.types.last.fences.length, most);
  }
  assert.equal(await guest.run(gpu.capsetInfo(0)), 0x1102);
  assert.equal(guest.device.usage.fences, 196);
  guest.types.last.onHold = () => assert.fail("no slot is left for it");
  assert.equal(await guest.run(gpu.submit(3, Buffer.alloc(4), { flags: 3, ring: 0, fence: 1 })), OK);
  for (let context = 4; guest.device.usage.fences < 223; context++) {
    await guest.run(gpu.createContext(context));
    void guest.run(gpu.poll(context, 1));
    await guest.types.last.holding(1);
  }
  for (const context of [1, 2, 3]) await guest.run(gpu.destroyContext(context));
  assert.equal(guest.device.usage.fences, 27);
});

test("a guest blob is memory of the guest's that a context can write to", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const pages: [number, number][] = [
    [guest.page(5), PAGE],
    [guest.page(6), PAGE],
    [guest.page(9), PAGE],
  ];
  assert.equal(await guest.run(gpu.guestBlob(1, 3 * PAGE, pages)), OK);
  assert.equal(await guest.run(gpu.attach(1, 1)), OK);
  const blob = guest.types.last.setup.attached.get(1);
  assert.ok(blob);
  assert.equal(blob.size, 3 * PAGE);
  assert.equal(blob.fd, null);
  assert.deepEqual(
    blob.pieces.map((piece) => piece.length),
    [2 * PAGE, PAGE],
  );
  blob.pieces[1]?.set(Buffer.from("hello"));
  assert.equal(guest.qemu.at(guest.page(9)).toString("latin1", 0, 5), "hello");
  assert.equal(await guest.run(gpu.detach(1, 1)), OK);
  assert.equal(guest.types.last.setup.attached.size, 0);
  await guest.run(gpu.attach(1, 1));
  assert.equal(await guest.run(gpu.unref(1)), OK);
  assert.equal(guest.types.last.setup.attached.size, 0);
  assert.equal(guest.device.usage.resources, 0);
});

test("bad commands get the error that says what is wrong with them", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  const page = guest.page(0);
  await guest.run(gpu.guestBlob(1, PAGE, [[page, PAGE]]));
  await guest.run(gpu.attach(1, 1));
  const cases: [string, Buffer, number][] = [
    ["an unknown command", command(0x999, [1, 2, 3, 4]), ERR_UNSPEC],
    ["2D resources", command(0x101, [1, 2, 3, 4]), ERR_UNSPEC],
    ["a command that is too short", gpu.createContext(9).subarray(0, 40), ERR_PARAMETER],
    ["less than a header", Buffer.alloc(20), ERR_UNSPEC],
    ["context 0", gpu.createContext(0), ERR_CONTEXT],
    ["a context that exists", gpu.createContext(1), ERR_CONTEXT],
    ["another kind of context", gpu.createContext(2, "venus", 4), ERR_PARAMETER],
    ["a context that does not exist", gpu.submit(2, Buffer.alloc(4)), ERR_CONTEXT],
    ["attaching to no context", gpu.attach(2, 1), ERR_CONTEXT],
    ["attaching no resource", gpu.attach(1, 2), ERR_RESOURCE],
    ["more commands than there are", command(0x207, [100, 0, 1], { context: 1 }), ERR_PARAMETER],
    ["4 GiB of commands", command(0x207, [0xffffffff, 0, 1], { context: 1 }), ERR_PARAMETER],
    ["fences to wait for", command(0x207, [0, 1, 5n], { context: 1 }), ERR_PARAMETER],
    ["resource 0", gpu.guestBlob(0, PAGE, [[page, PAGE]]), ERR_RESOURCE],
    ["a resource that exists", gpu.guestBlob(1, PAGE, [[page, PAGE]]), ERR_RESOURCE],
    ["a blob of no size", gpu.guestBlob(2, 0, [[page, PAGE]]), ERR_PARAMETER],
    ["a blob larger than its memory", gpu.guestBlob(2, PAGE + 1, [[page, PAGE]]), ERR_PARAMETER],
    ["a blob outside RAM", gpu.guestBlob(2, PAGE, [[0xb0000, PAGE]]), ERR_PARAMETER],
    ["a blob that ends outside RAM", gpu.guestBlob(2, PAGE, [[0x9f800, PAGE]]), ERR_PARAMETER],
    ["a page at the end of addresses", command(0x10c, [2, 1, 1, 1, 0n, 1n, -1n, 9, 0]), ERR_PARAMETER],
    ["more pages than are listed", command(0x10c, [2, 1, 1, 0xffffffff, 0n, 4096n]), ERR_PARAMETER],
    ["a blob of a size beyond numbers", command(0x10c, [2, 2, 3, 0, 5n, -1n], { context: 1 }), ERR_PARAMETER],
    ["a host blob with pages", command(0x10c, [2, 2, 3, 1, 5n, 4096n, 0n, 0n], { context: 1 }), ERR_PARAMETER],
    ["both kinds of memory", command(0x10c, [2, 3, 3, 0, 5n, 4096n], { context: 1 }), ERR_PARAMETER],
    ["a host blob of no context", gpu.hostBlob(2, 2, 5, PAGE), ERR_CONTEXT],
    ["a host blob that its context does not know", gpu.hostBlob(1, 2, 5, PAGE), ERR_PARAMETER],
    ["mapping no resource", gpu.map(2, 0), ERR_RESOURCE],
    ["mapping a guest blob", gpu.map(1, 0), ERR_PARAMETER],
    ["unmapping what is not mapped", gpu.unmap(1), ERR_PARAMETER],
    ["giving up no resource", gpu.unref(2), ERR_RESOURCE],
  ];
  for (const [what, bytes, error] of cases) assert.equal(await guest.run(bytes), error, what);
  assert.deepEqual(guest.device.usage, { contexts: 1, resources: 1, hostBytes: 0, maps: 0, fences: 0 });
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(4))), OK);
});

test("a command larger than any that makes sense is not read", async (t) => {
  const guest = await GpuGuest.boot(t);
  await guest.run(gpu.createContext(1));
  await guest.run(gpu.submit(1, Buffer.from("before")));
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(1_500_000))), ERR_UNSPEC);
  assert.equal(guest.types.last.commands.length, 1);
});

test("what a context throws is the guest's error, and a line in the log", async (t) => {
  const guest = await GpuGuest.boot(t);
  guest.types.onCreate = () => {
    throw new Error("no compositor");
  };
  assert.equal(await guest.run(gpu.createContext(1)), ERR_UNSPEC);
  assert.match(guest.warnings[0] ?? "", /no compositor/);
  guest.types.onCreate = (context) => {
    context.onSubmit = () => {
      throw new Error("broken");
    };
  };
  await guest.run(gpu.createContext(1));
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(4))), ERR_UNSPEC);
  assert.match(guest.warnings[1] ?? "", /0x207: broken/);
  guest.types.last.onSubmit = () => false;
  assert.equal(await guest.run(gpu.submit(1, Buffer.alloc(4))), ERR_UNSPEC);
});

test("the cursor's queue answers, and shows nothing", async (t) => {
  const guest = await GpuGuest.boot(t);
  assert.equal(typeOf(await guest.cursor.command(command(0x300, [0, 0, 0, 0, 0, 0, 0, 0]))), OK);
});

/** Runs many commands, several at a time. @returns the types of the answers */
async function burst(guest: GpuGuest, commands: readonly Buffer[]): Promise<number[]> {
  const results: number[] = [];
  for (let at = 0; at < commands.length; at += 128) {
    results.push(...(await Promise.all(commands.slice(at, at + 128).map((one) => guest.run(one)))));
  }
  return results;
}

const several = (count: number, make: (i: number) => Buffer): Buffer[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));

test("contexts have a limit", async (t) => {
  const guest = await GpuGuest.boot(t);
  const types = await burst(
    guest,
    several(600, (i) => gpu.createContext(i)),
  );
  assert.equal(types.filter((type) => type === OK).length, 512);
  assert.ok(types.slice(512).every((type) => type === ERR_OUT_OF_MEMORY));
});

test("whatever some contexts take, the next one gets as many resources as any of them still could", async (t) => {
  const guest = await GpuGuest.boot(t);
  const page = guest.page(0);
  let id = 0;
  /** As Linux does it: a blob of nobody's, and then whose it is. @returns how many of them it got */
  const take = async (context: number, count: number): Promise<number> => {
    await guest.run(gpu.createContext(context));
    const first = id + 1;
    id += count;
    await burst(
      guest,
      Array.from({ length: count }, (_, i) => [
        gpu.guestBlob(first + i, 1, [[page, 1]]),
        gpu.attach(context, first + i),
      ]).flat(),
    );
    return guest.types.last.setup.attached.size;
  };
  assert.equal(await take(1, 9000), 8192, "half of all that there are");
  assert.equal(guest.device.usage.resources, 8192, "what nobody is charged for is gone");
  assert.equal(await take(2, 9000), 4096, "half of what is left");
  assert.equal(await take(3, 2), 2);
  // Linux makes them also for programs whose context was refused.
  await burst(
    guest,
    several(5000, (i) => gpu.guestBlob(100_000 + i, 1, [[page, 1]])).flatMap((blob, i) => [
      blob,
      gpu.attach(99, 100_001 + i),
    ]),
  );
  assert.equal(await take(4, 2), 2);
  await guest.run(gpu.destroyContext(1));
  for (let resource = 1; resource <= 8192; resource += 128) {
    await burst(
      guest,
      several(128, (i) => gpu.unref(resource + i - 1)),
    );
  }
  assert.equal(guest.device.usage.resources, 4100);
  assert.equal(await take(5, 9000), 6142, "what one gives back others may have");
});

test("pieces of guest memory and descriptors are shared in the same way", async (t) => {
  const guest = await GpuGuest.boot(t);
  // Pages that do not lie side by side are pieces of their own.
  const scattered = Array.from({ length: 400 }, (_, i): [number, number] => [guest.page(2 * i), PAGE]);
  for (const context of [1, 2]) await guest.run(gpu.createContext(context));
  const blob = (id: number, context: number): Buffer[] => [gpu.guestBlob(id, PAGE, scattered), gpu.attach(context, id)];
  await burst(guest, Array.from({ length: 350 }, (_, i) => blob(i + 1, 1)).flat());
  const [hog, other] = guest.types.contexts as [FakeContext, FakeContext];
  assert.equal(hog.setup.attached.size, Math.floor(2 ** 17 / 400));
  await burst(guest, blob(1000, 2));
  assert.equal(other.setup.attached.size, 1);

  const half = Math.floor(softFdLimit() / 2);
  assert.ok(!hog.setup.descriptors.tryTake(half / 2 + 1));
  assert.ok(hog.setup.descriptors.tryTake(Math.floor(half / 2)));
  assert.ok(!other.setup.descriptors.tryTake(half / 4 + 1));
  assert.ok(other.setup.descriptors.tryTake(Math.floor(half / 4)));
});
