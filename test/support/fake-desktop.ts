// SPDX-License-Identifier: Apache-2.0
import type { FakeCompositor } from "./fake-compositor.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { type Box, Positioner } from "./positioner.ts";

/** A window as the compositor knows it. */
export interface DesktopWindow {
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  /** An xdg_toplevel or an xdg_popup. */
  readonly role: FakeObject;
  /** The window that a popup belongs to. */
  readonly parent: DesktopWindow | null;
  /** The place of the window on the screen. */
  place: Box;
  /** The serials of configure events that were not acknowledged. */
  readonly serials: number[];
  /** A configure event was acknowledged: content may be shown. */
  isConfigured: boolean;
  /** Whether the window shows content. */
  isMapped: boolean;
}

/** wl_seat.capability: pointer, keyboard, touch. */
const CAPABILITIES = 7;

/** Places and sizes that compositors of an ordinary desktop give. */
export class FakeDesktop {
  readonly compositor: FakeCompositor;
  readonly screen: Box = { x: 0, y: 0, width: 1280, height: 1024 };
  /** All windows that have a role, in the order in which they got it. */
  readonly windows: DesktopWindow[] = [];
  /** The violations of a client that real compositors end it for. */
  readonly violations: string[] = [];
  /** Configures a new toplevel; 0 by 0 lets it choose its size. */
  configureToplevel: (window: DesktopWindow) => void = (window) => this.configure(window, 0, 0);
  /** Whether frame callbacks are answered by themselves. */
  answersFrames = true;
  readonly #xdgSurfaces = new Map<FakeObject, FakeObject>();
  readonly #positioners = new Map<FakeObject, Positioner>();
  readonly #frames = new Map<FakeObject, FakeObject[]>();
  readonly #attached = new Map<FakeObject, boolean>();
  readonly #geometry = new Map<FakeObject, Box>();
  readonly #sizes = new Map<FakeObject, readonly [width: number, height: number]>();
  readonly #content = new Map<FakeObject, FakeObject | null>();
  /** The pointers, keyboards and touch screens of all seats, by interface, in the order in which they were made. */
  readonly #devices = new Map<string, FakeObject[]>();
  readonly #waiting: { readonly role: string; readonly resolve: (window: DesktopWindow) => void }[] = [];
  #focused: DesktopWindow | null = null;
  #given = 0;
  #serial = 100;

