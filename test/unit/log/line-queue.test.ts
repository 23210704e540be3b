// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { LineQueue } from "../../../src/log/line-queue.ts";
import { Fd } from "../../../src/native/fd.ts";
import { pipe, readFd } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { scaled } from "../../support/patience.ts";

const MIB = 1024 * 1024;
const LINE = `${"x".repeat(99)}\n`;

/** All that can be read now. */
function readNow(fd: Fd): string {
  const bytes = Buffer.alloc(64 * 1024);
  let text = "";
  for (;;) {
    const count = readFd(fd.raw, bytes, 0, bytes.length);
    if (count <= 0) return text;
    text += bytes.toString("latin1", 0, count);
  }
}

/** Reads until the queue has nothing left. */
async function readAll(fd: Fd, end: string): Promise<string> {
  let text = "";
  while (!text.includes(end)) {
    text += readNow(fd);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return text;
}

describe("lines for a reader that has stopped", () => {
  for (const [kind, ends] of [
    ["pipe", pipe],
    ["socket", socketPair],
  ] as const) {
    it(`wait for it in a ${kind} and a bounded memory, and beyond that are counted`, async () => {
      const [reader, writer] = ends();
      const queue = new LineQueue(writer.raw, (count) => `${count} left out\n`);
      const total = 200_000;
      for (let i = 0; i < total; i++) queue.write(LINE);
      queue.write("not this one\n");
      const text = await readAll(reader, "left out");
      const lines = text.split("\n").filter((line) => line !== "");
      const left = Number(/(\d+) left out\n$/.exec(text)?.[1]);
      assert.ok(text.length > 4 * MIB && text.length < 5 * MIB, `${text.length} bytes were kept`);
      assert.equal(lines.length - 1 + left, total + 1);
      assert.equal(new Set(lines.slice(0, -1)).size, 1, "what is there is whole");
      queue.write("and on\n");
      assert.equal(await readAll(reader, "and on"), "and on\n");
      queue.finish();
      reader.close();
      writer.close();
    });
  }

  it("are waited for no longer than a moment at the end", () => {
    const [reader, writer] = pipe();
    const queue = new LineQueue(writer.raw, (count) => `${count} left out\n`);
    for (let i = 0; i < 10_000; i++) queue.write(LINE);
    const start = performance.now();
    queue.finish();
    const took = performance.now() - start;
    assert.ok(took >= 400 && took < scaled(20_000), `${took} ms`);
    reader.close();
    writer.close();
  });

  it("go nowhere once the reader is gone", () => {
    const [reader, writer] = pipe();
    const queue = new LineQueue(writer.raw, () => "");
    reader.close();
    queue.write(LINE);
    queue.write(LINE);
    queue.finish();
    writer.close();
  });
});

it("a writer that can wait learns when there is room for much", async () => {
  const [reader, writer] = pipe();
  const queue = new LineQueue(writer.raw, () => "");
  await queue.room();
  while (readNow(reader) !== "") {}
  for (let i = 0; i < 30_000; i++) queue.write(LINE);
  let isRoom = false;
  const room = queue.room().then(() => {
    isRoom = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isRoom, false);
  while (!isRoom) {
    readNow(reader);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await room;
  queue.finish();
  reader.close();
  writer.close();
});

it("lines for a file are there at once, behind what others have written to it", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "line-queue-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "log");
  writeFileSync(path, "before\n");
  const fd = new Fd(openSync(path, "a"));
  new LineQueue(fd.raw, () => "").write("now\n");
  assert.equal(readFileSync(path, "utf8"), "before\nnow\n");
  fd.close();
});
