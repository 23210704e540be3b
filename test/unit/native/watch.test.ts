// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { constants } from "node:os";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { native } from "../../../src/native/binding.ts";
import { Fd } from "../../../src/native/fd.ts";
import { eventfd, eventfdWrite } from "../../../src/native/pipe.ts";
import { receive, send, socketPair } from "../../../src/native/socket.ts";
import { EDGE, READABLE, Watch, WRITABLE } from "../../../src/native/watch.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { atEnd, pair } from "./support.ts";

const { EAGAIN, ECONNRESET } = constants.errno;
const NO_FDS = new Int32Array(0);
const THROWING_WATCH = fileURLToPath(new URL("./throwing-watch.js", import.meta.url));
const WATCHING_WORKER = new URL("./watching-worker.js", import.meta.url);

function write(fd: Fd, length = 1): number {
  return send(fd.raw, new Uint8Array(length), 0, length, NO_FDS, 0);
}

function read(fd: Fd, length = 65536): number {
  return receive(fd.raw, new Uint8Array(length), 0, length, new Int32Array(29));
}

/** A duplicate with this number, which is free. Lower ones may be, too: other threads of Node open files, and close them. */
function duplicateAs(fd: Fd, number: number): Fd {
  const lower: Fd[] = [];
  let one = fd.duplicate();
  for (; one.raw < number; one = fd.duplicate()) lower.push(one);
  for (const other of lower) other.close();
  assert.equal(one.raw, number);
  return one;
}

/** A watch, closed when the test ends, and its events one after the other. */
function observe(t: TestContext, fd: Fd): { watch: Watch; seen: number[]; next: () => Promise<number> } {
  const seen: number[] = [];
  let tell: ((events: number) => void) | null = null;
  const watch = new Watch(fd.raw, (events) => {
    seen.push(events);
    tell?.(events);
  });
  atEnd(t, () => watch.close());
  const next = (): Promise<number> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  return { watch, seen, next };
}

/** Waits until the event loop has asked the kernel for events, at least twice. */
async function polls(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("what arrives is announced until it is read", async (t) => {
  const [a, b] = pair(t);
  const { watch, seen, next } = observe(t, b);
  watch.set(READABLE);
  await polls();
  assert.deepEqual(seen, [], "nothing to read yet");

  write(a);
  assert.equal(await next(), READABLE);
  assert.equal(await next(), READABLE, "level-triggered: it was not read");
  assert.equal(read(b), 1);
  const calls = seen.length;
  await polls();
  assert.equal(seen.length, calls);
});

test("each writing to a counter is announced once, though nobody reads it, to whoever asks for what is new", async (t) => {
  const counter = eventfd();
  atEnd(t, () => counter.close());
  eventfdWrite(counter.raw);
  const { watch, seen, next } = observe(t, counter);
  watch.set(READABLE | EDGE);
  assert.equal(await next(), READABLE, "what was there before");
  for (let i = 2; i < 5; i++) {
    await polls();
    assert.equal(seen.length, i - 1);
    eventfdWrite(counter.raw);
    assert.equal(await next(), READABLE);
  }
  watch.set(READABLE);
  await next();
  assert.equal(await next(), READABLE, "until it is read, for whoever asks for what there is");
});

test("room to write is announced while there is room", async (t) => {
  const [a, b] = pair(t);
  let status = write(a, 65536);
  while (status > 0) status = write(a, 65536);
  assert.equal(status, -EAGAIN);
  const { watch, seen, next } = observe(t, a);
  watch.set(WRITABLE);
  await polls();
  assert.deepEqual(seen, [], "the socket is full");
  while (read(b) > 0);
  assert.equal(await next(), WRITABLE);
});

test("both ways are announced at once", async (t) => {
  const [a, b] = pair(t);
  const { watch, next } = observe(t, b);
  write(a);
  watch.set(READABLE | WRITABLE);
  assert.equal(await next(), READABLE | WRITABLE);
});

test("a watch that was set to nothing is silent, and speaks again when set", async (t) => {
  const [a, b] = pair(t);
  const { watch, seen, next } = observe(t, b);
  watch.set(READABLE);
  watch.set(0);
  write(a);
  a.close();
  await polls();
  assert.deepEqual(seen, []);
  watch.set(READABLE);
  assert.equal(await next(), READABLE);
});

test("a peer that hangs up makes the socket readable, and what it had sent comes first", async (t) => {
  const [a, b] = pair(t);
  const { watch, next } = observe(t, b);
  watch.set(READABLE);
  write(a, 3);
  a.close();
  assert.equal(await next(), READABLE);
  assert.equal(read(b), 3);
  assert.equal(await next(), READABLE);
  assert.equal(read(b), 0);
});

test("a peer that hangs up wakes whoever waits to write", async (t) => {
  const [a, b] = pair(t);
  while (write(a, 65536) > 0);
  const { watch, next } = observe(t, a);
  watch.set(WRITABLE);
  b.close();
  // Data of ours was unread: an error, which is reported as READABLE beside what was waited for.
  assert.equal(await next(), READABLE | WRITABLE);
});

test("a peer that leaves without reading does not cut off what it had sent, however slowly that is read", async (t) => {
  const [a, b] = pair(t);
  write(a);
  assert.equal(write(b, 5000), 5000);
  b.close();
  const { watch, next } = observe(t, a);
  watch.set(READABLE);
  for (let total = 0; total < 5000; total += 1000) {
    assert.equal(await next(), READABLE);
    assert.equal(read(a, 1000), 1000);
  }
  assert.equal(await next(), READABLE);
  assert.equal(read(a), -ECONNRESET);
});

test("a watch can be closed inside its own callback, and no call follows", async (t) => {
  const [a, b] = pair(t);
  write(a);
  let calls = 0;
  await new Promise<void>((resolve) => {
    const watch = new Watch(b.raw, () => {
      calls++;
      watch.close();
      watch.close();
      watch.set(READABLE);
      resolve();
    });
    watch.set(READABLE);
  });
  await polls();
  assert.equal(calls, 1);
});

test("the descriptor can be closed right after its watch, and its number watched anew at once", async (t) => {
  const before = openDescriptors();
  const [a, b] = pair(t);
  for (let round = 0; round < 50; round++) {
    const [c, d] = socketPair();
    // A duplicate that outlives the watch keeps the open file in epoll unless it was taken out by hand.
    const twin = d.duplicate();
    const old = new Watch(d.raw, () => assert.fail("an event of a closed watch"));
    old.set(READABLE);
    if (round % 2 === 0) await polls();
    write(c);
    old.close();
    const number = d.raw;
    d.close();

    using reused = duplicateAs(b, number);
    const { watch, seen, next } = observe(t, reused);
    watch.set(READABLE);
    await polls();
    assert.deepEqual(seen, [], "what the old socket has to read is no event of the new one");
    write(a);
    assert.equal(await next(), READABLE);
    assert.equal(read(reused), 1);
    watch.close();
    c.close();
    twin.close();
  }
  a.close();
  b.close();
  assert.deepEqual(openDescriptors(), before);
});

test("promises and ticks that a callback starts go on right after it", async (t) => {
  const [a, b] = pair(t);
  write(a);
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const watch = new Watch(b.raw, () => {
      watch.close();
      order.push("callback");
      setImmediate(() => {
        order.push("immediate");
        resolve();
      });
      Promise.resolve().then(() => order.push("promise"));
      process.nextTick(() => order.push("tick"));
    });
    watch.set(READABLE);
  });
  assert.deepEqual(order, ["callback", "tick", "promise", "immediate"]);
});

