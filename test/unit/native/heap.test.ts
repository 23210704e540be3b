// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { giveBack } from "../../../src/native/heap.ts";
import { eventually } from "../../support/eventually.ts";

const MIB = 1024 * 1024;
const { rss } = process.memoryUsage;

describe("the process", () => {
  it("gives back what V8 has free", { skip: !process.features.inspector }, async () => {
    let garbage: object[] | null = Array.from({ length: 1_000_000 }, (_, i) => ({ i, text: `${i}` }));
    const size = rss();
    assert.equal(garbage.length, 1_000_000);
    garbage = null;
    await giveBack();
    await eventually("a smaller process", () => rss() < size - 30 * MIB);
  });

  it("gives back what malloc has free behind something that is in use", async (t) => {
    if (!usesGlibcMalloc()) return t.skip("another malloc gives it back by itself, or never");
    const blocks: (Buffer | null)[] = [];
    // Each too small to be a mapping of its own.
    for (let i = 0; i < 2000; i++) blocks.push(Buffer.from(new ArrayBuffer(32 * 1024)).fill(1));
    const size = rss();
    const last = blocks.at(-1);
    blocks.length = 0;
    await giveBack();
    await eventually("a smaller process", () => rss() < size - 40 * MIB);
    assert.equal(last?.[0], 1);
  });

  it("can give back again and again", async () => {
    for (let i = 0; i < 3; i++) await giveBack();
  });
});

/** Whether malloc is glibc's: not musl's, nor AddressSanitizer's, which keeps what is free to find uses of it. */
function usesGlibcMalloc(): boolean {
  if (process.env["LD_PRELOAD"]?.includes("libasan")) return false;
  const report = process.report?.getReport() as { header: { glibcVersionRuntime?: string } } | undefined;
  return report?.header.glibcVersionRuntime !== undefined;
}
