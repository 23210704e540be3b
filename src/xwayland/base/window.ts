// SPDX-License-Identifier: Apache-2.0
import { hexId } from "../../x11/text/number-text.ts";
import type { Popup } from "../shell/popup.ts";
import type { Surface } from "../shell/surface.ts";
import type { Toplevel } from "../shell/toplevel.ts";
import type { WindowProperties } from "../window/properties.ts";
import { type Geometry, noFrame } from "./geometry.ts";
import { nextState, type WindowState, type WindowStep } from "./window-state.ts";

/** Learns of the steps that a window takes. */
export interface StepListener {
  /** Called when the window is about to take a step, and still is as it was. */
  before(step: WindowStep, window: XWindow): void;
  /** Called when the window has taken a step. */
  after(step: WindowStep, window: XWindow): void;
}

/** A child of the X root window. */
export class XWindow {
  readonly id: number;
  readonly #listener: StepListener | null;
  #state: WindowState = "withdrawn";
  #geometry: Geometry;
  #movedBy = 0;
  #resizedBy = 0;
  /** The number of the latest request by which we have mapped it; 0 when its client has withdrawn it since. */
  mappedBy = 0;
  /** The client shows it without asking the window manager: a menu, a tooltip. */
  overrideRedirect: boolean;
  /** The properties that were read when the window was mapped; null before. */
  properties: WindowProperties | null = null;
  /** The serial by which the window looks for its surface; 0 for none. */
  serial = 0;
  #surface: Surface | null = null;
  role: Toplevel | Popup | null = null;
  /** The window above which a toplevel stays. */
  transientOf: XWindow | null = null;
  /** The states that the window's client wants, by the names of _NET_WM_STATE without that prefix. */
  wantedStates: ReadonlySet<string> = new Set();
  /** The time at which the window had the keyboard last, by a count that grows with every change; 0 for never. */
  focusedAt = 0;
  readonly #popups = new Set<XWindow>();
  #parent: XWindow | null = null;
  #base: XWindow = this;

  constructor(id: number, geometry: Geometry, overrideRedirect: boolean, listener: StepListener | null = null) {
    this.id = id;
    this.#listener = listener;
    this.#geometry = geometry;
    this.overrideRedirect = overrideRedirect;
  }

  /** The window's state on its way to the user's eyes. */
  get state(): WindowState {
    return this.#state;
  }

  /** Whether the X server shows it. */
  get mapped(): boolean {
    return this.#state !== "withdrawn" && this.#state !== "map requested";
  }

  /** The surface by which Xwayland shows the window; null while none is known. */
  get surface(): Surface | null {
    return this.#surface;
  }

  /** Something happens to it. @returns whether that means anything in its state */
  advance(step: WindowStep): boolean {
    if (nextState(this.#state, step) === null) return false;
    if (step === "unmap") this.advance("unpair");
    this.#listener?.before(step, this);
    // Listeners end first what cannot be without what ends now.
    this.#state = nextState(this.#state, step) ?? this.#state;
    if (step === "unpair") this.#forgetSurface();
    this.#surface?.windowChanged();
    this.#listener?.after(step, this);
    return true;
  }

  /** Pairs the window with the surface that shows it from now on. What both were paired with before is not any more. */
  pair(surface: Surface): void {
    this.advance("unpair");
    surface.window?.advance("unpair");
    if (nextState(this.#state, "pair") === null) return;
    this.#surface = surface;
    surface.window = this;
    this.advance(surface.hadRole ? "pair with used surface" : "pair");
  }

  #forgetSurface(): void {
    if (this.#surface !== null) this.#surface.window = null;
    this.#surface = null;
  }

  /** The window that a popup belongs to. */
  get parent(): XWindow | null {
    return this.#parent;
  }

  set parent(parent: XWindow | null) {
    if (this.#parent !== null) this.#parent.#popups.delete(this);
    if (parent !== null) parent.#popups.add(this);
    this.#parent = parent;
    this.#base = parent?.base ?? this;
  }

  /**
   * The window that a popup belongs to in the end, as its parent may be a popup, too. For other windows it is the
   * window itself.
   */
  get base(): XWindow {
    return this.#base;
  }

  /** The popups whose parent it is, the oldest first. */
  get popups(): ReadonlySet<XWindow> {
    return this.#popups;
  }

  /** The geometry that the X server has reported, or that we have asked for since. */
  get geometry(): Geometry {
    return this.#geometry;
  }

  /** The number of the X11 request by which we have asked for its place last; 0 for none. */
  get movedBy(): number {
    return this.#movedBy;
  }

  /** We have asked for another place or size, by the X11 request of that number. */
  requested(change: Partial<Geometry>, sequence: number): void {
    this.#geometry = { ...this.#geometry, ...change };
    if (change.x !== undefined || change.y !== undefined) this.#movedBy = sequence;
    if (change.width !== undefined || change.height !== undefined) this.#resizedBy = sequence;
  }

  /** The X server has said where it is. @param sequence the number of our last request that it had come to before */
  reported({ x, y, width, height }: Geometry, sequence: number): void {
    // What we have asked for since then is still to come.
    if (sequence >= this.#movedBy) this.#geometry = { ...this.#geometry, x, y };
    if (sequence >= this.#resizedBy) this.#geometry = { ...this.#geometry, width, height };
  }

  /** The part that the host shows as the window: without the shadow that the window draws itself. */
  get visible(): Geometry {
    const { x, y, width, height } = this.geometry;
    const { left, right, top, bottom } = this.properties?.frame ?? noFrame;
    // The frame of what is resized may be of another size still.
    const inside = (whole: number, frame: number): number => Math.max(1, whole - frame);
    return { x: x + left, y: y + top, width: inside(width, left + right), height: inside(height, top + bottom) };
  }

  /** The window's name in log lines. */
  toString(): string {
    return `${hexId(this.id)} ${JSON.stringify(this.properties?.title ?? "")}`;
  }
}
