// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { type WarmUpOptions, warmUp } from "../../src/warm-up.ts";
import { openDescriptors, untilOpen } from "../support/descriptors.ts";

function setting(policy = new GlobalPolicy()): WarmUpOptions {
  return { protocol: new ProtocolRegistry(), policy, folder: tmpdir() };
}

describe("the warm-up", () => {
  it("relays a whole session with ourselves, and leaves nothing of it", async () => {
    // Whatever is opened once stays open.
    await warmUp(setting());
    const before = openDescriptors();
    await warmUp(setting());
    await untilOpen(before);
  });

  it("stops when it is of no use any more", async () => {
    let asked = 0;
    await warmUp(setting(), () => ++asked < 3);
    assert.equal(asked, 3);
  });

  it("that ends early, because clients may not have what it uses, leaves nothing either", async () => {
    const before = openDescriptors();
    const policy = new GlobalPolicy({ hide: ["wl_compositor"] });
    await assert.rejects(warmUp(setting(policy)), /the warm-up ended/);
    await untilOpen(before);
  });
});
