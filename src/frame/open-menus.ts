// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

type Popup = WlObject<"xdg_popup">;

/**
 * The open menus of clients: popups with a grab. Programs close them when something else in their window is pressed. Of a
 * press on a surface of ours they learn nothing, and the host takes it for one of theirs.
 */
export class OpenMenus {
  /** The last one lies in the others. */
  readonly #open = new WeakMap<Client, Set<Popup>>();

  add(client: Client, menu: Popup): void {
    const menus = this.#open.get(client) ?? new Set();
    this.#open.set(client, menus.add(menu));
  }

  delete(client: Client, menu: Popup): void {
    this.#open.get(client)?.delete(menu);
  }

  /** Closes all of a client. */
  close(client: Client): void {
    const menus = [...(this.#open.get(client) ?? [])].reverse();
    this.#open.delete(client);
    for (const menu of menus) client.sendEvent(menu, "popup_done", {});
  }
}

/** Learns which menus there are. */
export function menuHooks(menus: OpenMenus): Hooks {
  return {
    stage: "policy",
    requests: {
      xdg_popup: {
        grab: ({ client, object }) => menus.add(client, object),
        destroy: ({ client, object }) => menus.delete(client, object),
      },
    },
    events: {
      xdg_popup: { popup_done: ({ client, object }) => menus.delete(client, object) },
    },
  };
}
