// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ObjectBudget } from "../../../src/relay/object-budget.ts";
import { packet, word } from "../../support/codec.ts";
import { Relay } from "../../support/relay.ts";

/** What an object takes that is in both tables, by the count of the tables. */
const OBJECT = 128;
/** The objects of each relay: wl_display, the registry, the manager and an echo. */
const FIRST = 4;

/** Lets a client make so many objects, with the next ids that it has not used. */
function make(relay: Relay, count: number, made: number): void {
  const ids = Array.from({ length: count }, (_, i) => FIRST + 1 + made + i);
  relay.client.give(Buffer.concat(ids.map((id) => packet(3, 0, word(id)).bytes)));
  relay.client.deliver();
}

/** The code and text of the error that a client was sent. */
function errorOf(relay: Relay): { code: number; text: string } {
  const { stream } = relay.client;
  assert.deepEqual([stream.readUInt32LE(0), stream.readUInt16LE(4)], [1, 0], "no error");
  return { code: stream.readUInt32LE(12), text: stream.toString("utf8", 20, stream.indexOf(0, 20)) };
}

describe("the memory that the objects of all clients share", () => {
  it("costs the client with the most of them, not the one that asks for one more", () => {
    const budget = new ObjectBudget(1000 * OBJECT);
    const [hog, other, small] = [new Relay({}, budget), new Relay({}, budget), new Relay({}, budget)];
    make(other, 200, 0);
    make(hog, 1000 - 3 * FIRST - 200 + 1, 0);
    assert.ok(budget.isExceeded);
    assert.ok(!hog.ended);

    make(small, 10, 0);
    const { code, text } = errorOf(hog);
    assert.equal(code, 2);
    assert.match(text, /the objects of all clients take \d+ bytes, and this one's the most of them/);
    assert.ok(hog.ended);
    assert.ok(!other.ended && !small.ended);
    assert.equal(small.host.stream.length, 10 * 12, "all that it asked for has been made");
    assert.equal(budget.bytes, (2 * FIRST + 200 + 10) * OBJECT, "what the other had is given back");
    for (const relay of [hog, other, small]) relay.end();
    assert.equal(budget.bytes, 0);
  });

  it("costs the client that asks when it has the most itself, and all the others go on", () => {
    const budget = new ObjectBudget(1000 * OBJECT);
    const [hog, small] = [new Relay({}, budget), new Relay({}, budget)];
    make(small, 300, 0);
    make(hog, 1000, 0);
    const { code, text } = errorOf(hog);
    assert.equal(code, 2);
    assert.match(text, /echo_manager#3\.create_echo: the objects of all clients take/);
    assert.ok(hog.ended);
    make(small, 600, 300);
    assert.ok(!small.ended);
    for (const relay of [hog, small]) relay.end();
    assert.equal(budget.bytes, 0);
  });

  it("is free again for whoever destroys objects, but for the table of their ids", () => {
    const budget = new ObjectBudget(1000 * OBJECT);
    const relay = new Relay({}, budget);
    make(relay, 800, 0);
    const full = budget.bytes;
    const ids = Array.from({ length: 800 }, (_, i) => FIRST + 1 + i);
    relay.client.give(Buffer.concat(ids.map((id) => packet(id, 11).bytes)));
    relay.client.deliver();
    assert.equal(budget.bytes, full, "the host may still speak of them");
    relay.host.give(Buffer.concat(ids.map((id) => packet(1, 1, word(id)).bytes)));
    relay.host.deliver();
    assert.equal(budget.bytes, full - 800 * 96);
    make(relay, 800, 0);
    assert.equal(budget.bytes, full);
    relay.end();
  });

  it("bounds what a host makes as well", () => {
    const budget = new ObjectBudget(100 * OBJECT);
    const relay = new Relay({}, budget);
    relay.host.give(Buffer.concat(Array.from({ length: 200 }, (_, i) => packet(4, 6, word(0xff000000 + i)).bytes)));
    relay.host.deliver();
    assert.ok(relay.ended);
    assert.equal(budget.bytes, 0);
  });
});
