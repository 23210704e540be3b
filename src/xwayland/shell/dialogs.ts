// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "globals" | "windows">;

/** A dialog as the host knows it. */
interface Dialog {
  readonly object: WlObject<"xdg_dialog_v1">;
  modal: boolean;
}

/** Tells the host which windows are dialogs, and whether the user has to answer them first (_NET_WM_STATE_MODAL). */
export class Dialogs {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  readonly #manager: WlObject<"xdg_wm_dialog_v1"> | null;
  readonly #dialogs = new WeakMap<XWindow, Dialog>();

  constructor(context: Context) {
    this.#context = context;
    this.#manager = context.globals.bind("xdg_wm_dialog_v1", 1);
    context.windows.listen({
      roleGiven: (window) => this.#update(window),
      propertiesChanged: (window) => this.#update(window),
      statesWanted: (window) => this.#update(window),
      roleTaken: (window) => this.#end(window),
    });
  }

  #update(window: XWindow): void {
    const { role, properties, wantedStates } = window;
    if (this.#manager === null || !(role instanceof Toplevel) || properties === null) return;
    const { client } = this.#context;
    let dialog = this.#dialogs.get(window);
    const modal = wantedStates.has("MODAL") || properties.motifModal;
    if (dialog === undefined) {
      if (!modal && !properties.types.includes("DIALOG") && properties.transientFor === null) return;
      const id = client.createObject("xdg_dialog_v1", 1);
      client.sendRequest(this.#manager, "get_xdg_dialog", { id, toplevel: role.object });
      dialog = { object: id, modal: false };
      this.#dialogs.set(window, dialog);
    }
    if (dialog.modal === modal) return;
    dialog.modal = modal;
    client.sendRequest(dialog.object, modal ? "set_modal" : "unset_modal", {});
  }

  #end(window: XWindow): void {
    const dialog = this.#dialogs.get(window);
    if (dialog === undefined) return;
    this.#dialogs.delete(window);
    this.#context.client.sendRequest(dialog.object, "destroy", {});
  }
}
