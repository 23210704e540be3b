// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { MAP_COMMIT_TIMEOUT } from "../limits.ts";
import type { VhostChannel } from "./vhost-channel.ts";
import { BackendRequest, readU64, shmemRange } from "./vhost-protocol.ts";

/** A request to change the window that the guest sees. */
interface ShmemRequest {
  readonly offset: number;
  readonly length: number;
  /** The file to map; null to unmap. */
  readonly fd: Fd | null;
  /** Asked when its turn comes; false to leave it. */
  wanted(): boolean;
  done(ok: boolean): void;
}

/**
 * Asks QEMU to map files into the host-visible window. One request is underway at a time, and the others wait in order.
 * We never wait for QEMU, whose main thread may at that moment be waiting for us.
 */
export class ShmemRequests {
  #channel: VhostChannel | null = null;
  readonly #waiting: ShmemRequest[] = [];
  #current: ShmemRequest | null = null;
  #commit: NodeJS.Timeout | null = null;
  #paused = true;

  /** Whether there is anybody to ask. */
  get connected(): boolean {
    return this.#channel !== null;
  }

  /** How many requests are not done. */
  get pending(): number {
    return this.#waiting.length + (this.#current === null ? 0 : 1);
  }

  /**
   * Begins to send through `channel`, whose replies go to `reply`. What the channel before it has not answered yet it
   * never will: that has failed.
   */
  connect(channel: VhostChannel): void {
    this.#channel = channel;
    if (this.#current !== null) this.#finish(this.#commit !== null);
    else this.#next();
  }

  /** Maps `length` bytes of `fd`, which is now ours. `done` is called when the guest may know. */
  map(offset: number, length: number, fd: Fd, done: (ok: boolean) => void): void {
    this.#waiting.push({ offset, length, fd, wanted: () => true, done });
    this.#next();
  }

  /** Undoes a `map` of the same place, if by then `wanted` says so. */
  unmap(offset: number, length: number, wanted: () => boolean, done: (ok: boolean) => void): void {
    this.#waiting.push({ offset, length, fd: null, wanted, done });
    this.#next();
  }

  /** QEMU has answered. */
  reply(payload: Buffer): void {
    const current = this.#current;
    if (current === null || this.#commit) return;
    const ok = payload.length >= 8 && readU64(payload, 0) === 0;
    if (ok && current.fd !== null) this.#commit = setTimeout(() => this.#finish(true), MAP_COMMIT_TIMEOUT);
    else this.#finish(ok);
  }

  /** The memory table changed, as it does once QEMU has committed what it acknowledged before. */
  memoryTableChanged(): void {
    if (this.#commit) this.#finish(true);
  }

  /** Sends nothing while the queues stand still: it may be for a reset, in which QEMU empties the window. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#next();
  }

  /** Forgets what waits; nobody is notified. A request that QEMU has already is left to it. */
  reset(): void {
    for (const { fd } of this.#waiting.splice(0)) fd?.close();
    const current = this.#current;
    if (current === null) return;
    this.#current = { ...current, done: () => {} };
    if (this.#commit) this.#finish(true);
  }

  /** QEMU is gone; nobody is notified. */
  close(): void {
    this.reset();
    this.#channel = null;
  }

  #next(): void {
    while (this.#channel !== null && !this.#paused && this.#current === null) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.wanted()) {
        next.done(true);
        continue;
      }
      this.#current = next;
      const request = next.fd ? BackendRequest.SHMEM_MAP : BackendRequest.SHMEM_UNMAP;
      this.#channel.request(request, shmemRange(next.offset, next.length), next.fd);
    }
  }

  #finish(ok: boolean): void {
    const current = this.#current as ShmemRequest;
    if (this.#commit) clearTimeout(this.#commit);
    this.#commit = null;
    this.#current = null;
    current.done(ok);
    this.#next();
  }
}
