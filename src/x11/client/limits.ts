// SPDX-License-Identifier: Apache-2.0
/** Sizes are in bytes. */

/** How much is received at once; the buffer grows for a longer packet, and shrinks again. */
export const RECEIVE_SIZE: number = 64 * 1024;

/** The longest packet that is accepted. Only what we ask for is long, and nobody asks for so much. */
export const MAX_PACKET: number = 64 * 1024 * 1024;

/** The most bytes of output that are sent at once, before the turn ends. */
export const FLUSH_SIZE: number = 64 * 1024;

/** More output than this never waits for a server that does not read: it is stuck, and the connection ends. */
export const MAX_WAITING_OUTPUT: number = 128 * 1024 * 1024;

/**
 * Sequence numbers have 16 bits on the wire, so something must come back within 65,536 requests. libxcb asks for an
 * answer as often.
 */
export const MAX_REQUESTS_WITHOUT_ANSWER = 0x8000;

/** The most events that are handled before the event loop turns. */
export const EVENTS_PER_TURN = 64;

/**
 * The number of events waiting for the handler of an earlier one from which on nothing is read, unless that may wait
 * for an answer.
 */
export const MANY_WAITING_EVENTS = 4096;

/**
 * The number of waiting events at which the connection ends. So many come only if the handler asks on and on, and are a
 * flood.
 */
export const MAX_WAITING_EVENTS: number = 256 * 1024;

/** A released id is used again only when so many others were released after it: events of its past are over by then. */
export const RESTING_IDS = 1024;

/** Names of atoms that are remembered; X clients can make as many as they like. */
export const MAX_KNOWN_ATOMS: number = 16 * 1024;
