// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { type EchoStage, echoed, newEcho } from "../../support/echo.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { Gate } from "../../support/gate.ts";
import type { Scope } from "../../support/proxied.ts";

// A message that names an object which its receiver does not have, where there has to be one, cannot be delivered.

/** A stage on which the client has an echo that the host does not have. */
async function withUnshared(t: Scope): Promise<EchoStage & { readonly unshared: FakeObject }> {
  const drop = (message: { drop(): void }): void => message.drop();
  const stage = await echoed(t, { hooks: [{ requests: { echo: { spawn: drop } } } as Hooks] });
  return Object.assign(stage, { unshared: stage.echo.ours.create("spawn") });
}

/** The host's object for what the client has destroyed, as the host does not know yet. */
async function withOrphan(t: Scope): Promise<EchoStage & { readonly orphan: FakeObject }> {
  const stage = await echoed(t);
  const orphan = stage.echo.theirs.create("spawn");
  (await stage.client.expect("echo.spawn")).objectArg("child").send("destroy");
  await stage.host.expect("echo.destroy");
  return Object.assign(stage, { orphan });
}

describe("a request that cannot be delivered", () => {
  it("leaves no gap in the host's ids, however many objects it would have made", async (t) => {
    const { host, manager, echo, unshared } = await withUnshared(t);
    const lost = echo.ours.createAll("twins", unshared);
    assert.equal(lost.length, 2);
    for (let i = 1; i <= 4; i++) assert.equal((await newEcho({ host }, manager)).theirs.id, echo.theirs.id + i);
    assert.equal(host.inbox.count("echo.twins"), 0);
  });

  it("has made objects that only the client has, whose ids are free when it destroys them", async (t) => {
    const { client, host, echo, unshared } = await withUnshared(t);
    const [first, second] = echo.ours.createAll("twins", unshared) as [FakeObject, FakeObject];
    first.send("numbers", 1, 2, 3);
    for (const one of [second, first]) {
      one.send("destroy");
      await client.expect("wl_display.delete_id", (message) => message.arg("id") === one.id);
    }
    await client.roundtrip();
    assert.equal(host.inbox.count("echo.numbers") + host.inbox.count("echo.destroy"), 0);
  });
});

describe("an event that cannot be delivered", () => {
  it("leaves no gap in the client's ids, however many objects it would have made", async (t) => {
    const { client, echo, orphan } = await withOrphan(t);
    echo.theirs.createAll("twins", orphan);
    for (let i = 0; i < 4; i++) {
      echo.theirs.create("spawn");
      assert.equal((await client.expect("echo.spawn")).objectArg("child").id, 0xff000000 + i);
    }
    assert.equal(client.inbox.count("echo.twins"), 0);
  });

  it("has its objects destroyed on the host, since nobody else will", async (t) => {
    const { host, echo, orphan } = await withOrphan(t);
    const lost = new Set(echo.theirs.createAll("twins", orphan));
    while (lost.size > 0) lost.delete((await host.expect("echo.destroy", ({ object }) => lost.has(object))).object);
  });

  it("any more when a hook is done with it has its objects destroyed on the host, too", async (t) => {
    const gate = new Gate();
    const { client, host, echo } = await echoed(t, { hooks: [{ events: { echo: { once: gate.hook } } } as Hooks] });
    const theirs = echo.theirs.create("spawn");
    const ours = (await client.expect("echo.spawn")).objectArg("child");
    const lost = theirs.create("once");
    await gate.entered;
    ours.send("destroy");
    await host.expect("echo.destroy");
    gate.open();
    await host.expect("echo_once.cancel", ({ object }) => object === lost);
    await client.roundtrip();
    assert.equal(client.inbox.count("echo.once"), 0);
  });
});
