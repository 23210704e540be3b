// SPDX-License-Identifier: Apache-2.0
/** Whatever a guest writes, the device goes on, answers QEMU, and keeps its limits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { F_SEAL_SHRINK, memfd, seal } from "../../../src/native/memory.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { ringAddresses } from "../../support/fake-qemu.ts";
import { type CommandStyle, QUEUE_SIZE } from "../../support/fake-virtqueue.ts";
import { command, GpuGuest, gpu, OK, PAGE, WINDOW } from "../../support/gpu-guest.ts";
import { scaled, turnUntil } from "../../support/patience.ts";
import fc from "../../support/random.ts";

const RUNS = 150;

/** Few ids, so that commands meet; and the ends of the range. */
const id = fc.oneof({ weight: 9, arbitrary: fc.nat(5) }, fc.constantFrom(0xffffffff, 0x80000000));
const blobId = fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, fc.constantFrom(2 ** 40, 2 ** 53));
const size = fc.constantFrom(0, 1, 100, PAGE, PAGE + 1, 8 * PAGE, WINDOW, 2 ** 32, 2 ** 52);
const offset = fc.oneof(
  fc.nat(20).map((page) => page * PAGE),
  fc.constantFrom(1, WINDOW - PAGE, WINDOW, 2 ** 32, 2 ** 52),
);
const address = fc.oneof(
  fc.nat(100).map((page) => 2 ** 32 + page * PAGE),
  fc.constantFrom(0, 0x9f000, 0xb0000, 2 ** 32 + 16 * 1024 * 1024 - 10, 2 ** 40, 2 ** 52),
);
const entry = fc.tuple(address, fc.constantFrom(0, 1, PAGE, 0x100000, 0xffffffff));
const bytes = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));

const good: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: id.map((context) => gpu.createContext(context)) },
  id.map((context) => gpu.destroyContext(context)),
  { weight: 2, arbitrary: fc.tuple(id, id).map((ids) => gpu.attach(...ids)) },
  fc.tuple(id, id).map((ids) => gpu.detach(...ids)),
  { weight: 3, arbitrary: fc.tuple(id, size, fc.array(entry, { maxLength: 8 })).map((all) => gpu.guestBlob(...all)) },
  { weight: 5, arbitrary: fc.tuple(id, id, blobId, size, fc.nat(7)).map((all) => gpu.hostBlob(...all)) },
  id.map((resource) => gpu.unref(resource)),
  { weight: 4, arbitrary: fc.tuple(id, offset).map((all) => gpu.map(...all)) },
  { weight: 2, arbitrary: id.map((resource) => gpu.unmap(resource)) },
  { weight: 3, arbitrary: fc.tuple(id, fc.nat(1000)).map((all) => gpu.poll(...all)) },
  fc.tuple(id, bytes, fc.nat(1)).map(([context, commands, flags]) => gpu.submit(context, commands, { flags })),
  fc.constantFrom(gpu.capset(5), gpu.capsetInfo(0), gpu.displayInfo()),
);

/** A good command with some of its bytes changed, or cut off. */
const mutated = fc
  .tuple(good, fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }), fc.nat(130))
  .map(([original, changes, cut]) => {
    const copy = Buffer.from(original);
    for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
    return cut > 110 ? copy.subarray(0, Math.max(1, copy.length - (cut - 110))) : copy;
  });

const noise = fc.tuple(fc.integer({ min: 0xfe, max: 0x20c }), bytes).map(([type, tail]) => command(type, [], {}, tail));

const style: fc.Arbitrary<CommandStyle> = fc.record({
  split: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 5 }),
  direct: fc.boolean(),
  room: fc.constantFrom(0, 10, 24, 512, 512, 512),
});

/** A guest whose contexts do something with each command, and fail now and then. */
async function lively(guest: GpuGuest): Promise<void> {
  guest.types.onCreate = (context) => {
    if (guest.types.contexts.length % 13 === 12) throw new Error("no such compositor");
    context.blobs.set(1, (wanted) => {
      const fd = memfd("test", Math.ceil(wanted / PAGE) * PAGE);
      seal(fd.raw, F_SEAL_SHRINK);
      return fd;
    });
    context.blobs.set(2, () => memfd("test", 1234));
    context.blobs.set(3, () => {
      throw new Error("no such blob");
    });
    context.onSubmit = (commands) => {
      for (const { pieces } of context.setup.attached.values()) pieces[0]?.fill(commands.length);
      if (commands[0] === 7) throw new Error("no such command");
      context.fences.shift()?.fence.complete();
      return commands[0] !== 8;
    };
    const { onHold } = context;
    context.onHold = (ring, fence) => {
      const held = onHold(ring, fence);
      if (context.commands.length % 5 === 4) throw new Error("no such fence");
      if (context.commands.length % 3 === 2) {
        fence.complete();
        throw new Error("it is complete, and yet");
      }
      return held;
    };
  };
  await guest.qemu.realize();
  await guest.qemu.start(QUEUE_SIZE);
}

