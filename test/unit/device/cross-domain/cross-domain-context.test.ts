// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { crossDomain } from "../../../../src/device/cross-domain/cross-domain-context.ts";
import { Budgets } from "../../../../src/device/gpu/budget.ts";
import type { ContextType, Fence, GpuContext, Resource } from "../../../../src/device/gpu/context.ts";
import {
  MAX_COMMANDS,
  MAX_CONTEXT_FDS,
  MAX_CONTEXT_INPUT,
  MAX_CONTEXT_PIPES,
  MAX_CONTEXTS,
  MAX_GUEST_BACKLOG,
  MAX_GUEST_IMAGES,
  MAX_IMAGES,
  MAX_PIPE_QUEUE,
  MAX_TURN_MS,
} from "../../../../src/device/limits.ts";
import { Fd } from "../../../../src/native/fd.ts";
import { memfd, pageSize } from "../../../../src/native/memory.ts";
import { pipe, readFd } from "../../../../src/native/pipe.ts";
import { setSoftFdLimit, socketPair, softFdLimit } from "../../../../src/native/socket.ts";
import { FdQueue } from "../../../../src/wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../../../../src/wire/transport.ts";
import { contentOf, openDescriptors, untilOpen } from "../../../support/descriptors.ts";
import { HangingFiles } from "../../../support/hanging-files.ts";
import { turnUntil } from "../../../support/patience.ts";
import fc from "../../../support/random.ts";
import { temporaryDirectory } from "../../native/support.ts";

/** Of the file that can hang. */
const SIZE = 8192;
const skip = HangingFiles.unavailable;
let files: HangingFiles;
before(async () => {
  if (!skip) files = await HangingFiles.mount(SIZE);
});
after(async () => {
  if (!skip) await files.close();
});

const QUERY = 11;
const CHANNEL = 12;
const RECEIVE = 5;
const READ = 6;
const FIRST_READ_PIPE = 0x80000001;

function command(number: number, fields: readonly number[], data: Uint8Array = new Uint8Array(0)): Buffer {
  const size = 8 + 4 * fields.length + data.length;
  const head = Buffer.from(new Uint32Array([number | (size << 16), 0, ...fields]).buffer);
  return Buffer.concat([head, data]);
}

function send(text: string, identifiers: readonly [id: number, type: number][] = []): Buffer {
  const fields = new Array<number>(2 + 3 * 28).fill(0);
  fields[0] = identifiers.length;
  fields[1] = text.length;
  identifiers.forEach(([id, type], i) => {
    fields[2 + i] = id;
    fields[30 + i] = type;
  });
  return command(4, fields, Buffer.from(text));
}

/** A context whose rings are two pages, and the session's end of what it carries. */
class Stage {
  readonly query: Uint8Array = new Uint8Array(pageSize);
  readonly channel: Uint8Array = new Uint8Array(pageSize);
  readonly attached: Map<number, Resource> = new Map();
  readonly type: ContextType;
  readonly context: GpuContext;
  readonly warnings: string[] = [];
  /** The client that was connected last, and all of them. */
  client: Transport | null = null;
  readonly #clients: Transport[] = [];
  /** What tells the device that a session is over. */
  readonly #ends: (() => void)[] = [];
  readonly #budgets = new Budgets(0);
  readonly #contexts: GpuContext[] = [];
  /** The test closes it at its end. */
  readonly kept: Fd[] = [];
  completed = 0;
  readable = 0;

