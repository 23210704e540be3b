// SPDX-License-Identifier: Apache-2.0
/**
 * The cross-domain commands as bytes. All are written into one buffer, since a submission copies it at once. Each
 * function returns how long the command is that now begins at its start. All numbers are little-endian words.
 */
import {
  CHANNEL_WAYLAND,
  Command,
  IDENTIFIERS_OFFSET,
  IMAGE_REQUIREMENTS_SIZE,
  INIT_SIZE,
  MAX_IDENTIFIERS,
  SEND_HEADER,
  SIZED_INIT_SIZE,
  SIZES_OFFSET,
  TRANSFER_HEADER,
  TYPES_OFFSET,
} from "../cross-domain/protocol.ts";
import { pageSize } from "../native/memory.ts";
import { MAX_WRITE_DATA } from "./limits.ts";

/** The place of a command's fields after the two of its header, in words. */
const IDS: number = IDENTIFIERS_OFFSET >> 2;
const TYPES: number = TYPES_OFFSET >> 2;
const SIZES: number = SIZES_OFFSET >> 2;

const memory = new ArrayBuffer(8192);
const words = new Uint32Array(memory);
/** The buffer that commands are written into. */
export const commandBytes: Uint8Array = new Uint8Array(memory);

/** A header never says 0 bytes, which some hosts would not survive: they step from command to command by it. */
function header(command: number, size: number): number {
  words[0] = command | (size << 16);
  words[1] = 0;
  return size;
}

/**
 * The 20 bytes that every host understands; the longer forms mean different things, and the shorter cannot name the
 * channel's type. 28 bytes, with the channel's size at the end, are for hosts of our own that have offered more than
 * a page. Hosts older than rutabaga 0.1.71 or libkrun 1.16 take it for the layout with four identifiers in SEND and
 * RECEIVE. Nobody speaks that any more, and such hosts cannot be recognized.
 */
export function encodeInit(queryResource: number, channelResource: number, channelSize: number): number {
  words[2] = queryResource;
  words[3] = channelResource;
  words[4] = CHANNEL_WAYLAND;
  words[5] = 0;
  words[6] = channelSize;
  return header(Command.init, channelSize > pageSize ? SIZED_INIT_SIZE : INIT_SIZE);
}

/**
 * A command that does nothing. On RING_CHANNEL its fence is the next event's, on RING_QUERY it is signalled at once.
 */
export function encodePoll(): number {
  words[2] = words[3] = 0;
  return header(Command.poll, 16);
}

const FORMAT_R8 = 0x20203852;
/** GBM_BO_USE_SCANOUT | GBM_BO_USE_LINEAR: what other guests ask for, too. */
const USE_LINEAR_SCANOUT = 0x11;

/** Asks what an image of one line of bytes takes. The answer comes into the query page. */
export function encodeImageRequirements(width: number): number {
  words[2] = width;
  words[3] = 1;
  words[4] = FORMAT_R8;
  words[5] = USE_LINEAR_SCANOUT;
  return header(Command.imageRequirements, IMAGE_REQUIREMENTS_SIZE);
}

/** The number that is sent along with bytes in place of a descriptor. */
export interface Identifier {
  readonly id: number;
  /** An IdentifierType. */
  readonly type: number;
}

/** Bytes for the compositor, and with them what stands for descriptors. */
export function encodeSend(
  identifiers: readonly Identifier[],
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  words.fill(0, 2, SEND_HEADER >> 2);
  words[2] = identifiers.length;
  words[3] = length;
  identifiers.forEach(({ id, type }, i) => {
    words[IDS + i] = id;
    words[TYPES + i] = type;
  });
  commandBytes.set(bytes.subarray(offset, offset + length), SEND_HEADER);
  return header(Command.send, SEND_HEADER + length);
}

/** The place in `commandBytes` of the data of a WRITE, so that it can be read there. */
export const WRITE_DATA_OFFSET: number = TRANSFER_HEADER;

/** Data for a pipe of the host, which lies at WRITE_DATA_OFFSET already. */
export function encodeWrite(id: number, length: number, hangUp: boolean): number {
  if (length > MAX_WRITE_DATA) throw new RangeError(`a WRITE of ${length} bytes`);
  words[2] = id;
  words[3] = hangUp ? 1 : 0;
  words[4] = length;
  words[5] = 0;
  return header(Command.write, TRANSFER_HEADER + length);
}

/** The memory that an image takes. */
export interface ImageRequirements {
  /** The size in bytes; a blob must have exactly this. */
  readonly size: number;
  readonly blobId: number;
}

/** The answer in a query page; null when the host has written none. */
export function decodeImageRequirements(page: Uint32Array): ImageRequirements | null {
  const size = (page[10] as number) + (page[11] as number) * 2 ** 32;
  const blobId = page[12] as number;
  return size > 0 && blobId !== 0 ? { size, blobId } : null;
}

/** A descriptor of the host, in a RECEIVE. */
export interface ReceivedIdentifier extends Identifier {
  /** The size in bytes; 0 for pipes. */
  readonly size: number;
}

/** A message in the channel page. Its data stays there, from `start` to `end`. */
export type Received =
  | {
      readonly command: typeof Command.receive;
      readonly identifiers: readonly ReceivedIdentifier[];
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly command: typeof Command.read;
      readonly id: number;
      readonly hangUp: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly command: "none" }
  | { readonly command: "unknown"; readonly number: number };

/**
 * Reads the content of a channel page. The host may write there at any time, so each word is read once, and never
 * believed.
 */
export function decodeReceived(page: Uint32Array): Received {
  // Only the first byte: the rest of the word is the host's to fill or not.
  const command = (page[0] as number) & 0xff;
  if (command === Command.receive) {
    const count = Math.min(page[2] as number, MAX_IDENTIFIERS);
    const length = Math.min(page[3] as number, page.byteLength - SEND_HEADER);
    const identifiers = Array.from({ length: count }, (_, i) => ({
      id: page[IDS + i] as number,
      type: page[TYPES + i] as number,
      size: page[SIZES + i] as number,
    }));
    return { command, identifiers, start: SEND_HEADER, end: SEND_HEADER + length };
  }
  if (command === Command.read) {
    const length = Math.min(page[4] as number, page.byteLength - TRANSFER_HEADER);
    return {
      command,
      id: page[2] as number,
      hangUp: page[3] !== 0,
      start: TRANSFER_HEADER,
      end: TRANSFER_HEADER + length,
    };
  }
  return command === 0 ? { command: "none" } : { command: "unknown", number: command };
}
