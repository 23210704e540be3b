// SPDX-License-Identifier: Apache-2.0
import { sharedState } from "../copies.ts";
import { native } from "./binding.ts";
import { check } from "./errors.ts";
import type { Fd } from "./fd.ts";

/** Something can be read: data, the end of the stream, or an error. */
export const READABLE = 1;
/** Something can be written, or writing fails at once. */
export const WRITABLE = 2;
/** There is an error, which reading and writing will report. */
const FAILED = 4;
/** With one of the former: only what is new is reported, whether or not it was read, such as each writing to an eventfd. */
export const EDGE = 8;

/** The places in `turn`, as `Binding.watchInit` describes them. */
const NEXT = 0;
const COUNT = 1;
const READY = 2;

/**
 * Returns when this turn began, in milliseconds since the machine was started (`Binding.bootTime`); 0 when that is not
 * known.
 */
export function turnBegan(): number {
  return clock[0] as number;
}

/** Whoever gets READABLE or WRITABLE. @returns true when it has begun nothing that the event loop has to know of. */
type Callback = (events: number) => unknown;

/** The watches of this environment. */
interface Watched {
  readonly turn: Int32Array;
  readonly clock: Float64Array;
  /** The watches, by their descriptors. */
  readonly watches: (Watch | undefined)[];
}

const { turn, clock, watches } = sharedState(native, "watches", watchFirst);

/**
 * Calls back from the event loop while a descriptor is readable or writable. Level-triggered, unless with EDGE: whoever
 * does not read what there is is called again. Keeps the process alive while it waits for something. An exception in the callback is an
 * 'uncaughtException'.
 *
 * A callback returns true when it has begun nothing that the event loop has to know of: no promise, no tick, nothing
 * that Node waits for. Timers and immediates are known without that. Then the next one follows without a detour.
 */
export class Watch {
  readonly #fd: number;
  readonly #onEvents: Callback;
  #open = true;
  #events = 0;

  /**
   * Waits for `events`, as `set` does. Does not own `fd`, of which there may be one watch at a time. Throws a SystemError
   * (EEXIST: watched already; EPERM: a regular file, which is always ready; EBADF).
   */
  constructor(fd: number, onEvents: Callback, events = 0) {
    check(native.watchOpen(fd, events), "watch", `fd ${fd}`);
    this.#fd = fd;
    this.#onEvents = onEvents;
    this.#events = events;
    watches[fd] = this;
  }

  /** Makes a watch as the constructor does, for the owner of `fd`: when it throws, `fd` is closed. */
  static owned(fd: Fd, onEvents: Callback): Watch {
    try {
      return new Watch(fd.raw, onEvents);
    } catch (error) {
      fd.close();
      throw error;
    }
  }

  /**
   * Waits for `events` from now on (READABLE | WRITABLE, and EDGE); with 0 for nothing, not even that the peer hangs up. A change
   * costs a system call. Does nothing once closed. Throws a SystemError (ENOSPC: the user watches too many).
   */
  set(events: number): void {
    if (!this.#open || events === this.#events) return;
    check(native.watchSet(this.#fd, events), "epoll_ctl", `fd ${this.#fd}`);
    this.#events = events;
  }

  /** Ends it: no call comes after this one, and the caller may close the descriptor. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    watches[this.#fd] = undefined;
    // The number may be another file's before its turn would come.
    for (let at = turn[NEXT] as number; at < (turn[COUNT] as number); at++) {
      if (turn[READY + 2 * at] === this.#fd) turn[READY + 2 * at + 1] = 0;
    }
    native.watchClose(this.#fd);
  }

  /** Passes on what is still waited for; @returns what the callback did. */
  tell(ready: number): unknown {
    let events = ready & this.#events;
    if ((ready & FAILED) !== 0 && this.#events !== 0) events |= READABLE;
    return events === 0 || this.#onEvents(events);
  }
}

function watchFirst(): Watched {
  const watched = { turn: new Int32Array(READY + 2 * 128), clock: new Float64Array(1), watches: [] };
  // Electron waits for the event loop's descriptor itself, in a thread, and must not be kept waiting by us.
  check(native.watchInit(watched.turn, watched.clock, run, "electron" in process.versions), "epoll_create");
  return watched;
}

/** Handles what is ready, until the event loop has to have its turn. */
function run(): void {
  do {
    while ((turn[NEXT] as number) < (turn[COUNT] as number)) {
      const at = READY + 2 * (turn[NEXT] as number);
      (turn[NEXT] as number)++;
      const watch = watches[turn[at] as number];
      if (watch === undefined || watch.tell(turn[at + 1] as number) === true) continue;
      // What follows in this turn happens later.
      clock[0] = 0;
      return;
    }
  } while (native.watchWait() > 0);
}