  constructor(t: TestContext) {
    const before = openDescriptors();
    this.attached.set(QUERY, { id: QUERY, size: pageSize, pieces: [this.query], fd: null, memory: null });
    this.attached.set(CHANNEL, { id: CHANNEL, size: pageSize, pieces: [this.channel], fd: null, memory: null });
    this.type = crossDomain({
      serve: async (client, _name, ended) => {
        this.client = client;
        this.#clients.push(client);
        this.#ends.push(ended);
        client.listen(
          () => {
            this.readable++;
          },
          () => {},
        );
      },
      warn: (text) => this.warnings.push(text),
    });
    this.context = this.#create();
    t.after(async () => {
      for (const context of this.#contexts) context.close();
      for (const client of this.#clients) client.close();
      for (const fd of this.kept) fd.close();
      for (const { fd } of this.attached.values()) fd?.close();
      await untilOpen(before);
    });
  }

  /** One more context, which is connected. */
  another(): GpuContext {
    const context = this.#create();
    this.connect(context);
    return context;
  }

  /** The session of the context that was connected first, and has not ended yet, ends. */
  endSession(): void {
    this.#ends.shift()?.();
  }

  #create(): GpuContext {
    const { descriptors, images } = this.#budgets.sharesOf("test");
    const id = this.#contexts.length + 1;
    const context = this.type.create({ id, name: "test", attached: this.attached, descriptors, images });
    this.#contexts.push(context);
    return context;
  }

  get transport(): Transport {
    assert.ok(this.client);
    return this.client;
  }

  connect(context: GpuContext = this.context): void {
    assert.ok(context.submit(command(1, [QUERY, CHANNEL, 1])));
  }

  /** One more event is waited for. */
  poll(context: GpuContext = this.context): void {
    const fence: Fence = {
      complete: () => {
        this.completed++;
      },
    };
    assert.ok(context.hold(1, fence));
  }

  /** Sends commands with a fence on ring 0. @returns whether that is done */
  fenced(...commands: readonly Buffer[]): () => boolean {
    let isDone = false;
    assert.ok(this.context.submit(Buffer.concat(commands)));
    const complete = (): void => {
      isDone = true;
    };
    assert.ok(this.context.hold(0, { complete }));
    return () => isDone;
  }

  /** The words of the message in the channel page. */
  get message(): DataView {
    return new DataView(this.channel.buffer);
  }

  received(): { text: string; fds: FdQueue } {
    const bytes = Buffer.alloc(65536);
    const fds = new FdQueue();
    const count = this.transport.receive(bytes, 0, bytes.length, fds);
    assert.ok(count >= 0, `receive says ${count}`);
    return { text: bytes.toString("utf8", 0, count), fds };
  }

  /** Sends from the session; @returns how much the guest took. */
  answer(text: string, ...fds: Fd[]): number {
    return this.#send(text, fds, false);
  }

  /** Sends a message that asks for data to be written into a descriptor. */
  ask(text: string, fd: Fd): number {
    return this.#send(text, [fd], true);
  }

  #send(text: string, fds: readonly Fd[], areSinks: boolean): number {
    const queue = new FdQueue();
    for (const fd of fds) queue.push(fd.take(), areSinks);
    const bytes = Buffer.from(text);
    try {
      return this.transport.send(bytes, 0, bytes.length, queue, fds.length);
    } finally {
      queue.clear();
    }
  }
}

test("a context that says INIT becomes a client; a second INIT, another channel or other rings are refused", (t) => {
  const stage = new Stage(t);
  for (const fields of [[QUERY, CHANNEL, 2], [QUERY, 99, 1], [99, CHANNEL, 1], [QUERY]]) {
    assert.equal(stage.context.submit(command(1, fields)), false);
  }
  assert.equal(stage.client, null);
  stage.connect();
  assert.ok(stage.client);
  assert.equal(stage.context.submit(command(1, [QUERY, CHANNEL, 1])), false);
});

test("what the guest sends arrives in order, blobs with it as descriptors of the same file", (t) => {
  const stage = new Stage(t);
  const blob = memfd("blob", pageSize);
  stage.attached.set(7, { id: 7, size: pageSize, pieces: [], fd: blob, memory: null });
  stage.connect();
  assert.ok(stage.context.submit(Buffer.concat([send("one"), send("two", [[7, 1]])])));
  assert.equal(stage.received().text, "one");
  const second = stage.received();
  assert.equal(second.text, "two");
  assert.equal(fstatSync(second.fds.peek(0)).ino, fstatSync(blob.raw).ino);
  second.fds.clear();
  assert.equal(stage.transport.receive(Buffer.alloc(4), 0, 4, new FdQueue()), EAGAIN);
});

