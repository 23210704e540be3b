// SPDX-License-Identifier: Apache-2.0
import type { Requests } from "../protocol/generated/types.ts";
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { bounded, movedBy, type Offset, type Size } from "./size.ts";

/** What a client has said with a positioner. Which frames count for it shows when it is used, as often as it is. */
interface Said {
  size: Size | null;
  anchor: (Size & { readonly x: number; readonly y: number }) | null;
  parentSize: { readonly parent_width: number; readonly parent_height: number } | null;
}

type Say = <M extends keyof Requests["xdg_positioner"]>(name: M, args: Requests["xdg_positioner"][M]) => void;

/** A popup, as far as the host knows another one than its client. */
export interface MovedPopup {
  /** How much larger it is for the host. */
  readonly growth: Size;
  /** How far the client's corner of its parent is from the host's, and how much larger the parent is; null without a parent. */
  readonly parent: { readonly offset: Offset; readonly growth: Size } | null;
}

/** Moves popups to where they belong although the host counts from another corner of their parents, such as that of a frame. */
export class Positioners {
  readonly #said = new WeakMap<WlObject, Said>();
  readonly #how: "send" | "inject";
  /** Whether what is said at the moment is ours. */
  #isPlacing = false;

  /** @param how whether other hooks see what the host is told, as if the client had said it */
  constructor(how: "send" | "inject") {
    this.#how = how;
  }

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
      if (!this.#isPlacing) this.#of(object).size = args;
    },
    set_anchor_rect: ({ object, args }) => {
      if (!this.#isPlacing) this.#of(object).anchor = args;
    },
    set_parent_size: ({ object, args }) => {
      if (!this.#isPlacing) this.#of(object).parentSize = args;
    },
  };

  /** Says to the host where a popup is to be. */
  place(client: Client, positioner: WlObject<"xdg_positioner">, popup: MovedPopup): void {
    this.#isPlacing = true;
    try {
      this.#place(client, positioner, popup);
    } finally {
      this.#isPlacing = false;
    }
  }

  #place(client: Client, positioner: WlObject<"xdg_positioner">, { growth, parent }: MovedPopup): void {
    const { size, anchor, parentSize } = this.#of(positioner);
    const say: Say = (name, args) => {
      if (this.#how === "send") client.sendRequest(positioner, name, args);
      else client.injectRequest(positioner, name, args);
    };
    if (size !== null) {
      say("set_size", { width: bounded(size.width + growth.width), height: bounded(size.height + growth.height) });
    }
    if (parent === null) return;
    if (anchor !== null) {
      say("set_anchor_rect", { ...anchor, ...movedBy(anchor, parent.offset) });
    }
    if (parentSize === null) return;
    say("set_parent_size", {
      parent_width: bounded(parentSize.parent_width + parent.growth.width),
      parent_height: bounded(parentSize.parent_height + parent.growth.height),
    });
  }
}