test("a watch that nobody refers to goes on, and is freed when it is closed", async (t) => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const [a, b] = pair(t);
  let calls = 0;
  // This is a function of its own, so that no variable here keeps the watch alive.
  const abandoned = ((): WeakRef<object> => {
    const watch = new Watch(b.raw, () => {
      read(b);
      if (++calls > 100) watch.close();
    });
    watch.set(READABLE);
    return new WeakRef(watch);
  })();
  for (let round = 1; round <= 101; round++) {
    write(a);
    await polls();
    collectGarbage();
    assert.equal(calls, round);
  }
  await polls();
  collectGarbage();
  assert.equal(abandoned.deref(), undefined);
});

test("an exception in a callback is an uncaughtException, and the watch goes on", () => {
  const child = spawnSync(process.execPath, [THROWING_WATCH, "caught"], { encoding: "utf8" });
  assert.equal(child.stdout, "caught: thrown by event 1\ncaught: thrown by event 2\nevent 3\n");
  assert.equal(child.stderr, "");
  assert.equal(child.status, 0);
});

test("an exception that nobody catches ends the process as any other does", () => {
  const child = spawnSync(process.execPath, [THROWING_WATCH], { encoding: "utf8" });
  assert.match(child.stderr, /Error: thrown by event 1/);
  assert.equal(child.status, 1);
});

for (const end of ["terminated", "exit"]) {
  test(`a worker thread that ends with an open watch leaves the process in order (${end})`, async (t) => {
    const [watched, other] = pair(t);
    const before = openDescriptors();
    const errors: unknown[] = [];
    const worker = new Worker(WATCHING_WORKER, { argv: [end, `${watched.raw}`, `${other.raw}`] });
    worker.on("error", (error) => errors.push(error));
    const exited = once(worker, "exit");
    await once(worker, "message");
    if (end === "terminated") await worker.terminate();
    await exited;
    assert.deepEqual(errors, []);
    assert.deepEqual(openDescriptors(), before);
  });
}

test("what cannot be watched is refused, and leaves the descriptor as it was", (t) => {
  const [a] = pair(t);
  const watch = new Watch(a.raw, () => {});
  watch.set(READABLE);
  assert.throws(() => new Watch(a.raw, () => {}).set(READABLE), { name: "SystemError", code: "EEXIST" });
  watch.close();
  new Watch(a.raw, () => {}).close();

  using file = new Fd(openSync(fileURLToPath(import.meta.url), "r"));
  assert.throws(() => new Watch(file.raw, () => {}), { code: "EPERM", syscall: "watch" });
  const raw = file.raw;
  file.close();
  assert.throws(() => new Watch(raw, () => {}), { code: "EBADF" });
});

test("arguments of the wrong kind throw a TypeError", (t) => {
  const [a] = pair(t);
  for (const args of [[], [a.raw], [-1, 1], ["1", 1], [a.raw, 4], [a.raw, -1]]) {
    assert.throws(() => Reflect.apply(native.watchOpen, null, args), TypeError);
  }
  const fd = a.raw;
  assert.equal(native.watchOpen(fd, 0), 0);
  for (const args of [[], [{}, 1], [null, 1], [fd], [fd, 4], [fd, -1], [fd, 1.5], [fd + 1, 1], [1e6, 1]]) {
    assert.throws(() => Reflect.apply(native.watchSet, null, args), TypeError);
  }
  assert.throws(() => Reflect.apply(native.watchClose, null, [{}]), TypeError);
  assert.equal(native.watchClose(fd), 0);
  assert.throws(() => native.watchClose(fd), TypeError);
  assert.throws(() => native.watchSet(fd, READABLE), TypeError);
});
