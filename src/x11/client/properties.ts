// SPDX-License-Identifier: Apache-2.0

import { Atom, PropMode } from "../generated/enums.ts";
import type { X11Connection } from "./connection.ts";

/** The format of a property's value: numbers of so many bits. */
export type Format = 8 | 16 | 32;

/** The content of a property when it was read. */
export interface Property {
  /** The atom that says what it is. */
  readonly type: number;
  readonly format: Format;
  /** The property's bytes, from the offset that was asked for. */
  readonly bytes: Uint8Array;
  /** How many bytes there are behind these. */
  readonly bytesAfter: number;
}

export interface ReadOptions {
  /** The offset at which to begin, in bytes: a multiple of 4. Default: 0. */
  readonly offset?: number;
  /** How many bytes at most, rounded up to a multiple of 4. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Deletes the property, if it is read to its end. */
  readonly delete?: boolean;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;

/** The bytes of a ChangeProperty besides its data, with BIG-REQUESTS. */
const HEAD = 28;

/**
 * Reads a property of a window; null when there is none. Whatever type it has: clients' types are often wrong. Rejects
 * with an X11Error when there is no such window, with an X11ClosedError when the connection ends.
 */
export async function getProperty(
  x: X11Connection,
  window: number,
  property: number,
  options: ReadOptions = {},
): Promise<Property | null> {
  const { offset = 0, maxBytes = DEFAULT_MAX_BYTES } = options;
  const { format, type, bytes_after, value } = await x.call("GetProperty", {
    delete: options.delete ?? false,
    window,
    property,
    type: Atom.Any,
    long_offset: offset / 4,
    long_length: Math.ceil(maxBytes / 4),
  });
  if (format !== 8 && format !== 16 && format !== 32) return null;
  return { type, format, bytes: value, bytesAfter: bytes_after };
}

/** The numbers that a property holds, if they are of 32 bits: atoms, windows, CARDINALs. Nothing else is any. */
export function wordsOf(property: Property | null): Uint32Array {
  if (property?.format !== 32) return new Uint32Array(0);
  const { buffer, byteOffset, length } = property.bytes;
  return new Uint32Array(buffer, byteOffset, length >>> 2);
}

/**
 * Replaces a property of a window, of whatever length: as long as the value is longer than a request can be, it is
 * appended in parts, and others may see it grow.
 * @param value numbers that have as many bits as the format says
 */
export function setProperty(
  x: X11Connection,
  window: number,
  property: number,
  type: number,
  value: Uint8Array | Uint16Array | Uint32Array,
): void {
  change(x, PropMode.Replace, window, property, type, value);
}

/** Appends to a property of a window, which must have the same type and format if it exists. */
export function appendProperty(
  x: X11Connection,
  window: number,
  property: number,
  type: number,
  value: Uint8Array | Uint16Array | Uint32Array,
): void {
  change(x, PropMode.Append, window, property, type, value);
}

function change(
  x: X11Connection,
  mode: number,
  window: number,
  property: number,
  type: number,
  value: Uint8Array | Uint16Array | Uint32Array,
): void {
  const format = 8 * value.BYTES_PER_ELEMENT;
  const most = Math.floor((x.maxRequest - HEAD) / 4) * (4 / value.BYTES_PER_ELEMENT);
  let start = 0;
  do {
    const part = value.subarray(start, start + most);
    const data = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    const partMode = start === 0 ? mode : PropMode.Append;
    x.send("ChangeProperty", { mode: partMode, window, property, type, format, data_len: part.length, data });
    start += most;
  } while (start < value.length);
}
