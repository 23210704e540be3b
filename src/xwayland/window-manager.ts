// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { Fd } from "../native/fd.ts";
import type { Exposure } from "../protocol/exposure.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { X11Connection } from "../x11/connection.ts";
import type { EventOf, X11Event } from "../x11/events.ts";
import {
  CompositeRedirect,
  ConfigWindow,
  EventMask,
  StackMode,
  XFixesClientDisconnectFlags,
} from "../x11/generated/enums.ts";
import { setProperty } from "../x11/properties.ts";
import { announce, announcementAtoms } from "./announce.ts";
import { HostGlobals } from "./host-globals.ts";
import { Pairing } from "./pairing.ts";
import { Popup } from "./popup.ts";
import { popupParent } from "./popup-parent.ts";
import { isWindowProperty, readProperties, type WindowProperties, windowAtoms } from "./properties.ts";
import type { Surface } from "./surface.ts";
import type { SurfaceEvents, Surfaces } from "./surfaces.ts";
import { Toplevel } from "./toplevel.ts";
import { UserFocus } from "./user-focus.ts";
import { type Geometry, XWindow } from "./window.ts";

/** Highest version of xdg_wm_base that this knows how to use. */
const WM_BASE_VERSION = 6;

const messageAtoms = ["WL_SURFACE_ID", "WL_SURFACE_SERIAL", "WM_STATE", "WM_DELETE_WINDOW", "WM_TAKE_FOCUS"];

/** WM_STATE (ICCCM 4.1.3.1) */
const WITHDRAWN = 0;
const NORMAL = 1;

/** What a window manager works with. */
export interface WindowManagerOptions {
  /** Of Xwayland as a client of the host's. */
  readonly session: Session;
  readonly surfaces: Surfaces;
  /** What the host's globals are that it may use. */
  readonly exposure: Exposure;
  readonly log: Logger;
  /** Told when the X server has gone. */
  readonly closed: () => void;
}

/** The window manager of one Xwayland: makes its X windows windows of the host's. */
export class WindowManager implements SurfaceEvents {
  readonly #session: Session;
  readonly #surfaces: Surfaces;
  readonly #log: Logger;
  readonly #x: X11Connection;
  readonly #wmBase: WlObject;
  readonly #user: UserFocus;
  readonly #check: number;
  readonly #windows = new Map<number, XWindow>();
  /** Windows by their surfaces. */
  readonly #owners = new Map<Surface, XWindow>();
  readonly #pairing = new Pairing<Surface, XWindow>();
  /** Windows that have named a surface by an id which Xwayland has not used yet. */
  readonly #byId = new Map<number, XWindow>();
  #hasClients = false;
  /** The latest time of the X server's that was seen. */
  #time = 0;

