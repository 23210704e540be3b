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

it("a hook that fails when it learns so costs the others and the session's surroundings nothing", async () => {
  const relay = new Relay();
  const told: string[] = [];
  const fail = (): void => {
    throw new Error("a mistake in a hook");
  };
  const { client } = relay.session;
  client.onEnded(fail);
  client.onEnded(() => told.push("the next one"));
  relay.end();
  assert.deepEqual(told, ["the next one"]);
  assert.ok(relay.ended);
  // Nobody would catch it, and the process would end.
  client.onEnded(fail);
  await new Promise<void>((resolve) => client.onEnded(resolve));
  assert.equal(relay.log.filter((line) => /at its end failed: Error: a mistake in a hook/.test(line)).length, 2);
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
