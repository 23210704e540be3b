// SPDX-License-Identifier: Apache-2.0
import type { FdQueue } from "./fd-queue.ts";

/** The negative errno values that the wire distinguishes (asm-generic/errno). */
export const EAGAIN = -11;
export const ETOOMANYREFS = -109;

/**
 * Carries bytes and descriptors to and from one peer: a Unix socket, or a virtio-gpu context. Never blocks. Bytes keep
 * their order and may be cut anywhere; a descriptor arrives before or with the first byte that was sent with it.
 */
export interface Transport {
  /**
   * Whether the transport is a plain socket, so that no call of it begins anything that the event loop has to know of.
   */
  readonly isSocket: boolean;
  /**
   * Reads at most `length` bytes into `bytes` at `offset`, and the descriptors that came with them into `fds`.
   *
   * @returns the number of bytes; 0 at the end of the stream; EAGAIN when there is nothing now; another negative errno
   * when the connection is broken
   * @throws ProtocolError when what came cannot be accepted, which ends the connection
   */
  receive(bytes: Uint8Array, offset: number, length: number, fds: FdQueue): number;
  /**
   * Sends bytes, and with the first of them `count` descriptors from the front of `fds`, which stay the queue's.
   *
   * @returns the number of bytes that were taken, with all descriptors if any; EAGAIN or ETOOMANYREFS to try later;
   * another negative errno when the peer takes no more
   */
  send(bytes: Uint8Array, offset: number, length: number, fds: FdQueue, count: number): number;
  /**
   * Says whom to call when `receive` or `send` is worth a call. At first neither is watched.
   *
   * @param onReadable may return true when all that it did was to forward; see `Watch`
   */
  listen(onReadable: () => unknown, onWritable: () => void): void;
  /** Chooses which calls are wanted. */
  watch(readable: boolean, writable: boolean): void;
  /** Ends the connection. The peer can still receive all that was sent, and then sees the end. */
  close(): void;
}
