// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Intake } from "../../../src/wire/intake.ts";
import { RECEIVE_SIZE } from "../../../src/wire/limits.ts";
import { scratch } from "../../../src/wire/scratch.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { fileWith, openDescriptors } from "../../support/descriptors.ts";
import { MemoryTransport } from "../../support/memory-transport.ts";

/** Handles a share of the loaded bytes, in whole words as messages are; @returns them. */
function handle(intake: Intake, share: number): Buffer {
  const count = Math.floor((intake.loaded * share) / 4) * 4;
  const bytes = Buffer.from(scratch.subarray(0, count));
  intake.keep(count);
  // Until the next turn others use the buffer.
  scratch.fill(0xee);
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
/** Chunks as they arrive; of the largest three are more than the scratch buffer holds. */
const sizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: RECEIVE_SIZE }), fc.constant(RECEIVE_SIZE)),
  {
    minLength: 5,
    maxLength: 25,
  },
);

describe("the intake", () => {
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

        const intake = new Intake(transport);
        const handled: Buffer[] = [];
        for (const { call, share } of turns) {
          if (call === "hold") {
            intake.hold();
          } else if (call === "receive") {
            // What waits behind a hook is resumed before more is received, however little of it is loaded at once.
            if (intake.length > RECEIVE_SIZE) intake.resume();
            else if (intake.receive() === EAGAIN) intake.keep(0);
            handled.push(handle(intake, share));
          } else {
            intake.resume();
            handled.push(handle(intake, share));
          }
        }
        while (intake.hold() > 0);
        while (intake.length > 3) {
          intake.resume();
          handled.push(handle(intake, 1));
        }
        const whole = Buffer.concat(handled);
        assert.deepEqual(whole, stream.subarray(0, whole.length));
        assert.equal(whole.length + intake.length, total);
      }),
      { numRuns: 40 },
    );
  });

  it("closes descriptors that nobody claimed", () => {
    const before = openDescriptors();
    const transport = new MemoryTransport();
    transport.give(Buffer.alloc(8), [fileWith("a"), fileWith("b")]);
    const intake = new Intake(transport);
    intake.receive();
    assert.equal(intake.fds.length, 2);
    intake.clear();
    assert.deepEqual(openDescriptors(), before);
  });
});
