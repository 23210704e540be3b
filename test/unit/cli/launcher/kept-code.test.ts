// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { runScript } from "../../../../src/cli/launcher/kept-code.ts";

/** A folder with a script that asks for the module "answer" and returns what it got. */
function scriptOf(context: TestContext): { path: string; run: () => unknown; kept: () => string[]; wait: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "wp-code-"));
  context.after(() => rmSync(folder, { recursive: true }));
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const path = join(folder, "program.js");
  const text = 'const answer = () => require("answer"); globalThis.answered = answer() + fileUrl;';
  writeFileSync(path, `(function (require, fileUrl) { ${text} })`);
  // What was kept later than the script counts.
  utimesSync(path, 1, 1);
  const run = () => {
    runScript(path)((name) => `${name} for `, "file:///program");
    return (globalThis as { answered?: unknown }).answered;
  };
  const kept = () => readdirSync(folder).filter((name) => name !== "program.js");
  return { path, run, kept, wait: () => context.mock.timers.tick(3000) };
}

describe("a script with kept code", () => {
  it("runs, and keeps its code once it has run for a while", (context) => {
    const { run, kept, wait } = scriptOf(context);
    assert.equal(run(), "answer for file:///program");
    assert.deepEqual(kept(), []);
    wait();
    assert.deepEqual(kept(), [`program.js.${process.version}-${process.arch}.code`]);
  });

  it("runs with what was kept, which stays as it is", (context) => {
    const { path, run, kept, wait } = scriptOf(context);
    run();
    wait();
    const code = join(path, "..", kept()[0] ?? "");
    utimesSync(code, 2, 2);
    assert.equal(run(), "answer for file:///program");
    wait();
    assert.equal(statSync(code).mtimeMs, 2000);
  });

  it("compiles what is newer than its code, or what has code that V8 does not know, and keeps that", (context) => {
    const { path, run, kept, wait } = scriptOf(context);
    run();
    wait();
    const code = join(path, "..", kept()[0] ?? "");
    const good = readFileSync(code);
    for (const [bytes, time] of [
      [good, 0],
      [Buffer.from("nonsense"), 2],
      [good.subarray(0, good.length - 100), 2],
      [Buffer.alloc(0), 2],
    ] as const) {
      writeFileSync(code, bytes);
      // In one process, V8 would remember a script that it has compiled.
      writeFileSync(path, `${readFileSync(path, "utf8")}\n`);
      utimesSync(path, 1, 1);
      utimesSync(code, time, time);
      assert.equal(run(), "answer for file:///program");
      wait();
      assert.ok(statSync(code).mtimeMs > 2000, "it was kept anew");
      assert.ok(readFileSync(code).length > good.length / 2);
      assert.equal(kept().length, 1);
    }
  });

  it("runs where nobody may write", { skip: process.geteuid?.() === 0 && "root may write everywhere" }, (context) => {
    const { path, run, kept, wait } = scriptOf(context);
    chmodSync(join(path, ".."), 0o500);
    context.after(() => chmodSync(join(path, ".."), 0o700));
    assert.equal(run(), "answer for file:///program");
    wait();
    assert.deepEqual(kept(), []);
  });
});
