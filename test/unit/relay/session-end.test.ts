// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { HostGlobals } from "../../../src/globals/host-globals.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { Relay } from "../../support/relay.ts";

it("a hook that keeps something for a session learns when that has ended, once, before the session's surroundings do", () => {
  const relay = new Relay();
  const told: boolean[] = [];
  relay.session.client.onEnded(() => told.push(relay.ended));
  relay.session.client.onEnded(() => told.push(relay.ended));
  relay.client.close();
  assert.deepEqual(told, []);
  relay.end();
  relay.session.close();
  assert.deepEqual(told, [false, false]);
});

it("a listener for the end of a session that has ended already is called all the same", async () => {
  const relay = new Relay();
  relay.end();
  await new Promise<void>((resolve) => relay.session.client.onEnded(resolve));
  await assert.rejects(
    HostGlobals.open(relay.session.client, new GlobalPolicy()),
    /the connection to the host has ended/,
  );
});
