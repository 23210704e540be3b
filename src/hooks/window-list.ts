// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** The windows of both versions of xdg-shell, which have the same messages here. */
type Toplevel = "xdg_toplevel" | "zxdg_toplevel_v6";

/** A window, as its program describes it. */
export interface ListedWindow {
  title: string;
  appId: string;
}

/** Listens to what happens to windows. */
export interface WindowEvents {
  opened(client: Client): void;
  /** The window has another title or application id. */
  changed(client: Client, window: ListedWindow): void;
  closed(client: Client, window: ListedWindow): void;
}

/** Windows from which on those that are gone are looked for when one more comes. */
const FIRST_SWEEP = 64;

/** The windows of one client. */
class ClientWindows {
  readonly #windows = new Map<WlObject<Toplevel>, ListedWindow>();
  #sweepAt = FIRST_SWEEP;

  add(toplevel: WlObject<Toplevel>): ListedWindow {
    if (this.#windows.size >= this.#sweepAt) {
      this.#sweep();
      this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#windows.size);
    }
    const window = { title: "", appId: "" };
    this.#windows.set(toplevel, window);
    return window;
  }

  get(toplevel: WlObject<Toplevel>): ListedWindow | undefined {
    return this.#windows.get(toplevel);
  }

  delete(toplevel: WlObject<Toplevel>): void {
    this.#windows.delete(toplevel);
  }

  get all(): [WlObject<Toplevel>, ListedWindow][] {
    this.#sweep();
    return [...this.#windows];
  }

  /** X11's windows go without a message that a hook sees. */
  #sweep(): void {
    for (const toplevel of this.#windows.keys()) {
      if (toplevel.clientGone || toplevel.hostId === 0) this.#windows.delete(toplevel);
    }
  }
}

/** The windows of all clients. */
export class WindowList {
  readonly #clients = new WeakMap<Client, ClientWindows>();

  /** The windows of a client. */
  of(client: Client): ListedWindow[] {
    return this.windowsOf(client).all.map(([, window]) => window);
  }

  /** Asks a client to close all its windows, as by their buttons; @returns how many it has. */
  close(client: Client): number {
    const { all } = this.windowsOf(client);
    for (const [toplevel] of all) client.sendEvent(toplevel, "close", {});
    return all.length;
  }

  /** The same for the hooks, which change them. */
  windowsOf(client: Client): ClientWindows {
    let windows = this.#clients.get(client);
    if (windows === undefined) {
      windows = new ClientWindows();
      this.#clients.set(client, windows);
    }
    return windows;
  }
}

/** Keeps the list of windows. */
export function windowList(list: WindowList, events: WindowEvents): Hooks {
  const known = (client: Client, toplevel: WlObject<Toplevel>): ListedWindow =>
    list.windowsOf(client).get(toplevel) ?? list.windowsOf(client).add(toplevel);
  const xdgSurface = {
    get_toplevel({ client, args }: HookedMessage<{ id: WlObject<Toplevel> }>) {
      known(client, args.id);
      events.opened(client);
    },
  };
  const xdgToplevel = {
    set_title({ client, object, args }: HookedMessage<{ title: string }, Toplevel>) {
      const window = known(client, object);
      window.title = args.title;
      events.changed(client, window);
    },
    set_app_id({ client, object, args }: HookedMessage<{ app_id: string }, Toplevel>) {
      const window = known(client, object);
      window.appId = args.app_id;
      events.changed(client, window);
    },
    destroy({ client, object }: HookedMessage<unknown, Toplevel>) {
      events.closed(client, known(client, object));
      list.windowsOf(client).delete(object);
    },
  };
  return {
    stage: "policy",
    requests: {
      xdg_surface: xdgSurface,
      xdg_toplevel: xdgToplevel,
      zxdg_surface_v6: xdgSurface,
      zxdg_toplevel_v6: xdgToplevel,
    },
  };
}
