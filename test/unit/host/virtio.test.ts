// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type VirtioHost, virtioHost } from "../../../src/host/virtio.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { packet, word } from "../../support/codec.ts";
import type { FakeHostContext } from "../../support/fake-virtio-host.ts";
import { scaled, turnUntil } from "../../support/patience.ts";
import { Setting } from "../virtio/support.ts";

/** A request that wants any answer, and the answer. */
const SYNC = packet(1, 0, word(2)).bytes;
const DONE = packet(2, 0, word(7)).bytes;

function hostOf(t: TestContext): { setting: Setting; host: VirtioHost } {
  const setting = new Setting(t);
  return { setting, host: virtioHost(findDevice(setting.driver), setting.logger) };
}

/** The host's end of the newest connection, once it was asked. */
async function askedContext({ driver }: Setting): Promise<FakeHostContext> {
  await turnUntil(() => driver.contexts.at(-1)?.connected === true, "a context");
  const context = driver.contexts.at(-1) as FakeHostContext;
  await context.received(SYNC.length);
  assert.deepEqual(context.stream, SYNC);
  return context;
}

const never = new AbortController().signal;

describe("a probe of the host of a VM", { timeout: scaled(20_000) }, () => {
  it("shows that a compositor answers, and leaves no connection", async (t) => {
    const { setting, host } = hostOf(t);
    const state = host.probe(never);
    (await askedContext(setting)).send(DONE);
    assert.equal(await state, "answers");
    await host.settled();
  });

  it("shows that there is none", async (t) => {
    const { setting, host } = hostOf(t);
    setting.driver.hasCompositor = false;
    assert.equal(await host.probe(never), "gone");
  });

  it("shows nothing while the compositor is stopped, until it is given up", async (t) => {
    const { setting, host } = hostOf(t);
    const limit = new AbortController();
    const state = host.probe(limit.signal);
    await askedContext(setting);
    limit.abort(new Error("long enough"));
    await assert.rejects(state);
    await host.settled();
  });

  it("shows nothing when the compositor ends it", async (t) => {
    const { setting, host } = hostOf(t);
    const state = host.probe(never);
    (await askedContext(setting)).end();
    await assert.rejects(state, /the host has closed the connection/);
    await host.settled();
  });
});