  constructor(compositor: FakeCompositor) {
    this.compositor = compositor;
    this.#on("wl_registry.bind", ({ args }) => this.#bound(args["id"] as FakeObject));
    this.#on("zxdg_output_manager_v1.get_xdg_output", (message) => {
      const object = message.objectArg("id");
      object.send("logical_position", 0, 0);
      object.send("logical_size", this.screen.width, this.screen.height);
      message.objectArg("output").send("done");
    });
    for (const name of ["pointer", "keyboard", "touch"]) {
      this.#on(`wl_seat.get_${name}`, (message) => {
        const made = this.#devices.get(`wl_${name}`) ?? [];
        this.#devices.set(`wl_${name}`, [...made, message.objectArg("id")]);
      });
    }
    this.#on("wl_shm_pool.create_buffer", (message) => {
      const { width, height } = message.args as Record<string, number>;
      this.#sizes.set(message.objectArg("id"), [width as number, height as number]);
    });
    this.#on("xdg_wm_base.get_xdg_surface", (message) => {
      this.#xdgSurfaces.set(message.objectArg("id"), message.objectArg("surface"));
    });
    this.#on("xdg_wm_base.create_positioner", (message) => {
      this.#positioners.set(message.objectArg("id"), new Positioner());
    });
    for (const name of ["size", "anchor_rect", "anchor", "gravity", "constraint_adjustment", "offset"]) {
      this.#on(`xdg_positioner.set_${name}`, (message) => this.#positioners.get(message.object)?.take(message));
    }
    this.#on("xdg_surface.get_toplevel", (message) => this.#give(message, null, this.screen));
    this.#on("xdg_surface.get_popup", (message) => {
      const parent = this.windows.find(({ xdgSurface }) => xdgSurface === message.args["parent"]) ?? null;
      this.#give(message, parent, this.#placeOf(message.objectArg("positioner"), parent));
    });
    this.#on("xdg_popup.reposition", (message) => {
      const window = this.windowOf(message.object);
      if (window === undefined) return;
      window.place = this.#placeOf(message.objectArg("positioner"), window.parent);
      window.role.send("repositioned", message.arg("token") as number);
      this.#configurePopup(window);
    });
    this.#on("xdg_surface.set_window_geometry", ({ object, args }) => {
      this.#geometry.set(object, args as unknown as Box);
    });
    this.#on("xdg_surface.ack_configure", ({ object, args }) => this.#acknowledged(object, args["serial"] as number));
    for (const name of ["toplevel", "popup"]) this.#on(`xdg_${name}.destroy`, ({ object }) => this.#taken(object));
    this.#on("xdg_surface.destroy", ({ object }) => {
      if (this.windows.some(({ xdgSurface }) => xdgSurface === object))
        this.#refuse("an xdg_surface goes before its role");
    });
    this.#on("wl_surface.attach", ({ object, args }) => {
      this.#attached.set(object, args["buffer"] !== null);
      this.#content.set(object, args["buffer"] as FakeObject | null);
    });
    this.#on("wl_surface.frame", ({ object, args }) => {
      this.#frames.set(object, [...(this.#frames.get(object) ?? []), args["callback"] as FakeObject]);
    });
    this.#on("wl_surface.commit", ({ object }) => this.#committed(object));
  }

  /** The next window that gets a role of that kind, or the one that was not asked for yet. */
  async shown(role: "toplevel" | "popup"): Promise<DesktopWindow> {
    const next = this.windows.slice(this.#given).find((window) => window.role.interface.name === `xdg_${role}`);
    if (next !== undefined) {
      this.#given = this.windows.indexOf(next) + 1;
      return next;
    }
    return new Promise((resolve) => this.#waiting.push({ role: `xdg_${role}`, resolve }));
  }

  /** The window that has an object: its surface, its xdg_surface or its role. */
  windowOf(object: FakeObject): DesktopWindow | undefined {
    return this.windows.find((window) => [window.surface, window.xdgSurface, window.role].includes(object));
  }

  /** Tells a toplevel how it is to be; @returns the serial. */
  configure(window: DesktopWindow, width: number, height: number, ...states: number[]): number {
    window.role.send("configure", width, height, new Uint8Array(Uint32Array.from(states).buffer));
    return this.#finish(window);
  }

  /**
   * The user has gone elsewhere: takes a popup away, and with it its own ones, as wlroots did up to 0.16. Who shows content
   * there after that was ended.
   */
  dismiss(popup: DesktopWindow): void {
    for (const window of this.windows) if (window.parent === popup) this.dismiss(window);
    popup.isConfigured = false;
    popup.serials.length = 0;
    popup.role.send("popup_done");
  }

  /** The size of the content that a window shows; null for none. */
  contentSize({ surface }: DesktopWindow): readonly [width: number, height: number] | null {
    const buffer = this.#content.get(surface);
    return buffer == null ? null : (this.#sizes.get(buffer) ?? null);
  }

  /** The wl_pointer, wl_keyboard or wl_touch of a client's, of the first seat or of another one. */
  input(name: "wl_pointer" | "wl_keyboard" | "wl_touch", seat = 0): FakeObject {
    const object = this.#devices.get(name)?.[seat];
    if (object === undefined) throw new Error(`the client has no ${name} of seat ${seat}`);
    return object;
  }

  /** Gives a window the keyboard, or with null nobody. */
  focus(window: DesktopWindow | null): void {
    const keyboard = this.input("wl_keyboard");
    if (this.#focused !== null) keyboard.send("leave", this.serial(), this.#focused.surface);
    this.#focused = window;
    if (window !== null) keyboard.send("enter", this.serial(), window.surface, new Uint8Array(0));
  }

  /** The next serial. */
  serial(): number {
    return ++this.#serial;
  }

  #give(message: Received, parent: DesktopWindow | null, place: Box): void {
    const { object: xdgSurface } = message;
    const surface = this.#xdgSurfaces.get(xdgSurface) as FakeObject;
    const role = message.objectArg("id");
    if (this.#content.get(surface) != null) this.#refuse("a surface with content gets a role");
    if (role.interface.name === "xdg_popup" && parent === null) this.#refuse("a popup has no parent");
    const window = { surface, xdgSurface, role, parent, place, serials: [], isConfigured: false, isMapped: false };
    this.windows.push(window);
    this.#attached.delete(surface);
    for (const [index, { role: wanted, resolve }] of this.#waiting.entries()) {
      if (wanted !== role.interface.name) continue;
      this.#waiting.splice(index, 1);
      this.#given = this.windows.length;
      resolve(window);
      break;
    }
  }

  /** A role is destroyed: of popups the topmost first (xdg_wm_base.error.not_the_topmost_popup). */
  #taken(role: FakeObject): void {
    const window = this.windowOf(role);
    if (window === undefined) return;
    if (this.windows.some(({ parent }) => parent === window)) this.#refuse(`${role} goes before its popups`);
    const index = this.windows.indexOf(window);
    this.windows.splice(index, 1);
    if (index < this.#given) this.#given--;
    this.#content.delete(window.surface);
  }

  #acknowledged(xdgSurface: FakeObject, serial: number): void {
    const window = this.windowOf(xdgSurface);
    if (window === undefined) return;
    const index = window.serials.indexOf(serial);
    if (index < 0) return this.#refuse(`${xdgSurface} acknowledges ${serial}, which it was not sent`);
    window.serials.splice(0, index + 1);
    window.isConfigured = true;
  }

  #committed(surface: FakeObject): void {
    const window = this.windowOf(surface);
    if (window !== undefined) this.#show(window);
    const frames = this.#frames.get(surface) ?? [];
    this.#frames.delete(surface);
    if (this.answersFrames) for (const callback of frames) callback.send("done", 0);
  }

  #show(window: DesktopWindow): void {
    const hasContent = this.#content.get(window.surface) != null;
    if (hasContent && !window.isConfigured) return this.#refuse(`${window.role} shows content before it is configured`);
    if (!hasContent && !window.isConfigured && window.serials.length === 0) {
      if (window.role.interface.name === "xdg_toplevel") this.configureToplevel(window);
      else this.#configurePopup(window);
    }
    window.isMapped = hasContent;
  }

  #configurePopup(window: DesktopWindow): void {
    const { x: left, y: top } = window.parent?.place ?? this.screen;
    const { x, y, width, height } = window.place;
    window.role.send("configure", x - left, y - top, width, height);
    this.#finish(window);
  }

  #finish(window: DesktopWindow): number {
    const serial = this.serial();
    window.serials.push(serial);
    window.xdgSurface.send("configure", serial);
    return serial;
  }

  #placeOf(positioner: FakeObject, parent: DesktopWindow | null): Box {
    return (this.#positioners.get(positioner) as Positioner).place(parent?.place ?? this.screen, this.screen);
  }

  #bound(object: FakeObject): void {
    const { name } = object.interface;
    if (name === "wl_seat") object.send("capabilities", CAPABILITIES);
    if (name === "wl_shm") for (const format of [0, 1]) object.send("format", format);
    if (name !== "wl_output") return;
    object.send("geometry", 0, 0, 300, 200, 0, "make", "model", 0);
    object.send("mode", 3, this.screen.width, this.screen.height, 60_000);
    object.send("done");
  }

  #refuse(what: string): void {
    this.violations.push(what);
  }

  #on(name: string, reaction: (message: Received) => void): void {
    this.compositor.reactions.set(name, reaction);
  }
}
