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
  InputFocus,
  StackMode,
  XFixesClientDisconnectFlags,
} from "../x11/generated/enums.ts";
import { setProperty } from "../x11/properties.ts";
import { HostGlobals } from "./host-globals.ts";
import { Pairing } from "./pairing.ts";
import { Popup } from "./popup.ts";
import { popupParent } from "./popup-parent.ts";
import { readProperties, type WindowProperties, windowAtoms } from "./properties.ts";
import type { Surface } from "./surface.ts";
import { type SurfaceEvents, Surfaces } from "./surfaces.ts";
import { Toplevel } from "./toplevel.ts";
import { type Geometry, XWindow } from "./window.ts";

/** Highest version of xdg_wm_base that this knows how to use. */
const WM_BASE_VERSION = 6;

/** Milliseconds that input waits at most for the X server to put a window on top, or give it the keyboard. */
const INPUT_PATIENCE = 250;

const ownAtoms = [
  "WL_SURFACE_ID",
  "WL_SURFACE_SERIAL",
  "WM_S0",
  "_NET_WM_CM_S0",
  "WM_STATE",
  "WM_DELETE_WINDOW",
  "WM_TAKE_FOCUS",
  "_NET_SUPPORTED",
  "_NET_SUPPORTING_WM_CHECK",
  "_NET_ACTIVE_WINDOW",
];

/** WM_STATE (ICCCM 4.1.3.1) */
const WITHDRAWN = 0;
const NORMAL = 1;

/** The window manager of one Xwayland: makes its X windows windows of the host's. */
export class WindowManager implements SurfaceEvents {
  readonly surfaces: Surfaces;
  readonly #session: Session;
  readonly #log: Logger;
  readonly #windows = new Map<number, XWindow>();
  /** Windows by their surfaces. */
  readonly #owners = new Map<Surface, XWindow>();
  readonly #pairing = new Pairing<Surface, XWindow>();
  /** Windows that have named a surface by an id which Xwayland has not used yet. */
  readonly #byId = new Map<number, XWindow>();
  /** The window that is on top for the X server, and so gets what happens at its place. */
  #top: XWindow | null = null;
  #pointed: XWindow | null = null;
  #focused: XWindow | null = null;
  /** The latest time of the X server's that was seen. */
  #time = 0;
  #x!: X11Connection;
  #check = 0;
  #wmBase!: WlObject;

  constructor(session: Session, log: Logger) {
    this.#session = session;
    this.#log = log;
    this.surfaces = new Surfaces(session, this);
  }

