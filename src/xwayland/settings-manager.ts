// SPDX-License-Identifier: Apache-2.0
import { EventMask } from "../x11/generated/enums.ts";
import { setProperty } from "../x11/properties.ts";
import { createHiddenWindow, watchSelection } from "./hidden-window.ts";
import type { Context } from "./part.ts";
import { encodeSettings } from "./settings-codec.ts";

const SELECTION = "_XSETTINGS_S0";
const PROPERTY = "_XSETTINGS_SETTINGS";

/** The manager of XSETTINGS, as long as no program of the user's wants to be it. */
export class SettingsManager {
  static readonly atoms: readonly string[] = [SELECTION, PROPERTY, "MANAGER"];

  readonly #context: Context;
  readonly #window: number;
  readonly #selection: number;
  #serial = 0;

  constructor(context: Context) {
    this.#context = context;
    const { x, events, scale } = context;
    this.#selection = x.atoms.atom(SELECTION);
    this.#window = createHiddenWindow(x);
    watchSelection(x, this.#window, this.#selection);
    events.on("XFixes.SelectionNotify", ({ selection, owner, timestamp }) => {
      if (selection === this.#selection && owner === 0) this.#take(timestamp);
    });
    scale.onChange(() => this.#write());
    this.#write();
    this.#take(0);
  }

  #write(): void {
    const { x, appearance } = this.#context;
    const property = x.atoms.atom(PROPERTY);
    setProperty(x, this.#window, property, property, encodeSettings(appearance.settings, this.#serial++));
  }

  /** Becomes the manager, and tells all (ICCCM 2.8). */
  #take(time: number): void {
    const { x } = this.#context;
    x.send("SetSelectionOwner", { owner: this.#window, selection: this.#selection, time });
    x.sendEvent(x.setup.root, EventMask.StructureNotify, {
      name: "ClientMessage",
      format: 32,
      window: x.setup.root,
      type: x.atoms.atom("MANAGER"),
      data: [time, this.#selection, this.#window, 0, 0],
    });
  }
}
