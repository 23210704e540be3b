// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InputBuffer } from "../../../src/wire/input-buffer.ts";
import { RECEIVE_SIZE } from "../../../src/wire/limits.ts";
import { receiveBuffer } from "../../../src/wire/receive-buffer.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { fileWith, openDescriptors } from "../../support/descriptors.ts";
import { MemoryTransport } from "../../support/memory-transport.ts";
import fc from "../../support/random.ts";

/** Handles a share of the loaded bytes, in whole words as messages are; @returns them. */
function handle(input: InputBuffer, share: number): Buffer {
  const count = Math.floor((input.loaded * share) / 4) * 4;
  const bytes = Buffer.from(receiveBuffer.subarray(0, count));
  input.keep(count);
  // Others use the buffer until the next turn.
  receiveBuffer.fill(0xee);
  return bytes;
}

/** Which call comes next, and how much of the loaded bytes is handled then. */
const calls = fc.array(
  fc.record({
    call: fc.constantFrom("receive", "hold", "hold", "resume"),
    share: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1)),
  }),
  { minLength: 10, maxLength: 40 },
);
/** Chunks as they arrive; of the largest three are more than the receive buffer holds. */
const sizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: RECEIVE_SIZE }), fc.constant(RECEIVE_SIZE)),
  {
    minLength: 5,
    maxLength: 25,
  },
);

describe("the input", () => {
  it("passes messages that are wanted before their turn, each once, and all others in order", () => {
    /** Messages with a number each, of which the even ones are wanted, in pieces of any length. */
    const message = fc.tuple(fc.integer({ min: 3, max: 40 }), fc.boolean());
    const stepwise = fc.array(fc.constantFrom("hold", "hold", "take", "resume"), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 200 }),
        stepwise,
        (all, piece, steps) => {
          const stream = Buffer.concat(
            all.map(([words, isWanted], i) => {
              const bytes = Buffer.alloc(words * 4);
              bytes.writeUInt32LE(isWanted ? 1 : 2, 0);
              bytes.writeUInt16LE(bytes.length, 6);
              bytes.writeUInt32LE(i, 8);
              return bytes;
            }),
          );
          const transport = new MemoryTransport();
          for (let at = 0; at < stream.length; at += piece) transport.give(stream.subarray(at, at + piece));
          const input = new InputBuffer(transport);
          const taken: number[] = [];
          const handled: number[] = [];
          const step = (what: string): void => {
            if (what === "hold") input.hold();
            if (what === "take") {
              input.takeOut((bytes, offset) => {
                const isWanted = bytes.readUInt32LE(offset) === 1;
                if (isWanted) taken.push(bytes.readUInt32LE(offset + 8));
                return isWanted;
              });
            }
            if (what !== "resume") return;
            input.resume();
            // One message, as when its hook holds up those behind it.
            const size = input.loaded >= 8 ? receiveBuffer.readUInt16LE(6) : Number.POSITIVE_INFINITY;
            const isComplete = size <= input.loaded;
            if (isComplete) handled.push(receiveBuffer.readUInt32LE(8));
            input.keep(isComplete ? size : 0);
            receiveBuffer.fill(0xee);
          };
          for (const one of steps) step(one);
          while (input.hold() > 0);
          while (input.length > 0) step("resume");
          const numbers = (wanted: (isTaken: boolean) => boolean): number[] =>
            all.map((_, i) => i).filter((i) => wanted(taken.includes(i)));
          assert.deepEqual(
            taken,
            numbers((isTaken) => isTaken),
          );
          assert.ok(taken.every((i) => all[i]?.[1]));
          assert.deepEqual(
            handled,
            numbers((isTaken) => !isTaken),
          );
        },
      ),
    );
  });

  it("looks at each message once, however often it is asked", () => {
    const transport = new MemoryTransport();
    const input = new InputBuffer(transport);
    const bytes = Buffer.from(Uint32Array.from([1, 12 << 16, 0, 1, 12 << 16, 1, 1, 12 << 16]).buffer);
    transport.give(bytes);
    input.hold();
    let looks = 0;
    const look = (): boolean => {
      looks++;
      return false;
    };
    for (let i = 0; i < 3; i++) input.takeOut(look);
    assert.equal(looks, 2, "the third is not complete");
    input.resume();
    input.keep(12);
    transport.give(Buffer.alloc(4));
    input.hold();
    for (let i = 0; i < 3; i++) input.takeOut(look);
    assert.equal(looks, 3);
  });

  it("gives every byte once and in order, whatever is handled at once, held or resumed", () => {
    fc.assert(
      fc.property(sizes, calls, (chunks, turns) => {
        const transport = new MemoryTransport();
        const total = chunks.reduce((sum, size) => sum + size, 0);
        const stream = Buffer.from(Array.from({ length: total }, (_, i) => (i * 7 + (i >>> 8)) & 0xff));
        let at = 0;
        for (const size of chunks) {
          transport.give(stream.subarray(at, at + size));
          at += size;
        }

        const input = new InputBuffer(transport);
        const handled: Buffer[] = [];
        for (const { call, share } of turns) {
          if (call === "hold") {
            input.hold();
          } else if (call === "receive") {
            // What waits behind a hook is resumed before more is received, however little of it is loaded at once.
            if (input.length > RECEIVE_SIZE) input.resume();
            else if (input.receive() === EAGAIN) input.keep(0);
            handled.push(handle(input, share));
          } else {
            input.resume();
            handled.push(handle(input, share));
          }
        }
        while (input.hold() > 0);
        while (input.length > 3) {
          input.resume();
          handled.push(handle(input, 1));
        }
        const whole = Buffer.concat(handled);
        assert.deepEqual(whole, stream.subarray(0, whole.length));
        assert.equal(whole.length + input.length, total);
      }),
      { numRuns: 40 },
    );
  });

  it("closes descriptors that nobody claimed", () => {
    const before = openDescriptors();
    const transport = new MemoryTransport();
    transport.give(Buffer.alloc(8), [fileWith("a"), fileWith("b")]);
    const input = new InputBuffer(transport);
    input.receive();
    assert.equal(input.fds.length, 2);
    input.clear();
    assert.deepEqual(openDescriptors(), before);
  });
});