  /**
   * Takes over the X server, which then lets its clients in. Rejects when that goes away, or has a window manager.
   *
   * @param fd its end of the connection that Xwayland was given for its window manager
   * @param closed is told when the X server has gone
   */
  async start(fd: Fd, exposure: Exposure, closed: (reason: Error) => void): Promise<void> {
    const [x, globals] = await Promise.all([
      X11Connection.open(fd, { onStrayError: (error) => this.#log.debug(error.message) }),
      HostGlobals.open(this.#session, exposure),
    ]);
    this.#x = x;
    const wmBase = globals.bind("xdg_wm_base", WM_BASE_VERSION);
    if (wmBase === null) throw new Error("the host has no xdg_wm_base, without which there are no windows");
    this.#wmBase = wmBase;
    onEvents(wmBase, "xdg_wm_base", {
      ping: ({ serial }) => this.#session.sendRequest(wmBase, "xdg_wm_base", "pong", { serial }),
    });
    await x.atoms.intern([...ownAtoms, ...windowAtoms]);
    const { root } = x.setup;
    await x.checked("ChangeWindowAttributes", {
      window: root,
      event_mask: EventMask.SubstructureRedirect | EventMask.SubstructureNotify | EventMask.PropertyChange,
    });
    x.listen({ event: (event) => this.#event(event), closed });
    // Without it Xwayland makes no surfaces.
    x.send("Composite.RedirectSubwindows", { window: root, update: CompositeRedirect.Manual });
    // Otherwise our own connection would keep Xwayland from ending when its last client has left (-terminate).
    if (x.supports("XFixes", 6)) {
      x.send("XFixes.SetClientDisconnectMode", { disconnect_mode: XFixesClientDisconnectFlags.Terminate });
    }
    this.#announce(root);
    await x.sync();
  }

  /** Says to X clients that there is a window manager; the selection WM_S0 last, since that lets them in. */
  #announce(root: number): void {
    const x = this.#x;
    const check = x.allocateId();
    this.#check = check;
    x.send("CreateWindow", {
      depth: 0,
      wid: check,
      parent: root,
      x: -1,
      y: -1,
      width: 1,
      height: 1,
      border_width: 0,
      class: 2,
      visual: 0,
      override_redirect: true,
      event_mask: EventMask.PropertyChange,
    });
    const atom = (name: string): number => x.atoms.atom(name);
    for (const window of [root, check]) {
      setProperty(x, window, atom("_NET_SUPPORTING_WM_CHECK"), atom("WINDOW"), Uint32Array.of(check));
    }
    setProperty(x, check, atom("_NET_WM_NAME"), atom("UTF8_STRING"), Buffer.from("wayland-proxy"));
    const supported = ["_NET_SUPPORTING_WM_CHECK", "_NET_ACTIVE_WINDOW", "_NET_WM_NAME"].map(atom);
    setProperty(x, root, atom("_NET_SUPPORTED"), atom("ATOM"), Uint32Array.from(supported));
    this.#tellFocus();
    for (const selection of ["_NET_WM_CM_S0", "WM_S0"]) {
      x.send("SetSelectionOwner", { owner: check, selection: atom(selection), time: 0 });
    }
  }

  /** Xwayland has ended. */
  close(): void {
    this.#x?.close();
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

  // What the host's input does.

  /** The pointer has entered a surface: the X server must have that window on top before it hears so. */
  pointerEnters(object: WlObject): Promise<void> | undefined {
    const window = this.#windowOf(object);
    this.#pointed = window;
    if (window === null || window === this.#top) return undefined;
    // All toplevels overlap at the root's corner, and the X server looks for the topmost below the pointer.
    this.#top = window;
    this.#x.send("ConfigureWindow", { window: window.id, stack_mode: StackMode.Above });
    return this.#patiently(this.#x.sync(), "raise a window");
  }

  pointerLeaves(): void {
    this.#pointed = null;
  }

  /** The keyboard has entered a surface: the X server must give it to that window before keys come. */
  keyboardEnters(object: WlObject): Promise<void> | undefined {
    const window = this.#windowOf(object);
    if (window?.properties == null) return undefined;
    this.#focused = window;
    const { wantsInput, protocols } = window.properties;
    // The input models of ICCCM 4.1.7.
    if (wantsInput) {
      this.#x.send("SetInputFocus", { revert_to: InputFocus.None, focus: window.id, time: 0 });
    }
    if (protocols.includes(this.#atom("WM_TAKE_FOCUS"))) this.#tell(window, "WM_TAKE_FOCUS");
    this.#tellFocus();
    return this.#patiently(this.#x.sync(), "move the keyboard");
  }

  keyboardLeaves(): void {
    this.#focused = null;
    // Not at once: usually another window of ours gets it next, and a client would see the focus vanish and return.
    setImmediate(() => {
      if (this.#focused !== null || this.#x.closed) return;
      this.#x.send("SetInputFocus", { revert_to: InputFocus.None, focus: 0, time: 0 });
      this.#tellFocus();
    });
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
      this.#top = window;
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
    if (window === this.#top) this.#top = null;
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

  async #propertyChanged({ window: id }: EventOf<"PropertyNotify">): Promise<void> {
    const window = this.#windows.get(id);
    if (window?.properties == null) return;
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
      const surface = this.surfaces.withId(low);
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
      pointed: this.#pointed,
      focused: this.#focused,
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

  #tellFocus(): void {
    const value = Uint32Array.of(this.#focused?.id ?? 0);
    setProperty(this.#x, this.#x.setup.root, this.#atom("_NET_ACTIVE_WINDOW"), this.#atom("WINDOW"), value);
  }

  #windowOf(object: WlObject): XWindow | null {
    const surface = this.surfaces.get(object);
    return surface === undefined ? null : (this.#owners.get(surface) ?? null);
  }

  #atom(name: string): number {
    return this.#x.atoms.atom(name);
  }

  /** Waits for the X server, but lets the user's input through if that does not answer. */
  #patiently(answer: Promise<void>, what: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#log.warn(`Xwayland did not ${what} within ${INPUT_PATIENCE} ms`);
        resolve();
      }, INPUT_PATIENCE);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      answer.then(done, done);
    });
  }
}