test("a message with a descriptor that means nothing is refused whole, and leaves none open", (t) => {
  const stage = new Stage(t);
  stage.connect();
  for (const [id, type] of [
    [99, 1],
    [QUERY, 1],
    [FIRST_READ_PIPE + 5, 3],
    [1, 2],
  ] as const) {
    assert.equal(stage.context.submit(send("x", [[id, type]])), false);
  }
  assert.equal(stage.context.submit(send("", [])), false);
  assert.equal(stage.transport.receive(Buffer.alloc(4), 0, 4, new FdQueue()), EAGAIN);
});

test("the session's answers wait until the guest asks, and are cut to what a page holds", (t) => {
  const stage = new Stage(t);
  stage.connect();
  assert.equal(stage.answer("early"), EAGAIN);
  stage.poll();
  const long = "x".repeat(5000);
  assert.equal(stage.answer(long), pageSize - 352);
  assert.equal(stage.completed, 1);
  assert.equal(stage.message.getUint32(0, true), RECEIVE);
  assert.equal(stage.message.getUint32(12, true), pageSize - 352);
  assert.equal(stage.answer("more"), EAGAIN, "one event for one poll");
});

test("a guest that says that its channel is larger gets as much as that holds, however it lies in memory", async (t) => {
  const stage = new Stage(t);
  const size = 4 * pageSize;
  const pieces = [pageSize, 2 * pageSize, pageSize].map((length) => new Uint8Array(length));
  const channel: Resource = { id: CHANNEL, size, pieces, fd: null, memory: null };
  stage.attached.set(CHANNEL, channel);
  const init = (length: number): Buffer => command(1, [QUERY, CHANNEL, 1, 0, length]);
  for (const wrong of [0, pageSize - 1, size + 1, 2 ** 20]) assert.equal(stage.context.submit(init(wrong)), false);
  assert.ok(stage.context.submit(init(size)));
  const text = Array.from({ length: 6000 }, (_, i) => String(i).padStart(4)).join("");
  const received = (from: number, length: number): string =>
    Buffer.concat(pieces).toString("latin1", from, from + length);
  stage.poll();
  assert.equal(stage.answer(text), size - 352);
  assert.equal(Buffer.concat(pieces).readUInt32LE(0), RECEIVE);
  assert.equal(received(352, size - 352), text.slice(0, size - 352));

  assert.ok(stage.context.submit(send("receive", [[FIRST_READ_PIPE, 3]])));
  const write = stage.received().fds.shift();
  writeSync(write, text.repeat(2));
  stage.poll();
  await until(() => stage.completed === 2);
  assert.equal(Buffer.concat(pieces).readUInt32LE(0), READ);
  assert.equal(received(24, size - 24), text.slice(0, size - 24));
  closeSync(write);
});

test("an event costs what it carries, however many pieces the guest's channel lies in", async (t) => {
  const stage = new Stage(t);
  const page = new Uint8Array(pageSize);
  let looks = 0;
  const pieces = new Proxy(new Array<Uint8Array>(1000).fill(page), {
    get(target, key) {
      looks++;
      return Reflect.get(target, key);
    },
  });
  stage.attached.set(CHANNEL, { id: CHANNEL, size: 1000 * pageSize, pieces, fd: null, memory: null });
  stage.connect();
  stage.poll();
  assert.equal(stage.answer("a few bytes"), 11);
  assert.ok(looks < 100, `${looks} looks`);
});

test("a guest that does not say so gets a page, also when its channel is larger", (t) => {
  const stage = new Stage(t);
  const pieces = [new Uint8Array(4 * pageSize)];
  stage.attached.set(CHANNEL, { id: CHANNEL, size: 4 * pageSize, pieces, fd: null, memory: null });
  stage.connect();
  stage.poll();
  assert.equal(stage.answer("x".repeat(10_000)), 4096 - 352);
});

test("memory for the guest becomes a blob of its size, which can be claimed once", (t) => {
  const stage = new Stage(t);
  stage.connect();
  stage.poll();
  assert.equal(stage.answer("keymap", memfd("keymap", 5000)), 6);
  assert.equal(stage.message.getUint32(8, true), 1);
  const id = stage.message.getUint32(16, true);
  assert.equal(stage.message.getUint32(128, true), 1, "a blob");
  assert.equal(stage.message.getUint32(240, true), 5000);
  assert.equal(stage.context.createBlob(id, 4096), null, "another size");
  const fd = stage.context.createBlob(id, 8192);
  assert.equal(fstatSync((fd as Fd).raw).size, 5000);
  fd?.close();
  assert.equal(stage.context.createBlob(id, 8192), null);
});

