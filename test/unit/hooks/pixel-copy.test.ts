// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Rect } from "../../../src/hooks/damage.ts";
import { PixelCopy } from "../../../src/hooks/shm/pixel-copy.ts";
import type { Shape } from "../../../src/hooks/shm/shape.ts";
import { ClientMemory, MAX_BLOCKS } from "../../../src/native/client-memory.ts";
import { Mapping, memfd } from "../../../src/native/memory.ts";

/** Each pixel has 32 bits, and each line a gap behind it. */
const shape: Shape = { width: 100, height: 80, stride: 416, format: 1, size: 416 * 80 };

/** The offset of the client's picture in its memory. */
const OFFSET = 64;

/** More letters than go with one call. */
const letters: readonly Rect[] = Array.from({ length: 2 * MAX_BLOCKS + 2 }, (_, i) => {
  const [left, top] = [(i % 13) * 7, Math.floor(i / 13) * 7];
  return { left, top, right: left + 1 + (i % 6), bottom: top + 1 + (i % 5) };
});

function memories(t: TestContext): { client: ClientMemory; theirs: Mapping; image: Mapping } {
  using file = memfd("client", OFFSET + shape.size);
  using other = memfd("image", shape.size);
  const theirs = Mapping.map(file.raw, OFFSET + shape.size, { writable: true });
  const image = Mapping.map(other.raw, shape.size, { writable: true });
  const client = ClientMemory.map(file.raw, OFFSET + shape.size);
  t.after(() => {
    for (const one of [theirs, image, client]) one.close();
  });
  theirs.bytes.forEach((_, at) => {
    theirs.bytes[at] = (at % 250) + 1;
  });
  return { client, theirs, image };
}

/** Whether a byte of the picture belongs to one of its letters. */
function isDrawn(at: number): boolean {
  const [x, y] = [Math.floor((at % shape.stride) / 4), Math.floor(at / shape.stride)];
  return letters.some(({ left, top, right, bottom }) => x >= left && x < right && y >= top && y < bottom);
}

for (const limit of [1, 100, 5000, 1 << 20]) {
  test(`many rectangles are copied in pieces of ${limit} bytes, and nothing else`, (t) => {
    const { client, theirs, image } = memories(t);
    const copy = new PixelCopy();
    copy.begin(client, OFFSET, image, shape, letters);
    while (!copy.finished) copy.step(limit);
    assert.ok(copy.isComplete);
    const expected = theirs.bytes.subarray(OFFSET).map((byte, at) => (isDrawn(at) ? byte : 0));
    assert.deepEqual(image.bytes, expected);
    assert.equal(copy.copied, expected.filter((byte) => byte !== 0).length);
  });
}

test("a picture is copied into the client's memory, and not what is between its lines", (t) => {
  const { client, theirs, image } = memories(t);
  const before = theirs.bytes.slice();
  image.bytes.fill(0xff);
  const copy = new PixelCopy();
  copy.beginInward(client, OFFSET, image, shape);
  while (!copy.finished) copy.step(3000);
  const expected = before.map((byte, at) => (at >= OFFSET && (at - OFFSET) % shape.stride < 400 ? 0xff : byte));
  assert.deepEqual(theirs.bytes, expected);
});
