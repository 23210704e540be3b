// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Signals } from "../../../../src/cli/vm/signals.ts";

const names = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;

/** Signals of this process, whose end is only noted. */
function signalsOf(context: TestContext): { signals: Signals; codes: unknown[] } {
  const before = new Map(names.map((name) => [name, process.listeners(name)]));
  const codes: unknown[] = [];
  context.mock.method(process, "exit", ((code: unknown) => codes.push(code)) as unknown as () => void);
  context.after(() => {
    for (const name of names)
      for (const listener of process.listeners(name))
        if (!before.get(name)?.includes(listener)) process.removeListener(name, listener);
  });
  return { signals: new Signals(), codes };
}

describe("the signals of a VM without a program", () => {
  it("ask it to end, and a second one ends it without what it holds", async (context) => {
    const { signals, codes } = signalsOf(context);
    process.emit("SIGINT", "SIGINT");
    assert.equal(await signals.stopped, 130);
    assert.deepEqual(codes, []);
    process.emit("SIGINT", "SIGINT");
    assert.deepEqual(codes, [130]);
  });

  it("are one with the SIGHUP that comes at the end of a session, however often", async (context) => {
    const { signals, codes } = signalsOf(context);
    for (const name of ["SIGTERM", "SIGHUP", "SIGHUP"] as const) process.emit(name, name);
    assert.equal(await signals.stopped, 143);
    assert.deepEqual(codes, []);
  });
});