test("a descriptor that the guest hangs up on is closed", (t) => {
  const stage = new Stage(t);
  stage.connect();
  stage.poll();
  stage.answer("keymap", memfd("keymap", 5000));
  const id = stage.message.getUint32(16, true);
  assert.ok(stage.context.submit(command(7, [id, 1, 0, 0])));
  assert.equal(stage.context.createBlob(id, 8192), null);
});

test("what a guest wrote before it ended still gets to its reader", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const [read, write] = pipe();
  stage.poll();
  stage.answer("send", write);
  const id = stage.message.getUint32(16, true);
  for (let i = 0; i < 50; i++) stage.context.submit(command(7, [id, 0, 4000, 0], Buffer.alloc(4000)));
  stage.context.close();
  assert.equal(await drained(read), 200_000);
});

test("images of the same needs share an id, and each blob of it is memory of its own that cannot shrink", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const r8 = 0x20203852;
  assert.ok(stage.context.submit(command(2, [1, 1, r8, 0x11])));
  assert.deepEqual(stage.query, new Uint8Array(pageSize), "no answer before the compositor is reached");
  await new Promise(setImmediate);
  const ask = (width: number, height: number): number => {
    assert.ok(stage.context.submit(command(2, [width, height, r8, 0x11])));
    return new DataView(stage.query.buffer).getUint32(48, true);
  };
  const id = ask(100_000, 1);
  assert.equal(ask(100_000, 1), id);
  assert.notEqual(ask(200_000, 1), id);
  const size = Number(new DataView(stage.query.buffer).getBigUint64(40, true));
  assert.equal(size, Math.ceil(200_000 / pageSize) * pageSize);
  const [first, second] = [stage.context.createBlob(id, 102_400), stage.context.createBlob(id, 102_400)] as [Fd, Fd];
  assert.notEqual(fstatSync(first.raw).ino, fstatSync(second.raw).ino);
  first.close();
  second.close();
  for (const [width, height, format] of [
    [0, 1, r8],
    [1, 0, r8],
    [1, 1, 0x3231564e],
    [0xffffffff, 0xffffffff, 0x48344241],
    [0x40000000, 1, 0x34325258],
  ] as const) {
    assert.equal(stage.context.submit(command(2, [width, height, format, 0])), false);
  }
});

test("clients of a guest together know only so many images, of which the last one gets its part", async (t) => {
  const stage = new Stage(t);
  const r8 = 0x20203852;
  /** Asks about images until there is no answer; @returns how many there were. */
  const askAll = (context: GpuContext): number => {
    let known = 0;
    while (known <= MAX_IMAGES && context.submit(command(2, [known + 1, 1, r8, 0]))) known++;
    return known;
  };
  const contexts = Array.from({ length: 24 }, () => stage.another());
  await new Promise(setImmediate);
  const known = contexts.map(askAll);
  assert.equal(known[0], MAX_IMAGES);
  assert.ok(known.reduce((sum, count) => sum + count, 0) <= MAX_GUEST_IMAGES);
  assert.ok((known.at(-1) as number) > 0);
  contexts.shift()?.close();
  const last = stage.another();
  await new Promise(setImmediate);
  assert.ok(askAll(last) >= MAX_IMAGES / 2, "there is room again");
});

test("a pipe that the guest sends brings it what is written there, and its end", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  assert.ok(stage.context.submit(send("receive", [[FIRST_READ_PIPE, 3]])));
  const { fds } = stage.received();
  const write = fds.shift();
  stage.poll();
  writeSync(write, "pasted");
  await until(() => stage.completed === 1);
  assert.equal(stage.message.getUint32(0, true), READ);
  assert.equal(stage.message.getUint32(8, true), FIRST_READ_PIPE);
  assert.equal(Buffer.from(stage.channel.subarray(24, 30)).toString(), "pasted");
  closeSync(write);
  stage.poll();
  await until(() => stage.completed === 2);
  assert.deepEqual([stage.message.getUint32(12, true), stage.message.getUint32(16, true)], [1, 0]);
});

