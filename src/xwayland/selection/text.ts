// SPDX-License-Identifier: Apache-2.0
/** Text between the host, where it is UTF-8, and X clients that ask for a STRING, which is Latin 1 (ICCCM 2.7.1). */
import { StringDecoder } from "node:string_decoder";

/** Converts data piece by piece. */
export type Conversion = (bytes: Uint8Array) => Uint8Array;

/** Data as it is. */
export const unchanged: Conversion = (bytes) => bytes;

/**
 * Converts UTF-8 to Latin 1, with question marks for what that does not have. A piece becomes at most as many bytes as
 * went in, and broken text 3 more.
 */
export function toLatin1(): Conversion {
  const decoder = new StringDecoder("utf8");
  return (bytes) => {
    const text = decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    return Buffer.from(text.replace(/[^\0-\xff]/gu, "?"), "latin1");
  };
}

/** Converts Latin 1 to UTF-8. */
export const fromLatin1: Conversion = (bytes) =>
  Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