/** Runs `body` with a guest, which must be able to begin anew afterwards and leave nothing. */
async function survives(body: (guest: GpuGuest) => Promise<void>): Promise<void> {
  const before = openDescriptors();
  const guest = new GpuGuest();
  try {
    await lively(guest);
    await body(guest);
    const { contexts, resources, hostBytes, maps } = guest.device.usage;
    assert.ok(contexts <= 512 && resources <= 16_384 && hostBytes <= WINDOW && maps <= 480);
    await guest.reboot();
    assert.deepEqual(guest.device.usage, { contexts: 0, resources: 0, hostBytes: 0, maps: 0, fences: 0 });
    guest.types.onCreate = () => {};
    assert.equal(await guest.run(gpu.createContext(1)), OK);
    assert.equal(guest.qemu.crashed, null);
  } finally {
    guest.close();
  }
  assert.deepEqual(openDescriptors(), before);
}

test("every command is answered, however wrong, except those that a context holds", {
  timeout: scaled(60_000),
}, async () => {
  const stream = fc.array(fc.tuple(fc.oneof({ weight: 3, arbitrary: good }, mutated, noise), style), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(stream, (commands) =>
      survives(async (guest) => {
        let answered = 0;
        const answers = commands.map(([request, how]) => guest.send(request, how).then(() => answered++));
        const isDone = (): boolean => answered + guest.device.usage.fences === commands.length;
        await turnUntil(isDone, "the answers");
        for (let context = 0; context <= 5; context++) await guest.run(gpu.destroyContext(context));
        for (const high of [0xffffffff, 0x80000000]) await guest.run(gpu.destroyContext(high));
        await Promise.all(answers);
        assert.equal(guest.driver.strays, 0, "each buffer comes back once");
      }),
    ),
    { numRuns: RUNS },
  );
});

test("whatever stands in the rings and descriptors, QEMU is answered", { timeout: scaled(60_000) }, async () => {
  const place = fc.oneof(
    fc.nat(0x4000).map((at) => ringAddresses(0).descriptors + at),
    fc.nat(0x20000).map((at) => 2 ** 32 + at),
    fc.constantFrom(0n, 0xb0000, 2 ** 40, 0xffff_ffff_ffff_fff0n),
  );
  const length = fc.oneof(fc.nat(200), fc.constantFrom(0, 16, 160, 0x4000, 0xa0000, 0xffffffff));
  const index = fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, fc.nat(0xffff));
  const descriptor = fc.record({ address: place, length, flags: fc.nat(7), next: index });
  const inner = fc.array(descriptor, { minLength: 1, maxLength: 12 });
  const attempt = fc.record({
    outer: fc.array(fc.tuple(index, descriptor), { maxLength: 20 }),
    inner,
    heads: fc.array(index, { maxLength: 30 }),
    overstate: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -300, max: 300 })),
    content: mutated,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 4 }), (attempts) =>
      survives(async (guest) => {
        for (const one of attempts) {
          one.content.copy(guest.qemu.at(2 ** 32));
          for (const [i, description] of one.inner.entries()) guest.driver.describe(i, description, 2 ** 32 + 0x10000);
          for (const [i, description] of one.outer) if (i < 0x700) guest.driver.describe(i, description);
          for (const head of one.heads) guest.driver.offer(head);
          guest.driver.overstate(one.overstate);
          guest.driver.kick();
          await guest.qemu.readConfig();
        }
      }),
    ),
    { numRuns: RUNS },
  );
});

test("whatever QEMU says, the device answers or hangs up", { timeout: scaled(60_000) }, async () => {
  const request = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 50 }) }, fc.nat(0xffffffff));
  const word = fc.oneof(fc.nat(3), fc.constantFrom(0x100, 0xffffffff, 0x1000, 0x80000000));
  const payload = fc.array(word, { maxLength: 24 }).map((words) => Buffer.from(Uint32Array.from(words).buffer));
  const message = fc.tuple(request, payload, fc.nat(2));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), fc.option(bytes), async (messages, end) => {
      const before = openDescriptors();
      const guest = new GpuGuest();
      try {
        await lively(guest);
        await guest.run(gpu.createContext(1));
        for (const [number, content, fds] of messages) {
          const some = Array.from(
            { length: fds },
            (_, i) => (guest.qemu.events[i] as { kick: { raw: number } }).kick.raw,
          );
          guest.qemu.tell(number, content, some);
        }
        if (end === null) {
          await Promise.race([guest.qemu.ended(), guest.qemu.readConfig()]);
        } else {
          guest.qemu.tellRaw(end);
          guest.qemu.hangUp();
        }
      } finally {
        guest.close();
      }
      assert.deepEqual(openDescriptors(), before);
    }),
    { numRuns: RUNS },
  );
});
