// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { clientOf } from "../../x11/client/ids.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<
  WmContext,
  "client" | "globals" | "x" | "events" | "windows" | "user" | "input" | "log" | "explain"
>;

/**
 * A program asks for itself (EWMH, source indication). All else is taken for a tool that does what the user wants:
 * wmctrl, for one, names no source.
 */
const APPLICATION = 1;

/** Milliseconds by which what a program names as the time of an input may be before we have heard of that. */
const CLOCK_TOLERANCE_MS = 20;

/**
 * Asks the host to let the user look at a window when its client wants that. A client asks for the front by
 * _NET_ACTIVE_WINDOW, and for a look some day by urgency. The host is asked for both in one way (xdg-activation). It
 * decides by whether the user did something in a window of that client just before.
 */
export class Activation {
  static readonly atoms: readonly string[] = ["_NET_ACTIVE_WINDOW"];

  readonly #context: Context;
  readonly #manager: WlObject<"xdg_activation_v1"> | null;
  /** The windows that were reported to the host as urgent, until they are not any more. */
  readonly #urgent = new WeakSet<XWindow>();
  /** The tokens that windows have named as those of whoever started their program, and that the host knows. */
  readonly #started = new WeakMap<XWindow, string>();

  constructor(context: Context) {
    this.#context = context;
    this.#manager = context.globals.bind("xdg_activation_v1", 1);
    context.events.onMessage("_NET_ACTIVE_WINDOW", (window, [source = 0, time = 0]) => {
      if (source !== APPLICATION) return this.#activate(window, context.user.focused);
      // Not waited for: the event with the time comes behind this.
      const asked = this.#asker(window, time).then((asker) => this.#activate(window, asker));
      asked.catch((error: Error) => context.log.debug(`${window}: ${error.message}`));
    });
    context.windows.listen({
      roleGiven: (window) => this.#urge(window),
      configured: (window) => this.#start(window),
      propertiesChanged: (window) => this.#urge(window),
      statesWanted: (window) => this.#urge(window),
    });
  }

  /** Uses what the host gave a program of its own to start this one with, as its first window names it. */
  #start(window: XWindow): void {
    const token = window.properties?.startupId;
    const { surface } = window;
    if (!token || surface === null || this.#started.get(window) === token) return;
    this.#started.set(window, token);
    // Behind the window's content, without which hosts know no window.
    setImmediate(() => {
      if (window.surface === surface) this.#use(token, surface.object);
    });
  }

  /**
   * Finds the window that the user is in, if a window's client asks because of what the user did last there. It is a
   * window of its own, or of another client, which has handed over to it (as Geany does to the one that is open). The
   * latter is meant when the client names no earlier time.
   */
  async #asker(window: XWindow, time: number): Promise<XWindow | null> {
    const { user, x, input, events } = this.#context;
    const { focused } = user;
    if (focused === null || clientOf(x.setup, focused.id) === clientOf(x.setup, window.id)) return focused;
    const { latest } = input;
    if (time === 0 || latest === null) return null;
    // The X server's clock wraps around after 49 days.
    const age = ((await events.now()) - time) | 0;
    return performance.now() - age >= latest.at - CLOCK_TOLERANCE_MS ? focused : null;
  }

  #urge(window: XWindow): void {
    if (!(window.role instanceof Toplevel)) return;
    const isUrgent = window.properties?.urgent === true || window.wantedStates.has("DEMANDS_ATTENTION");
    if (!isUrgent) {
      this.#urgent.delete(window);
    } else if (!this.#urgent.has(window)) {
      this.#urgent.add(window);
      this.#activate(window, null);
    }
  }

  /** @param asker the window in which the user asked for it; null for none: then the host only shows that it wants to */
  #activate(window: XWindow, asker: XWindow | null): void {
    const { client, input, explain, user } = this.#context;
    const manager = this.#manager;
    if (manager === null || window === user.focused || !(window.role instanceof Toplevel)) return;
    explain?.(`${window} wants to be looked at, ${asker === null ? "by itself" : `by what the user did in ${asker}`}`);
    const token = client.createObject("xdg_activation_token_v1", 1);
    client.sendRequest(manager, "get_activation_token", { id: token });
    onEvents(token, {
      done: ({ token: name }) => {
        client.sendRequest(token, "destroy", {});
        // It may have gone meanwhile.
        if (window.role instanceof Toplevel && window.surface !== null) this.#use(name, window.surface.object);
      },
    });
    const { latest } = input;
    if (asker?.surface != null && latest !== null) {
      const { serial, seat } = latest;
      client.injectRequest(token, "set_serial", { serial, seat });
      client.sendRequest(token, "set_surface", { surface: asker.surface.object });
    }
    client.sendRequest(token, "commit", {});
  }

  #use(token: string, surface: WlObject<"wl_surface">): void {
    if (this.#manager === null) return;
    this.#context.client.injectRequest(this.#manager, "activate", { token, surface });
  }
}
