// SPDX-License-Identifier: Apache-2.0
/**
 * Every bound of what is copied, marked and dragged, which holds whatever a policy says. Sizes are in bytes, times in
 * milliseconds.
 */

/** The most MIME types of one thing that count, and the most characters of them together. */
export const MAX_TYPES = 256;
export const MAX_TYPE_CHARACTERS: number = 16 * 1024;

/** The most types of one thing of an X11 program that count, and the length of each of them. */
export const MAX_X11_TYPES = 64;
export const MAX_X11_TYPE_LENGTH = 255;

/** The most that a command moves over a border where the policy does not say, and in how many types. */
export const MAX_MOVED: number = 1024 * 1024;
export const MAX_MOVED_TYPES = 16;

/** Offers of ours that one client may have at once; it gets no more until it destroys some. */
export const MAX_OFFERS = 128;

/** Transfers of one client with a limit at once; each takes three descriptors. */
export const MAX_TRANSFERS = 64;

/** Transfers of one client that wait for an answer of the user's. */
export const MAX_WAITING = 16;

/** Characters of a type that the user is shown in a question. */
export const MAX_SHOWN_TYPE = 60;

/** How long nothing is asked after a no: whoever asks again and again is not to wear the user out. */
export const SILENCE_AFTER_NO = 5_000;

/** How long a program has to hand out what it has copied, in all types, when a command moves it. */
export const READ_TIMEOUT = 5_000;

/** How long a program has to take what was moved, and how many may do so at once. */
export const WRITE_TIMEOUT = 30_000;
export const MAX_WRITES = 32;
