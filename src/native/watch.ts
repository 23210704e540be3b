// SPDX-License-Identifier: Apache-2.0
import { native } from "./binding.ts";
import { check } from "./errors.ts";
import type { Fd } from "./fd.ts";

/** Something can be read: data, the end of the stream, or an error. */
export const READABLE = 1;
/** Something can be written, or writing fails at once. */
export const WRITABLE = 2;

/**
 * Calls back from the event loop while a descriptor is readable or writable. Level-triggered: whoever does not read
 * what there is is called again. Keeps the process alive until it is closed. An exception in the callback is an
 * 'uncaughtException'.
 */
export class Watch {
  readonly #fd: number;
  #open = true;
  #events = 0;

  /**
   * Waits for nothing until `set`. Does not own `fd`, of which there may be one watch at a time. Throws a SystemError
   * (EEXIST: watched already; EPERM: a regular file, which is always ready; EBADF).
   */
  constructor(fd: number, onEvents: (events: number) => void) {
    check(native.watchOpen(fd, onEvents), "watch", `fd ${fd}`);
    this.#fd = fd;
  }

  /** As the constructor, for the owner of `fd`: when it throws, `fd` is closed. */
  static owned(fd: Fd, onEvents: (events: number) => void): Watch {
    try {
      return new Watch(fd.raw, onEvents);
    } catch (error) {
      fd.close();
      throw error;
    }
  }

  /**
   * From now on waits for `events` (READABLE | WRITABLE); with 0 for nothing, not even that the peer hangs up. A change
   * costs two system calls. Does nothing once closed.
   */
  set(events: number): void {
    if (!this.#open || events === this.#events) return;
    native.watchSet(this.#fd, events);
    this.#events = events;
  }

  /** Ends it: no call comes after this one, and the caller may close the descriptor. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    native.watchClose(this.#fd);
  }
}
