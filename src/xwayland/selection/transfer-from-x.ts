// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { Atom } from "../../x11/generated/enums.ts";
import { SLICE, STALL_TIMEOUT } from "./limits.ts";
import { SelectionRequest, type Wanted } from "./request.ts";
import { fromLatin1 } from "./text.ts";
import type { TransferEvents } from "./transfer-events.ts";

/** Takes data in the course of time; see `FdSink`. */
export interface DataSink {
  readonly closed: boolean;
  readonly full: boolean;
  add(data: Uint8Array): void;
  hangUp(): void;
  close(): void;
}

/**
 * Makes a sink, which calls `changed` when it is no longer full, and when it is closed.
 *
 * @throws SystemError (EMFILE)
 */
export type OpenSink = (changed: () => void) => DataSink;

/**
 * Brings what an X client has in a selection to a reader. The data comes at once, or part by part if the client wants
 * that (INCR, ICCCM 2.7.2), and never faster than it is read there.
 */
export class TransferFromX {
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  #request: SelectionRequest | null = null;
  readonly #sink: DataSink;
  readonly #timer: NodeJS.Timeout;
  readonly #ended: (transfer: TransferFromX) => void;
  /** Waits for the reader. */
  #onRoom: (() => void) | null = null;
  #over = false;

  /**
   * @param wanted what to ask the X client for, as soon as that is known
   * @param ended called when the last byte was taken, or nothing comes any more
   * @throws SystemError (EMFILE)
   */
  constructor(
    x: X11Connection,
    events: TransferEvents,
    wanted: Wanted | Promise<Wanted>,
    open: OpenSink,
    ended: (transfer: TransferFromX) => void,
  ) {
    this.#x = x;
    this.#events = events;
    this.#ended = ended;
    this.#sink = open(() => {
      this.#onRoom?.();
      if (this.#sink.closed) this.#ended(this);
    });
    this.#timer = setTimeout(() => {
      // The sink has an eye on its reader.
      if (this.#onRoom !== null) this.#timer.refresh();
      else this.abort();
    }, STALL_TIMEOUT);
    void this.#run(wanted);
  }

  /** Gives up: the reader gets what has come so far. */
  abort(): void {
    this.#end();
    this.#sink.close();
  }

  async #run(wanted: Wanted | Promise<Wanted>): Promise<void> {
    try {
      const known = await wanted;
      if (this.#over) return;
      const request = new SelectionRequest(this.#x, this.#events, known);
      this.#request = request;
      if (await request.answered) await this.#pass(request);
    } catch {
      // The X server has gone, or has no ids left.
    }
    this.#end();
    this.#sink.hangUp();
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#request?.close();
  }

  async #pass(request: SelectionRequest): Promise<void> {
    if ((await this.#passValue(request)) !== "in parts") return;
    do await request.nextPart();
    while (!this.#over && (await this.#passValue(request)) !== "empty");
  }

  /** Passes on what the property holds, and deletes it, whereupon the owner goes on if it has more. */
  async #passValue(request: SelectionRequest): Promise<"in parts" | "empty" | "passed"> {
    for (let offset = 0; !this.#over; ) {
      const slice = await request.read({ offset, maxBytes: SLICE, delete: true });
      this.#timer.refresh();
      // The end of what was written in several steps was read with its beginning.
      if (slice === null) break;
      if (slice.type === this.#x.atoms.atom("INCR")) return "in parts";
      offset += slice.bytes.length;
      if (offset === 0) return "empty";
      this.#sink.add(slice.type === Atom.STRING ? fromLatin1(slice.bytes) : slice.bytes);
      await this.#room();
      if (slice.bytesAfter === 0) break;
    }
    return "passed";
  }

  /** Waits for a slow reader. One that is gone is none: its data is thrown away, since owners expect that it is taken. */
  async #room(): Promise<void> {
    if (!this.#sink.full) return;
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
    this.#onRoom = null;
    this.#timer.refresh();
  }
}
