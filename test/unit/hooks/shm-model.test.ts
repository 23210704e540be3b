// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { BLOCK_NUMBERS, ClientMemory } from "../../../src/native/client-memory.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { scoped } from "../../support/proxied.ts";
import fc from "../../support/random.ts";
import { type Drawing, painted, shownOn } from "../../support/shm.ts";

const width = 48;
const height = 32;

/** Idle shadows that a surface keeps. */
const KEPT_IDLE = 2;

const everything = new Uint8Array(width * height).fill(1);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One frame of a client: what it draws, into which of its buffers, and which of the host's are released afterwards. */
interface Frame {
  readonly boxes: readonly Box[];
  readonly buffer: number;
  readonly inSurfaceCoordinates: boolean;
  readonly releases: number;
}

/** How the surface shows its buffer; a zoom other than 0 is a viewport's. */
interface Showing {
  readonly transform: number;
  readonly scale: number;
  readonly zoom: number;
}

const frame: fc.Arbitrary<Frame> = fc.record({
  boxes: fc.array(
    fc.record({
      x: fc.nat(width - 1),
      y: fc.nat(height - 1),
      width: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 12 }),
    }),
    { maxLength: 4 },
  ),
  buffer: fc.nat(2),
  inSurfaceCoordinates: fc.boolean(),
  releases: fc.nat(7),
});

const showing: fc.Arbitrary<Showing> = fc.record({
  transform: fc.nat(7),
  scale: fc.constantFrom(1, 2),
  zoom: fc.constantFrom(0, 1, 3),
});

/** The smallest box of the surface that shows one of the buffer: by turning the picture back quarter by quarter. */
function onSurface(box: Box, { transform, scale, zoom }: Showing): Box {
  let { x, y, width: w, height: h } = box;
  let [pictureWidth, pictureHeight] = [width, height];
  for (let turn = 0; turn < (transform & 3); turn++) {
    [x, y, w, h] = [pictureHeight - y - h, x, h, w];
    [pictureWidth, pictureHeight] = [pictureHeight, pictureWidth];
  }
  if (transform >= 4) x = pictureWidth - x - w;
  const factor = Math.max(zoom, 1) / scale;
  const [left, top] = [Math.floor(x * factor), Math.floor(y * factor)];
  return { x: left, y: top, width: Math.ceil((x + w) * factor) - left, height: Math.ceil((y + h) * factor) - top };
}

/** Pixels of the buffer, grown to those that share a pixel of the surface: what damage in its coordinates comes to. */
function grown(box: Box, { scale, zoom }: Showing): Box {
  const factor = Math.max(zoom, 1) / scale;
  const begin = (n: number): number => Math.floor(Math.floor(n * factor) / factor);
  const end = (n: number): number => Math.ceil(Math.ceil(n * factor) / factor);
  const [x, y] = [begin(box.x), begin(box.y)];
  return { x, y, width: end(box.x + box.width) - x, height: end(box.y + box.height) - y };
}

function mark(pixels: Uint8Array, box: Box): void {
  for (let y = Math.max(box.y, 0); y < Math.min(box.y + box.height, height); y++) {
    for (let x = Math.max(box.x, 0); x < Math.min(box.x + box.width, width); x++) pixels[y * width + x] = 1;
  }
}

const count = (pixels: Uint8Array): number => pixels.reduce((sum, one) => sum + one, 0);

/** Runs a client through some frames, and checks after each what the host has, and what that has cost. */
async function run(frames: readonly Frame[], how: Showing): Promise<void> {
  await scoped(async (scope) => {
    const { client, host, painter } = await painted(scope);
    let copied = 0;
    const { copyBlocks } = ClientMemory.prototype;
    const counting: typeof copyBlocks = function (this: ClientMemory, to, offset, stride, blocks, many) {
      for (let at = 0; at < BLOCK_NUMBERS * many; at += BLOCK_NUMBERS)
        copied += (blocks[at + 1] as number) * (blocks[at + 2] as number);
      return copyBlocks.call(this, to, offset, stride, blocks, many);
    };
    const copies = mock.method(ClientMemory.prototype, "copyBlocks", counting);
    scope.after(async () => copies.mock.restore());
    const { surface, theirs } = await painter.surface();
    surface.send("set_buffer_transform", how.transform);
    surface.send("set_buffer_scale", how.scale);
    if (how.zoom > 0) {
      const viewport = (await client.bind("wp_viewporter")).create("get_viewport", surface);
      const turned = how.transform % 2 === 1;
      const [w, h] = turned ? [height, width] : [width, height];
      viewport.send("set_destination", (w * how.zoom) / how.scale, (h * how.zoom) / how.scale);
    }
    const pool = painter.pool(3 * width * height * 4);
    const buffers = [0, 1, 2].map((i) => pool.buffer(width, height, { offset: i * width * height * 4 }));
    const canvas = new Uint32Array(width * height).fill(0xff000000);
    /** For each buffer of the host's the pixels that have changed since it was last attached. */
    const stale = new Map<FakeObject, Uint8Array>();
    /** Those that the host has not released. */
    const held = new Set<FakeObject>();
    /** Of more idle ones than a surface keeps, some are taken back and filled anew. */
    let isCrowded = false;

    for (const [i, { boxes, buffer: index, inSurfaceCoordinates, releases }] of frames.entries()) {
      const buffer = buffers[index] as Drawing;
      const damaged = new Uint8Array(width * height);
      for (const box of boxes) {
        const drawn = new Uint8Array(width * height);
        mark(drawn, box);
        drawn.forEach((one, at) => {
          if (one) canvas[at] = (i + 1) * 0x10101 + at;
        });
        mark(damaged, inSurfaceCoordinates ? grown(box, how) : box);
      }
      pool.bytes.set(new Uint8Array(canvas.buffer), buffer.offset);
      surface.send("attach", buffer.object, 0, 0);
      for (const box of boxes) {
        const { x, y, width: w, height: h } = inSurfaceCoordinates ? onSurface(box, how) : box;
        surface.send(inSurfaceCoordinates ? "damage" : "damage_buffer", x, y, w, h);
      }
      surface.send("commit");
      copied = 0;
      await client.roundtrip();

      const shown = shownOn(host, theirs);
      assert.ok(shown);
      assert.deepEqual(shown.pixels(width * 4), Buffer.from(canvas.buffer), `what frame ${i} shows`);

      for (const pixels of stale.values()) {
        damaged.forEach((one, at) => {
          if (one) pixels[at] = 1;
        });
      }
      const expected = count(stale.get(shown.buffer) ?? everything) * 4;
      const most = isCrowded ? everything.length * 4 : expected;
      assert.ok(copied >= expected && copied <= most * 1.1, `frame ${i}: ${copied} bytes for ${expected}`);
      stale.set(shown.buffer, new Uint8Array(width * height));

      assert.ok(!held.has(shown.buffer), "what the host holds is written to");
      held.add(shown.buffer);
      for (const [bit, one] of [...held].entries()) {
        if ((releases & (1 << bit)) === 0) continue;
        one.send("release");
        held.delete(one);
      }
      isCrowded ||= stale.size - held.size > KEPT_IDLE;
    }
  });
}

describe("what the host has of a client's buffers", () => {
  it("is always what the client has drawn, and costs no more bytes than were damaged", async () => {
    await fc.assert(fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 12 }), showing, run), { numRuns: 60 });
  });
});
