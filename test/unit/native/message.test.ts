// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { receive, send, setSoftFdLimit, shutdown, softFdLimit } from "../../../src/native/socket.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { turnUntil } from "../../support/patience.ts";
import { flags, pair, temporaryDirectory } from "./support.ts";

const { EAGAIN, EBADF, ECONNRESET, EMFILE, EMSGSIZE, EPIPE } = constants.errno;
const NO_FDS = new Int32Array(0);

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function sendText(fd: Fd, content: string, ...fds: number[]): number {
  const bytes = text(content);
  return send(fd.raw, bytes, 0, bytes.length, Int32Array.from(fds), fds.length);
}

interface Received {
  status: number;
  text: string;
  fds: number[];
}

function receiveText(fd: Fd, length = 4096): Received {
  const bytes = new Uint8Array(length);
  const fds = new Int32Array(29).fill(-1);
  const status = receive(fd.raw, bytes, 0, length, fds);
  const count = fds[0] as number;
  return {
    status,
    text: new TextDecoder().decode(bytes.subarray(0, Math.max(status, 0))),
    fds: [...fds.subarray(1, 1 + count)],
  };
}

/** So many different open files, which are closed when the test ends. */
function files(t: TestContext, count: number): number[] {
  const directory = temporaryDirectory(t);
  return Array.from({ length: count }, (_, i) => {
    const fd = openSync(join(directory, `${i}`), "w");
    t.after(() => closeSync(fd));
    return fd;
  });
}

const inode = (fd: number): number => fstatSync(fd).ino;

test("bytes go from the given place to the given place, and nothing around it is touched", (t) => {
  const [a, b] = pair(t);
  assert.equal(send(a.raw, text("..payload.."), 2, 7, NO_FDS, 0), 7);
  const bytes = text("-----------");
  const fds = new Int32Array(29).fill(-1);
  assert.equal(receive(b.raw, bytes, 3, 7, fds), 7);
  assert.equal(new TextDecoder().decode(bytes), "---payload-");
  assert.deepEqual([...fds.subarray(0, 2)], [0, -1]);
});

test("descriptors arrive no later than the message that they belong to, in order, closed on exec", (t) => {
  const [a, b] = pair(t);
  const [first, second, third] = files(t, 3) as [number, number, number];
  sendText(a, "plain one ");
  sendText(a, "with one ", first);
  sendText(a, "plain two ");
  sendText(a, "with two ", second, third);
  sendText(a, "plain three");

  const arrived: number[] = [];
  let stream = "";
  for (let chunk = receiveText(b); chunk.status > 0; chunk = receiveText(b)) {
    stream += chunk.text;
    for (const fd of chunk.fds) {
      assert.equal(flags(fd).closeOnExec, true);
      arrived.push(inode(fd));
      closeSync(fd);
    }
    if (stream.includes("with one")) assert.deepEqual(arrived.slice(0, 1), [inode(first)]);
    if (stream.includes("with two")) assert.deepEqual(arrived.slice(1), [inode(second), inode(third)]);
  }
  assert.equal(stream, "plain one with one plain two with two plain three");
  assert.equal(arrived.length, 3);
});

test("28 descriptors cross with one message, and sending leaves the sender's own open", (t) => {
  const [a, b] = pair(t);
  const sent = files(t, 28);
  const before = openDescriptors();
  assert.equal(sendText(a, "x", ...sent), 1);
  const { status, fds } = receiveText(b);
  assert.equal(status, 1);
  assert.deepEqual(fds.map(inode), sent.map(inode));
  fds.forEach(closeSync);
  assert.deepEqual(openDescriptors(), before);
});

for (const count of [29, 100, 253]) {
  test(`a message with ${count} descriptors is refused where 28 have room, and none of them leaks`, (t) => {
    const [a, b] = pair(t);
    const [file] = files(t, 1) as [number];
    const before = openDescriptors();
    assert.equal(sendText(a, "x", ...new Array<number>(count).fill(file)), 1);
    assert.deepEqual(receiveText(b), { status: -EMSGSIZE, text: "", fds: [] });
    assert.deepEqual(openDescriptors(), before);
  });
}

test("a message whose descriptors exceed the limit of open files is refused, and none of them leaks", (t) => {
  const [a, b] = pair(t);
  const [file] = files(t, 1) as [number];
  const before = openDescriptors();
  assert.equal(sendText(a, "x", ...new Array<number>(8).fill(file)), 1);

  const probe = a.duplicate();
  const lowestFree = probe.raw;
  probe.close();
  const limit = softFdLimit();
  setSoftFdLimit(lowestFree + 3);
  const received = receiveText(b);
  setSoftFdLimit(limit);

  assert.deepEqual(received, { status: -EMFILE, text: "", fds: [] });
  assert.deepEqual(openDescriptors(), before);
});

test("a message brings as many descriptors as the kernel lets it carry", (t) => {
  const [a, b] = pair(t);
  const [file] = files(t, 1) as [number];
  const before = openDescriptors();
  assert.equal(sendText(a, "x", ...new Array<number>(253).fill(file)), 1);
  const fds = new Int32Array(254);
  assert.equal(receive(b.raw, new Uint8Array(8), 0, 8, fds), 1);
  assert.equal(fds[0], 253);
  for (const fd of fds.subarray(1)) {
    assert.equal(inode(fd), inode(file));
    closeSync(fd);
  }
  assert.deepEqual(openDescriptors(), before);
});

