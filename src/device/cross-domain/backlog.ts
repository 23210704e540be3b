// SPDX-License-Identifier: Apache-2.0
import { FAIR_BACKLOG, MAX_GUEST_BACKLOG } from "../limits.ts";

/** Counts the bytes that the contexts of one guest have sent, and that wait for a reader on the host. */
export class Backlog {
  #bytes = 0;

  /** Counts bytes that came, or (less than 0) that were taken. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Whether one of those that share this may have `bytes` of it, of which `limit` is the most at any time. */
  allows(bytes: number, limit: number): boolean {
    return bytes <= (this.#bytes > MAX_GUEST_BACKLOG ? FAIR_BACKLOG : limit);
  }
}