  private constructor(x: X11Connection, wmBase: WlObject, options: WindowManagerOptions) {
    const { session, surfaces, log, closed } = options;
    this.#session = session;
    this.#surfaces = surfaces;
    this.#log = log;
    this.#x = x;
    this.#wmBase = wmBase;
    onEvents(wmBase, "xdg_wm_base", {
      ping: ({ serial }) => session.sendRequest(wmBase, "xdg_wm_base", "pong", { serial }),
    });
    surfaces.listen(this);
    this.#user = new UserFocus(x, log, (window) => {
      if (window.properties?.protocols.includes(this.#atom("WM_TAKE_FOCUS"))) this.#tell(window, "WM_TAKE_FOCUS");
    });
    x.listen({ event: (event) => this.#event(event), closed });
    this.#check = announce(x);
  }

  /**
   * Takes over the X server, which then lets its clients in. Rejects when that goes away, or has a window manager.
   *
   * @param fd our end of the connection that Xwayland was given for its window manager
   */
  static async start(fd: Fd, options: WindowManagerOptions): Promise<WindowManager> {
    const x = await X11Connection.open(fd, { onStrayError: (error) => options.log.debug(error.message) });
    try {
      const globals = await HostGlobals.open(options.session, options.exposure);
      const wmBase = globals.bind("xdg_wm_base", WM_BASE_VERSION);
      if (wmBase === null) throw new Error("the host has no xdg_wm_base, without which there are no windows");
      await takeOver(x);
      return new WindowManager(x, wmBase, options);
    } catch (error) {
      x.close();
      throw error;
    }
  }

  /** Whether any client was let in, and had a window. */
  get hasClients(): boolean {
    return this.#hasClients;
  }

  /** Leaves the X server, or has lost it. */
  close(): void {
    this.#x.close();
  }

  // What Xwayland's surfaces do.

  identified(surface: Surface): void {
    this.#pair(this.#pairing.addSurface(surface.serial, surface), surface);
  }

  created(surface: Surface): void {
    const id = surface.object.clientId;
    const window = this.#byId.get(id);
    if (window === undefined) return;
    this.#byId.delete(id);
    this.#pair(window, surface);
  }

  destroyed(surface: Surface): void {
    if (surface.serial !== 0) this.#pairing.removeSurface(surface.serial);
    const window = this.#owners.get(surface);
    if (window !== undefined) this.#unpair(window);
  }

  // What the host's input does; the promises are to be waited for before Xwayland hears of it.

  pointerEnters(object: WlObject): Promise<void> | undefined {
    return this.#user.pointerEnters(this.#windowOf(object));
  }

  pointerLeaves(): void {
    this.#user.pointerLeaves();
  }

  keyboardEnters(object: WlObject): Promise<void> | undefined {
    return this.#user.keyboardEnters(this.#windowOf(object));
  }

  keyboardLeaves(): void {
    this.#user.keyboardLeaves();
  }

  // What the X server tells.

  async #event(event: X11Event): Promise<void> {
    try {
      await this.#handle(event);
    } catch (error) {
      // Windows go away at any time, between any two messages about them.
      this.#log.debug(`X11 ${event.name}: ${(error as Error).message}`);
    }
  }

  #handle(event: X11Event): void | Promise<void> {
    switch (event.name) {
      case "CreateNotify":
        if (event.parent === this.#x.setup.root) this.#add(event.window, event, event.override_redirect);
        return;
      case "ReparentNotify":
        if (event.parent === this.#x.setup.root) return this.#adopt(event.window, event.override_redirect);
        return this.#remove(event.window);
      case "DestroyNotify":
        return this.#remove(event.window);
      case "MapRequest":
        return this.#mapRequested(event.window);
      case "MapNotify":
        return this.#mapped(event);
      case "UnmapNotify":
        if (!event.sendEvent) this.#unmapped(event.window);
        return;
      case "ConfigureRequest":
        return this.#configureRequested(event);
      case "ConfigureNotify":
        return this.#configured(event);
      case "PropertyNotify":
        this.#time = event.time;
        return this.#propertyChanged(event);
      case "ClientMessage":
        return this.#messaged(event);
      default:
        return;
    }
  }

  #add(id: number, geometry: Geometry, overrideRedirect: boolean): void {
    if (id === this.#check) return;
    this.#hasClients = true;
    const { x, y, width, height } = geometry;
    this.#windows.set(id, new XWindow(id, { x, y, width, height }, overrideRedirect));
    this.#x.send("ChangeWindowAttributes", { window: id, event_mask: EventMask.PropertyChange });
  }

  async #adopt(id: number, overrideRedirect: boolean): Promise<void> {
    this.#add(id, await this.#x.call("GetGeometry", { drawable: id }), overrideRedirect);
  }

  #remove(id: number): void {
    this.#unmapped(id);
    this.#windows.delete(id);
  }

  async #mapRequested(id: number): Promise<void> {
    const window = this.#windows.get(id);
    if (window === undefined) return;
    window.properties = await readProperties(this.#x, id);
    this.#setState(window, NORMAL);
    // Below, so that it does not get what the user does in another window at the same place.
    const stack_mode = StackMode.Below;
    this.#x.send("ConfigureWindow", { window: id, x: 0, y: 0, border_width: 0, stack_mode });
    this.#x.send("MapWindow", { window: id });
  }

