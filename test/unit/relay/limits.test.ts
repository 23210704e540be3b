// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  HELD_INPUT_LIMIT,
  MAX_OBJECTS,
  MAX_UNCLAIMED_FDS,
  QUEUE_MAX_FDS,
  RECEIVE_SIZE,
} from "../../../src/wire/limits.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { SERVER_ID_BASE } from "../../../src/wire/wl-object.ts";
import { array, packet, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { Gate } from "../../support/gate.ts";
import { Relay } from "../../support/relay.ts";

/** The error that a client was sent last: its code and text. */
function lastError(stream: Buffer): { code: number; text: string } {
  let at = 0;
  for (let next = 0; next < stream.length; next += stream.readUInt16LE(next + 6)) at = next;
  assert.deepEqual([stream.readUInt32LE(at), stream.readUInt16LE(at + 4)], [1, 0], "the last message is no error");
  return { code: stream.readUInt32LE(at + 12), text: stream.toString("utf8", at + 20, stream.indexOf(0, at + 20)) };
}

/** A stream of messages to object 4 without an effect, in pieces as they are received, and how much that is. */
function* flood(opcode: number, bytes: number): Iterable<Buffer> {
  const message = packet(4, opcode, array(Buffer.alloc(4076))).bytes;
  const piece = Buffer.concat(Array.from({ length: RECEIVE_SIZE / message.length }, () => message));
  for (let given = 0; given < bytes; given += piece.length) yield piece;
}

describe("a client", () => {
  it("that makes objects without end gets an error that there is no memory", () => {
    const relay = new Relay();
    // wl_display, the registry, the manager and an echo are there already.
    const room = MAX_OBJECTS - 4;
    const chunk = 5000;
    for (let made = 0; made <= room; made += chunk) {
      const ids = Array.from({ length: Math.min(chunk, room - made) }, (_, i) => 5 + made + i);
      if (ids.length > 0) relay.client.give(Buffer.concat(ids.map((id) => packet(3, 0, word(id)).bytes)));
    }
    relay.client.deliver();
    assert.equal(relay.host.stream.length, room * 12);
    assert.equal(relay.client.stream.length, 0);
    relay.client.give(packet(3, 0, word(MAX_OBJECTS + 1)).bytes);
    relay.client.deliver();
    const { code, text } = lastError(relay.client.stream);
    assert.equal(code, 2);
    assert.match(text, /echo_manager#3\.create_echo: more than 262144 objects/);
    relay.end();
  });
});

describe("a faulty host", () => {
  it("that makes objects without end loses its client, which keeps no more of them", () => {
    const relay = new Relay();
    const spawn = (id: number): Buffer => packet(4, 6, word(SERVER_ID_BASE + id)).bytes;
    for (let id = 0; id < MAX_OBJECTS; id += 5000) {
      relay.host.give(Buffer.concat(Array.from({ length: 5000 }, (_, i) => spawn(id + i))));
      relay.host.deliver();
    }
    const { code, text } = lastError(relay.client.stream);
    assert.equal(code, 3);
    assert.match(text, /the host sent an invalid echo#4\.spawn: more than 262144 objects/);
    relay.end();
  });

  it("that sends descriptors which belong to no message loses its client, before none is left for others", () => {
    const relay = new Relay();
    const file = fileWith("");
    for (let sent = 0; sent <= MAX_UNCLAIMED_FDS; sent += 5) {
      relay.host.give(
        packet(4, 2, array(Buffer.alloc(4))).bytes,
        Array.from({ length: 5 }, () => file.duplicate()),
      );
      relay.host.deliver();
    }
    file.close();
    const { code, text } = lastError(relay.client.stream);
    assert.equal(code, 3);
    assert.match(text, /more than 253 file descriptors that belong to no message/);
    relay.end();
  });
});

describe("a host that takes nothing", () => {
  it("has the client wait when many descriptors are on their way, and go on when half of them are", () => {
    const relay = new Relay();
    const file = fileWith("");
    relay.host.takes = () => EAGAIN;
    const messages = QUEUE_MAX_FDS / 2 + 1;
    const { bytes } = packet(4, 4, word(1));
    for (let i = 0; i < messages; i++) {
      assert.ok(relay.client.watched.readable, `it waits at message ${i}`);
      relay.client.give(bytes, [file.duplicate(), file.duplicate()]);
      relay.client.deliver(1);
    }
    assert.ok(!relay.client.watched.readable, "it does not wait");
    const takes = Array.from({ length: 9 }, () => 14 * bytes.length);
    relay.host.takes = () => takes.shift() ?? EAGAIN;
    relay.host.drain();
    assert.ok(!relay.client.watched.readable, "it goes on too early");
    relay.host.takes = () => bytes.length;
    relay.host.drain();
    assert.ok(relay.client.watched.readable);
    assert.equal(relay.host.stream.length, messages * bytes.length);
    file.close();
    relay.end();
  });
});

describe("behind a hook that takes its time", () => {
  it("a client's requests wait up to a limit, beyond which it is not read; none is lost", async () => {
    const gate = new Gate();
    const relay = new Relay({ requests: { echo: { numbers: gate.hook } } });
    const held = packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes;
    relay.client.give(held);
    let given = held.length;
    for (const piece of flood(2, HELD_INPUT_LIMIT + 20 * RECEIVE_SIZE)) {
      relay.client.give(piece);
      given += piece.length;
    }
    relay.client.deliver();
    assert.ok(!relay.client.watched.readable, "it is still read");
    assert.equal(relay.host.stream.length, 0);
    gate.open();
    const length = (): number => relay.host.sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
    for (let turns = 0; length() < given; turns++) {
      assert.ok(turns < 1000, `${length()} of ${given} bytes`);
      await setImmediate();
      // It is read again as what waits gets less.
      relay.client.deliver();
    }
    assert.ok(relay.client.watched.readable);
    assert.equal(length(), given);
    relay.end();
  });

  it("a host's events wait up to a limit, beyond which the session ends", () => {
    const relay = new Relay({ events: { echo: { numbers: new Gate().hook } } });
    relay.host.give(packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes);
    for (const piece of flood(2, HELD_INPUT_LIMIT + RECEIVE_SIZE)) relay.host.give(piece);
    relay.host.deliver();
    const { code, text } = lastError(relay.client.stream);
    assert.equal(code, 3);
    assert.match(text, /too many events wait behind a hook/);
    relay.end();
  });

  it("a host's descriptors wait up to a limit, beyond which the session ends", () => {
    const relay = new Relay({ events: { echo: { numbers: new Gate().hook } } });
    relay.host.give(packet(4, 0, Buffer.concat([word(1), word(2), word(3)])).bytes);
    const file = fileWith("");
    const { bytes } = packet(4, 4, word(1));
    for (let i = 0; i <= QUEUE_MAX_FDS; i += 2) relay.host.give(bytes, [file.duplicate(), file.duplicate()]);
    relay.host.deliver();
    file.close();
    assert.match(lastError(relay.client.stream).text, /too many events wait behind a hook/);
    relay.end();
  });
});
