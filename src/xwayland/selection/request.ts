// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { getProperty, type Property, type ReadOptions } from "../../x11/client/properties.ts";
import { createHiddenWindow } from "../base/hidden-window.ts";
import type { TransferEvents, TransferListener } from "./transfer-events.ts";

/** A request for data, to the owner of a selection. */
export interface Wanted {
  /** The atoms of the selection and of the target. */
  readonly selection: number;
  readonly target: number;
  /** The time at which the owner became that, by the X server's clock. */
  readonly time: number;
}

/** Asks an X client for what it has in a selection, with a window of its own for the answer (ICCCM 2.4). */
export class SelectionRequest implements TransferListener {
  /** Resolves to whether there is an answer to read. */
  readonly answered: Promise<boolean>;
  readonly #x: X11Connection;
  readonly #events: TransferEvents;
  readonly #window: number;
  readonly #property: number;
  #answer: (answered: boolean) => void = () => {};
  #values = 0;
  #onValue: (() => void) | null = null;
  #open = true;

  constructor(x: X11Connection, events: TransferEvents, { selection, target, time }: Wanted) {
    this.#x = x;
    this.#events = events;
    this.#window = createHiddenWindow(x);
    this.#property = x.atoms.atom("_WAYLAND_PROXY_SELECTION");
    this.answered = new Promise((resolve) => {
      this.#answer = resolve;
    });
    events.listen(this.#window, this);
    const requestor = this.#window;
    x.send("ConvertSelection", { requestor, selection, target, property: this.#property, time });
  }

  converted(property: number): void {
    // What the property held until now is the answer itself.
    this.#values = 0;
    this.#answer(property === this.#property);
  }

  changed(property: number, deleted: boolean): void {
    if (property !== this.#property || deleted) return;
    this.#values++;
    this.#onValue?.();
  }

  /** Reads of the answer, or of its next part; null when there is nothing. Rejects when the connection ends. */
  read(options: ReadOptions): Promise<Property | null> {
    return getProperty(this.#x, this.#window, this.#property, options);
  }

  /** Resolves when the owner has written the next part, or when this was closed. */
  async nextPart(): Promise<void> {
    if (this.#values === 0 && this.#open) {
      await new Promise<void>((resolve) => {
        this.#onValue = resolve;
      });
    }
    this.#onValue = null;
    this.#values = 0;
  }

  /** Ends it, whatever is still to come. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.forget(this.#window, this);
    this.#answer(false);
    this.#onValue?.();
    this.#x.send("DestroyWindow", { window: this.#window });
    this.#x.releaseId(this.#window);
  }
}
