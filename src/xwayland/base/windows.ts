// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";
import type { Surfaces } from "../shell/surfaces.ts";
import { LinkedSet } from "./linked-set.ts";
import type { StepListener, XWindow } from "./window.ts";
import type { WindowStep } from "./window-state.ts";

/** Listens to what happens to windows, in the order of a window's life. */
export interface WindowListener {
  /**
   * The window's client asks to have it shown. Its properties have been read; it is mapped when all listeners have been
   * called.
   */
  mapping?(window: XWindow): void;
  /** The window is mapped, and its properties have been read. */
  mapped?(window: XWindow): void;
  /** The window's properties have changed, and have been read again. */
  propertiesChanged?(window: XWindow): void;
  /** The window has a surface. */
  surfaceAttached?(window: XWindow): void;
  /** The window has turned out to be a drag icon. */
  becameDragIcon?(window: XWindow): void;
  /** The window has a role, and the host is about to be asked to configure it. */
  roleGiven?(window: XWindow): void;
  /** The host has configured the window, and its size has been asked for: a toplevel's states are known. */
  configured?(window: XWindow): void;
  /** The window has another place or size. */
  moved?(window: XWindow): void;
  /** The window's client wants other states than before. */
  statesWanted?(window: XWindow): void;
  /** The host's user wants the window to be closed. */
  closing?(window: XWindow): void;
  /** The window's role is about to be destroyed. */
  roleTaken?(window: XWindow): void;
  /** The window's surface is about to go, or is another one from now on. */
  surfaceDetached?(window: XWindow): void;
  /** The window is not mapped any more. */
  unmapped?(window: XWindow): void;
}

/** The events that listeners get once a window has taken a step. */
const eventsAfter: Readonly<Partial<Record<WindowStep, keyof WindowListener>>> = {
  "map request": "mapping",
  map: "mapped",
  pair: "surfaceAttached",
  "pair with used surface": "surfaceAttached",
  drag: "becameDragIcon",
  "give role": "roleGiven",
  unmap: "unmapped",
};

/** The events that listeners get before a step, while what the step ends is still there. */
const eventsBefore: Readonly<Partial<Record<WindowStep, keyof WindowListener>>> = {
  "take role": "roleTaken",
  unpair: "surfaceDetached",
};

/** The children of the X root window, and who listens to what happens to them. */
export class Windows implements StepListener {
  /** The windows with a role: the host shows them, or is about to. The one that got its role last is at the end. */
  readonly shown: LinkedSet<XWindow> = new LinkedSet();
  /** The mapped windows, in the order in which they were mapped. */
  readonly mapped: Set<XWindow> = new Set();
  readonly #surfaces: Surfaces;
  readonly #windows = new Map<number, XWindow>();
  readonly #listeners: WindowListener[] = [];
  #hadAny = false;

  constructor(surfaces: Surfaces) {
    this.#surfaces = surfaces;
  }

  /** Whether there ever was one. */
  get hadAny(): boolean {
    return this.#hadAny;
  }

  add(window: XWindow): void {
    this.#hadAny = true;
    this.#windows.set(window.id, window);
  }

  delete(window: XWindow): void {
    this.#windows.delete(window.id);
  }

  get(id: number): XWindow | undefined {
    return this.#windows.get(id);
  }

  /** The one with that wl_surface. */
  withSurface(object: WlObject<"wl_surface"> | null): XWindow | null {
    return this.#surfaces.get(object)?.window ?? null;
  }

  /** Iterates from the oldest window to the newest. */
  [Symbol.iterator](): IterableIterator<XWindow> {
    return this.#windows.values();
  }

  listen(listener: WindowListener): void {
    this.#listeners.push(listener);
  }

  before(step: WindowStep, window: XWindow): void {
    const what = eventsBefore[step];
    if (what !== undefined) this.tell(what, window);
  }

  after(step: WindowStep, window: XWindow): void {
    const what = eventsAfter[step];
    if (what !== undefined) this.tell(what, window);
  }

  /** Tells all parts of what is no step of a window's, in the order in which they came. */
  tell(what: keyof WindowListener, window: XWindow): void {
    for (const listener of this.#listeners) listener[what]?.(window);
  }
}