test("a pipe that the session sends gets what the guest writes, also more than it holds, until the guest hangs up", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const [read, write] = pipe();
  stage.poll();
  assert.equal(stage.answer("send", write), 4);
  const id = stage.message.getUint32(16, true);
  assert.equal(stage.message.getUint32(128, true), 4, "a pipe to write to");
  const chunk = Buffer.alloc(4000, "ab");
  for (let i = 0; i < 100; i++) assert.ok(stage.context.submit(command(7, [id, 0, chunk.length, 0], chunk)));
  assert.ok(stage.context.submit(command(7, [id, 1, 0, 0])));
  assert.equal(await drained(read), 400_000);
  assert.equal(stage.context.submit(command(7, [id, 0, 0, 0])), false, "the id means nothing any more");
});

test("whatever a message asks to be written into gets what the guest writes, and a bad one costs nothing else", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const path = join(temporaryDirectory(t), "clipboard");
  const [near, far] = socketPair();
  const [read, unused] = pipe();
  unused.close();
  for (const fd of [new Fd(openSync(path, "w+")), near, read, memfd("sealed", 0)]) {
    stage.poll();
    stage.ask("send", fd);
    assert.equal(stage.message.getUint32(128, true), 4, "a pipe to write into");
    const id = stage.message.getUint32(16, true);
    assert.ok(stage.context.submit(command(7, [id, 1, 6, 0], Buffer.from("copied"))));
  }
  assert.equal(await drained(far), 6);
  await until(() => readFileSync(path, "latin1") === "copied");
  stage.poll();
  assert.equal(stage.answer("more"), 4);
});

test("a file that hangs keeps its own guest program waiting alone, to be read or written", { skip }, async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const fds = [files.open("r"), files.open("r+")] as const;
  await files.hang();
  stage.poll();
  assert.equal(stage.ask("send", fds[1]), 4);
  const id = stage.message.getUint32(16, true);
  assert.ok(stage.context.submit(command(7, [id, 0, 6, 0], Buffer.from("copied"))));
  await files.asked("WRITE");
  stage.poll();
  const queue = new FdQueue();
  queue.push(fds[0].take());
  assert.equal(stage.transport.send(Buffer.from("keymap"), 0, 6, queue, 1), EAGAIN);
  await files.asked("GETATTR");
  const first = stage.transport;
  const other = stage.another();
  stage.poll(other);
  assert.equal(stage.answer("text"), 4);
  await files.answer();
  await until(() => first.send(Buffer.from("keymap"), 0, 6, queue, 1) !== EAGAIN);
  queue.clear();
  assert.equal(stage.message.getUint32(240, true), SIZE);
  const copy = stage.context.createBlob(stage.message.getUint32(16, true), SIZE) as Fd;
  assert.equal(contentOf(copy).slice(0, 16), "copied: pixels: ");
});

test("the end of the session is an event without data; the end of the context is the end of the client's stream", (t) => {
  const stage = new Stage(t);
  stage.connect();
  stage.poll();
  stage.transport.close();
  assert.equal(stage.completed, 1);
  assert.deepEqual([stage.message.getUint32(8, true), stage.message.getUint32(12, true)], [0, 0]);

  const other = new Stage(t);
  other.connect();
  assert.ok(other.context.submit(send("last words")));
  other.context.close();
  assert.equal(other.received().text, "last words");
  assert.equal(other.received().text, "");
});

test("a guest that floods a session which does not read is cut off, and both ends learn it", (t) => {
  const stage = new Stage(t);
  stage.connect();
  const text = "x".repeat(65_000);
  for (let sent = 0; sent <= MAX_CONTEXT_INPUT; sent += text.length) stage.context.submit(send(text));
  assert.equal(stage.warnings.length, 1);
  stage.poll();
  assert.equal(stage.completed, 1, "it is told");
  assert.equal(stage.received().text, "", "the session's stream has ended, and with it the session");
  assert.ok(stage.answer("too late") < 0);
  assert.equal(stage.context.submit(send("more")), true);
  assert.equal(stage.received().text, "");
  stage.transport.close();
  stage.poll();
  assert.equal(stage.completed, 1, "it is told once");
});

