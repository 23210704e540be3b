// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { eventfdWrite } from "../../native/pipe.ts";
import { EDGE, READABLE, Watch } from "../../native/watch.ts";
import { MAX_TURN_MS, MAX_UNANNOUNCED_MS } from "../limits.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { type RingLayout, Virtqueue } from "./virtqueue.ts";

/** Listens to a queue, for its owner. */
export interface VringEvents {
  /** Handles the buffer that the queue has just taken, and publishes it, now or later. */
  handle(queue: Virtqueue): void;
  /** The driver broke the rules: the queue stands still until the driver starts it anew. */
  broken(reason: string): void;
}

/** One queue as vhost-user sets it up: its place, its two eventfds, and whether it runs. */
export class Vring {
  /** The rings in QEMU's own addresses, translated when the queue starts. */
  size = 0;
  descriptors = 0;
  available = 0;
  used = 0;
  base = 0;
  readonly #memory: GuestMemory;
  readonly #events: VringEvents;
  #queue: Virtqueue | null = null;
  #kick: Fd | null = null;
  #watch: Watch | null = null;
  #call: Fd | null = null;
  #continuation: NodeJS.Immediate | null = null;
  /** When it comes, the driver is told of buffers of which it was not told yet. */
  #announcement: NodeJS.Timeout | null = null;

  constructor(memory: GuestMemory, events: VringEvents) {
    this.#memory = memory;
    this.#events = events;
  }

  get running(): boolean {
    return this.#queue?.running ?? false;
  }

  /** Whether there is a driver whose buffers it has, and to which a start would not return. */
  get abandoned(): boolean {
    return this.#queue !== null && !this.#queue.running && !this.#queue.continuesAt(this.#layout(), this.base);
  }

  /** The driver kicks `fd`, which is now ours; null for a driver that does not. */
  setKick(fd: Fd | null): void {
    this.#watch?.close();
    this.#watch = null;
    this.#kick?.close();
    this.#kick = fd;
    if (fd === null) return;
    // Each kick is one more that it reports, so that nobody has to read how many there were.
    this.#watch = new Watch(fd.raw, () => this.#turn());
    if (!this.running) return;
    this.#watch.set(READABLE | EDGE);
    // Whatever was kicked through the one before, and not heard of.
    this.#turn();
  }

  /** The driver is interrupted through `fd`, which is now ours; null for a driver that looks by itself. */
  setCall(fd: Fd | null): void {
    this.#call?.close();
    this.#call = fd;
    // QEMU does not pass on what it was told through the one that it had before the driver's.
    if (this.running) this.#interrupt();
  }

  /** Takes up the work at `base`. */
  start(): void {
    if (this.running) return;
    this.#queue ??= new Virtqueue(this.#memory, () => this.#interrupt());
    this.#guarded((queue) => {
      queue.start(this.#layout(), this.base);
      this.#watch?.set(READABLE | EDGE);
      // Whatever was kicked before we watched.
      this.#turn();
    });
  }

  /** Lets go of the guest's memory. @returns from where to start again */
  stop(): number {
    this.#watch?.set(0);
    if (this.#continuation) clearImmediate(this.#continuation);
    this.#continuation = null;
    if (this.#announcement) clearTimeout(this.#announcement);
    this.#announcement = null;
    if (this.#queue?.running) this.base = this.#queue.stop();
    return this.base;
  }

  /** Forgets all buffers: their driver is gone. */
  reset(): void {
    if (this.#queue === null) return;
    this.stop();
    this.#queue.forget();
    this.#queue = null;
  }

  /** The memory table has changed. */
  memoryChanged(): void {
    if (this.running) this.#guarded((queue) => queue.refresh());
  }

  close(): void {
    this.reset();
    this.setKick(null);
    this.setCall(null);
  }

  #layout(): RingLayout {
    return {
      size: this.size,
      descriptors: this.#memory.fromUser(this.descriptors),
      available: this.#memory.fromUser(this.available),
      used: this.#memory.fromUser(this.used),
    };
  }

  /** Handles what waits, but not so much that others would wait. */
  #turn(): void {
    if (!this.running || this.#continuation) return;
    this.#guarded((queue) => {
      queue.beginTurn();
      try {
        const end = performance.now() + MAX_TURN_MS;
        while (queue.running && queue.next()) {
          this.#events.handle(queue);
          if (performance.now() >= end) return this.#continue();
        }
      } finally {
        queue.endTurn();
        if (queue.hasUnannounced) this.#announceLater();
      }
    });
  }

  #announceLater(): void {
    this.#announcement ??= setTimeout(() => {
      this.#announcement = null;
      this.#guarded((queue) => queue.announce());
    }, MAX_UNANNOUNCED_MS);
  }

  #continue(): void {
    this.#continuation = setImmediate(() => {
      this.#continuation = null;
      this.#turn();
    });
  }

  #guarded(action: (queue: Virtqueue) => void): void {
    try {
      action(this.#queue as Virtqueue);
    } catch (error) {
      this.stop();
      this.#events.broken((error as Error).message);
    }
  }

  #interrupt(): void {
    const call = this.#call;
    if (call) this.#guarded(() => eventfdWrite(call.raw));
  }
}
