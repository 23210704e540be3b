// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { clientOf } from "../../x11/client/ids.ts";
import { EventMask, Property } from "../../x11/generated/enums.ts";
import type { Windows } from "../base/windows.ts";
import type { XEvents } from "../base/x-events.ts";

/** Listens to what happens to a window that takes part in a transfer of data. */
export interface TransferListener {
  /** A property has got a value, or was deleted. */
  changed?(property: number, deleted: boolean): void;
  /** The data that was asked for is in that property (SelectionNotify); 0 when it is not to be had. */
  converted?(property: number): void;
  /** The window was sent a ClientMessage. */
  messaged?(type: number, data: readonly number[]): void;
  destroyed?(): void;
}

/** Reports those events of single windows, whoever's they are, that transfers between X clients and us have to know. */
export class TransferEvents {
  readonly #x: X11Connection;
  readonly #windows: Windows;
  readonly #listeners = new Map<number, Set<TransferListener>>();

  constructor(x: X11Connection, events: XEvents, windows: Windows) {
    this.#x = x;
    this.#windows = windows;
    events.on("PropertyNotify", ({ window, atom, state }) => {
      const deleted = state === Property.Delete;
      for (const listener of this.#of(window)) listener.changed?.(atom, deleted);
    });
    events.on("SelectionNotify", ({ requestor, property }) => {
      for (const listener of this.#of(requestor)) listener.converted?.(property);
    });
    events.on("ClientMessage", ({ window, type, data }) => {
      for (const listener of this.#of(window)) listener.messaged?.(type, data);
    });
    events.on("DestroyNotify", ({ window }) => {
      for (const listener of this.#of(window)) listener.destroyed?.();
    });
  }

  /** Reports the events of a window until `forget`. */
  listen(window: number, listener: TransferListener): void {
    const listeners = this.#listeners.get(window);
    if (listeners !== undefined) {
      listeners.add(listener);
      return;
    }
    this.#listeners.set(window, new Set([listener]));
    this.#select(window, EventMask.PropertyChange | EventMask.StructureNotify);
  }

  forget(window: number, listener: TransferListener): void {
    const listeners = this.#listeners.get(window);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(window);
    this.#select(window, EventMask.NoEvent);
  }

  /** The listeners of a window at this moment: they may leave while they are called. */
  #of(window: number): TransferListener[] {
    return [...(this.#listeners.get(window) ?? [])];
  }

  /** Chooses which events of a window we get, except for windows whose events we get anyway. */
  #select(window: number, eventMask: number): void {
    const { setup } = this.#x;
    if (this.#windows.get(window) !== undefined || clientOf(setup, window) === setup.idBase) return;
    this.#x.send("ChangeWindowAttributes", { window, event_mask: eventMask });
  }
}
