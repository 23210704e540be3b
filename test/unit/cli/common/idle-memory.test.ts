// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Session } from "node:inspector";
import { describe, it, type TestContext } from "node:test";
import { IdleMemory } from "../../../../src/cli/common/idle-memory.ts";
import { eventually } from "../../../support/eventually.ts";

/** Counts how often V8 is asked to collect garbage. */
function countAsked(t: TestContext): () => number {
  const { mock } = t.mock.method(Session.prototype, "post");
  return () => mock.callCount();
}

/** Lets what was asked for begin: the inspector is loaded first. */
async function nextTurns(): Promise<void> {
  await import("node:inspector");
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
}

describe("the memory of a program", { skip: !process.features.inspector }, () => {
  it("is given back when the last client has gone", async (t) => {
    const asked = countAsked(t);
    let clients = 1;
    using memory = new IdleMemory(() => clients === 0);
    await memory.giveBack();
    assert.equal(asked(), 0);
    clients = 0;
    memory.counted();
    await eventually("a collection", () => asked() === 1);
  });

  it("is not collected in a short pause between clients, once the start's is given back", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const asked = countAsked(t);
    using _memory = new IdleMemory(() => true);
    t.mock.timers.tick(499);
    assert.equal(asked(), 0);
    t.mock.timers.tick(1);
    await nextTurns();
    assert.equal(asked(), 1, "what the start has left");
    const used = Buffer.alloc(64 * 1024 * 1024, 1);
    t.mock.timers.tick(4499);
    await nextTurns();
    assert.equal(asked(), 1, "in a pause");
    t.mock.timers.tick(1);
    await nextTurns();
    assert.equal(asked(), 2, "at rest");
    assert.equal(used[0], 1);
  });

  it("is not given back again before it has grown", async (t) => {
    const asked = countAsked(t);
    using memory = new IdleMemory(() => true);
    await memory.giveBack();
    await memory.giveBack();
    assert.equal(asked(), 1);
    const used = Buffer.alloc(64 * 1024 * 1024, 1);
    await memory.giveBack();
    assert.equal(asked(), 2);
    assert.equal(used[0], 1);
  });

  it("is given back once, though two ask for it at the same time", async (t) => {
    const asked = countAsked(t);
    using memory = new IdleMemory(() => true);
    await Promise.all([memory.giveBack(), memory.giveBack()]);
    assert.equal(asked(), 1);
  });

  it("is followed by preparing for the next client, each time that clients have been there", async () => {
    let prepared = 0;
    using memory = new IdleMemory(
      () => true,
      null,
      async () => void prepared++,
    );
    await memory.giveBack();
    assert.equal(prepared, 1);
    await memory.giveBack();
    assert.equal(prepared, 1);
    memory.counted();
    await memory.giveBack();
    assert.equal(prepared, 2);
  });

  it("is no longer given back once a client has come meanwhile, and is when that has gone", async () => {
    let clients = 0;
    let prepared = 0;
    using memory = new IdleMemory(
      () => clients === 0,
      null,
      async () => void prepared++,
    );
    const underway = memory.giveBack();
    clients = 1;
    memory.counted();
    await underway;
    assert.equal(prepared, 0);
    clients = 0;
    memory.counted();
    await memory.giveBack();
    assert.equal(prepared, 1);
  });

  it("stays once the program ends", async (t) => {
    const asked = countAsked(t);
    const memory = new IdleMemory(() => true);
    memory[Symbol.dispose]();
    memory.counted();
    await memory.giveBack();
    assert.equal(asked(), 0);
  });
});
