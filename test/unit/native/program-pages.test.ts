// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { ProgramPages } from "../../../src/native/program-pages.ts";

/** The bytes of files that this process has in memory. */
function fileBytes(): number {
  const [, kib] = /^RssFile:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
  return Number(kib) * 1024;
}

const modulePath = new URL("../../../src/native/program-pages.js", import.meta.url).href;

/** Gives the pages up in a process with that option of Node's, and runs some code again. */
function runWith(...options: string[]) {
  const script = `
    import { ProgramPages } from ${JSON.stringify(modulePath)};
    for (let i = 0; i < 3; i++) {
      ProgramPages.open().giveUp();
      console.log(JSON.parse(JSON.stringify({ text: "still here".normalize("NFD") })).text);
    }`;
  return spawnSync(process.execPath, [...options, "--input-type=module", "-e", script], { encoding: "utf8" });
}

describe("the pages of Node and its libraries", () => {
  it("leave our memory, and come back as far as they are needed", () => {
    using pages = ProgramPages.open();
    const before = fileBytes();
    pages?.giveUp();
    const after = fileBytes();
    assert.ok(after < before - 10 * 1024 * 1024, `${before} bytes became ${after}`);
  });

  it("stay where Node has moved its code into memory of its own", () => {
    const { stdout, signal, status } = runWith("--use-largepages=silent");
    assert.deepEqual({ stdout, signal, status }, { stdout: "still here\n".repeat(3), signal: null, status: 0 });
  });
});
