// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { clientOf } from "../x11/ids.ts";
import type { Context } from "./part.ts";
import { Popup } from "./popup.ts";
import { type ParentChoice, popupParent } from "./popup-parent.ts";
import { resize } from "./resize.ts";
import type { Surface } from "./surface.ts";
import { Toplevel } from "./toplevel.ts";
import type { XWindow } from "./window.ts";
import { tell, wants } from "./wm-protocols.ts";

/** Highest version of xdg_wm_base that this knows how to use. */
const WM_BASE_VERSION = 6;

/** Makes X windows windows of the host's: toplevels, or popups where a client shows them itself. */
export class Roles {
  static readonly atoms: readonly string[] = ["WM_DELETE_WINDOW"];

  readonly #context: Context;
  readonly #wmBase: WlObject;

  constructor(context: Context) {
    this.#context = context;
    const { session, globals, windows } = context;
    const wmBase = globals.bind("xdg_wm_base", WM_BASE_VERSION);
    if (wmBase === null) throw new Error("the host has no xdg_wm_base, without which there are no windows");
    this.#wmBase = wmBase;
    onEvents(wmBase, "xdg_wm_base", {
      ping: ({ serial }) => session.sendRequest(wmBase, "xdg_wm_base", "pong", { serial }),
    });
    windows.listen({
      mapped: (window) => this.#show(window),
      paired: (window) => this.#show(window),
      described: (window) => this.#describe(window),
      dragged: (window) => this.#hide(window),
      unpaired: (window) => this.#hide(window),
    });
  }

  /** Gives a window a role, once all that it takes is there. */
  #show(window: XWindow): void {
    const { surface, properties } = window;
    if (!window.mapped || surface === null || properties === null || window.role !== null || window.isDragIcon) return;
    const choice = window.overrideRedirect ? this.#parentOf(window) : null;
    const parent = choice?.parent ?? null;
    window.role =
      parent?.role == null ? this.#toplevel(window, surface) : this.#popup(window, surface, parent, parent.role);
    this.#context.explain?.(
      `${window} is ${choice === null ? "a toplevel" : `a popup of ${parent}: ${choice.reason}`}`,
    );
    window.parent = parent;
    this.#describe(window);
    this.#context.windows.tell("roleGiven", window);
    window.role.begin();
  }

  #toplevel(window: XWindow, surface: Surface): Toplevel {
    const { session, x, scale } = this.#context;
    return new Toplevel(session, this.#wmBase, surface, scale, {
      resize: (width, height) => resize(x, window, width || window.geometry.width, height || window.geometry.height),
      close: () => this.#close(window),
    });
  }

  #popup(window: XWindow, surface: Surface, parent: XWindow, parentRole: Toplevel | Popup): Popup {
    const { session, x: connection, scale } = this.#context;
    const { geometry } = window;
    const { x, y } = parent.geometry;
    const place = { ...geometry, x: geometry.x - x, y: geometry.y - y };
    return new Popup(session, this.#wmBase, surface, parentRole.xdgSurface, place, parent.geometry, scale, {
      placed: (toX, toY) => this.#place(window, x + toX, y + toY),
      done: () => connection.send("UnmapWindow", { window: window.id }),
    });
  }

  /** Takes the role of a window, and first those of its popups, since a popup may not outlive its parent. */
  #hide(window: XWindow): void {
    if (window.role === null) return;
    const { windows } = this.#context;
    for (const child of windows) if (child.parent === window) this.#hide(child);
    windows.tell("roleTaken", window);
    this.#context.explain?.(`${window} is not shown any more`);
    window.role.destroy();
    window.role = null;
    window.parent = null;
  }

  /** Where the host has put a popup is where it has to be for X, or menus would open beside it. */
  #place(window: XWindow, x: number, y: number): void {
    if (x === window.geometry.x && y === window.geometry.y) return;
    this.#context.x.send("ConfigureWindow", { window: window.id, x, y });
  }

  #parentOf(window: XWindow): ParentChoice | null {
    const { windows, user, x } = this.#context;
    return popupParent(window, {
      shown: [...windows].filter(({ role }) => role !== null),
      pointed: user.pointed,
      focused: user.focused,
      related: (a, b) => clientOf(x.setup, a.id) === clientOf(x.setup, b.id),
    });
  }

  #describe({ role, properties, id }: XWindow): void {
    if (!(role instanceof Toplevel) || properties === null) return;
    const { transientFor } = properties;
    const parent = transientFor === id ? null : this.#context.windows.get(transientFor)?.role;
    role.describe(properties, parent instanceof Toplevel ? parent : null);
  }

  #close(window: XWindow): void {
    const { x, events, explain } = this.#context;
    const isPolite = wants(x, window, "WM_DELETE_WINDOW");
    explain?.(`${window} is closed: ${isPolite ? "it is told to" : "its client is killed, as it cannot be told"}`);
    if (isPolite) tell(x, window, "WM_DELETE_WINDOW", events.time);
    else x.send("KillClient", { resource: window.id });
  }
}
