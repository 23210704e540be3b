// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import { pipe, readFd } from "../native/pipe.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import { READABLE, Watch } from "../native/watch.ts";
import { MAX_TRANSFERS } from "../policy/transfer-limits.ts";
import type { Client } from "../relay/client.ts";
import { FdSink } from "../wire/fd-sink.ts";
import { SINK_STALL_TIMEOUT } from "../wire/limits.ts";
import { EAGAIN } from "../wire/transport.ts";

/** Bytes that are read at once. */
const STEP: number = 64 * 1024;

const buffer = Buffer.alloc(STEP);

/** Transfers that go through us, so that they end when they have become too large. */
export class LimitedTransfers {
  readonly #open = new WeakMap<Client, Set<LimitedTransfer>>();

  /**
   * Puts a pipe of ours in front of where data is to go.
   *
   * @param target the end to write into, which is taken over, also when this throws
   * @param maxSize the most bytes that pass; the rest is cut off
   * @param refuse called when something is refused; the text completes "… is refused"
   * @returns the end to write into, or null when there are too many already
   * @throws SystemError (EMFILE)
   */
  begin(client: Client, target: Fd, maxSize: number, refuse: (what: string) => void): Fd | null {
    const open = this.#openOf(client);
    if (open.size >= MAX_TRANSFERS) {
      refuse(`more than ${MAX_TRANSFERS} transfers at once`);
      return null;
    }
    const own = new ReceivedFd(target.take(), client);
    const ends: Fd[] = [own];
    try {
      const [read, write] = pipe();
      ends.push(read, write);
      const transfer: LimitedTransfer = new LimitedTransfer(read, own, maxSize, {
        exceeded: () => refuse(`a transfer of more than ${maxSize} bytes`),
        closed: () => void open.delete(transfer),
      });
      open.add(transfer);
      return write;
    } catch (error) {
      for (const end of ends) end.close();
      throw error;
    }
  }

  #openOf(client: Client): Set<LimitedTransfer> {
    let open = this.#open.get(client);
    if (open === undefined) {
      const all = new Set<LimitedTransfer>();
      open = all;
      this.#open.set(client, all);
      // What a program has copied is still to get to who pastes it, if that takes it.
      client.onEnded(() => {
        for (const transfer of all) transfer.endSoon();
      });
    }
    return open;
  }
}

interface TransferEvents {
  exceeded(): void;
  closed(): void;
}

class LimitedTransfer {
  readonly #read: Fd;
  readonly #target: Fd;
  readonly #watch: Watch;
  readonly #sink: FdSink;
  readonly #events: TransferEvents;
  #left: number;
  #timer: NodeJS.Timeout | null = null;

  /**
   * Becomes the owner of both, unless it throws.
   *
   * @throws SystemError (EMFILE)
   */
  constructor(read: Fd, target: Fd, maxSize: number, events: TransferEvents) {
    this.#read = read;
    this.#target = target;
    this.#left = maxSize;
    this.#events = events;
    this.#watch = new Watch(read.raw, () => this.#readable());
    try {
      this.#sink = new FdSink(target.raw, this, () => this.#changed());
    } catch (error) {
      this.#watch.close();
      throw error;
    }
    this.#watch.set(READABLE);
  }

  /** Nobody waits for it any more, so that it may take a while, and no longer. */
  endSoon(): void {
    this.#timer ??= setTimeout(() => this.#sink.close(), SINK_STALL_TIMEOUT).unref();
  }

  #readable(): void {
    const count = readFd(this.#read.raw, buffer, 0, STEP);
    if (count === EAGAIN) return;
    if (count > 0) {
      this.#sink.add(buffer.subarray(0, Math.min(count, this.#left)));
      this.#left -= count;
      if (this.#left >= 0) {
        if (this.#sink.full) this.#watch.set(0);
        return;
      }
      this.#events.exceeded();
    }
    this.#watch.close();
    this.#read.close();
    this.#sink.hangUp();
  }

  #changed(): void {
    if (!this.#sink.closed) return this.#watch.set(READABLE);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#watch.close();
    this.#read.close();
    this.#target.close();
    this.#events.closed();
  }
}
