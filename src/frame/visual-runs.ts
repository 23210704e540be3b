// SPDX-License-Identifier: Apache-2.0
import type { TextLibraries } from "./load-libraries.ts";

/** A part of a text that runs in one direction. */
export interface TextRun {
  readonly start: number;
  readonly end: number;
  readonly isRightToLeft: boolean;
}

/** The runs of a text of one line, in the order in which they are seen from the left to the right. */
export function visualRuns(libraries: TextLibraries, text: string): readonly TextRun[] {
  const embedding = libraries.getEmbeddingLevels(text, "auto");
  const level = (index: number): number => embedding.levels[index] as number;
  const order = Array.from({ length: text.length }, (_, index) => index);
  for (const [start = 0, end = 0] of libraries.getReorderSegments(text, embedding)) {
    order.splice(start, end - start + 1, ...order.slice(start, end + 1).reverse());
  }
  const runs: TextRun[] = [];
  for (let from = 0, to = 0; from < order.length; from = to) {
    const first = order[from] as number;
    const isRightToLeft = level(first) % 2 === 1;
    let last = first;
    for (to = from + 1; to < order.length; to++) {
      const next = order[to] as number;
      if (next !== last + (isRightToLeft ? -1 : 1) || level(next) !== level(first)) break;
      last = next;
    }
    runs.push({ start: Math.min(first, last), end: Math.max(first, last) + 1, isRightToLeft });
  }
  return runs;
}
