// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { FramedWindow } from "./framed-window.ts";
import { bounded, growthBy, movedBy, type Size } from "./size.ts";

/** What a client has said with a positioner. Which frames count for it shows when it is used, as often as it is. */
interface Said {
  size: Size | null;
  anchor: (Size & { readonly x: number; readonly y: number }) | null;
  parentSize: { readonly parent_width: number; readonly parent_height: number } | null;
}

/** Moves popups to where they belong although the host counts from the corner of their parent's frame. */
export class Positioners {
  readonly #said = new WeakMap<WlObject, Said>();

  #of(positioner: WlObject): Said {
    let said = this.#said.get(positioner);
    if (said === undefined) {
      said = { size: null, anchor: null, parentSize: null };
      this.#said.set(positioner, said);
    }
    return said;
  }

  // The host gets these, too, so that it can say what is wrong with them.
  readonly requests: NonNullable<NonNullable<Hooks["requests"]>["xdg_positioner"]> = {
    set_size: ({ object, args }) => {
      this.#of(object).size = args;
    },
    set_anchor_rect: ({ object, args }) => {
      this.#of(object).anchor = args;
    },
    set_parent_size: ({ object, args }) => {
      this.#of(object).parentSize = args;
    },
  };

  /** Says to the host where a popup with its frame is to be. */
  place(client: Client, positioner: WlObject<"xdg_positioner">, { insets, parent }: FramedWindow): void {
    const { size, anchor, parentSize } = this.#of(positioner);
    if (size !== null) {
      const { width, height } = growthBy(insets);
      client.sendRequest(positioner, "set_size", {
        width: bounded(size.width + width),
        height: bounded(size.height + height),
      });
    }
    if (parent === null) return;
    if (anchor !== null) {
      client.sendRequest(positioner, "set_anchor_rect", { ...anchor, ...movedBy(anchor, parent.offset) });
    }
    if (parentSize === null) return;
    const growth = parent.growthWith(parent.insets);
    client.sendRequest(positioner, "set_parent_size", {
      parent_width: bounded(parentSize.parent_width + growth.width),
      parent_height: bounded(parentSize.parent_height + growth.height),
    });
  }
}
