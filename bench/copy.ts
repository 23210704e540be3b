// SPDX-License-Identifier: Apache-2.0
// `node dist/bench/copy.js`: what it costs to copy the pixels of a client to where the host sees them, beside a plain
// copy of as many bytes.

import { type Rect, Region } from "../src/hooks/damage.ts";
import { PIECE } from "../src/hooks/shm/copy-turns.ts";
import { PixelCopy } from "../src/hooks/shm/pixel-copy.ts";
import type { Shape } from "../src/hooks/shm/shape.ts";
import { ClientMemory } from "../src/native/client-memory.ts";
import { F_SEAL_SHRINK, Mapping, memfd, seal } from "../src/native/memory.ts";

/** All bytes of a frame, at most this many times of a plain copy. */
const MAX_FULL_RATIO = 1.15;

/** Rounds of each measurement, in turns, of which the fastest counts: what disturbs the machine only adds. */
const ROUNDS = 200;

/** Milliseconds that a round takes at least, so that the clock is fine enough: and not longer, as it is disturbed then. */
const ROUND = 0.05;

/** Full HD in 32 bits. */
const shape: Shape = { width: 1920, height: 1080, stride: 7680, format: 1, size: 7680 * 1080 };

interface Case {
  readonly what: string;
  readonly rects: readonly Rect[];
  readonly source: Source;
}

/** Memory of a client, and the same as nobody guards it. */
interface Source {
  readonly guarded: ClientMemory;
  readonly plain: Mapping;
}

function boxes(count: number, width: number, height: number): Rect[] {
  const region = new Region();
  for (let i = 0; i < count; i++) {
    const left = (i * 613) % (shape.width - width);
    const top = (i * 389) % (shape.height - height);
    region.add({ left, top, right: left + width, bottom: top + height });
  }
  return [...region.rects];
}

function newMemory(): { mapping: Mapping; raw: number; close: () => void } {
  const fd = memfd("pixels", shape.size);
  const mapping = Mapping.map(fd.raw, shape.size, { writable: true });
  // So that no page is touched for the first time while it is measured.
  mapping.bytes.fill(1);
  return {
    mapping,
    raw: fd.raw,
    close: () => {
      mapping.close();
      fd.close();
    },
  };
}

/** Microseconds for each of the actions: the fastest of some rounds. */
function fastest(actions: readonly (() => void)[]): number[] {
  const repeats = actions.map((action) => {
    const start = performance.now();
    for (let i = 0; i < 5; i++) action();
    return Math.max(1, Math.round((5 * ROUND) / Math.max(performance.now() - start, 0.001)));
  });
  const best = actions.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, action] of actions.entries()) {
      const count = repeats[i] as number;
      // What the one before has left in the caches is not its business.
      action();
      const start = performance.now();
      for (let repeat = 0; repeat < count; repeat++) action();
      best[i] = Math.min(best[i] as number, ((performance.now() - start) / count) * 1000);
    }
  }
  return best;
}

function main(): void {
  const [target, client, sealed] = [newMemory(), newMemory(), newMemory()];
  seal(sealed.raw, F_SEAL_SHRINK);
  const usual = { guarded: ClientMemory.map(client.raw, shape.size), plain: client.mapping };
  const safe = { guarded: ClientMemory.map(sealed.raw, shape.size), plain: sealed.mapping };
  const full = [{ left: 0, top: 0, right: shape.width, bottom: shape.height }];
  const half = [{ left: 0, top: 0, right: shape.width / 2, bottom: shape.height }];
  const cases: readonly Case[] = [
    { what: "everything", rects: full, source: usual },
    { what: "everything, file sealed against shrinking", rects: full, source: safe },
    { what: "the left half", rects: half, source: usual },
    { what: "a box of 200x100", rects: boxes(1, 200, 100), source: usual },
    { what: "a cursor of 2x16", rects: boxes(1, 2, 16), source: usual },
    { what: "a line of 1920x20", rects: [{ left: 0, top: 500, right: 1920, bottom: 520 }], source: usual },
    { what: "50 letters of 9x18", rects: boxes(50, 9, 18), source: usual },
    { what: "50 letters of 9x18, sealed", rects: boxes(50, 9, 18), source: safe },
  ];
  const copy = new PixelCopy();
  const copies = cases.map(({ rects, source }) => () => {
    copy.begin(source.guarded, 0, target.mapping, shape, rects);
    while (!copy.finished) copy.step(PIECE);
  });
  const bytes = cases.map(({ rects }) => {
    return rects.reduce((sum, { left, top, right, bottom }) => sum + (right - left) * (bottom - top) * 4, 0);
  });
  // As many bytes in one piece: what the memory takes, whatever we do.
  const plainCopies = cases.map(({ source }, i) => {
    const from = source.plain.bytes.subarray(0, bytes[i]);
    return () => target.mapping.bytes.set(from);
  });
  // Side by side, as what is compared has to have the same machine.
  const times = fastest(copies.flatMap((copy, i) => [copy, plainCopies[i] as () => void]));
  console.log("copied                                        bytes     us  plain us   ratio");
  for (const [i, { what }] of cases.entries()) {
    const [time, base] = [times[2 * i] as number, times[2 * i + 1] as number];
    const columns = [String(bytes[i]).padStart(10), time.toFixed(1).padStart(7), base.toFixed(1).padStart(9)];
    console.log(`${what.padEnd(41)}${columns.join("")}${(time / base).toFixed(2).padStart(8)}`);
  }
  const ratio = (times[0] as number) / (times[1] as number);
  const isMet = ratio <= MAX_FULL_RATIO;
  console.log(`everything within ${MAX_FULL_RATIO} x of a plain copy: ${isMet ? "yes" : "NO"} (${ratio.toFixed(2)})`);
  if (!isMet) process.exitCode = 1;
  usual.guarded.close();
  safe.guarded.close();
  for (const memory of [target, client, sealed]) memory.close();
}

main();
