// SPDX-License-Identifier: Apache-2.0
import { READABLE, Watch } from "../native/watch.ts";
import { decodeReceived, type Received } from "./commands.ts";
import type { GuestGpuContext } from "./context.ts";
import { MAX_LOOK_INTERVAL, MIN_LOOK_INTERVAL } from "./limits.ts";

/** A message that was received. */
export type HostMessage = Exclude<Received, { readonly command: "none" }>;

/**
 * The page in which the host puts one message at a time. A POLL asks for it, and its fence reports that it is there.
 * QEMU's own device completes the fences of all contexts when one of them has an event. A context that is woken up so
 * finds an empty page, and must not POLL again. Its first POLL still counts on the host, which would then write two
 * messages into the page one upon the other. The fence of the first being gone, nothing announces its message any more.
 * So the page is looked at from time to time until it is there.
 */
export class ChannelReader {
  readonly #context: GuestGpuContext;
  readonly #watch: Watch;
  readonly #onMessage: (message: HostMessage) => void;
  readonly #onError: (error: unknown) => void;
  /** Whether a message was asked for and has not come. */
  #waiting = false;
  /** Fences that the kernel has not announced yet. */
  #fences = 0;
  #timer: NodeJS.Timeout | null = null;
  #interval = MIN_LOOK_INTERVAL;

  /**
   * @param onMessage called with each message, whose data stays in the page until `next`
   * @param onError called with what it or the kernel throws
   */
  constructor(context: GuestGpuContext, onMessage: (message: HostMessage) => void, onError: (error: unknown) => void) {
    this.#context = context;
    this.#onMessage = onMessage;
    this.#onError = onError;
    this.#watch = new Watch(context.file.raw, () => this.#guard(this.#wake));
    this.#watch.set(READABLE);
  }

  /** Gives the page back to the host, for the next message. Throws a SystemError. */
  next(): void {
    // An empty page has to look empty, whoever is woken up by what.
    this.#context.channel.words[0] = 0;
    this.#waiting = true;
    this.#context.poll();
    this.#fences++;
  }

  /** Says that an answer may come soon. */
  pollSoon(): void {
    if (this.#timer === null || this.#interval === MIN_LOOK_INTERVAL) return;
    clearTimeout(this.#timer);
    this.#lookLater(MIN_LOOK_INTERVAL);
  }

  close(): void {
    this.#watch.close();
    this.#stopLooking();
    this.#waiting = false;
  }

  #guard(action: () => void): void {
    try {
      action.call(this);
    } catch (error) {
      this.#onError(error);
    }
  }

  #wake(): void {
    const announced = this.#context.file.readEvents();
    this.#fences = Math.max(this.#fences - announced, 0);
    if (announced > 0) this.#context.polled();
    if (this.#waiting && this.#timer === null) this.#look();
  }

  #look(): void {
    const message = decodeReceived(this.#context.channel.words);
    if (message.command === "none") {
      if (this.#fences === 0) this.#lookLater(MIN_LOOK_INTERVAL);
      return;
    }
    this.#waiting = false;
    this.#onMessage(message);
  }

  #lookLater(interval: number): void {
    this.#interval = interval;
    this.#timer = setTimeout(() => {
      if (this.#context.channel.words[0] === 0) {
        this.#lookLater(Math.min(interval * 2, MAX_LOOK_INTERVAL));
        return;
      }
      // The host may be in the middle of writing, since it has not said that it is done.
      this.#timer = setTimeout(() => {
        this.#stopLooking();
        this.#guard(this.#look);
      }, MIN_LOOK_INTERVAL);
    }, interval);
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
