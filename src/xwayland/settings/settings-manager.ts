// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import { ManagerSelection } from "../base/manager-selection.ts";
import type { WmContext } from "../base/wm-context.ts";
import { encodeSettings } from "./settings-codec.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "scale" | "appearance">;

const SELECTION = "_XSETTINGS_S0";
const PROPERTY = "_XSETTINGS_SETTINGS";

/** Tells X programs how to draw, by XSETTINGS. */
export class SettingsManager {
  static readonly atoms: readonly string[] = [SELECTION, PROPERTY, ...ManagerSelection.atoms];

  readonly #context: Context;
  readonly #role: ManagerSelection;
  readonly #stopListening: () => void;
  #serial = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#role = new ManagerSelection(context, SELECTION);
    this.#stopListening = context.scale.onChange(() => this.#write());
    this.#write();
  }

  close(): void {
    this.#stopListening();
  }

  #write(): void {
    const { x, appearance } = this.#context;
    const property = x.atoms.atom(PROPERTY);
    setProperty(x, this.#role.window, property, property, encodeSettings(appearance.settings, this.#serial++));
  }
}
