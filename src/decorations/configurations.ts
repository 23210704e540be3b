// SPDX-License-Identifier: Apache-2.0

/** A client that leaves more unanswered is one that hangs. */
const MAX_WAITING = 64;

/** A configuration that the client was sent and has not acknowledged. */
interface Waiting {
  /** The serial that the client knows it by. */
  readonly serial: number;
  /** The host's last one before it, or itself. */
  readonly hostSerial: number;
  readonly hasBar: boolean;
}

/**
 * The configurations of a window: the host's, and ours between them, which change who draws the title bar. Ours have serials
 * that the host does not know. When the client acknowledges one, it acknowledges the host's before that, too.
 */
export class Configurations {
  /** Whether the window has a bar, as of what the client has acknowledged last. */
  hasBar = false;
  #waiting: Waiting[] = [];
  /** The last serial of the host's. */
  #last: number | null = null;
  /** The last one of these that the host knows to be acknowledged. */
  #acknowledged: number | null = null;
  /** What the client has acknowledged last. */
  #current: Waiting | null = null;
  #made = 0;

  /** Whether the host has said how the window is to be. */
  get hasBegun(): boolean {
    return this.#last !== null;
  }

  /** The host sends a configuration. */
  sent(serial: number, hasBar: boolean): void {
    this.#last = serial;
    this.#add({ serial, hostSerial: serial, hasBar });
  }

  /**
   * We send one, after one of the host's.
   *
   * @returns its serial; null when the client has too many to acknowledge
   */
  make(hasBar: boolean): number | null {
    const hostSerial = this.#last;
    if (hostSerial === null) throw new Error("the host has not configured the window");
    // Far from those that the host gives next.
    const serial = (hostSerial + 0x8000_0000 + (this.#made++ & 0xffff)) >>> 0;
    return this.#add({ serial, hostSerial, hasBar }) ? serial : null;
  }

  /**
   * The client acknowledges a configuration, and what came before.
   *
   * @returns the serial that the host is to get for that; null if it has that already
   */
  acknowledge(serial: number): number | null {
    const index = this.#waiting.findIndex((one) => one.serial === serial);
    const found = this.#waiting[index];
    // What is wrong with it is for the host to say.
    if (found === undefined) return serial;
    this.#waiting.splice(0, index + 1);
    this.#current = found;
    this.hasBar = found.hasBar;
    if (found.hostSerial === this.#acknowledged) return null;
    this.#acknowledged = found.hostSerial;
    return found.hostSerial;
  }

  /** The host's serial for one that the client knows. */
  hostSerialOf(serial: number): number {
    const known = [this.#current, ...this.#waiting].find((one) => one?.serial === serial);
    return known?.hostSerial ?? serial;
  }

  /** There is to be no bar any more, without a configuration that says so. */
  dropBars(): void {
    this.hasBar = false;
    this.#waiting = this.#waiting.map((one) => ({ ...one, hasBar: false }));
  }

  /** The window is taken off the screen, and begins anew. */
  reset(): void {
    this.hasBar = false;
    this.#waiting = [];
    this.#last = this.#acknowledged = this.#current = null;
  }

  /** @returns whether it found room: what is the host's gives way, as the host knows it without us */
  #add(waiting: Waiting): boolean {
    if (this.#waiting.length >= MAX_WAITING) {
      const oldest = this.#waiting.findIndex(({ serial, hostSerial }) => serial === hostSerial);
      if (oldest < 0) return false;
      this.#waiting.splice(oldest, 1);
    }
    this.#waiting.push(waiting);
    return true;
  }
}
