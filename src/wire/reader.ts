// SPDX-License-Identifier: Apache-2.0
import { ProtocolError } from "./errors.ts";
import { receiveBuffer, receiveWords } from "./receive-buffer.ts";

// Words and strings of a message in the receive buffer. Places are word indices; `end` is the message's end. Each
// function that skips checks first, so that a message which was walked over once can be read without checks.

/** The place behind a string; throws ProtocolError when it is not one (wire.md rule: NUL at its end and only there). */
export function skipString(offset: number, end: number, nullable: boolean): number {
  const length = receiveWords[offset] as number;
  const next = offset + 1 + ((length + 3) >>> 2);
  if (length > 0xffff || next > end) throw new ProtocolError("a string is longer than its message");
  if (length === 0) {
    if (!nullable) throw new ProtocolError("a string is null that may not be");
    return next;
  }
  const start = (offset + 1) << 2;
  if (firstNul(start, length) !== start + length - 1) {
    throw new ProtocolError("a string does not end with its only NUL");
  }
  clearPadding(start + length, next);
  return next;
}

/** Up to this length a loop is quicker than a call of the library. */
const SHORT = 64;

/** Where the first NUL is; far behind the string if it has none. */
function firstNul(start: number, length: number): number {
  if (length > SHORT) return receiveBuffer.indexOf(0, start);
  let i = start;
  while (receiveBuffer[i] !== 0 && i < start + length) i++;
  return i;
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

/** A string that `skipString` accepted. */
export function readString(offset: number): string | null {
  const length = receiveWords[offset] as number;
  const start = (offset + 1) << 2;
  return length === 0 ? null : receiveBuffer.toString("utf8", start, start + length - 1);
}

/** A copy of an array that `skipArray` accepted. */
export function readArray(offset: number): Uint8Array {
  const start = (offset + 1) << 2;
  return Uint8Array.prototype.slice.call(receiveBuffer, start, start + (receiveWords[offset] as number));
}

/** A 24.8 fixed-point number. */
export function readFixed(offset: number): number {
  return ((receiveWords[offset] as number) | 0) / 256;
}
