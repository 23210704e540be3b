// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { warmUp } from "../../src/warm-up.ts";
import { openDescriptors, untilOpen } from "../support/descriptors.ts";

describe("the warm-up", () => {
  it("relays a whole session with ourselves, and leaves nothing of it", async () => {
    const protocol = new ProtocolRegistry();
    // Whatever is opened once stays open.
    await warmUp(protocol, new GlobalPolicy());
    const before = openDescriptors();
    await warmUp(protocol, new GlobalPolicy());
    await untilOpen(before);
  });

  it("stops when it is of no use any more", async () => {
    let asked = 0;
    await warmUp(new ProtocolRegistry(), new GlobalPolicy(), () => ++asked < 3);
    assert.equal(asked, 3);
  });

  it("that ends early, because clients may not have what it uses, leaves nothing either", async () => {
    const before = openDescriptors();
    const policy = new GlobalPolicy({ hide: ["wl_compositor"] });
    await assert.rejects(warmUp(new ProtocolRegistry(), policy), /the warm-up ended/);
    await untilOpen(before);
  });
});
