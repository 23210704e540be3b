// SPDX-License-Identifier: Apache-2.0
import { EventMask } from "../../x11/generated/enums.ts";
import { createHiddenWindow, watchSelection } from "./hidden-window.ts";
import type { WmContext } from "./wm-context.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events">;

/**
 * A selection that says who serves all X clients with something (ICCCM 2.8): we, as long as no program of the user's wants
 * to.
 */
export class ManagerSelection {
  /** Whoever uses this is to have these. */
  static readonly atoms: readonly string[] = ["MANAGER"];

  /** The window that owns the selection. */
  readonly window: number;
  readonly selection: number;
  readonly #context: Context;
  #time = 0;

  constructor(context: Context, name: string) {
    this.#context = context;
    const { x, events } = context;
    this.selection = x.atoms.atom(name);
    this.window = createHiddenWindow(x);
    watchSelection(x, this.window, this.selection);
    events.on("XFixes.SelectionNotify", ({ selection, owner, timestamp, selection_timestamp }) => {
      if (selection !== this.selection) return;
      if (owner === 0) this.#take(timestamp);
      else if (owner === this.window) this.#time = selection_timestamp;
    });
    this.#take(0);
  }

  /** The time since which we own the selection, by the X server's clock. */
  get time(): number {
    return this.#time;
  }

  /** Becomes the manager, and announces that. */
  #take(time: number): void {
    const { x } = this.#context;
    x.send("SetSelectionOwner", { owner: this.window, selection: this.selection, time });
    x.sendEvent(x.setup.root, EventMask.StructureNotify, {
      name: "ClientMessage",
      format: 32,
      window: x.setup.root,
      type: x.atoms.atom("MANAGER"),
      data: [time, this.selection, this.window, 0, 0],
    });
  }
}
