// SPDX-License-Identifier: Apache-2.0
import { ProtocolError } from "./errors.ts";
import { receiveBuffer, receiveWords } from "./receive-buffer.ts";

// Words and strings of a message in the receive buffer. Places are word indices; `end` is the message's end. Each
// function that skips checks first, so that a message which was walked over once can be read without checks.

/**
 * The offset behind a string; throws ProtocolError when it is not one: a NUL must stand at its end. One before that ends
 * it for those who read it, and passes as it does through libwayland.
 */
export function skipString(offset: number, end: number, nullable: boolean): number {
  const length = receiveWords[offset] as number;
  const next = offset + 1 + ((length + 3) >>> 2);
  if (length > 0xffff || next > end) throw new ProtocolError("a string is longer than its message");
  if (length === 0) {
    if (!nullable) throw new ProtocolError("a string is null that may not be");
    return next;
  }
  const start = (offset + 1) << 2;
  if (receiveBuffer[start + length - 1] !== 0) throw new ProtocolError("a string does not end with a NUL");
  clearPadding(start + length, next);
  return next;
}

/** The place behind an array; throws ProtocolError when it does not fit. */
export function skipArray(offset: number, end: number): number {
  const length = receiveWords[offset] as number;
  const next = offset + 1 + ((length + 3) >>> 2);
  if (length > 0xffff || next > end) throw new ProtocolError("an array is longer than its message");
  clearPadding(((offset + 1) << 2) + length, next);
  return next;
}

/** Whatever the sender had in its padding is not for the receiver. */
function clearPadding(from: number, next: number): void {
  for (let i = from; i < next << 2; i++) receiveBuffer[i] = 0;
}

/** A string that `skipString` accepted, up to its first NUL, as programs in C read it. */
export function readString(offset: number): string | null {
  if (receiveWords[offset] === 0) return null;
  const start = (offset + 1) << 2;
  return receiveBuffer.toString("utf8", start, receiveBuffer.indexOf(0, start));
}

/** A copy of an array that `skipArray` accepted. */
export function readArray(offset: number): Uint8Array {
  const start = (offset + 1) << 2;
  // Not a Buffer, whose `slice` would copy nothing.
  return new Uint8Array(receiveBuffer.subarray(start, start + (receiveWords[offset] as number)));
}

/** Corrects the size of a message that goes on behind its last argument: what follows that is for nobody. */
export function endMessageAt(offset: number, end: number): void {
  const opcode = (receiveWords[offset + 1] as number) & 0xffff;
  receiveWords[offset + 1] = (((end - offset) << 18) | opcode) >>> 0;
}

/** A 24.8 fixed-point number. */
export function readFixed(offset: number): number {
  return ((receiveWords[offset] as number) | 0) / 256;
}
