// SPDX-License-Identifier: Apache-2.0
/** Every bound of the guest side of virtio-gpu, in one place. Sizes are in bytes, times in milliseconds. */

import { SEND_HEADER, TRANSFER_HEADER } from "../cross-domain/protocol.ts";

/** Data in one SEND. The format allows 65183, but no other guest ever sent more than this. */
export const MAX_SEND_DATA = 3744;

/** Data in one WRITE: what a pipe takes as a whole (PIPE_BUF). Hosts write once and lose what the pipe did not take. */
export const MAX_WRITE_DATA = 4096;

/** The most that a command takes. */
export const MAX_COMMAND: number = Math.max(SEND_HEADER + MAX_SEND_DATA, TRANSFER_HEADER + MAX_WRITE_DATA);

/**
 * Commands that the host may not have handled yet, beyond which a context submits no more. EXECBUFFER blocks when the
 * device's queue is full, and the smallest that we know (64) is shared by all clients.
 */
export const COMMANDS_IN_FLIGHT = 16;

/** Bytes of commands that nobody on the host may have taken yet, beyond which a context submits no more. */
export const BYTES_IN_FLIGHT: number = COMMANDS_IN_FLIGHT * MAX_COMMAND;

/**
 * Commands, and bytes of them, after which a fence shows how far the host is, unless something else has shown it. Behind a
 * fence that has come there are always fewer, and with those there must be more room than pipes leave to requests. A pipe
 * that waits with no fence underway would wait for ever.
 */
export const COMMANDS_PER_FENCE = 8;
export const BYTES_PER_FENCE: number = (COMMANDS_PER_FENCE - 1) * MAX_COMMAND;

/** The commands that pipes leave to requests: a copied file must not hold up the windows. */
export const ROOM_FOR_REQUESTS = 8;

/** How long the host may take to answer a new connection. */
export const STARTUP_TIMEOUT = 5_000;

/**
 * The host may be able to answer a little later. This is the number of times that it is asked, and the first pause,
 * which then doubles.
 */
export const ATTEMPTS = 6;
export const RETRY_INTERVAL = 10;

/** The shortest and longest time between two looks at the channel page when the host's signal for it was lost. */
export const MIN_LOOK_INTERVAL = 2;
export const MAX_LOOK_INTERVAL = 32;

/** Pipes of one client in each direction. */
export const MAX_PIPES = 128;

/**
 * Milliseconds that pipes go on when their program has disconnected, since the last progress and in all. They are the
 * business of other programs, too, but the program's windows stay on the screen meanwhile.
 */
export const LINGER_IDLE_TIMEOUT = 1_000;
export const LINGER_TIMEOUT = 10_000;

/** The largest memory file of a client that is copied to the host. ICC profiles may have 32 MiB (wp_color_management). */
export const MAX_COPIED_FILE: number = 64 * 1024 * 1024;

/**
 * Steps between one power of two and the next in which sizes of images are rounded up. The host keeps every size that
 * it was ever asked about, so there must be few. At most an eighth of memory is to be wasted.
 */
export const SIZES_PER_OCTAVE = 8;

/** The largest image: libwayland's compositors take buffers of up to 2 GiB less one byte. Its width is its size. */
export const MAX_IMAGE_SIZE: number = 2 ** 31;

/** The most that an image may take on the host, which rounds up as its GPU wants: what Node 20 can map. */
export const MAX_OFFERED_SIZE: number = 2 ** 32;
