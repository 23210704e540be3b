// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { clientOf } from "../../x11/client/ids.ts";
import type { Geometry } from "../base/geometry.ts";
import { isSameSize, type Size } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { fitSize } from "../window/size-hints.ts";
import { isFleeting, windowKind } from "../window/window-kind.ts";
import { AwaitedParents } from "./awaited-parents.ts";
import { Popup } from "./popup.ts";
import { type ParentChoice, popupParent } from "./popup-parent.ts";
import { PopupRemapper } from "./popup-remapper.ts";
import { move, resize } from "./resize.ts";
import { ResizeSync } from "./resize-sync.ts";
import type { Surface } from "./surface.ts";
import { type Resized, Toplevel } from "./toplevel.ts";
import { isForGroup, transientParent } from "./transient-parent.ts";

/** The services that this uses. */
type Context = Pick<
  WmContext,
  "client" | "globals" | "x" | "events" | "windows" | "user" | "scale" | "outputs" | "desktopFiles" | "explain"
>;

/**
 * The number of windows among which a window's parent or its popups are looked for. These are the latest that are
 * shown, besides those that the window names or the user is in. A client that makes more windows than anybody can look
 * at is not to cost the others the square of their number.
 */
const MAX_RELATIVES = 200;

/** Highest version of xdg_wm_base that this knows how to use. */
const WM_BASE_VERSION = 6;

/** Makes X windows windows of the host's: toplevels, or popups where a client shows them itself. */
export class Roles {
  static readonly atoms: readonly string[] = ResizeSync.atoms;
  static readonly supported: readonly string[] = ResizeSync.supported;

  readonly #context: Context;
  readonly #wmBase: WlObject<"xdg_wm_base">;
  readonly #sync: ResizeSync;
  readonly #remapper: PopupRemapper;
  readonly #awaited: AwaitedParents;

  constructor(context: Context) {
    this.#context = context;
    const { client, globals, windows, events } = context;
    const wmBase = globals.bind("xdg_wm_base", WM_BASE_VERSION);
    if (wmBase === null) throw new Error("the host has no xdg_wm_base, without which there are no windows");
    this.#wmBase = wmBase;
    this.#sync = new ResizeSync(context);
    this.#remapper = new PopupRemapper(context);
    this.#awaited = new AwaitedParents(({ id }) => clientOf(context.x.setup, id));
    onEvents(wmBase, {
      ping: ({ serial }) => client.sendRequest(wmBase, "pong", { serial }),
    });
    windows.listen({
      mapped: (window) => this.#show(window),
      surfaceAttached: (window) => this.#show(window),
      propertiesChanged: (window) => this.#describe(window),
      becameDragIcon: (window) => this.#hide(window),
      configured: (window) => this.#adopt(window),
      surfaceDetached: (window) => this.#hide(window),
      unmapped: (window) => this.#awaited.delete(window),
    });
    events.on("ConfigureNotify", ({ window: id, sequence }) => {
      const window = windows.get(id);
      if (window !== undefined) this.#moved(window, sequence);
    });
  }

  close(): void {
    this.#sync.close();
  }

