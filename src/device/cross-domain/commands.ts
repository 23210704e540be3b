// SPDX-License-Identifier: Apache-2.0
/** The cross-domain commands as a host sees them. All numbers are little-endian; every one comes from the guest. */
import {
  CHANNEL_WAYLAND,
  COMMAND_HEADER,
  Command,
  IDENTIFIERS_OFFSET,
  IMAGE_REQUIREMENTS_SIZE,
  INIT_SIZE,
  MAX_CHANNEL_SIZE,
  MAX_IDENTIFIERS,
  SEND_HEADER,
  SIZED_INIT_SIZE,
  SIZES_OFFSET,
  TRANSFER_HEADER,
  TYPES_OFFSET,
} from "../../cross-domain/protocol.ts";
import { MAX_COMMANDS } from "../limits.ts";

/** A channel page holds one message. Guests that do not say otherwise count on no more than this to be used of it. */
const PAGE_SIZE = 4096;

/** Bytes in one RECEIVE, and in one READ: what fits into a channel of that size. */
export function receiveRoom(channelSize: number): number {
  return channelSize - SEND_HEADER;
}
export function readRoom(channelSize: number): number {
  return channelSize - TRANSFER_HEADER;
}

/**
 * The capability set of this kind of context, for the guest: version 1, Wayland channels, no GPU buffers. Behind what
 * others read comes a field of our own: how large a channel the guest may have.
 */
export const capset: Uint8Array = new Uint8Array(
  new Uint32Array([1, 1 << CHANNEL_WAYLAND, 0, 0, MAX_CHANNEL_SIZE]).buffer,
);

export interface Init {
  readonly queryRing: number;
  readonly channelRing: number;
  readonly channelType: number;
  /** How many bytes of the channel ring may be used. */
  readonly channelSize: number;
}

export interface ImageRequest {
  readonly width: number;
  readonly height: number;
  /** A DRM fourcc. */
  readonly format: number;
}

export interface Send {
  readonly identifiers: readonly { readonly id: number; readonly type: number }[];
  readonly data: Uint8Array;
}

export interface Write {
  readonly id: number;
  readonly hangUp: boolean;
  readonly data: Uint8Array;
}

/** One command of a submission: its number, and its bytes with the header. */
export interface RawCommand {
  readonly number: number;
  readonly bytes: DataView;
}

/**
 * Cuts a submission into commands; null when it is no row of whole commands, or has too many. A size below the header's
 * never passes.
 */
export function splitCommands(submission: Uint8Array): RawCommand[] | null {
  const view = new DataView(submission.buffer, submission.byteOffset, submission.byteLength);
  const commands: RawCommand[] = [];
  let at = 0;
  while (at < view.byteLength) {
    if (commands.length === MAX_COMMANDS || view.byteLength - at < COMMAND_HEADER) return null;
    const size = view.getUint16(at + 2, true);
    if (size < COMMAND_HEADER || size > view.byteLength - at) return null;
    commands.push({
      number: view.getUint8(at),
      bytes: new DataView(submission.buffer, submission.byteOffset + at, size),
    });
    at += size;
  }
  return commands;
}

/** Reads an INIT, also in the longer forms of other guests, whose first fields are the same. */
export function decodeInit(bytes: DataView): Init | null {
  if (bytes.byteLength < INIT_SIZE) return null;
  return {
    queryRing: bytes.getUint32(8, true),
    channelRing: bytes.getUint32(12, true),
    channelType: bytes.getUint32(16, true),
    channelSize: bytes.byteLength === SIZED_INIT_SIZE ? bytes.getUint32(24, true) : PAGE_SIZE,
  };
}

export function decodeImageRequest(bytes: DataView): ImageRequest | null {
  if (bytes.byteLength < IMAGE_REQUIREMENTS_SIZE) return null;
  return { width: bytes.getUint32(8, true), height: bytes.getUint32(12, true), format: bytes.getUint32(16, true) };
}

