// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { silent } from "../../../src/log/logger.ts";
import { Fd } from "../../../src/native/fd.ts";
import { memfd } from "../../../src/native/memory.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { connectVirtio } from "../../../src/virtio/connect.ts";
import { ContextClosed } from "../../../src/virtio/context.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { HostMemoryError } from "../../../src/virtio/images.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { Owner, pattern } from "../../unit/virtio/support.ts";
import { openDescriptors } from "../descriptors.ts";
import { FakeDriver } from "../fake-driver.ts";
import { type CompositorFd, type FakeHostContext, hostKinds } from "../fake-virtio-host.ts";
import { nothingLeft, type Target } from "./fuzz.ts";
import { Random } from "./random.ts";

/** Those that say when they have lost the compositor, so that the end needs no patience. */
const kinds = Object.values(hostKinds).filter(({ end }) => end === "empty");

/** A message of the channel page, with numbers that may be anything. */
function anyMessage(random: Random): Buffer {
  const message = random.once(4) ? random.bytes(4096) : Buffer.alloc(4096);
  message[0] = random.pick([5, 5, 5, 6, 6, 0, 7, random.below(256)]);
  const number = (): number =>
    random.pick([0, 1, 2, 4, 28, 29, 100, 3744, 3745, 4072, 4096, 0xffffffff, random.word()]);
  for (const at of [8, 12, 16]) if (!random.once(3)) message.writeUInt32LE(number(), at);
  if (message[0] !== 5) message.writeUInt32LE(random.pick([2, 3, 0x80000001, 0x80000002, random.word()]), 8);
  for (let i = 0; i < 28; i++) {
    message.writeUInt32LE(random.pick([2, 3, 4, 0x80000001, random.word()]), 16 + 4 * i);
    message.writeUInt32LE(random.pick([1, 1, 3, 4, 4, 0, 2, random.word()]), 128 + 4 * i);
    message.writeUInt32LE(random.pick([0, 1, 4096, 65536, random.word()]), 240 + 4 * i);
  }
  return message.subarray(0, random.pick([8, 16, 24, 352, 4096]));
}

/** A client's connection, and what is at its other end. */
interface Pair {
  readonly owner: Owner;
  readonly host: FakeHostContext;
}

/** A host that is at fault, for one of two clients. */
class ChannelTarget implements Target {
  readonly name = "channel";

  async attempt(seed: number): Promise<void> {
    const random = new Random(seed);
    const before = openDescriptors();
    const driver = new FakeDriver(random.pick(kinds));
    const device = findDevice(driver);
    const connect = async (): Promise<Pair> => {
      const transport = await connectVirtio(device, new AbortController().signal, silent);
      return { owner: new Owner(transport), host: driver.contexts.at(-1) as FakeHostContext };
    };
    const other = await connect();
    const guilty = await connect();
    const sent: Buffer[] = [];
    const work: Promise<void>[] = [Promise.resolve()];
    for (let deed = 5 + random.below(60); deed > 0; deed--) {
      this.#do(guilty, random, work);
      if (random.once(2)) await setImmediate();
      if (!random.once(5)) continue;
      const bytes = pattern(1 + random.below(9000), deed);
      sent.push(bytes);
      other.host.send(bytes);
      await other.owner.send(bytes);
    }
    const expected = Buffer.concat(sent);
    assert.deepEqual(await other.owner.received(expected.length), expected, "the other client was disturbed");
    assert.deepEqual(other.host.stream, expected, "the other client's host was disturbed");
    assert.deepEqual(other.host.mistakes, []);
    for (const { owner, host } of [guilty, other]) {
      owner.fds.clear();
      host.end();
      owner.transport.close();
    }
    await Promise.all([...work, guilty.owner.transport.closed, other.owner.transport.closed]);
    assert.equal(driver.files.size, 0, "a context is left");
    driver.close();
    // A thread that was copying a file releases it.
    await nothingLeft(before);
    assert.equal(guilty.owner.transport.images.count, 0, "images are left");
  }

  async close(): Promise<void> {}

  /** Lets the host, or the client with it, do something. */
  #do({ owner, host }: Pair, random: Random, work: Promise<void>[]): void {
    switch (random.below(8)) {
      case 0:
        host.scribble(anyMessage(random));
        break;
      case 1:
        host.refusesBlobs = random.once(2);
        host.refusesImages = random.once(3);
        host.imageSize = random.once(2) ? null : BigInt(random.pick([0, 1, 4096, 4097, 2 ** 31, 2 ** 40, 2 ** 53]));
        break;
      case 2:
        work.push(allocate(owner, 1 + random.below(random.pick([10_000, 2 ** 31]))));
        break;
      case 3:
        host.send(
          random.bytes(1 + random.below(5000)),
          Array.from({ length: random.below(3) }, () => anyFd(random)),
        );
        break;
      case 4:
        // One after the other, as a session does.
        work[0] = (work[0] as Promise<void>).then(
          send.bind(null, owner, random.bytes(8 + random.below(100)), someFds(random)),
        );
        break;
      case 5:
        use(owner, host, random);
        break;
      default:
        host.tell(anyMessage(random));
    }
  }
}

async function allocate({ transport }: Owner, size: number): Promise<void> {
  try {
    (await transport.images.allocate(size)).close();
  } catch (error) {
    if (!(error instanceof HostMemoryError || error instanceof ContextClosed)) throw error;
  }
}

/** Makes a descriptor that a compositor may send. */
function anyFd(random: Random): CompositorFd {
  if (random.once(5)) return { type: "unknown", number: random.below(10) };
  if (random.once(2)) return { type: "memory", fd: memfd("a keymap", 4096), size: random.pick([0, 100, 4096]) };
  const [read, write] = pipe();
  read.close();
  return { type: "pipe", fd: write };
}

/** Sends something of the client's, with the end of a pipe or a file, as soon as it can be. */
async function send({ transport }: Owner, bytes: Buffer, fds: FdQueue): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const result = transport.send(bytes, at, bytes.length - at, fds, fds.length);
    if (result === EAGAIN) {
      await setImmediate();
      continue;
    }
    if (result < 0) break;
    fds.clear();
    at += result;
  }
  fds.clear();
}

/** Makes descriptors that a client may send along. */
function someFds(random: Random): FdQueue {
  const fds = new FdQueue();
  switch (random.below(4)) {
    case 0:
      fds.push(memfd("a file", random.pick([0, 100, 10_000])).take());
      break;
    case 1: {
      const [read, write] = pipe();
      read.close();
      fds.push(write.take());
    }
  }
  return fds;
}

/** Uses a descriptor that came from the host, as the client. */
function use({ fds }: Owner, host: FakeHostContext, random: Random): void {
  for (const { fd, type } of host.fds) if (type === "pipe" && fd.open && random.once(2)) fd.close();
  if (fds.length === 0) return;
  using fd = new Fd(fds.shift());
  const bytes = random.bytes(1 + random.below(6000));
  if (random.once(2)) writeFd(fd.raw, bytes, 0, bytes.length);
  else readFd(fd.raw, bytes, 0, bytes.length);
}

/** The guest's end of virtio-gpu's cross-domain contexts. */
export function channelTarget(): Target {
  return new ChannelTarget();
}
