// SPDX-License-Identifier: Apache-2.0
import { ProtocolError } from "./errors.ts";
import type { OutputQueue } from "./output-queue.ts";

/** A message cannot be longer: its header has 16 bits for the size. */
const MAX_MESSAGE_SIZE = 0xfffc;

const buffer = Buffer.allocUnsafeSlow(MAX_MESSAGE_SIZE + 4);
const words = new Uint32Array(buffer.buffer);

/** The message that was written last; overwritten by the next. */
export const writtenWords: Uint32Array = words;
let offset = 0;

// Writes one message at a time, into a buffer of its own: the receive buffer holds the messages that came in.

export function beginMessage(objectId: number, opcode: number): void {
  words[0] = objectId;
  words[1] = opcode;
  offset = 2;
}

/** An int, uint, object, new_id of a fixed interface, or an enum's value. */
export function writeWord(value: number): void {
  reserve(1);
  words[offset++] = value;
}

/** A 24.8 fixed-point number, rounded to the nearest. */
export function writeFixed(value: number): void {
  writeWord(Math.round(value * 256));
}

/** A string, or null. An inner NUL would end it for the reader, so it ends here. */
export function writeString(text: string | null): void {
  if (text === null) return writeWord(0);
  const nul = text.indexOf("\0");
  const string = nul < 0 ? text : text.slice(0, nul);
  const length = Buffer.byteLength(string) + 1;
  writeBytes(length, (start) => buffer.write(string, start, "utf8"));
}

export function writeArray(bytes: Uint8Array): void {
  writeBytes(bytes.length, (start) => buffer.set(bytes, start));
}

/** Hands the finished message to a peer's output queue; @returns its size in words. */
export function endMessage(output: OutputQueue): number {
  const size = offset << 2;
  words[1] = ((size << 16) | (words[1] as number)) >>> 0;
  output.append(buffer, 0, size);
  return offset;
}

function writeBytes(length: number, fill: (start: number) => void): void {
  const size = (length + 3) >>> 2;
  reserve(1 + size);
  words[offset++] = length;
  // The last word first: it holds the NUL and the padding, which must not leak what was here before.
  if (size > 0) words[offset + size - 1] = 0;
  fill(offset << 2);
  offset += size;
}

function reserve(count: number): void {
  if ((offset + count) << 2 > MAX_MESSAGE_SIZE) throw new ProtocolError("a message would be longer than 65532 bytes");
}