  /** Gives a window a role, once all that it takes is there. */
  #show(window: XWindow): void {
    const { surface, properties } = window;
    if (window.state !== "paired" || surface === null || properties === null) return;
    const { windows, outputs, explain } = this.#context;
    const kind = windowKind(
      window,
      [...outputs].flatMap(({ place }) => place ?? []),
    );
    if (kind === "nothing") return;
    const choice = kind === "popup" ? this.#parentOf(window) : null;
    const isHidden = choice === null && isFleeting(window);
    if (kind === "popup" && choice?.isOwn !== true) this.#awaited.add(window, isHidden);
    if (isHidden) return explain?.(`${window} is not shown before there is another X window`);
    const parent = choice?.parent ?? null;
    window.role =
      parent?.role == null ? this.#toplevel(window, surface) : this.#popup(window, surface, parent, parent.role);
    windows.shown.push(window);
    explain?.(`${window} is ${choice === null ? "a toplevel" : `a popup of ${parent}: ${choice.reason}`}`);
    window.parent = parent;
    this.#describe(window);
    window.advance("give role");
    if (kind === "fullscreen" && window.role instanceof Toplevel) window.role.setFullscreen(true);
    window.role.begin();
    // Dialogs may be there before what they belong to.
    this.#describeTransients(window);
  }

  #toplevel(window: XWindow, surface: Surface): Toplevel {
    const { client, scale, windows } = this.#context;
    const toplevel: Toplevel = new Toplevel(client, this.#wmBase, surface, scale, {
      get size() {
        return window.geometry;
      },
      configured: (size, isOwn) => {
        const resized = this.#configured(window, toplevel, size, isOwn);
        windows.tell("configured", window);
        return resized;
      },
      close: () => windows.tell("closing", window),
    });
    return toplevel;
  }

  #configured(window: XWindow, { states }: Toplevel, wanted: Size, isOwn: boolean): Resized {
    const { maximized, fullscreen, tiled } = states;
    // Only where there is a gap to fill, or by its own choice, a terminal is not a whole number of characters.
    const isExact = maximized || fullscreen || tiled || isOwn || isSameSize(window.geometry, wanted);
    const { properties } = window;
    const size = isExact || properties === null ? wanted : fitSize(properties.sizes, wanted.width, wanted.height);
    const drawn = isSameSize(window.geometry, size) ? null : this.#sync.begin(window);
    resize(this.#context.x, window, size.width, size.height);
    return { size, drawn };
  }

  #popup(window: XWindow, surface: Surface, parent: XWindow, parentRole: Toplevel | Popup): Popup {
    const { client, x: connection, scale } = this.#context;
    const place = placeIn(parent, window);
    return new Popup(client, this.#wmBase, surface, parentRole, place, parent.visible, scale, {
      placed: (x, y) => this.#place(window, parent.visible.x + x, parent.visible.y + y),
      dismissed: () => this.#dismiss(window),
      done: () => connection.send("UnmapWindow", { window: window.id }),
    });
  }

  /** Gives those their parent that were mapped before it. */
  #adopt(parent: XWindow): void {
    const popups = this.#awaited.take(parent);
    if (popups.length === 0) return;
    void this.#remapper.remap(popups, (popup) => {
      if (parent.role !== null) return popup.parent !== parent;
      // It has gone as fast as it came.
      this.#awaited.add(popup, popup.role === null);
      return false;
    });
  }

  /** Dismisses a popup and its submenus: the host takes them away with it, whether or not it says so of each. */
  #dismiss(popup: XWindow): void {
    const family = [popup];
    // It grows meanwhile. What was dismissed before has nothing below it that was not.
    for (const window of family) {
      if (!(window.role instanceof Popup) || !window.advance("dismiss")) continue;
      window.role.dismiss();
      for (const one of window.popups) family.push(one);
    }
  }

  /** @param sequence the number of our last request that the X server had come to before */
  #moved(window: XWindow, sequence: number): void {
    const { role, parent } = window;
    if (role === null) return this.#show(window);
    // What we asked for since then is still to come.
    if (role instanceof Popup && parent !== null && sequence >= window.movedBy) {
      role.move(placeIn(parent, window), parent.visible);
    }
  }

  /** Takes the role of a window, and first those of its popups, since a popup may not outlive its parent. */
  #hide(window: XWindow): void {
    if (window.role === null) return;
    const { x } = this.#context;
    const popups = this.#popupsOf(window);
    const dismissed = new Set(popups.filter(({ state }) => state === "dismissed"));
    for (const popup of [...popups].reverse()) this.#take(popup);
    this.#take(window);
    this.#describeTransients(window);
    // The user does not want to see them any more, whether or not the host has said so of each.
    for (const { id } of dismissed) x.send("UnmapWindow", { window: id });
    void this.#remapper.remap(popups.filter((popup) => !dismissed.has(popup)));
  }

  /** The popups of a window, and the popups of these: parents first. */
  #popupsOf(window: XWindow): XWindow[] {
    const family = [window];
    // It grows meanwhile.
    for (const one of family) for (const popup of one.popups) family.push(popup);
    return family.slice(1);
  }

  #take(window: XWindow): void {
    const { role } = window;
    if (role === null) return;
    window.advance("take role");
    this.#context.explain?.(`${window} is not shown any more`);
    role.destroy();
    window.role = null;
    this.#context.windows.shown.delete(window);
    window.parent = null;
    window.transientOf = null;
  }

  /** Moves an X window to the place where the host has put its popup, or menus would open beside it. */
  #place(window: XWindow, x: number, y: number): void {
    if (x === window.geometry.x && y === window.geometry.y) return;
    move(this.#context.x, window, x, y);
  }

  #parentOf(window: XWindow): ParentChoice | null {
    const { user, x } = this.#context;
    return popupParent(window, {
      shown: this.#candidatesFor(window).filter(({ state }) => state !== "dismissed"),
      pointed: user.pointed,
      focused: user.focused,
      related: (a, b) => clientOf(x.setup, a.id) === clientOf(x.setup, b.id),
    });
  }

  /** The windows that it may belong to, the latest last. */
  #candidatesFor({ properties }: XWindow): XWindow[] {
    const { windows, user } = this.#context;
    const named = windows.get(properties?.transientFor ?? 0) ?? null;
    const surely = [named, user.focused, user.pointed].flatMap((one) => (one?.role != null ? one : []));
    return [...surely, ...windows.shown.latest(MAX_RELATIVES)];
  }

  #describe(window: XWindow): void {
    const { role, properties } = window;
    if (!(role instanceof Toplevel) || properties === null) return;
    const { x, desktopFiles } = this.#context;
    window.transientOf = transientParent(window, { shown: this.#candidatesFor(window), root: x.setup.root });
    const parent = window.transientOf?.role;
    const { title, instance, className, sizes, frame } = properties;
    const appId = desktopFiles?.idOf(instance, className) ?? properties.appId;
    role.describe({ ...sizes, title, appId, frame, parent: parent instanceof Toplevel ? parent : null });
  }

  /** Tells the host of those whose parent this one may be, which is shown now, or is not any more. */
  #describeTransients(parent: XWindow): void {
    const { windows, x } = this.#context;
    for (const window of windows.shown.latest(MAX_RELATIVES)) {
      const named = window.properties?.transientFor ?? null;
      if (named === parent.id || (named !== null && isForGroup(named, x.setup.root))) this.#describe(window);
    }
  }
}

/** The place of a popup, from its parent's corner. */
function placeIn(parent: XWindow, { geometry }: XWindow): Geometry {
  const { x, y } = parent.visible;
  return { ...geometry, x: geometry.x - x, y: geometry.y - y };
}
