// SPDX-License-Identifier: Apache-2.0
/** Every bound of the wire and the relay, in one place. Sizes are in bytes. */

/** The most descriptors that can arrive with one message: the kernel's limit (SCM_MAX_FD in its include/net/scm.h). */
const MAX_FDS_PER_RECEIVE = 253;

/** The most descriptors in one sendmsg: libwayland receives no more at once (MAX_FDS_OUT in its connection.c). */
export const MAX_FDS_PER_SEND = 28;

/** The largest message that a client may send. libwayland's buffers, on the host's side too, hold no more by default. */
export const MAX_REQUEST_SIZE = 4096;

/** Bytes asked for in one receive: one for each readiness, so that a busy peer cannot starve the others. */
export const RECEIVE_SIZE: number = 64 * 1024;

/**
 * Descriptors that arrived and no message has claimed yet; more is a peer that floods us. libwayland lets 1,024 wait; as
 * many as fit into one message have to be accepted, since they may belong to the messages that come next.
 */
export const MAX_UNCLAIMED_FDS: number = MAX_FDS_PER_RECEIVE;

/** Live objects of one client, by its ids and by the host's. A browser with hundreds of windows stays below 20,000. */
export const MAX_OBJECTS: number = 1 << 18;

/** The share of the heap that the objects of all clients may take; beyond it the client with the most is ended. */
export const OBJECT_HEAP_SHARE: number = 1 / 4;

/** The highest client object id, as in libwayland (WL_MAP_MAX_OBJECTS). */
export const MAX_CLIENT_ID = 0x00f00000;

/** Globals of one host. Compositors have fewer than a hundred. */
export const MAX_GLOBALS = 4096;

/** Globals that a host has removed and a client may still bind, since its request may have crossed with that. */
export const MAX_REMOVED_GLOBALS = 256;

/** Unsent events for a client from which on its pointer motions are merged and its requests are not read. */
export const CLIENT_QUEUE_SOFT_LIMIT: number = 1024 * 1024;

/** Unsent events for a client at which it is cut off. */
export const CLIENT_QUEUE_HARD_LIMIT: number = 16 * 1024 * 1024;

/** Milliseconds for which a client over the soft limit may take nothing at all before it is cut off. */
export const CLIENT_STALL_TIMEOUT = 30_000;

/** Unsent requests for the host from which on the client is not read; it resumes at half of it. */
export const HOST_QUEUE_LIMIT: number = 4 * 1024 * 1024;

/**
 * A number of unsent descriptors. From so many for the host on, a client is not read; with so many for a client, that is
 * cut off. They count against the limit of our whole process.
 */
export const QUEUE_MAX_FDS = 512;

/** Messages that wait behind an asynchronous hook: a client is not read beyond it, a host's overflow ends the session. */
export const HELD_INPUT_LIMIT: number = 16 * 1024 * 1024;

/** Milliseconds that a client gets to take its last events and error, and a host to take a dead client's last requests. */
export const LINGER_TIMEOUT = 5_000;

/** Milliseconds until a send is tried again that failed because too many descriptors are in flight. */
export const FDS_IN_FLIGHT_RETRY = 20;

/**
 * Milliseconds of a host's silence, while it owes an answer, after which it is asked for one. Each further step takes
 * as long, and so does the wait for a new connection that shows whether the host is there at all.
 */
export const HOST_SILENCE_INTERVAL = 5_000;
export const HOST_PROBE_TIMEOUT = 30_000;

/** Data that waits for the reader of one pipe, from which on nothing more should come. */
export const SINK_QUEUE_LIMIT: number = 4 * 1024 * 1024;

/** Milliseconds for which such a reader may take nothing at all, until its transfer is given up for others' sake. */
export const SINK_STALL_TIMEOUT = 10_000;