test("what a flood of short messages takes is not only their text", (t) => {
  const stage = new Stage(t);
  stage.connect();
  const batch = Buffer.concat(Array.from({ length: 1000 }, () => send("x")));
  for (let sent = 0; sent <= MAX_CONTEXT_INPUT; sent += batch.length) stage.context.submit(batch);
  assert.equal(stage.warnings.length, 1);
});

test("a guest that floods a session with descriptors is cut off before the process has no more of them", (t) => {
  const stage = new Stage(t);
  const blob = memfd("blob", pageSize);
  stage.attached.set(7, { id: 7, size: pageSize, pieces: [], fd: blob, memory: null });
  stage.connect();
  const before = openDescriptors().length;
  const one = send("x", new Array<[number, number]>(28).fill([7, 1]));
  assert.equal(stage.context.submit(Buffer.concat(new Array<Buffer>(MAX_COMMANDS).fill(one))), false);
  assert.ok(openDescriptors().length <= before + MAX_CONTEXT_FDS);
  assert.equal(stage.warnings.length, 1);
  assert.equal(stage.received().text, "");
});

test("a message whose descriptors cannot all be had leaves none open, and those before it arrive", (t) => {
  const stage = new Stage(t);
  const blob = memfd("blob", pageSize);
  stage.attached.set(7, { id: 7, size: pageSize, pieces: [], fd: blob, memory: null });
  stage.connect();
  const texts: string[] = [];
  stage.transport.listen(
    () => texts.push(stage.received().text),
    () => {},
  );
  stage.transport.watch(true, false);
  const limit = softFdLimit();
  setSoftFdLimit(blob.raw + 10);
  t.after(() => setSoftFdLimit(limit));
  const many = send("x", new Array<[number, number]>(28).fill([7, 1]));
  assert.throws(() => stage.context.submit(Buffer.concat([send("before"), many])), /EMFILE/);
  setSoftFdLimit(limit);
  assert.deepEqual(texts, ["before"]);
});

test("a submission of more commands than any guest has is refused as a whole", (t) => {
  const stage = new Stage(t);
  stage.connect();
  const empty = Buffer.from([3, 0, 8, 0, 0, 0, 0, 0]);
  const commands = (count: number): Buffer => Buffer.concat(new Array<Buffer>(count).fill(empty));
  assert.equal(stage.context.submit(commands(MAX_COMMANDS)), true);
  assert.equal(stage.context.submit(Buffer.concat([send("lost"), commands(131_000)])), false);
  assert.equal(stage.transport.receive(Buffer.alloc(4), 0, 4, new FdQueue()), EAGAIN);
});

test("a session that takes its time over a guest's requests lets others have their turn", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  let text = "";
  stage.transport.listen(
    () => {
      const end = performance.now() + 2 * MAX_TURN_MS;
      while (performance.now() < end);
      text += stage.received().text;
    },
    () => {},
  );
  stage.transport.watch(true, false);
  assert.ok(stage.context.submit(Buffer.concat([send("a"), send("b"), send("c")])));
  assert.equal(text, "a", "the rest comes in later turns");
  assert.ok(stage.context.submit(send("d")));
  assert.equal(text, "a");
  stage.context.close();
  await until(() => text.length === 4);
  assert.equal(text, "abcd", "also when the guest is gone");
});

test("a guest has only so many pipes at once that it does not use", (t) => {
  const stage = new Stage(t);
  stage.connect();
  const sendPipe = (): void => {
    const [read, write] = pipe();
    stage.kept.push(read);
    stage.poll();
    stage.answer("send", write);
  };
  for (let i = 0; i < MAX_CONTEXT_PIPES; i++) sendPipe();
  assert.throws(sendPipe, /pipes/);
});

