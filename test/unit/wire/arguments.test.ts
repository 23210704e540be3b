// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { argumentsOf, endOfArgument, textAt } from "../../../src/wire/arguments.ts";
import { ArgKind, type Message } from "../../../src/wire/signature.ts";
import { array, string, word } from "../../support/codec.ts";

const protocol = new ProtocolRegistry();

function request(interfaceName: string, name: string): Message {
  return protocol.get(interfaceName)?.requests.find((one) => one.name === name) as Message;
}

/** Words of a message, behind some others. */
function wordsOf(...body: Buffer[]): Uint32Array {
  const bytes = Buffer.concat([Buffer.alloc(12), word(5), word(0), ...body]);
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

describe("the arguments of a message", () => {
  const bind = wordsOf(word(7), string("wl_seat"), word(9), word(33));

  it("lie behind each other, each as long as it says", () => {
    const found = [...argumentsOf(request("wl_registry", "bind"), bind, 3)];
    assert.deepEqual(
      found.map(([arg, offset]) => [arg.name, offset]),
      [
        ["name", 5],
        ["id", 6],
      ],
    );
    assert.equal(textAt(bind, 6), "wl_seat");
    assert.equal(endOfArgument(ArgKind.genericNewId, bind, 6, bind.length), bind.length);
    assert.equal(endOfArgument(ArgKind.string, bind, 6, bind.length), bind.length - 2);
  });

  it("end where the message is cut", () => {
    for (let end = bind.length - 1; end > 5; end--) {
      const found = [...argumentsOf(request("wl_registry", "bind"), bind, 3, end)];
      assert.deepEqual(
        found.map(([arg]) => arg.name),
        ["name"],
        `cut at ${end}`,
      );
    }
    assert.deepEqual([...argumentsOf(request("wl_registry", "bind"), bind, 3, 5)], []);
  });

  it("have no words if they are descriptors", () => {
    const pool = wordsOf(word(9), word(4096));
    const places = [...argumentsOf(request("wl_shm", "create_pool"), pool, 3)].map(([, offset]) => offset);
    assert.deepEqual(places, [5, 6, 6]);
  });

  it("are not there if their length cannot be true", () => {
    for (const length of [13, 0xffff, 0x10000, 0xffffffff]) {
      const words = wordsOf(word(length), word(0), word(0), word(0));
      for (const kind of [ArgKind.string, ArgKind.array, ArgKind.genericNewId]) {
        assert.ok(endOfArgument(kind, words, 5, words.length) > words.length, `${length}`);
      }
    }
    const empty = wordsOf(array(Buffer.alloc(0)), word(1));
    assert.equal(endOfArgument(ArgKind.array, empty, 5, empty.length), 6);
  });

  it("are read as text no further than their words go", () => {
    assert.equal(textAt(wordsOf(word(0)), 5), "");
    assert.equal(textAt(wordsOf(word(100), Buffer.from("abcd")), 5), "abcd");
    assert.equal(textAt(wordsOf(word(1)), 99), "");
  });
});
