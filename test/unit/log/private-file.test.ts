// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { DumpFile } from "../../../src/log/dump-file.ts";
import { DumpLimit } from "../../../src/log/dump-limit.ts";
import { openPrivateFile } from "../../../src/log/private-file.ts";

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "private-file-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

describe("a private file", () => {
  it("is for our user alone, also when others could read it before, and begins anew if that is wanted", (context) => {
    const path = join(folderOf(context), "file");
    writeFileSync(path, "before");
    chmodSync(path, 0o644);
    const first = openPrivateFile(path, "append");
    writeSync(first, ", after");
    closeSync(first);
    assert.equal(readFileSync(path, "utf8"), "before, after");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    closeSync(openPrivateFile(path, "anew"));
    assert.equal(statSync(path).size, 0);
  });

  it("is neither a link to another file, nor one with a second name, nor a pipe, and those stay what they are", (context) => {
    const folder = folderOf(context);
    const victim = join(folder, "victim");
    writeFileSync(victim, "precious");
    chmodSync(victim, 0o644);
    symlinkSync(victim, join(folder, "link"));
    assert.throws(() => openPrivateFile(join(folder, "link"), "anew"), /link is a symbolic link/);
    linkSync(victim, join(folder, "twin"));
    assert.throws(() => openPrivateFile(join(folder, "twin"), "anew"), /twin has another name/);
    assert.equal(readFileSync(victim, "utf8"), "precious");
    assert.equal(statSync(victim).mode & 0o777, 0o644);
    const pipe = join(folder, "pipe");
    assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
    assert.throws(() => openPrivateFile(pipe, "anew"), /pipe is neither a file nor a device/);
    closeSync(openPrivateFile("/dev/null", "anew"));
  });
});

describe("a file of dumps", () => {
  it("gets another name when it is large, and there are never more than two", async (context) => {
    const path = join(folderOf(context), "log");
    const file = new DumpFile(path);
    await file.append(pieces("one ", "dump\n"));
    truncateSync(path, 17 * 1024 * 1024);
    await file.append(pieces("another\n"));
    file.appendNow("and another\n");
    assert.equal(readFileSync(path, "utf8"), "another\nand another\n");
    assert.equal(statSync(`${path}.1`).size, 17 * 1024 * 1024);
    truncateSync(path, 18 * 1024 * 1024);
    file.appendNow("the last\n");
    assert.equal(readFileSync(path, "utf8"), "the last\n");
    assert.equal(statSync(`${path}.1`).size, 18 * 1024 * 1024);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });
});

it("one dump is written for each reason and minute, some for all clients and others for defects, and those left out are counted", () => {
  let time = 5;
  const limit = new DumpLimit(() => time);
  assert.ok(limit.allows("client 1 (foot, pid 7) is disconnected: invalid object 77", false));
  assert.equal(limit.takeLeftOut(), "");
  assert.ok(!limit.allows("client 2 (foot, pid 8) is disconnected: invalid object 78", false));
  assert.ok(limit.allows("client 3 (gtk, pid 9) is disconnected: invalid object 77", false));
  assert.equal(limit.takeLeftOut(), "1 failure before it left no dump");
  const allowed = Array.from({ length: 100 }, (_, i) => limit.allows(`made up: ${"x".repeat(i)}`, false));
  assert.equal(allowed.filter((isAllowed) => isAllowed).length, 6);
  assert.equal(limit.takeLeftOut(), "94 failures before it left no dump");
  assert.ok(limit.allows("client 4 is disconnected by an internal error: made up", true));
  time += 60_000;
  assert.ok(limit.allows("client 4 (foot, pid 10) is disconnected: invalid object 77", false));
});
