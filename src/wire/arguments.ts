// SPDX-License-Identifier: Apache-2.0
import { ArgKind, type Argument, type Message } from "./signature.ts";

// Where the arguments of a message lie. Whoever wants to know walks over them with this; only `Forwarder.forwardInPlace`
// has a walk of its own, since it does everything in one.

/** Words of a header, behind which the first argument lies. */
const HEADER = 2;

/** The length in bytes that no string or array can have in a message. */
const TOO_LONG = 0x10000;

/**
 * The offset behind an argument; one beyond `end` if the message is too short for it. The content of a string is not
 * looked at.
 */
export function endOfArgument(kind: ArgKind, words: Uint32Array, offset: number, end: number): number {
  if (kind === ArgKind.fd) return offset;
  if (offset >= end) return end + 1;
  if (kind !== ArgKind.string && kind !== ArgKind.array && kind !== ArgKind.genericNewId) return offset + 1;
  const length = words[offset] as number;
  if (length >= TOO_LONG) return end + 1;
  const next = offset + 1 + ((length + 3) >>> 2);
  return kind === ArgKind.genericNewId ? next + 2 : next;
}

/** The arguments of a message and their offsets, in their order; of one that is cut, those that are whole. */
export function* argumentsOf(
  message: Message,
  words: Uint32Array,
  offset = 0,
  end: number = words.length,
): Generator<readonly [Argument, number]> {
  let cursor = offset + HEADER;
  for (const arg of message.args) {
    const next = endOfArgument(arg.kind, words, cursor, end);
    if (next > end) return;
    yield [arg, cursor];
    cursor = next;
  }
}

/** The text of a string argument; "" for null. Of one that is cut, what there is. */
export function textAt(words: Uint32Array, offset: number): string {
  const start = (offset + 1) << 2;
  const length = Math.min((words[offset] ?? 0) - 1, words.byteLength - start);
  return length <= 0 ? "" : Buffer.from(words.buffer, words.byteOffset + start, length).toString("utf8");
}
