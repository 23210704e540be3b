// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { setProperty } from "../../x11/client/properties.ts";
import type { PingBarrier } from "../base/ping-barrier.ts";
import type { XWindow } from "../base/window.ts";
import type { Windows } from "../base/windows.ts";
import type { Explain } from "../base/wm-context.ts";
import { wants } from "../base/wm-protocols.ts";
import type { XEvents } from "../base/x-events.ts";
import type { Stacking } from "./stacking.ts";
import { inputModel, XFocus } from "./x-focus.ts";

/** Milliseconds that input waits at most for the X server to put a window on top, or give it the keyboard. */
const RAISE_TIMEOUT_MS = 250;

/** The services that the user's focus works with; see `WmContext`. */
export interface UserFocusContext {
  readonly client: Client;
  readonly x: X11Connection;
  readonly events: XEvents;
  readonly windows: Windows;
  readonly stacking: Stacking;
  readonly pingBarrier: PingBarrier;
  readonly log: Logger;
  readonly explain: Explain | null;
}

/** The window that has a wl_keyboard, and the serial that came with that. */
interface KeyboardFocus {
  readonly window: XWindow;
  readonly serial: number;
}

/**
 * Keeps the X server's order and focus where the host's user is. Before a window hears of what the user does, it has to
 * be on top there if it is under the pointer, or have the focus if it has the keyboard. So the promises that are
 * returned are to be waited for. What the user did before belongs to the window that was there then, so Xwayland has to
 * have taken that in.
 */
export class UserFocus {
  static readonly atoms: readonly string[] = [...XFocus.atoms, "_NET_ACTIVE_WINDOW"];
  static readonly supported: readonly string[] = ["_NET_ACTIVE_WINDOW"];

  readonly #context: UserFocusContext;
  readonly #xFocus: XFocus;
  readonly #listeners: ((window: XWindow) => void)[] = [];
  #pointed: XWindow | null = null;
  #focused: XWindow | null = null;
  /** The keyboards of all seats. The X server has one focus, which is where the last of them has entered. */
  readonly #keyboards = new Map<WlObject<"wl_keyboard">, KeyboardFocus>();
  #changes = 0;
  /** The one that was reported last. */
  #told: XWindow | null = null;
  /** The X server was waited for in vain, and has not answered since. */
  #isStuck = false;

  constructor(context: UserFocusContext) {
    this.#context = context;
    const { x, events, windows, explain } = context;
    this.#xFocus = new XFocus(x, events, windows, explain);
    windows.listen({
      surfaceDetached: (window) => this.#releaseKeys(window),
      unmapped: (window) => this.#forget(window),
    });
    this.#tell();
  }

  /** Called with each window that has got or lost the keyboard. */
  listen(listener: (window: XWindow) => void): void {
    this.#listeners.push(listener);
  }

  /** The window under the pointer. */
  get pointed(): XWindow | null {
    return this.#pointed;
  }

  /** The window with the keyboard. */
  get focused(): XWindow | null {
    return this.#focused;
  }