test("an empty socket says EAGAIN, a full one too, and takes more once it was read", (t) => {
  const [a, b] = pair(t);
  assert.equal(receiveText(b).status, -EAGAIN);
  const chunk = new Uint8Array(65536);
  let written = 0;
  let status = send(a.raw, chunk, 0, chunk.length, NO_FDS, 0);
  for (; status > 0; status = send(a.raw, chunk, 0, chunk.length, NO_FDS, 0)) written += status;
  assert.equal(status, -EAGAIN);

  let read = 0;
  while (read < written) read += receiveText(b, 65536).status;
  assert.equal(read, written);
  assert.equal(receiveText(b).status, -EAGAIN);
  assert.equal(sendText(a, "again"), 5);
});

test("a connection that was shut down carries what was sent before, either way, and no more", (t) => {
  const [a, b] = pair(t);
  sendText(a, "last words");
  sendText(b, "crossing words");
  shutdown(a.raw);
  assert.equal(receiveText(b).text, "last words");
  assert.equal(receiveText(b).status, 0);
  assert.equal(sendText(b, "too late"), -EPIPE);
  assert.equal(receiveText(a).text, "crossing words");
  assert.equal(receiveText(a).status, 0);
});

test("writing to a peer that is gone says EPIPE and raises no signal", async (t) => {
  const [a, b] = pair(t);
  const signals: string[] = [];
  const note = (signal: string): void => void signals.push(signal);
  for (const signal of ["SIGPIPE", "SIGWINCH"]) {
    process.on(signal, note);
    t.after(() => process.off(signal, note));
  }
  b.close();
  assert.equal(sendText(a, "x"), -EPIPE);
  // Node delivers signals in order: had there been a SIGPIPE, it would come before this one.
  process.kill(process.pid, "SIGWINCH");
  await turnUntil(() => signals.includes("SIGWINCH"), "SIGWINCH");
  assert.deepEqual(signals, ["SIGWINCH"]);
});

test("a peer that left without reading everything shows as ECONNRESET once its own words are read", (t) => {
  const [a, b] = pair(t);
  sendText(a, "never read");
  sendText(b, "parting words");
  b.close();
  assert.equal(receiveText(a).text, "parting words");
  assert.equal(receiveText(a).status, -ECONNRESET);
});

test("a descriptor that is not open is the kernel's refusal, not an exception", (t) => {
  const [a] = pair(t);
  const closed = a.duplicate();
  const raw = closed.raw;
  closed.close();
  assert.equal(receive(raw, new Uint8Array(1), 0, 1, new Int32Array(29)), -EBADF);
  assert.equal(send(raw, new Uint8Array(1), 0, 1, NO_FDS, 0), -EBADF);
  assert.equal(sendText(a, "x", raw), -EBADF);
});

test("arguments of the wrong kind throw a TypeError before anything is sent or received", (t) => {
  const [a, b] = pair(t);
  const bytes = new Uint8Array(16);
  const fds = new Int32Array(29);
  const detached = new Uint8Array(16);
  structuredClone(detached, { transfer: [detached.buffer] });
  sendText(b, "waiting");

  const common: [string, unknown[]][] = [
    ["no arguments", []],
    ["a negative fd", [-1, bytes, 0, 16]],
    ["a fractional fd", [a.raw + 0.5, bytes, 0, 16]],
    ["an fd beyond 32 bits", [2 ** 32 + a.raw, bytes, 0, 16]],
    ["NaN for an fd", [Number.NaN, bytes, 0, 16]],
    ["a string for an fd", [`${a.raw}`, bytes, 0, 16]],
    ["an array for bytes", [a.raw, [1, 2], 0, 1]],
    ["words for bytes", [a.raw, new Uint32Array(4), 0, 4]],
    ["a negative offset", [a.raw, bytes, -1, 16]],
    ["an offset beyond the end", [a.raw, bytes, 17, 1]],
    ["a length beyond the end", [a.raw, bytes, 0, 17]],
    ["offset and length beyond the end", [a.raw, bytes, 8, 9]],
    ["a length of nothing", [a.raw, bytes, 0, 0]],
    ["a huge length", [a.raw, bytes, 1, 2 ** 31 - 1]],
    ["bytes that were transferred away", [a.raw, detached, 0, 16]],
  ];
  for (const [what, args] of common) {
    assert.throws(() => Reflect.apply(receive, null, [...args, fds]), TypeError, `receive: ${what}`);
    assert.throws(() => Reflect.apply(send, null, [...args, fds, 0]), TypeError, `send: ${what}`);
  }
  for (const wrong of [new Int32Array(0), new Uint32Array(29), [], undefined]) {
    assert.throws(() => Reflect.apply(receive, null, [a.raw, bytes, 0, 16, wrong]), TypeError);
  }
  for (const [list, count] of [
    [fds, -1],
    [fds, 30],
    [fds, 1.5],
    [fds, undefined],
    [[a.raw], 1],
    [new Int32Array(300), 254],
  ]) {
    assert.throws(() => Reflect.apply(send, null, [a.raw, bytes, 0, 16, list, count]), TypeError);
  }
  assert.equal(receiveText(b).status, -EAGAIN);
  assert.equal(receiveText(a).text, "waiting");
});
