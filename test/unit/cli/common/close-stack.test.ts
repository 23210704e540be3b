// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CloseStack } from "../../../../src/cli/common/close-stack.ts";

describe("a stack of what is to be closed", () => {
  it("closes the last first, and waits for each", async () => {
    const closed: string[] = [];
    const stack = new CloseStack();
    stack.defer(() => void closed.push("first"));
    assert.equal(stack.use(null), null);
    const slow = {
      async [Symbol.asyncDispose]() {
        await new Promise((resolve) => setImmediate(resolve));
        closed.push("slow");
      },
    };
    assert.equal(stack.use(slow), slow);
    stack.use({ [Symbol.dispose]: () => void closed.push("last") });
    assert.equal(stack.disposed, false);
    await stack.disposeAsync();
    assert.deepEqual(closed, ["last", "slow", "first"]);
    await stack.disposeAsync();
    assert.deepEqual(closed, ["last", "slow", "first"], "each once");
  });

  it("closes all of it, whatever fails, and reports what failed", async () => {
    const closed: string[] = [];
    const stack = new CloseStack();
    stack.defer(() => void closed.push("first"));
    stack.defer(() => Promise.reject(new Error("one")));
    await assert.rejects(stack.disposeAsync(), /^Error: one$/);
    assert.deepEqual(closed, ["first"]);
    const worse = new CloseStack();
    for (const name of ["one", "two"]) {
      worse.defer(() => {
        throw new Error(name);
      });
    }
    await assert.rejects(worse.disposeAsync(), ({ errors }: AggregateError) => {
      assert.deepEqual(
        errors.map(({ message }: Error) => message),
        ["two", "one"],
      );
      return true;
    });
  });

  it("takes nothing that it would never close", async () => {
    const stack = new CloseStack();
    await stack.disposeAsync();
    assert.equal(stack.disposed, true);
    assert.throws(() => stack.defer(() => {}), ReferenceError);
    assert.throws(() => stack.use(null), ReferenceError);
  });
});
