// SPDX-License-Identifier: Apache-2.0
/** Our standard error. Of a program that only fails to start, nothing more is loaded for it than Node has anyway. */
import type { LineQueue } from "../../log/line-queue.ts";

let queue: LineQueue | null = null;

/** Makes writes go to a queue from now on, so that they do not wait for who reads. */
export function useErrorQueue(lines: LineQueue): void {
  queue = lines;
}

let ofNode: NodeJS.WritableStream | null = null;

/** Node's own stream, which is slow to load. That nobody reads it any more (a pipe to head(1), say) is no reason to end. */
export function errorStream(): NodeJS.WritableStream {
  ofNode ??= process.stderr.on("error", () => {});
  return ofNode;
}

/** Writes whole lines. */
export function writeError(text: string): void {
  if (queue === null) errorStream().write(text);
  else queue.write(text);
}

/** Resolves when much can be written without loss. */
export async function roomForErrors(): Promise<void> {
  await queue?.room();
}

/** Writes what waits, as far as a reader takes it. */
export function finishErrors(): void {
  queue?.finish();
}
