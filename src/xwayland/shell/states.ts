// SPDX-License-Identifier: Apache-2.0
import { setProperty } from "../../x11/client/properties.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { stateNames } from "../window/properties.ts";
import { Toplevel } from "./toplevel.ts";
import { changeStates, isMaximized, withGranted, without } from "./wanted-states.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "windows" | "user" | "explain">;

/** WM_STATE (ICCCM 4.1.3.1) */
const WITHDRAWN = 0;
const NORMAL = 1;
const ICONIC = 3;

/** Milliseconds within which a host takes the keyboard from a window that it minimizes. */
const MINIMIZING_TIME = 1000;

/** The record of a window's states, besides what its client wants. */
interface StateRecord {
  minimized: boolean;
  /** Whether the window, not configured yet, is to be minimized from the beginning. */
  startsMinimized: boolean;
  /** The time until which the host may minimize the window, as it was asked (`performance.now`). */
  minimizingUntil: number;
  /** The states that were written last, so that only new ones are written. */
  written: string;
}

/**
 * Relays the states of windows. Requests of clients go to the host, and the states that it grants are written where
 * programs look (_NET_WM_STATE of EWMH, WM_STATE of ICCCM). So programs never see a state that the host did not grant.
 */
export class States {
  static readonly atoms: readonly string[] = ["WM_STATE", "WM_CHANGE_STATE", "_NET_WM_STATE"];
  static readonly supported: readonly string[] = [
    "_NET_WM_STATE",
    ...stateNames.map((name) => `_NET_WM_STATE_${name}`),
  ];

  readonly #context: Context;
  readonly #known = new WeakMap<XWindow, StateRecord>();

  constructor(context: Context) {
    this.#context = context;
    const { events, windows, user } = context;
    windows.listen({
      mapping: (window) => this.#begin(window),
      roleGiven: (window) => this.#ask(window),
      configured: (window) => this.#configured(window),
      unmapped: (window) => this.#withdraw(window),
    });
    user.listen((window) => this.#write(window));
    events.onMessage("_NET_WM_STATE", (window, [action = 0, first = 0, second = 0]) => {
      this.#requested(window, action, [first, second]);
    });
    events.onMessage("WM_CHANGE_STATE", (window, [state]) => {
      if (state === ICONIC) this.#minimize(window);
    });
  }

  #begin(window: XWindow): void {
    const { states = [], startsIconic = false } = window.properties ?? {};
    window.wantedStates = new Set(states);
    const startsMinimized = startsIconic || window.wantedStates.has("HIDDEN");
    this.#known.set(window, { minimized: false, startsMinimized, minimizingUntil: 0, written: "" });
    this.#setWmState(window, NORMAL);
  }

  /** Asks the host for the states that a window had before it was mapped. */
  #ask(window: XWindow): void {
    const { role, wantedStates } = window;
    if (!(role instanceof Toplevel)) return;
    if (isMaximized(wantedStates)) role.setMaximized(true);
    if (wantedStates.has("FULLSCREEN")) role.setFullscreen(true);
    if (this.#known.get(window)?.startsMinimized) role.minimize();
    this.#write(window);
  }

  #requested(window: XWindow, action: number, atoms: readonly number[]): void {
    if (!this.#known.has(window)) return;
    const { x, windows, explain } = this.#context;
    const states = stateNames.filter((name) => atoms.includes(x.atoms.atom(`_NET_WM_STATE_${name}`)));
    const { role } = window;
    // What the host has made of it counts, and not what was wanted before: it may have refused.
    const before = role instanceof Toplevel ? withGranted(window.wantedStates, role.states) : window.wantedStates;
    const wanted = changeStates(before, { action, states });
    window.wantedStates = wanted;
    explain?.(`${window} wants ${[...wanted].join(" ") || "no state"}`);
    if (role instanceof Toplevel) {
      const { maximized, fullscreen } = role.states;
      if (isMaximized(wanted) !== maximized) role.setMaximized(isMaximized(wanted));
      if (wanted.has("FULLSCREEN") !== fullscreen) role.setFullscreen(wanted.has("FULLSCREEN"));
    }
    windows.tell("statesWanted", window);
    this.#write(window);
  }

  /**
   * Asks the host to minimize a window. It never reports that a window is minimized, but a host that can do it takes
   * the keyboard away from the window. Programs do not draw windows that they believe to be hidden. So they must not
   * believe it where the host left the window as it was.
   */
  #minimize(window: XWindow): void {
    const known = this.#known.get(window);
    const { role } = window;
    if (known === undefined) return;
    if (!(role instanceof Toplevel)) {
      // As if it had said so when it was mapped.
      known.startsMinimized = true;
      return;
    }
    role.minimize();
    if (role.states.activated) known.minimizingUntil = performance.now() + MINIMIZING_TIME;
    else known.minimized = role.canMinimize === true;
    this.#write(window);
  }

  #configured(window: XWindow): void {
    const known = this.#known.get(window);
    const { role } = window;
    if (known === undefined || !(role instanceof Toplevel)) return;
    const { activated } = role.states;
    const isMinimizing = performance.now() < known.minimizingUntil;
    if (known.startsMinimized) known.minimized = role.canMinimize === true;
    else if (!activated && isMinimizing) known.minimized = role.canMinimize !== false;
    else if (activated && !isMinimizing) known.minimized = false;
    known.startsMinimized = false;
    if (!activated) known.minimizingUntil = 0;
    else if (window.wantedStates.has("DEMANDS_ATTENTION")) {
      window.wantedStates = without(window.wantedStates, "DEMANDS_ATTENTION");
      this.#context.windows.tell("statesWanted", window);
    }
    this.#write(window);
  }

  #withdraw(window: XWindow): void {
    if (!this.#known.delete(window)) return;
    const { x } = this.#context;
    // EWMH, _NET_WM_STATE: "the window manager should remove the property" of a window that is withdrawn.
    x.send("DeleteProperty", { window: window.id, property: x.atoms.atom("_NET_WM_STATE") });
    this.#setWmState(window, WITHDRAWN);
  }

  #write(window: XWindow): void {
    const known = this.#known.get(window);
    if (known === undefined) return;
    const { x, user } = this.#context;
    const { role, wantedStates } = window;
    const own = new Set(["MODAL", "DEMANDS_ATTENTION"].filter((state) => wantedStates.has(state)));
    const states = [...(role instanceof Toplevel ? withGranted(own, role.states) : own)];
    if (known.minimized) states.push("HIDDEN");
    if (user.focused === window) states.push("FOCUSED");
    const written = states.join(" ");
    if (written === known.written) return;
    known.written = written;
    this.#setWmState(window, known.minimized ? ICONIC : NORMAL);
    const atoms = Uint32Array.from(states, (state) => x.atoms.atom(`_NET_WM_STATE_${state}`));
    setProperty(x, window.id, x.atoms.atom("_NET_WM_STATE"), x.atoms.atom("ATOM"), atoms);
  }

  #setWmState(window: XWindow, state: number): void {
    const { x } = this.#context;
    const type = x.atoms.atom("WM_STATE");
    setProperty(x, window.id, type, type, Uint32Array.of(state, 0));
  }
}
