// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { consoleLines } from "../../../../src/cli/vm/console-lines.ts";

describe("the console of a VM", () => {
  it("is shown in whole lines that steer no terminal", () => {
    let shown = "";
    const add = consoleLines((text) => {
      shown += text;
    });
    add(Buffer.from("one\r\ntwo \x1b]0;title\x07"));
    assert.equal(shown, "one\n");
    add(Buffer.from(" \xc3", "latin1"));
    add(Buffer.from("\xa9\x9b2J\n", "latin1"));
    assert.equal(shown, "one\ntwo \\u{1b}]0;title\\u{7} é\ufffd2J\n");
  });

  it("holds no line back that has no end", () => {
    let shown = 0;
    const add = consoleLines((text) => {
      shown += text.length;
    });
    for (let round = 0; round < 1000; round++) add(Buffer.alloc(1000, "x"));
    assert.ok(shown > 990_000, `${shown}`);
  });
});