export function decodeSend(bytes: DataView): Send | null {
  if (bytes.byteLength < SEND_HEADER) return null;
  const count = bytes.getUint32(8, true);
  const length = bytes.getUint32(12, true);
  if (count > MAX_IDENTIFIERS || length > bytes.byteLength - SEND_HEADER) return null;
  const identifiers = Array.from({ length: count }, (_, i) => ({
    id: bytes.getUint32(IDENTIFIERS_OFFSET + 4 * i, true),
    type: bytes.getUint32(TYPES_OFFSET + 4 * i, true),
  }));
  return { identifiers, data: new Uint8Array(bytes.buffer, bytes.byteOffset + SEND_HEADER, length) };
}

export function decodeWrite(bytes: DataView): Write | null {
  if (bytes.byteLength < TRANSFER_HEADER) return null;
  const length = bytes.getUint32(16, true);
  if (length > bytes.byteLength - TRANSFER_HEADER) return null;
  return {
    id: bytes.getUint32(8, true),
    hangUp: bytes.getUint32(12, true) !== 0,
    data: new Uint8Array(bytes.buffer, bytes.byteOffset + TRANSFER_HEADER, length),
  };
}

/** A descriptor that the guest learns of. */
export interface Identifier {
  readonly id: number;
  readonly type: number;
  /** The size in bytes, 0 for pipes. */
  readonly size: number;
}

/** The memory of a channel, in order; all headers fit into the first piece. */
export type Channel = readonly [first: Uint8Array, ...rest: Uint8Array[]];

/** Writes a RECEIVE into a channel. Without data and identifiers it says that the compositor is gone. */
export function writeReceive(channel: Channel, identifiers: readonly Identifier[], data: Uint8Array): void {
  const view = begin(channel[0], Command.receive);
  view.setUint32(8, identifiers.length, true);
  view.setUint32(12, data.length, true);
  identifiers.forEach(({ id, type, size }, i) => {
    view.setUint32(IDENTIFIERS_OFFSET + 4 * i, id, true);
    view.setUint32(TYPES_OFFSET + 4 * i, type, true);
    view.setUint32(SIZES_OFFSET + 4 * i, size, true);
  });
  scatter(channel, SEND_HEADER, data);
}

/** Writes a READ into a channel: data of a pipe, or its end. */
export function writeRead(channel: Channel, id: number, data: Uint8Array, hangUp: boolean): void {
  const view = begin(channel[0], Command.read);
  view.setUint32(8, id, true);
  view.setUint32(12, hangUp ? 1 : 0, true);
  view.setUint32(16, data.length, true);
  view.setUint32(20, 0, true);
  scatter(channel, TRANSFER_HEADER, data);
}

/** The answer that a guest needs to make an image. */
export interface ImageAnswer {
  readonly stride: number;
  /** The size in bytes. */
  readonly size: number;
  readonly blobId: number;
}

/** Writes the answer to a request for an image's requirements into a query page; it has no header. */
export function writeImageAnswer(page: Uint8Array, { stride, size, blobId }: ImageAnswer): void {
  const view = new DataView(page.buffer, page.byteOffset, 64);
  for (let at = 0; at < 64; at += 4) view.setUint32(at, 0, true);
  view.setUint32(0, stride, true);
  view.setBigUint64(40, BigInt(size), true);
  view.setUint32(48, blobId, true);
  // Cached, as the VM maps ordinary memory.
  view.setUint32(52, 1, true);
  view.setInt32(56, -1, true);
  view.setInt32(60, -1, true);
}

/** Writes data from an offset on, as far as the channel goes. Its guest decides how many pieces that has. */
function scatter(channel: Channel, offset: number, data: Uint8Array): void {
  let start = offset;
  let done = 0;
  for (const piece of channel) {
    if (done === data.length) return;
    if (start < piece.length) {
      const part = data.subarray(done, done + piece.length - start);
      piece.set(part, start);
      done += part.length;
      start = piece.length;
    }
    start -= piece.length;
  }
}

/** The header has no size, as with other hosts: there are guests that compare its whole word with the number. */
function begin(page: Uint8Array, command: number): DataView {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  view.setUint32(0, command, true);
  view.setUint32(4, 0, true);
  return view;
}
