// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { closeReceived } from "../../../src/native/blocking.ts";
import { Fd } from "../../../src/native/fd.ts";
import { memfd } from "../../../src/native/memory.ts";
import { eventfd, namedPipe, pipe, readFd } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { FdWriter } from "../../../src/wire/fd-writer.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import { HangingFiles } from "../../support/hanging-files.ts";
import { scaled, turnUntil } from "../../support/patience.ts";
import { flags, temporaryDirectory } from "../native/support.ts";

const TEXT = Buffer.from("what was copied");

interface Written {
  readonly writer: FdWriter;
  /** Resolves to how many bytes were written when it is closed. */
  readonly closed: Promise<number>;
}

/** Writes to a descriptor, which is closed as that of a message is when it has been handled. */
function write(fd: Fd, data: Uint8Array): Written {
  let count = 0;
  let end: (count: number) => void = () => {};
  const closed = new Promise<number>((resolve) => {
    end = resolve;
  });
  const writer = new FdWriter(
    fd.raw,
    {},
    {
      written(more) {
        count += more;
      },
      closed: () => end(count),
    },
  );
  closeReceived(fd.take(), {});
  writer.add(data);
  writer.hangUp();
  return { writer, closed };
}

/** Reads everything that is in a pipe or socket. */
function drain(fd: Fd): string {
  const bytes = Buffer.alloc(65536);
  const count = readFd(fd.raw, bytes, 0, bytes.length);
  fd.close();
  return bytes.toString("latin1", 0, Math.max(count, 0));
}

/** A terminal whose user sees it in `screen`, and types into it. */
async function terminal(t: TestContext): Promise<{ path: string; type: (keys: string) => void; screen: () => string }> {
  const child = spawn("script", ["-qfc", "tty; exec cat >/dev/null", "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  await turnUntil(() => text.includes("\n"), "the terminal's name");
  const path = /\/dev\/pts\/\d+/.exec(text)?.[0] as string;
  return { path, type: (keys) => void child.stdin.write(keys), screen: () => text };
}

/** Whether a terminal takes nothing now. */
function refuses(fd: number): boolean {
  try {
    return writeSync(fd, ".") < 0;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "EAGAIN");
    return true;
  }
}

async function until(condition: () => boolean): Promise<void> {
  await turnUntil(condition, "the terminal");
}

describe("a writer", { timeout: scaled(60_000) }, () => {
  test("writes into whatever can be written to, whatever it is opened for beside that", async (t) => {
    const before = openDescriptors();
    const directory = temporaryDirectory(t);
    const path = join(directory, "file");
    for (const mode of ["w", "w+", "a"]) {
      writeFileSync(path, "");
      assert.equal(await write(new Fd(openSync(path, mode)), TEXT).closed, TEXT.length);
      assert.equal(readFileSync(path, "latin1"), String(TEXT), mode);
    }
    const [read, end] = pipe();
    assert.equal(await write(end, TEXT).closed, TEXT.length);
    assert.equal(drain(read), String(TEXT));
    const [one, other] = socketPair();
    assert.equal(await write(one, TEXT).closed, TEXT.length);
    assert.equal(drain(other), String(TEXT));
    const fifo = join(directory, "named");
    namedPipe(fifo).close();
    const named = new Fd(openSync(fifo, "r+"));
    assert.equal(await write(named.duplicate(), TEXT).closed, TEXT.length);
    assert.equal(drain(named), String(TEXT));
    using memory = memfd("test", 0);
    assert.equal(await write(memory.duplicate(), TEXT).closed, TEXT.length);
    assert.equal(readFileSync(`/proc/self/fd/${memory.raw}`, "latin1"), String(TEXT));
    assert.equal(await write(new Fd(openSync("/dev/null", "r+")), TEXT).closed, TEXT.length);
    memory.close();
    await untilOpen(before);
  });

  test("takes what cannot be written to for a reader that has gone", async () => {
    const before = openDescriptors();
    const [read, end] = pipe();
    const [left, broken] = pipe();
    left.close();
    const descriptors = {
      "the read end of a pipe": read.duplicate(),
      "a pipe without a reader": broken,
      "an eventfd": eventfd(),
      "a file for reading": new Fd(openSync(new URL(import.meta.url), "r")),
      "a directory": new Fd(openSync("/", "r")),
      "a path": new Fd(openSync("/", 0o10000000 /* O_PATH */)),
    };
    for (const [name, fd] of Object.entries(descriptors)) assert.equal(await write(fd, TEXT).closed, 0, name);
    end.close();
    assert.equal(drain(read), "", "nothing came out of a pipe's wrong end");
    await untilOpen(before);
  });

  test("leaves the mode of what it was given as it is", async () => {
    const open = openDescriptors();
    const [read, end] = pipe();
    const [one, other] = socketPair();
    for (const fd of [end, one]) {
      const before = flags(fd.raw).nonblocking;
      const writer = new FdWriter(fd.raw, {}, { written() {}, closed() {} });
      writer.add(Buffer.alloc(1 << 20));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(flags(fd.raw).nonblocking, before);
      writer.close();
      fd.close();
    }
    read.close();
    other.close();
    await untilOpen(open);
  });

  test("keeps nobody waiting for a file system that hangs", { skip: HangingFiles.unavailable }, async () => {
    const files = await HangingFiles.mount(4096);
    const before = openDescriptors();
    const hanging = files.open("r+");
    await files.hang();
    const stuck = write(hanging, TEXT);
    await files.asked("WRITE");
    const [read, end] = pipe();
    assert.equal(await write(end, TEXT).closed, TEXT.length);
    assert.equal(drain(read), String(TEXT));
    stuck.writer.close();
    assert.equal(await stuck.closed, 0);
    await files.answer();
    await untilOpen(before);
    await files.close();
  });

  test("waits for a terminal that its user has stopped, without keeping others waiting", async (t) => {
    const { path, type, screen } = await terminal(t);
    const given = new Fd(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
    const probe = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    t.after(() => closeSync(probe));
    type("\x13");
    await until(() => refuses(probe));
    const written = write(given, Buffer.from(`${"line\n".repeat(5000)}the end`));
    const [read, end] = pipe();
    assert.equal(await write(end, TEXT).closed, TEXT.length);
    read.close();
    assert.ok(written.writer.length > 0);
    type("\x11");
    await written.closed;
    await until(() => screen().includes("the end"));
  });
});
