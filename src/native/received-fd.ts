// SPDX-License-Identifier: Apache-2.0
import { closeReceived } from "./blocking.ts";
import { Fd } from "./fd.ts";

/**
 * Owns a descriptor that a peer has passed to us. To close one can take as long as its file system likes, so it happens
 * in the course of time. Its number is free when that is so.
 */
export class ReceivedFd extends Fd {
  readonly #giver: object;

  /** @param giver whose it was: one who gives many files that hang delays the closing of its own alone */
  constructor(raw: number, giver: object) {
    super(raw);
    this.#giver = giver;
  }

  /** Copies a descriptor that stays its owner's. Throws a SystemError (EMFILE). */
  static duplicateOf(raw: number, giver: object): ReceivedFd {
    const borrowed = new Fd(raw);
    try {
      return new ReceivedFd(borrowed.duplicate().take(), giver);
    } finally {
      borrowed.take();
    }
  }

  override close(): void {
    if (this.open) closeReceived(this.take(), this.#giver);
  }

  override duplicate(): ReceivedFd {
    return new ReceivedFd(super.duplicate().take(), this.#giver);
  }
}
