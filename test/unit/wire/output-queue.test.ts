// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fstatSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { MAX_FDS_PER_SEND } from "../../../src/wire/limits.ts";
import { OutputQueue } from "../../../src/wire/output-queue.ts";
import { receiveBuffer } from "../../../src/wire/receive-buffer.ts";
import { EAGAIN, ETOOMANYREFS } from "../../../src/wire/transport.ts";
import { fileWith, openDescriptors } from "../../support/descriptors.ts";
import { MemoryTransport } from "../../support/memory-transport.ts";
import fc from "../../support/random.ts";

const EPIPE = -32;

/** Files to send, told apart by their inodes. */
const files: Fd[] = [];
before(() => {
  for (let i = 0; i < 50; i++) files.push(fileWith(String(i)));
});
after(() => {
  for (const file of files) file.close();
});

const inodeOf = (i: number): number => fstatSync((files[i % files.length] as Fd).raw).ino;

/** A transport and its output queue, with counts of what was put in. */
function output(): { transport: MemoryTransport; output: OutputQueue; addFd: (i: number) => void } {
  const transport = new MemoryTransport();
  const one = new OutputQueue(transport);
  return { transport, output: one, addFd: (i) => one.addFd((files[i % files.length] as Fd).duplicate().take(), false) };
}

/** One message: whole words, as in life. */
interface Message {
  readonly words: number;
  readonly fds: number;
  /** Whether it lies in the receive buffer, and how many words behind the one before it. */
  readonly inPlace: boolean;
  readonly gap: number;
  /** Whether everything is flushed behind it. */
  readonly flush: boolean;
}

const messages: fc.Arbitrary<Message[]> = fc.array(
  fc.record({
    words: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 2, max: 12 }) }, { weight: 1, arbitrary: fc.nat(900) }),
    fds: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(20) }),
    inPlace: fc.boolean(),
    gap: fc.constantFrom(0, 0, 0, 2),
    flush: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 60 },
);

/** What the transport does, call for call: takes a share of what is there, or nothing. */
const behaviour = fc.array(
  fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(EAGAIN), fc.constant(ETOOMANYREFS)),
  {
    maxLength: 40,
  },
);

describe("the output, however little the transport takes", () => {
  it("sends all bytes in order, each descriptor no later than its message and at most 28 at once", () => {
    fc.assert(
      fc.property(messages, behaviour, (sequence, takes) => {
        const descriptors = openDescriptors();
        const { transport, output: out, addFd } = output();
        const answers = takes.values();
        transport.takes = (length) => {
          const answer = answers.next().value ?? 1;
          return answer < 0 ? answer : Math.max(1, Math.floor(length * answer));
        };

        const expected: Buffer[] = [];
        const due: { position: number; inode: number }[] = [];
        let position = 0;
        let place = 0;
        let number = 0;
        for (const { words, fds, inPlace, gap, flush } of sequence) {
          const size = Math.max(2, words) * 4;
          const bytes = Buffer.alloc(size, ++number);
          assert.equal(out.position, position);
          for (let i = 0; i < fds; i++) {
            due.push({ position, inode: inodeOf(due.length) });
            addFd(due.length - 1);
          }
          place += gap * 4;
          if (inPlace && place + size <= receiveBuffer.length) {
            bytes.copy(receiveBuffer, place);
            out.forward(place, place + size);
            place += size;
          } else {
            out.append(bytes, 0, size);
          }
          expected.push(bytes);
          position += size;
          // Between turns the receive buffer belongs to others, unless what lies in it was not sent or copied.
          if (flush && out.flush() === "sent") receiveBuffer.fill(0xee, 0, place);
        }
        for (let i = 0; out.length > 0; i++) {
          assert.ok(i < 100, "it does not come to an end");
          out.flush();
        }

        assert.equal(out.fds, 0);
        assert.deepEqual(transport.stream, Buffer.concat(expected));
        let sent = 0;
        const inodes: number[] = [];
        for (const one of transport.sent) {
          inodes.push(...one.inodes);
          sent += one.bytes.length;
          assert.ok(one.inodes.length <= MAX_FDS_PER_SEND);
          const needed = due.filter((fd) => fd.position < sent).length;
          assert.ok(inodes.length >= needed, "a descriptor comes after its message has begun");
        }
        assert.deepEqual(
          inodes,
          due.map(({ inode }) => inode),
        );
        assert.deepEqual(openDescriptors(), descriptors);
      }),
    );
  });
});

describe("the output", () => {
  it("closes its descriptors when the peer is gone, and those that come later", () => {
    const descriptors = openDescriptors();
    const { transport, output: out, addFd } = output();
    transport.takes = () => EPIPE;
    addFd(1);
    out.append(Buffer.alloc(8), 0, 8);
    assert.equal(out.flush(), "broken");
    addFd(2);
    out.append(Buffer.alloc(8), 0, 8);
    out.forward(0, 8);
    assert.equal(out.length, 0);
    assert.equal(out.flush(), "broken");
    assert.deepEqual(openDescriptors(), descriptors);
  });

  it("lets a message be rewritten as long as none of it was sent", () => {
    const { transport, output: out } = output();
    const takes = [EAGAIN, 3, EAGAIN, 6, EAGAIN];
    transport.takes = (length) => takes.shift() ?? length;
    out.append(Buffer.from("first..."), 0, 8);
    receiveBuffer.write("second..", 0);
    out.forward(0, 8);
    assert.equal(out.queued(8, 8), null, "it is not in the queue yet");
    out.flush();
    assert.equal(out.queued(16, 8), null, "there is no such message");
    out.flush();
    assert.equal(out.queued(0, 8), null, "it was sent in part");
    const words = out.queued(8, 8) as Uint32Array;
    words[1] = Buffer.from("WORD").readUInt32LE();
    out.flush();
    assert.equal(out.queued(8, 8), null, "by now this was, too");
    out.flush();
    assert.equal(transport.stream.toString(), "first...secoWORD");
  });

  it("throws everything away when it is closed, and what comes later, too", () => {
    const descriptors = openDescriptors();
    const { transport, output: out, addFd } = output();
    addFd(1);
    out.append(Buffer.alloc(8), 0, 8);
    addFd(2);
    out.forward(0, 8);
    out.close();
    addFd(3);
    out.append(Buffer.from("and on.."), 0, 8);
    assert.deepEqual([out.length, out.fds], [0, 0]);
    out.flush();
    assert.equal(transport.stream.toString(), "");
    assert.deepEqual(openDescriptors(), descriptors);
  });
});
