// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { readFd } from "../../native/pipe.ts";
import { READABLE, Watch } from "../../native/watch.ts";
import { EAGAIN } from "../../wire/transport.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { setProperty } from "../../x11/client/properties.ts";
import { PART, STALL_TIMEOUT } from "./limits.ts";
import { type Conversion, toLatin1, unchanged } from "./text.ts";
import type { TransferEvents, TransferListener } from "./transfer-events.ts";

/** More that may come out of converting a piece of text than went in. */
const CONVERSION_MARGIN = 3;

/** The place where an X client wants data. */
export interface Destination {
  readonly requestor: number;
  readonly property: number;
  /** The atom of the type that it is said to have. */
  readonly type: number;
  readonly latin1: boolean;
}

/**
 * Brings what a program of the host's writes into a pipe into a property of an X client's window. Small data comes at
 * once. Larger data comes part by part, each when the client has taken the one before (INCR, ICCCM 2.7.2).
 */
export class TransferToX implements TransferListener {
  /** Resolves to whether the client has something to look at: the data, or INCR. */
  readonly begun: Promise<boolean>;
  readonly destination: Destination;
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #ended: (transfer: TransferToX) => void;
  readonly #convert: Conversion;
  readonly #buffer = Buffer.allocUnsafeSlow(PART + CONVERSION_MARGIN);
  readonly #timer: NodeJS.Timeout;
  #begin: (begun: boolean) => void = () => {};
  #length = 0;
  #atEnd = false;
  #inParts = false;
  /** The client waits for the next part. */
  #wanted = false;

  /**
   * @param fd the pipe's read end, of which it becomes the owner
   * @throws SystemError
   */
  constructor(
    x: X11Connection,
    events: TransferEvents,
    fd: Fd,
    destination: Destination,
    ended: (transfer: TransferToX) => void,
  ) {
    this.#x = x;
    this.#events = events;
    this.#fd = fd;
    this.destination = destination;
    this.#ended = ended;
    this.#convert = destination.latin1 ? toLatin1() : unchanged;
    this.#watch = Watch.owned(fd, () => this.#readable());
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.#timer = setTimeout(() => this.abort(), STALL_TIMEOUT);
    events.listen(destination.requestor, this);
    this.#watch.set(READABLE);
  }

  changed(property: number, deleted: boolean): void {
    if (property !== this.destination.property || !deleted || !this.#inParts) return;
    this.#timer.refresh();
    this.#wanted = true;
    this.#proceed();
  }

  destroyed(): void {
    this.drop();
  }

  /** Ends it without a word to the client. */
  drop(): void {
    if (!this.#fd.open) return;
    clearTimeout(this.#timer);
    this.#watch.close();
    this.#fd.close();
    this.#events.forget(this.destination.requestor, this);
    this.#begin(false);
    this.#ended(this);
  }

  /** Promises the client its data in parts, although it may be small, and little or nothing is here yet. */
  promise(): void {
    if (this.#inParts || !this.#fd.open) return;
    const { requestor, property } = this.destination;
    this.#inParts = true;
    // At least so many bytes.
    setProperty(this.#x, requestor, property, this.#x.atoms.atom("INCR"), Uint32Array.of(this.#length));
    this.#begin(true);
  }

  /** Gives up. A client that was promised more learns that nothing comes. */
  abort(): void {
    if (this.#inParts) this.#write(0);
    this.drop();
  }

  #readable(): void {
    const start = this.#length;
    const count = readFd(this.#fd.raw, this.#buffer, start, PART - start);
    if (count === EAGAIN) return;
    this.#timer.refresh();
    if (count > 0) {
      const converted = this.#convert(this.#buffer.subarray(start, start + count));
      this.#buffer.set(converted, start);
      this.#length += converted.length;
    } else {
      this.#atEnd = true;
    }
    this.#proceed();
  }

  #proceed(): void {
    if (!this.#inParts) {
      if (this.#atEnd) {
        this.#write(this.#length);
        this.#begin(true);
        return this.drop();
      }
      if (this.#length >= PART) this.promise();
    } else if (this.#wanted && (this.#length > 0 || this.#atEnd)) {
      const isLast = this.#length === 0;
      this.#write(this.#length);
      if (isLast) return this.drop();
      this.#wanted = false;
      this.#length = 0;
    }
    this.#watch.set(this.#atEnd || this.#length >= PART ? 0 : READABLE);
  }

  #write(length: number): void {
    const { requestor, property, type } = this.destination;
    setProperty(this.#x, requestor, property, type, this.#buffer.subarray(0, length));
  }
}
