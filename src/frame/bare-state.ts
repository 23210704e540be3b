// SPDX-License-Identifier: Apache-2.0

/** The host sends no more changes than that before a client answers, unless the client does not. */
const MAX_CHANGES = 64;

interface Change {
  readonly serial: number;
  readonly isBare: boolean;
}

/**
 * Whether a window does without its frame, as one may that fills the screen. The host says that it does, and the client agrees
 * with what it commits later: it acknowledges a configuration by its serial.
 */
export class BareState {
  /** Whether the host wants it so. */
  isWanted = false;
  /** Whether the client has agreed. */
  #isAgreed = false;
  #wasSent = false;
  /** The changes that the client has still to agree with. */
  readonly #changes: Change[] = [];

  /** The host has said all that belongs to a serial. */
  sent(serial: number): void {
    if (this.isWanted === this.#wasSent) return;
    this.#wasSent = this.isWanted;
    this.#changes.push({ serial, isBare: this.isWanted });
    if (this.#changes.length > MAX_CHANGES) this.#changes.shift();
  }

  acknowledged(serial: number): void {
    for (let first = this.#changes[0]; first !== undefined && isUpTo(first.serial, serial); first = this.#changes[0]) {
      this.#isAgreed = first.isBare;
      this.#changes.shift();
    }
  }

  /** Both sides are in it, neither is, or the client has still to agree that it is over. */
  get phase(): "none" | "bare" | "leaving" {
    if (!this.#isAgreed) return "none";
    return this.isWanted ? "bare" : "leaving";
  }
}

/** Whether a serial is not after another one. They begin anew after 2^32. */
function isUpTo(serial: number, other: number): boolean {
  return ((other - serial) | 0) >= 0;
}
