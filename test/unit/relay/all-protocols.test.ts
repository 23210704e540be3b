// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { ArgKind, type Argument, type Interface, type Message } from "../../../src/wire/signature.ts";
import { encode, packet, string, type Value, word } from "../../support/codec.ts";
import { fileWith } from "../../support/descriptors.ts";
import { FakeObject } from "../../support/fake-object.ts";
import { Relay } from "../../support/relay.ts";

const nobody = { send: () => [] };

/** A client that binds objects of any interface, and lets every message of it pass. */
class Parade {
  readonly relay = new Relay();
  #nextId = 5;
  #nextServerId = 0xff000000;

  /** An object of that interface on both sides; there are no hooks that would say no. */
  #bind(type: Interface): FakeObject {
    const object = new FakeObject(nobody, this.#nextId++, type, type.version);
    const body = [word(1), string(type.name), word(type.version), word(object.id)];
    this.relay.client.give(packet(2, 0, Buffer.concat(body)).bytes);
    this.relay.client.deliver();
    return object;
  }

  #value(arg: Argument, receiver: FakeObject): Value[] {
    switch (arg.kind) {
      case ArgKind.newId:
        return [];
      case ArgKind.genericNewId:
        return ["wl_output", 3];
      case ArgKind.fd:
        return [fileWith("")];
      case ArgKind.object:
        return [arg.interface === null ? receiver : this.#bind(arg.interface)];
      case ArgKind.string:
        return [`${arg.name} äöü`];
      case ArgKind.array:
        return [Buffer.from(arg.name)];
      case ArgKind.int:
        return [-7];
      default:
        return [7];
    }
  }

  /** Sends a message of an interface, and checks that the same bytes and as many descriptors come out. */
  pass(type: Interface, message: Message, direction: "requests" | "events"): void {
    const { client, host } = this.relay;
    const [source, sink] = direction === "requests" ? [client, host] : [host, client];
    const receiver = this.#bind(type);
    const values = message.args.flatMap((arg) => this.#value(arg, receiver));
    const newId = (): number => (direction === "requests" ? this.#nextId++ : this.#nextServerId++);
    const sent = encode(
      receiver,
      message,
      values,
      (child, version) => new FakeObject(nobody, newId(), typeof child === "string" ? type : child, version),
    );
    sink.sent.length = 0;
    source.give(sent.bytes, sent.fds);
    source.deliver();
    assert.deepEqual(sink.stream, sent.bytes, `${type.name}.${message.name}`);
    assert.equal(sink.sent.flatMap(({ inodes }) => inodes).length, message.fds);
  }
}

it("every message of every protocol passes unchanged", (t) => {
  const first = new Relay();
  const { protocol } = first;
  first.end();
  let count = 0;
  for (const name of protocol.names()) {
    if (name === "wl_display") continue;
    const parade = new Parade();
    const type = parade.relay.protocol.get(name) as Interface;
    for (const direction of ["requests", "events"] as const) {
      for (const message of type[direction]) {
        parade.pass(type, message, direction);
        count++;
      }
    }
    parade.relay.end();
  }
  t.diagnostic(`${count} messages`);
  assert.ok(count > 1000);
});
