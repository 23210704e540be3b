// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { ByteQueue } from "../../../src/wire/byte-queue.ts";
import fc from "../../support/random.ts";

/** A queue beside what it should hold. */
interface Model {
  content: Buffer;
  /** What can be taken back. */
  consumed: Buffer;
  /** Whether whole words were appended only. */
  aligned: boolean;
}

class Append implements fc.Command<Model, ByteQueue> {
  readonly #bytes: Buffer;
  readonly #start: number;
  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = Buffer.from(bytes);
    this.#start = start;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, queue: ByteQueue): void {
    const source = Buffer.concat([Buffer.alloc(this.#start, 0xee), this.#bytes, Buffer.alloc(3, 0xee)]);
    queue.append(source, this.#start, this.#start + this.#bytes.length);
    model.content = Buffer.concat([model.content, this.#bytes]);
    model.consumed = Buffer.alloc(0);
    model.aligned &&= this.#bytes.length % 4 === 0 && this.#start % 4 === 0;
    compare(model, queue);
  }
  toString(): string {
    return `append(${this.#bytes.length} from ${this.#start})`;
  }
}

class Consume implements fc.Command<Model, ByteQueue> {
  readonly #share: number;
  constructor(share: number) {
    this.#share = share;
  }
  check({ content }: Readonly<Model>): boolean {
    return content.length > 0;
  }
  run(model: Model, queue: ByteQueue): void {
    const count = Math.ceil(model.content.length * this.#share);
    queue.consume(count);
    // Once it is empty nothing is left to be taken back.
    model.consumed =
      count === model.content.length
        ? Buffer.alloc(0)
        : Buffer.concat([model.consumed, model.content.subarray(0, count)]);
    model.content = model.content.subarray(count);
    compare(model, queue);
  }
  toString(): string {
    return `consume(${this.#share})`;
  }
}

class Unconsume implements fc.Command<Model, ByteQueue> {
  check({ consumed }: Readonly<Model>): boolean {
    return consumed.length > 0;
  }
  run(model: Model, queue: ByteQueue): void {
    const back = model.consumed.subarray(model.consumed.length >>> 1);
    queue.unconsume(back.length);
    model.content = Buffer.concat([back, model.content]);
    model.consumed = model.consumed.subarray(0, model.consumed.length - back.length);
    compare(model, queue);
  }
  toString(): string {
    return "unconsume";
  }
}

function compare(model: Model, queue: ByteQueue): void {
  assert.equal(queue.length, model.content.length);
  assert.deepEqual(Buffer.from(queue.bytes.subarray(queue.offset, queue.offset + queue.length)), model.content);
  if (queue.length === 0) assert.equal(queue.bytes.length, 0, "an empty queue keeps memory");
  if (model.aligned) assert.equal((queue.bytes.byteOffset + queue.offset + queue.length) % 4, 0, "words are torn");
}

const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(20_000).map((length) => new Uint8Array(length).map((_, i) => i * 7)),
);
const words = chunk.map((bytes) => bytes.subarray(0, bytes.length & ~3));
const takes = [
  fc.double({ min: 0, max: 1, noNaN: true }).map((share) => new Consume(share)),
  fc.constant(new Unconsume()),
];

for (const [what, appends] of [
  ["bytes", fc.tuple(chunk, fc.nat(9)).map(([bytes, start]) => new Append(bytes, start))],
  ["words", fc.tuple(words, fc.nat(9)).map(([bytes, start]) => new Append(bytes, start * 4))],
] as const) {
  it(`holds the ${what} that were appended and not consumed, in order`, () => {
    fc.assert(
      fc.property(fc.commands([appends, ...takes], { maxCommands: 200 }), (commands) => {
        const model = { content: Buffer.alloc(0), consumed: Buffer.alloc(0), aligned: true };
        fc.modelRun(() => ({ model, real: new ByteQueue() }), commands);
      }),
    );
  });
}

it("takes no more memory than twice what it holds, however much goes through it", () => {
  const queue = new ByteQueue();
  const source = Buffer.alloc(10_000);
  queue.append(source, 0, source.length);
  for (let i = 0; i < 1000; i++) {
    queue.append(source, 0, source.length);
    queue.consume(source.length);
  }
  assert.ok(queue.bytes.length <= 65_536, `${queue.bytes.length} bytes`);
});

it("keeps words whole also when it begins inside one, and grows", () => {
  for (const torn of [1, 2, 3]) {
    const queue = new ByteQueue();
    const source = Buffer.alloc(8192);
    queue.append(source, 4 + torn, 16);
    for (let i = 0; i < 5; i++) {
      queue.append(source, 0, 4000);
      assert.equal((queue.bytes.byteOffset + queue.offset + queue.length) % 4, 0);
      queue.consume(1);
    }
  }
});