  async #mapped({ window: id, override_redirect }: EventOf<"MapNotify">): Promise<void> {
    const window = this.#windows.get(id);
    if (window === undefined) return;
    window.mapped = true;
    window.overrideRedirect = override_redirect;
    if (override_redirect) {
      window.properties = await readProperties(this.#x, id);
      // The X server puts new windows on top.
      this.#user.raised(window);
    }
    this.#show(window);
  }

  #unmapped(id: number): void {
    const window = this.#windows.get(id);
    if (window === undefined) return;
    window.mapped = false;
    if (window.serial !== 0) this.#pairing.removeWindow(window.serial);
    window.serial = 0;
    for (const [surfaceId, waiting] of this.#byId) if (waiting === window) this.#byId.delete(surfaceId);
    if (window.surface !== null) this.#unpair(window);
    this.#user.forget(window);
    if (!window.overrideRedirect) this.#setState(window, WITHDRAWN);
  }

  #configureRequested(event: EventOf<"ConfigureRequest">): void {
    const window = this.#windows.get(event.window);
    if (window === undefined) return;
    const wanted = event.value_mask;
    const width = wanted & ConfigWindow.Width ? event.width : window.geometry.width;
    const height = wanted & ConfigWindow.Height ? event.height : window.geometry.height;
    if (window.role === null) {
      const x = wanted & ConfigWindow.X ? event.x : window.geometry.x;
      const y = wanted & ConfigWindow.Y ? event.y : window.geometry.y;
      this.#x.send("ConfigureWindow", { window: window.id, x, y, width, height, border_width: 0 });
    } else {
      this.#resize(window, width, height);
    }
  }

  /** Gives a window a size. It is told in any case: a client that asked waits for the answer (ICCCM 4.1.5). */
  #resize(window: XWindow, width: number, height: number): void {
    const { geometry } = window;
    if (width !== geometry.width || height !== geometry.height) {
      this.#x.send("ConfigureWindow", { window: window.id, width, height });
      return;
    }
    this.#x.sendEvent(window.id, EventMask.StructureNotify, {
      name: "ConfigureNotify",
      event: window.id,
      window: window.id,
      above_sibling: 0,
      ...geometry,
      border_width: 0,
      override_redirect: false,
    });
  }

  #configured({ window: id, x, y, width, height }: EventOf<"ConfigureNotify">): void {
    const window = this.#windows.get(id);
    if (window !== undefined) window.geometry = { x, y, width, height };
  }

  async #propertyChanged({ window: id, atom }: EventOf<"PropertyNotify">): Promise<void> {
    const window = this.#windows.get(id);
    if (window?.properties == null || !isWindowProperty(this.#x, atom)) return;
    window.properties = await readProperties(this.#x, id);
    if (window.role instanceof Toplevel) this.#describe(window, window.role, window.properties);
  }

  #messaged({ window: id, type, data, sendEvent }: EventOf<"ClientMessage">): void {
    // Xwayland's own messages do not have the bit of events that clients send, and no client can leave it out.
    if (sendEvent) return;
    const window = this.#windows.get(id);
    if (window === undefined) return;
    const [low = 0, high = 0] = data;
    if (type === this.#atom("WL_SURFACE_SERIAL")) {
      window.serial = high * 2 ** 32 + low;
      const surface = this.#pairing.addWindow(window.serial, window);
      if (surface !== undefined) this.#pair(window, surface);
    } else if (type === this.#atom("WL_SURFACE_ID")) {
      const surface = this.#surfaces.withId(low);
      if (surface === undefined) this.#byId.set(low, window);
      else this.#pair(window, surface);
    }
  }

  // From X windows to the host's.

  #pair(window: XWindow | undefined, surface: Surface): void {
    if (window === undefined) return;
    if (window.surface !== null) this.#unpair(window);
    surface.kind = "window";
    window.surface = surface;
    this.#owners.set(surface, window);
    this.#show(window);
  }

  #unpair(window: XWindow): void {
    if (window.role !== null) this.#hide(window);
    if (window.surface !== null) this.#owners.delete(window.surface);
    window.surface = null;
  }

  /** Gives a window a role, once all that it takes is there. */
  #show(window: XWindow): void {
    const { surface, properties } = window;
    if (!window.mapped || surface === null || properties === null || window.role !== null) return;
    const parent = window.overrideRedirect ? this.#parentOf(window) : null;
    if (parent?.role == null) {
      const toplevel = new Toplevel(this.#session, this.#wmBase, surface, {
        resize: (width, height) =>
          this.#resize(window, width || window.geometry.width, height || window.geometry.height),
        close: () => this.#close(window),
      });
      this.#describe(window, toplevel, properties);
      window.role = toplevel;
    } else {
      const { geometry } = window;
      const { x, y } = parent.geometry;
      const place = { ...geometry, x: geometry.x - x, y: geometry.y - y };
      window.parent = parent;
      window.role = new Popup(this.#session, this.#wmBase, surface, parent.role.xdgSurface, place, parent.geometry, {
        placed: (toX, toY) => this.#place(window, x + toX, y + toY),
        done: () => this.#x.send("UnmapWindow", { window: window.id }),
      });
    }
    window.role.begin();
  }

  /** Takes the role of a window, and first those of its popups, since a popup may not outlive its parent. */
  #hide(window: XWindow): void {
    for (const child of this.#windows.values()) if (child.parent === window && child.role !== null) this.#hide(child);
    window.role?.destroy();
    window.role = null;
    window.parent = null;
  }

  /** Where the host has put a popup is where it has to be for X, or menus would open beside it. */
  #place(window: XWindow, x: number, y: number): void {
    if (x === window.geometry.x && y === window.geometry.y) return;
    this.#x.send("ConfigureWindow", { window: window.id, x, y });
  }

  #parentOf(window: XWindow): XWindow | null {
    const mask = ~this.#x.setup.idMask;
    return popupParent(window, {
      shown: [...this.#owners.values()].filter(({ role }) => role !== null),
      pointed: this.#user.pointed,
      focused: this.#user.focused,
      related: (a, b) => (a.id & mask) === (b.id & mask),
    });
  }

  #describe(window: XWindow, toplevel: Toplevel, properties: WindowProperties): void {
    const parent = this.#windows.get(properties.transientFor);
    const role = parent === window ? null : parent?.role;
    toplevel.describe(properties, role instanceof Toplevel ? role : null);
  }

  #close(window: XWindow): void {
    const polite = window.properties?.protocols.includes(this.#atom("WM_DELETE_WINDOW"));
    if (polite) this.#tell(window, "WM_DELETE_WINDOW");
    else this.#x.send("KillClient", { resource: window.id });
  }

  /** Sends a message of WM_PROTOCOLS. */
  #tell(window: XWindow, protocol: string): void {
    this.#x.sendEvent(window.id, EventMask.NoEvent, {
      name: "ClientMessage",
      format: 32,
      window: window.id,
      type: this.#atom("WM_PROTOCOLS"),
      data: [this.#atom(protocol), this.#time, 0, 0, 0],
    });
  }

  #setState(window: XWindow, state: number): void {
    const type = this.#atom("WM_STATE");
    setProperty(this.#x, window.id, type, type, Uint32Array.of(state, 0));
  }

  #windowOf(object: WlObject): XWindow | null {
    const surface = this.#surfaces.get(object);
    return surface === undefined ? null : (this.#owners.get(surface) ?? null);
  }

  #atom(name: string): number {
    return this.#x.atoms.atom(name);
  }
}

/** Becomes the window manager. Rejects when there is another one. */
async function takeOver(x: X11Connection): Promise<void> {
  const { root } = x.setup;
  await x.atoms.intern([...announcementAtoms, ...messageAtoms, ...windowAtoms]);
  await x.checked("ChangeWindowAttributes", {
    window: root,
    event_mask: EventMask.SubstructureRedirect | EventMask.SubstructureNotify | EventMask.PropertyChange,
  });
  // Without it Xwayland makes no surfaces.
  x.send("Composite.RedirectSubwindows", { window: root, update: CompositeRedirect.Manual });
  // Otherwise our own connection would keep Xwayland from ending when its last client has left (-terminate).
  if (x.supports("XFixes", 6)) {
    x.send("XFixes.SetClientDisconnectMode", { disconnect_mode: XFixesClientDisconnectFlags.Terminate });
  }
}
