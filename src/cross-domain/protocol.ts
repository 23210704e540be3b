// SPDX-License-Identifier: Apache-2.0
/**
 * The numbers of virtio-gpu's cross-domain protocol, which guest and host share: `src/virtio` speaks for the one,
 * `src/device` for the other. All are little-endian words; sizes and offsets are in bytes. docs/cross-domain.md explains
 * them.
 */

export const CAPSET_CROSS_DOMAIN = 5;

/** Four words, and one of our own host's: how large a channel a context may have. */
export const CAPSET_SIZE = 20;

/** The type of channel that connects a context to Wayland on the host. */
export const CHANNEL_WAYLAND = 1;

/** Ring 0 answers at once; a fence on ring 1 is an event. */
export const RING_QUERY = 0;
export const RING_CHANNEL = 1;
export const RINGS = 2;

/** A command begins with a word, its number and size, and one that is not used. */
export const COMMAND_HEADER = 8;
export const Command = { init: 1, imageRequirements: 2, poll: 3, send: 4, receive: 5, read: 6, write: 7 } as const;

/** INIT as every host understands it, and one that ends with the channel's size, for hosts of our own. */
export const INIT_SIZE = 20;
export const SIZED_INIT_SIZE = 28;

/** The question for an image's requirements, whose answer comes into the query page. */
export const IMAGE_REQUIREMENTS_SIZE = 24;

/**
 * The kinds of things that an identifier in SEND or RECEIVE stands for. Higher numbers mean different things on
 * different hosts.
 */
export const IdentifierType = { blob: 1, readPipe: 3, writePipe: 4 } as const;

/** The id of the first pipe that a guest sends; each one more has the next. The guest guesses it. */
export const FIRST_READ_PIPE = 0x80000001;

/** Descriptors in one SEND or RECEIVE: the length of the arrays in the command. */
export const MAX_IDENTIFIERS = 28;

/** The places in SEND and RECEIVE at which the arrays begin, one behind the other: ids, types, sizes. */
export const IDENTIFIERS_OFFSET = 16;
export const TYPES_OFFSET: number = IDENTIFIERS_OFFSET + 4 * MAX_IDENTIFIERS;
export const SIZES_OFFSET: number = TYPES_OFFSET + 4 * MAX_IDENTIFIERS;

/** The place at which the data of SEND and RECEIVE begins. */
export const SEND_HEADER: number = SIZES_OFFSET + 4 * MAX_IDENTIFIERS;

/** The place at which the data of READ and WRITE begins. */
export const TRANSFER_HEADER = 24;

/** The largest channel: the memory for one message from the host. A pipe holds as much. */
export const MAX_CHANNEL_SIZE: number = 64 * 1024;
