// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolError } from "../../../src/wire/errors.ts";
import { OutputQueue } from "../../../src/wire/output-queue.ts";
import { readArray, readFixed, readString, skipArray, skipString } from "../../../src/wire/reader.ts";
import { receiveBuffer, receiveWords } from "../../../src/wire/receive-buffer.ts";
import { beginMessage, endMessage, writeArray, writeFixed, writeString, writeWord } from "../../../src/wire/writer.ts";
import { array, packet, string, word } from "../../support/codec.ts";
import { MemoryTransport } from "../../support/memory-transport.ts";
import fc from "../../support/random.ts";

/** What is written between begin and end, as it leaves. */
function written(write: () => void): Buffer {
  const transport = new MemoryTransport();
  const output = new OutputQueue(transport);
  beginMessage(0xff000001, 7);
  write();
  endMessage(output);
  output.flush();
  return transport.stream;
}

/** Puts bytes into the buffer that is read, in the middle of other bytes; @returns where they end, in words. */
function load(bytes: Buffer): number {
  receiveBuffer.fill(0xee, 0, bytes.length + 64);
  bytes.copy(receiveBuffer, 0);
  return bytes.length / 4;
}

const texts = fc
  .oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.constant(null))
  .map((text) => text?.replaceAll("\0", "") ?? null);

describe("what is written", () => {
  it("is what another codec writes", () => {
    fc.assert(
      fc.property(texts, fc.uint8Array(), fc.integer(), (text, bytes, number) => {
        const ours = written(() => {
          writeString(text);
          writeArray(bytes);
          writeWord(number);
        });
        // Lone surrogates become U+FFFD in both.
        const body = Buffer.concat([string(text), array(bytes), word(number)]);
        assert.deepEqual(ours, packet(0xff000001, 7, body).bytes);
      }),
    );
  });

  it("is read again as what it was", () => {
    const wellFormed = texts.map((text) => (text === null ? null : Buffer.from(text).toString()));
    fc.assert(
      fc.property(
        wellFormed,
        fc.uint8Array(),
        fc.integer({ min: -0x80000000, max: 0x7fffffff }),
        (text, bytes, raw) => {
          const end = load(
            written(() => {
              writeString(text);
              writeArray(bytes);
              writeFixed(raw / 256);
            }),
          );
          const second = skipString(2, end, true);
          const third = skipArray(second, end);
          assert.equal(third + 1, end);
          assert.equal(readString(2), text);
          assert.deepEqual(Buffer.from(readArray(second)), Buffer.from(bytes));
          assert.equal(readFixed(third), raw / 256);
        },
      ),
    );
  });

  it("has no bytes of earlier messages in its padding", () => {
    written(() => writeArray(Buffer.alloc(64, 0xff)));
    const bytes = written(() => {
      writeString("abcd");
      writeArray(Buffer.from("e"));
    });
    assert.deepEqual(bytes.subarray(8), Buffer.from("\x05\0\0\0abcd\0\0\0\0\x01\0\0\0e\0\0\0"));
  });

  it("ends a string at a NUL, since its reader would", () => {
    assert.deepEqual(written(() => writeString("ab\0cd")).subarray(8), string("ab"));
  });

  it("is refused when no header could tell its size, and the next message is good again", () => {
    assert.throws(() => written(() => writeArray(Buffer.alloc(65536))), ProtocolError);
    assert.throws(() => written(() => writeString("x".repeat(65525))), ProtocolError);
    assert.equal(written(() => writeArray(Buffer.alloc(65520))).length, 65532);
    assert.deepEqual(
      written(() => writeWord(1)),
      packet(0xff000001, 7, word(1)).bytes,
    );
  });
});

describe("what is read", () => {
  it("loses what its sender had in the padding", () => {
    const end = load(Buffer.from("\x02\0\0\0a\0XY\x01\0\0\0bZZZ"));
    const next = skipString(0, end, false);
    skipArray(next, end);
    assert.equal(receiveBuffer.toString("latin1", 0, 16), "\x02\0\0\0a\0\0\0\x01\0\0\0b\0\0\0");
    assert.equal(receiveBuffer[16], 0xee, "what follows is not touched");
  });

  for (const [what, bytes] of [
    ["longer than its message", word(5)],
    ["much longer than its message", Buffer.concat([word(0xffffffff), Buffer.alloc(8)])],
    ["without a NUL at its end", array(Buffer.from("abcd"))],
    ["with a NUL in the padding only", array(Buffer.from("abc"))],
    ["null where it may not be", word(0)],
  ] as const) {
    it(`is no string if it is ${what}`, () => {
      const end = load(bytes);
      assert.throws(() => skipString(0, end, false), ProtocolError);
      assert.deepEqual(receiveWords[end], 0xeeeeeeee);
    });
  }

  it("is, of a string with a NUL inside, what stands before that, and no byte of it is changed", () => {
    const bytes = array(Buffer.from("ab\0cd\0"));
    const end = load(bytes);
    assert.equal(skipString(0, end, false), end);
    assert.equal(readString(0), "ab");
    assert.deepEqual(receiveBuffer.subarray(0, bytes.length), bytes);
  });

  it("is, of an array, bytes of its own, of which parts are copies", () => {
    load(array(Buffer.from("abc")));
    const bytes = readArray(0);
    assert.equal(bytes.constructor, Uint8Array);
    assert.equal(bytes.slice(0, 2).buffer.byteLength, 2);
  });

  it("is no array if it is longer than its message", () => {
    for (const length of [5, 0x10000, 0x7fffffff, 0xffffffff]) {
      const end = load(Buffer.concat([word(length), Buffer.alloc(4)]));
      assert.throws(() => skipArray(0, end), ProtocolError, String(length));
    }
  });
});
