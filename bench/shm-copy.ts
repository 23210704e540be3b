// SPDX-License-Identifier: Apache-2.0
/**
 * What copying out of a client's memory costs beside a plain memcpy between two mappings: `node dist/bench/shm-copy.js`.
 * Exits with 1 when a full frame takes more than its budget.
 */

import { ClientMemory } from "../src/native/client-memory.ts";
import { F_SEAL_SHRINK, Mapping, memfd, seal } from "../src/native/memory.ts";

const WIDTH = 1920;
const HEIGHT = 1080;
const STRIDE = WIDTH * 4;
const SIZE = STRIDE * HEIGHT;
/** A full frame, guarded, in relation to a plain memcpy of the same frame. */
const BUDGET = 1.15;
const ROUNDS = 15;
/** What a round measures, at least; in milliseconds. */
const ROUND_MS = 20;

interface Rectangle {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

const rectangles: readonly Rectangle[] = [
  { name: "full frame, 1920x1080", width: WIDTH, height: HEIGHT },
  { name: "64 whole rows", width: WIDTH, height: 64 },
  { name: "256x256", width: 256, height: 256 },
  { name: "16x16", width: 16, height: 16 },
  { name: "one pixel", width: 1, height: 1 },
];

interface Pool {
  readonly writer: Mapping;
  readonly client: ClientMemory;
}

function pool(seals: number): Pool {
  using file = memfd("bench-client", SIZE);
  seal(file.raw, seals);
  const writer = Mapping.map(file.raw, SIZE, { writable: true });
  writer.bytes.fill(0x5a);
  return { writer, client: ClientMemory.map(file.raw, SIZE) };
}

/** Microseconds for one call, the median of several rounds that alternate between all subjects. */
function measure(subjects: readonly (() => void)[]): number[] {
  const times = subjects.map(() => [] as number[]);
  const repeats = subjects.map((subject) => {
    let count = 0;
    for (const end = performance.now() + ROUND_MS; performance.now() < end; count++) subject();
    return count;
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, subject] of subjects.entries()) {
      const count = repeats[i] as number;
      const start = performance.now();
      for (let left = count; left > 0; left--) subject();
      times[i]?.push(((performance.now() - start) * 1000) / count);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1] as number);
}

using shadowFile = memfd("bench-shadow", SIZE);
using shadow = Mapping.map(shadowFile.raw, SIZE, { writable: true });
shadow.bytes.fill(1);
const { writer, client } = pool(0);
const sealed = pool(F_SEAL_SHRINK).client;

let within = true;
console.log("µs for one copy          memcpy   guarded    sealed   guarded/memcpy");
for (const { name, width, height } of rectangles) {
  const row = width * 4;
  const offset = height === HEIGHT ? 0 : 100 * STRIDE + (width === WIDTH ? 0 : 400);
  const plain = (): void => {
    if (row === STRIDE) {
      shadow.bytes.set(writer.bytes.subarray(offset, offset + height * STRIDE), offset);
      return;
    }
    for (let at = offset, left = height; left > 0; at += STRIDE, left--) {
      shadow.bytes.set(writer.bytes.subarray(at, at + row), at);
    }
  };
  const [memcpy, guarded, unguarded] = measure([
    plain,
    () => client.copyTo(shadow, offset, offset, row, height, STRIDE, STRIDE),
    () => sealed.copyTo(shadow, offset, offset, row, height, STRIDE, STRIDE),
  ]) as [number, number, number];
  const figures = [memcpy, guarded, unguarded].map((figure) => figure.toFixed(2).padStart(9)).join(" ");
  console.log(`${name.padEnd(22)} ${figures}   ${(guarded / memcpy).toFixed(2)}`);
  if (height === HEIGHT && guarded / memcpy > BUDGET) within = false;
}
if (!within) {
  console.error(`a full frame takes more than ${BUDGET} × of a memcpy`);
  process.exitCode = 1;
}
