// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { MAX_TRANSFERS } from "./limits.ts";
import type { Wanted } from "./request.ts";
import type { TransferEvents } from "./transfer-events.ts";
import { type OpenSink, TransferFromX } from "./transfer-from-x.ts";

/** The transfers from an X client that has copied or drags something, to all who want it. */
export class TransfersFromX {
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  readonly #log: Logger;
  /** The transfers, from the oldest to the newest. */
  readonly #transfers = new Set<TransferFromX>();

  constructor(x: X11Connection, events: TransferEvents, log: Logger) {
    this.#x = x;
    this.#events = events;
    this.#log = log;
  }

  /** Whether a transfer is still underway. */
  get busy(): boolean {
    return this.#transfers.size > 0;
  }

  /** Begins another one; if there are many, the oldest gives way. */
  begin(wanted: Wanted | Promise<Wanted>, open: OpenSink): void {
    const [oldest] = this.#transfers;
    if (oldest !== undefined && this.#transfers.size >= MAX_TRANSFERS) oldest.abort();
    try {
      const ended = (transfer: TransferFromX): void => void this.#transfers.delete(transfer);
      this.#transfers.add(new TransferFromX(this.#x, this.#events, wanted, open, ended));
    } catch (error) {
      this.#log.warn(`what an X client has cannot be passed on: ${(error as Error).message}`);
    }
  }

  /** Gives up all of them. */
  abort(): void {
    for (const transfer of this.#transfers) transfer.abort();
  }
}