  /**
   * Notes that a pointer enters a window; also a finger or a tablet's tool. The host gives nothing to another window
   * while a button is held.
   */
  pointerEnters(window: XWindow | null): Promise<void> | undefined {
    this.#pointed = window;
    // When Xwayland has taken in what was before, the user may be elsewhere.
    return window === null ? undefined : this.raise(window, () => this.#pointed === window);
  }

  /** Puts a window on top, if it still `isWanted` there. Nothing is to be waited for if it is. */
  raise(window: XWindow, isWanted: () => boolean = () => true): Promise<void> | undefined {
    const { stacking, x, explain, pingBarrier } = this.#context;
    if (stacking.isOnTop(window)) return undefined;
    // All toplevels overlap at the root's corner, and the X server looks for the topmost below the pointer.
    return this.#patiently("raise a window", async () => {
      await pingBarrier.passed();
      if (!isWanted()) return;
      explain?.(`${window} is raised, since the user is there`);
      stacking.raise(window);
      await x.sync();
    });
  }

  pointerLeaves(): void {
    this.#pointed = null;
  }

  keyboardEnters(window: XWindow | null, keyboard: WlObject<"wl_keyboard">, serial: number): Promise<void> | undefined {
    if (window?.properties == null) return undefined;
    const { x, explain, pingBarrier } = this.#context;
    this.#focused = window;
    window.focusedAt = ++this.#changes;
    this.#keyboards.delete(keyboard);
    this.#keyboards.set(keyboard, { window, serial });
    const model = inputModel(window.properties.wantsInput, wants(x, window, "WM_TAKE_FOCUS"));
    explain?.(`${window} has the keyboard, with the input model ${model}`);
    return this.#patiently("move the keyboard", async () => {
      await pingBarrier.passed();
      // The user may be elsewhere by now, or the window gone.
      if (this.#focused !== window) return;
      this.#tell();
      await this.#xFocus.move(window);
    });
  }

  keyboardLeaves(keyboard: WlObject<"wl_keyboard">): Promise<void> | undefined {
    this.#keyboards.delete(keyboard);
    const [other] = [...this.#keyboards].reverse();
    if (other !== undefined) return this.#follow(...other);
    this.#focused = null;
    // Not at once: usually another window of ours gets it next, and a client would see the focus vanish and return.
    setImmediate(() => void this.#leaveKeyboard());
    return undefined;
  }

  /** Goes to where another seat's keyboard is, unless it is there. */
  #follow(keyboard: WlObject<"wl_keyboard">, { window, serial }: KeyboardFocus): Promise<void> | undefined {
    return window === this.#focused ? undefined : this.keyboardEnters(window, keyboard, serial);
  }

  async #leaveKeyboard(): Promise<void> {
    const { pingBarrier, explain } = this.#context;
    if (this.#focused !== null) return;
    await pingBarrier.passed();
    if (this.#focused !== null) return;
    explain?.("no window has the keyboard");
    this.#tell();
    // When the X server has gone there is nothing left to take.
    await this.#xFocus.move(null).catch(() => {});
  }

  /**
   * The keyboard's surface goes, of which the host may say nothing more: keys that are held would be repeated for ever.
   * That the surface is gone for Xwayland already does not matter to it.
   */
  #releaseKeys(window: XWindow): void {
    for (const [keyboard, focus] of this.#keyboards) {
      if (focus.window !== window) continue;
      this.#keyboards.delete(keyboard);
      if (window.surface === null) continue;
      const { serial } = focus;
      this.#context.client.sendEvent(keyboard, "leave", { serial, surface: window.surface.object });
    }
  }

  /** A window is not shown any more; the host need not say that the user has left it. */
  #forget(window: XWindow): void {
    this.#releaseKeys(window);
    if (window === this.#pointed) this.#pointed = null;
    if (window !== this.#focused) return;
    this.#focused = null;
    this.#tell();
  }

  /** Programs (Wine, for one) take it for the truth. */
  #tell(): void {
    const { x } = this.#context;
    const value = Uint32Array.of(this.#focused?.id ?? 0);
    setProperty(x, x.setup.root, x.atoms.atom("_NET_ACTIVE_WINDOW"), x.atoms.atom("WINDOW"), value);
    const before = this.#told;
    this.#told = this.#focused;
    for (const window of [before, this.#told]) {
      if (window !== null) for (const listener of this.#listeners) listener(window);
    }
  }

  /**
   * Waits for the X server to have done what was asked, but lets the user's input through if it does not answer. From
   * then on, until it does, input goes through at once, or it would be ever later.
   */
  #patiently(what: string, action: () => Promise<void>): Promise<void> | undefined {
    // When the X server has gone there is nothing left to do.
    const done = action().catch(() => {});
    if (this.#isStuck) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#context.log.warn(`Xwayland did not ${what} within ${RAISE_TIMEOUT_MS} ms`);
        void this.#stuck().catch(() => {});
        resolve();
      }, RAISE_TIMEOUT_MS);
      void done.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Notes that the X server does not answer, until it does; maybe it was only a client that did not do its part. */
  async #stuck(): Promise<void> {
    const { pingBarrier, x } = this.#context;
    this.#isStuck = true;
    await pingBarrier.passed();
    await x.sync();
    this.#isStuck = false;
  }
}