test("what nobody reads of a guest is bounded for all its contexts together, and others still get through", async (t) => {
  const stage = new Stage(t);
  const before = openDescriptors().length;
  const chunk = Buffer.alloc(60_000);
  let waiting = 0;
  for (let i = 0; i < 2 * (MAX_GUEST_BACKLOG / MAX_PIPE_QUEUE); i++) {
    const context = stage.another();
    const [read, end] = pipe();
    stage.kept.push(read);
    stage.poll(context);
    stage.answer("send", end);
    const id = stage.message.getUint32(16, true);
    let own = 0;
    while (own + chunk.length <= MAX_PIPE_QUEUE) {
      const taken = context.submit(command(7, [id, 0, chunk.length, 0], chunk));
      own = taken ? own + chunk.length : 0;
      if (!taken) break;
    }
    waiting += own;
  }
  assert.ok(waiting > 0.9 * MAX_GUEST_BACKLOG && waiting < 1.1 * MAX_GUEST_BACKLOG, `${waiting} bytes wait`);
  const other = stage.another();
  assert.ok(other.submit(send("hello")));
  assert.equal(stage.received().text, "hello");
  for (const read of stage.kept) read.close();
  await until(() => openDescriptors().length === before);
});

test("contexts that come and go leave no more sessions than there can be contexts", (t) => {
  const stage = new Stage(t);
  for (let i = 0; i < MAX_CONTEXTS; i++) stage.another().close();
  assert.equal(stage.context.submit(command(1, [QUERY, CHANNEL, 1])), false, "the sessions have not ended yet");
  stage.endSession();
  stage.connect();
});

test("a guest that waits for its commands is as slow as the session that takes them", (t) => {
  const stage = new Stage(t);
  stage.connect();
  const text = "x".repeat(60_000);
  const first = stage.fenced(send(text));
  assert.ok(first(), "a little may wait");
  // Both commands count, though the fence comes with the second.
  assert.ok(stage.context.submit(send(text)));
  const second = stage.fenced(send("y"));
  assert.ok(!second());
  // What carries no data is answered nevertheless: events may depend on it.
  const poll = stage.fenced(command(3, [0, 0]));
  assert.ok(poll());
  assert.equal(stage.received().text.length, 60_000);
  assert.ok(second());
  assert.deepEqual(stage.warnings, []);
});

test("a guest that copies is as slow as the reader of the pipe, and its requests are not", async (t) => {
  const stage = new Stage(t);
  stage.connect();
  const [read, write] = pipe();
  stage.poll();
  stage.answer("send", write);
  const id = stage.message.getUint32(16, true);
  const chunk = command(7, [id, 0, 4096, 0], Buffer.alloc(4096));
  let sent = 0;
  let isDone = (): boolean => true;
  while (isDone()) {
    isDone = stage.fenced(chunk);
    sent += 4096;
    assert.ok(sent < 1024 * 1024, "nobody reads, and nothing holds the guest");
    await new Promise(setImmediate);
  }
  assert.ok(stage.fenced(send("a request"))());
  assert.ok(!isDone());
  const buffer = new Uint8Array(65536);
  assert.ok(readFd(read.raw, buffer, 0, buffer.length) > 0);
  await until(isDone);
  // A reader that goes away lets the guest go on, too.
  let last = stage.fenced(chunk);
  while (last()) {
    last = stage.fenced(chunk);
    await new Promise(setImmediate);
  }
  read.close();
  await until(last);
});

test("no submission, however broken, does more than fail", (t) => {
  const anyCommand = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 13 }), fc.array(fc.nat(0xffffffff), { maxLength: 90 }), fc.nat(40))
      .map(([number, fields, cut]) => {
        const whole = command(number, fields);
        if (cut < 20) whole.writeUInt16LE((whole.length + cut) & 0xffff, 2);
        return whole;
      }),
    fc.tuple(fc.nat(30), fc.nat(7)).map(([id, type]) => send("data", [[id, type]])),
  );
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 20 }), (commands) => {
      const stage = new Stage(t);
      stage.context.submit(command(1, [QUERY, CHANNEL, 1]));
      for (const one of commands) stage.context.submit(one);
      stage.context.submit(Buffer.concat(commands));
      stage.context.close();
    }),
    { numRuns: 300 },
  );
});

/** Reads a pipe to its end; @returns how much came. */
async function drained(read: Fd): Promise<number> {
  let total = 0;
  const buffer = new Uint8Array(65536);
  for (;;) {
    const count = readFd(read.raw, buffer, 0, buffer.length);
    if (count === 0) break;
    if (count > 0) total += count;
    else await new Promise(setImmediate);
  }
  read.close();
  return total;
}

function until(condition: () => boolean): Promise<void> {
  return turnUntil(condition, "it");
}
