// SPDX-License-Identifier: Apache-2.0
/** The first exchange of a connection (X11 protocol, chapter 8). */

/** The facts that the server reports about itself. */
export interface Setup {
  /** The first screen's root window, its size in pixels, its depth and visual; Xwayland has one screen. */
  readonly root: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly visual: number;
  /** All ids that we make are `idBase` with bits of `idMask`. */
  readonly idBase: number;
  readonly idMask: number;
  /** The longest request in bytes, without BIG-REQUESTS. */
  readonly maxRequest: number;
}

/** Bytes in the part that every answer begins with. */
const HEAD = 8;
const FIXED = 40;
const FORMAT = 8;
const SCREEN = 40;
const SUCCESS = 1;

/** Asks for a connection in little-endian order, version 11.0, without an authorization: our socket is a private one. */
export const setupRequest: Buffer = Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** How long the answer is whose first `available` bytes are here; 0 while that cannot be said. */
export function setupLength(bytes: Buffer, start: number, available: number): number {
  return available < HEAD ? 0 : HEAD + 4 * bytes.readUInt16LE(start + 6);
}

/** Reads the whole answer. Throws an Error with the server's own words when it refused. */
export function readSetup(answer: Buffer): Setup {
  if (answer.readUInt8(0) !== SUCCESS) {
    const reason = answer.toString("latin1", HEAD, HEAD + answer.readUInt8(1));
    throw new Error(`the X server refuses the connection: ${reason.trim() || "no reason given"}`);
  }
  const vendor = (answer.readUInt16LE(24) + 3) & ~3;
  const screen = FIXED + vendor + FORMAT * answer.readUInt8(29);
  if (answer.readUInt8(28) < 1 || answer.length < screen + SCREEN) throw new Error("the X server has no screen");
  return {
    root: answer.readUInt32LE(screen),
    width: answer.readUInt16LE(screen + 20),
    height: answer.readUInt16LE(screen + 22),
    depth: answer.readUInt8(screen + 38),
    visual: answer.readUInt32LE(screen + 32),
    idBase: answer.readUInt32LE(12),
    idMask: answer.readUInt32LE(16),
    maxRequest: 4 * answer.readUInt16LE(26),
  };
}
