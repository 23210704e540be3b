// SPDX-License-Identifier: Apache-2.0
import { FdWriter } from "./fd-writer.ts";
import { SINK_QUEUE_LIMIT, SINK_STALL_TIMEOUT } from "./limits.ts";

/** Writes data to where a program wants it (clipboards, primary selections, drag and drop), in the course of time. */
export class FdSink {
  readonly #writer: FdWriter;
  readonly #changed: () => void;
  #stalled: NodeJS.Timeout | null = null;

  /**
   * @param raw the descriptor that the program passed, which stays its owner's
   * @param owner the one that this counts for; see `FdWriter`
   * @param changed called when the sink is no longer full, and when it is closed
   * @throws SystemError (EMFILE)
   */
  constructor(raw: number, owner: object, changed: () => void) {
    this.#changed = changed;
    this.#writer = new FdWriter(raw, owner, {
      written: (count) => this.#written(count),
      closed: () => {
        this.#clearStalled();
        changed();
      },
    });
  }

  /** Whether everything is written, or nobody reads any more. */
  get closed(): boolean {
    return !this.#writer.open;
  }

  /** Whether nothing more should be added for now. */
  get full(): boolean {
    return this.#writer.length > SINK_QUEUE_LIMIT;
  }

  /** Adds data, which is thrown away if the reader is gone: its sender goes on. */
  add(data: Uint8Array): void {
    this.#writer.add(data);
    if (this.full) this.#stalled ??= setTimeout(() => this.close(), SINK_STALL_TIMEOUT);
  }

  /** Nothing more will be added: it ends once everything is written. */
  hangUp(): void {
    this.#writer.hangUp();
  }

  /** Ends it; what has not been written is lost. */
  close(): void {
    this.#writer.close();
  }

  #written(count: number): void {
    this.#stalled?.refresh();
    if (this.full || this.#writer.length + count <= SINK_QUEUE_LIMIT) return;
    this.#clearStalled();
    this.#changed();
  }

  #clearStalled(): void {
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.#stalled = null;
  }
}
