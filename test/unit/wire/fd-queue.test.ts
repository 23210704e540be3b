// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fd } from "../../../src/native/fd.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";
import { contentOf, fileWith, openDescriptors } from "../../support/descriptors.ts";

describe("FdQueue", () => {
  it("returns descriptors in order, also across many", () => {
    const queue = new FdQueue();
    const before = openDescriptors();
    let next = 0;
    for (let i = 0; i < 700; i++) {
      queue.push(fileWith(String(i)).take());
      // Two stay behind, so that it never is empty in between.
      if (queue.length > 2) assert.equal(contentOf(queue.take()), String(next++));
    }
    assert.equal(contentOf(new Fd(queue.shift())), String(next++));
    assert.equal(queue.length, 1);
    assert.equal(contentOf(queue.take()), "699");
    assert.deepEqual(openDescriptors(), before);
  });

  it("holds more than a thousand at once", () => {
    const queue = new FdQueue();
    const source = fileWith("same");
    for (let i = 0; i < 1100; i++) queue.push(source.duplicate().take());
    queue.closeFirst(600);
    assert.equal(queue.length, 500);
    queue.clear();
    assert.equal(queue.length, 0);
    source.close();
  });

  it("lends one without giving it away", () => {
    const queue = new FdQueue();
    for (const content of ["a", "b", "c"]) queue.push(fileWith(content).take());
    contentOf(queue.take());
    const lent = queue.peek(1);
    queue.closeFirst(1);
    assert.equal(queue.shift(), lent);
    assert.equal(contentOf(new Fd(lent)), "c");
  });

  it("closes what is left in it", () => {
    const before = openDescriptors();
    const queue = new FdQueue();
    for (let i = 0; i < 5; i++) queue.push(fileWith("").take());
    queue.closeFirst(2);
    queue.clear();
    assert.deepEqual(openDescriptors(), before);
  });

  it("says that it is empty rather than return what it does not have", () => {
    const queue = new FdQueue();
    assert.throws(() => queue.shift(), RangeError);
    assert.throws(() => queue.take(), RangeError);
  });
});
