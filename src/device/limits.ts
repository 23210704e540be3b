// SPDX-License-Identifier: Apache-2.0
/** Every bound that the device sets its guest, in one place. Sizes are in bytes. */

/** The largest virtqueue; QEMU's VIRTQUEUE_MAX_SIZE. */
export const MAX_QUEUE_SIZE = 1024;

/** Descriptors in one chain. An indirect table may be larger than its queue: Linux makes one entry for each page. */
export const MAX_CHAIN_LENGTH = 1024;

/**
 * The most that the device reads of one command. The largest is the page list of a guest blob: this much is 256 MiB of
 * pages.
 */
export const MAX_REQUEST_SIZE: number = 1024 * 1024;

/**
 * Milliseconds for which one queue handles commands, or one context hands requests on to its session, before others have
 * their turn.
 */
export const MAX_TURN_MS = 2;

/** Milliseconds after which a driver hears of buffers that were given back, and on which nothing waits. */
export const MAX_UNANNOUNCED_MS = 100;

/** Cross-domain commands in one submission, which are handled in one go; guests send one, or a few. */
export const MAX_COMMANDS = 1024;

/** Live contexts: each is a client in the guest. Their sessions, also those that have yet to end, are no more. */
export const MAX_CONTEXTS = 512;

/** Live resources of all contexts. A client has two rings, and some images. */
export const MAX_RESOURCES = 16_384;

/** Stretches of guest memory that all guest blobs consist of. Cross-domain's rings are one page each. */
export const MAX_BACKING_ENTRIES: number = 1 << 18;

/** Attachments of resources to contexts. */
export const MAX_ATTACHMENTS = 65_536;

/** Slots of a queue that held fences never take, so that other commands get through. */
export const QUEUE_RESERVE = 32;

/**
 * Blobs that the guest has mapped at once. QEMU 11.1 aborts when its vhost memory table gets more than 512 regions
 * (vhost_user_add_remove_regions), some of which are RAM.
 */
export const MAX_MAPS = 480;

/** Requests to QEMU to map or unmap that wait for their turn. */
export const MAX_WAITING_MAPS = 1024;

/**
 * Milliseconds that a MAP_BLOB waits, once QEMU has acknowledged it, for the change of the memory table that shows that
 * QEMU has committed it. Another front-end may commit without one.
 */
export const MAP_COMMIT_TIMEOUT = 30;

/** The largest descriptor from the host's side that is copied for the guest: a keymap, a colour profile. */
export const MAX_COPY_SIZE: number = 32 * 1024 * 1024;

/** The largest vhost-user payload: GET_SHMEM_CONFIG's answer has 2056 bytes. */
export const MAX_VHOST_PAYLOAD = 4096;

/** Regions of guest RAM (the standard's limit for SET_MEM_TABLE is 8, for slots it is the back-end's). */
export const MAX_MEMORY_REGIONS = 509;

/** Bytes of guest RAM in one mapping: V8's arrays end at 4 GiB on Node 20. */
export const RAM_CHUNK: number = 1 << 30;

/** Bytes of requests, or for one pipe, that wait and beyond which the guest's fences are held. */
export const MAX_READY_INPUT: number = 64 * 1024;
export const MAX_READY_PIPE: number = 64 * 1024;

/**
 * The most that a context has sent and its session has not taken, in bytes and descriptors. Beyond it the context is
 * ended: its guest does not wait for fences.
 */
export const MAX_CONTEXT_INPUT: number = 16 * 1024 * 1024;
export const MAX_CONTEXT_FDS = 512;

/** Pipes of one context each way, and descriptors for it that its guest has not claimed. */
export const MAX_CONTEXT_PIPES = 128;
export const MAX_UNCLAIMED_ITEMS = 512;

/** Bytes for one pipe that nobody on the host has read, at which the pipe is closed, as the guest waits for no fences. */
export const MAX_PIPE_QUEUE: number = 64 * 1024 * 1024;

/**
 * Bytes that all contexts of a guest have sent and nobody has taken. Beyond it the two limits above shrink to this share,
 * so that contexts which keep nothing back do not suffer from those that do.
 */
export const MAX_GUEST_BACKLOG: number = 256 * 1024 * 1024;
export const FAIR_BACKLOG: number = 256 * 1024;

/** Different images whose requirements a context, and all of them together, have asked for; each is kept as long as its context. */
export const MAX_IMAGES = 4096;
export const MAX_GUEST_IMAGES = 65_536;
