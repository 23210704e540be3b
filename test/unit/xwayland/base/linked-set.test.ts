// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LinkedSet } from "../../../../src/xwayland/base/linked-set.ts";

function setOf(text: string): LinkedSet<string> {
  const set = new LinkedSet<string>();
  for (const letter of text) set.push(letter);
  return set;
}

const both = (set: LinkedSet<string>): string => `${[...set].join("")} ${[...set.backwards()].join("")}`;

describe("a linked set", () => {
  it("has each value once, in the order in which they were put at its end", () => {
    const set = setOf("abcab");
    assert.equal(both(set), "cab bac");
    assert.equal(set.size, 3);
    assert.ok(set.has("a") && !set.has("d"));
  });

  it("puts a value behind another one, or at the beginning", () => {
    const set = setOf("abcd");
    set.putBehind("d", "a");
    assert.equal(both(set), "adbc cbda");
    set.putBehind("c", "not in it");
    assert.equal(both(set), "cadb bdac");
    set.putBehind("c", "b");
    assert.equal(both(set), "adbc cbda");
  });

  it("gives up values at either end and between", () => {
    const set = setOf("abcde");
    for (const letter of "ace") assert.equal(set.delete(letter), true);
    assert.equal(set.delete("a"), false);
    assert.equal(both(set), "bd db");
    set.delete("b");
    set.delete("d");
    assert.equal(both(set), " ");
    set.push("f");
    assert.equal(both(set), "f f");
  });

  it("returns the last few", () => {
    assert.deepEqual(setOf("abcde").latest(2), ["d", "e"]);
    assert.deepEqual(setOf("ab").latest(5), ["a", "b"]);
  });
});
