// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { X11Connection } from "../x11/connection.ts";
import { InputFocus, StackMode } from "../x11/generated/enums.ts";
import { setProperty } from "../x11/properties.ts";
import type { Explain } from "./part.ts";
import type { XWindow } from "./window.ts";
import type { Windows } from "./windows.ts";
import { tell, wants } from "./wm-protocols.ts";
import type { XEvents } from "./x-events.ts";

/** Milliseconds that input waits at most for the X server to put a window on top, or give it the keyboard. */
const PATIENCE = 250;

/**
 * Where the host's user is, for the X server: the window under the pointer has to be on top there, and the one with the
 * keyboard has to have the focus, before it hears of what the user does. So the promises that are returned are to be
 * waited for.
 */
export class UserFocus {
  static readonly atoms: readonly string[] = ["WM_TAKE_FOCUS", "_NET_ACTIVE_WINDOW"];
  static readonly supported: readonly string[] = ["_NET_ACTIVE_WINDOW"];

  readonly #x: X11Connection;
  readonly #log: Logger;
  readonly #events: XEvents;
  readonly #listeners: ((window: XWindow) => void)[] = [];
  readonly #explain: Explain | null;
  #top: XWindow | null = null;
  #pointed: XWindow | null = null;
  #focused: XWindow | null = null;
  #changes = 0;
  /** The one that was told of last. */
  #told: XWindow | null = null;

  constructor(x: X11Connection, events: XEvents, windows: Windows, log: Logger, explain: Explain | null) {
    this.#x = x;
    this.#events = events;
    this.#log = log;
    this.#explain = explain;
    windows.listen({
      mapped: (window) => {
        // What did not ask us was put on top by the X server.
        if (window.overrideRedirect) this.#top = window;
      },
      unmapped: (window) => this.#forget(window),
    });
    this.#tell();
  }

  /** Is told of each window that has got or lost the keyboard. */
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

  pointerEnters(window: XWindow | null): Promise<void> | undefined {
    this.#pointed = window;
    return window === null ? undefined : this.raise(window);
  }

  /** Puts a window on top. Nothing is to be waited for if it is there. */
  raise(window: XWindow): Promise<void> | undefined {
    if (window === this.#top) return undefined;
    // All toplevels overlap at the root's corner, and the X server looks for the topmost below the pointer.
    this.#top = window;
    this.#explain?.(`${window} is raised, since the pointer enters it`);
    this.#x.send("ConfigureWindow", { window: window.id, stack_mode: StackMode.Above });
    return this.#patiently("raise a window");
  }

  pointerLeaves(): void {
    this.#pointed = null;
  }

  keyboardEnters(window: XWindow | null): Promise<void> | undefined {
    if (window?.properties == null) return undefined;
    this.#focused = window;
    window.focusedAt = ++this.#changes;
    const { wantsInput } = window.properties;
    const takesFocus = wants(this.#x, window, "WM_TAKE_FOCUS");
    this.#explain?.(`${window} has the keyboard, with the input model ${inputModel(wantsInput, takesFocus)}`);
    if (wantsInput) this.#setFocus(window.id);
    if (takesFocus) tell(this.#x, window, "WM_TAKE_FOCUS", this.#events.time);
    this.#tell();
    return this.#patiently("move the keyboard");
  }

  keyboardLeaves(): void {
    this.#focused = null;
    // Not at once: usually another window of ours gets it next, and a client would see the focus vanish and return.
    setImmediate(() => {
      if (this.#focused !== null) return;
      this.#explain?.("no window has the keyboard");
      this.#setFocus(InputFocus.None);
      this.#tell();
    });
  }

  /** A window is not shown any more; the host need not say that the user has left it. */
  #forget(window: XWindow): void {
    if (window === this.#top) this.#top = null;
    if (window === this.#pointed) this.#pointed = null;
    if (window !== this.#focused) return;
    this.#focused = null;
    this.#tell();
  }

  #setFocus(focus: number): void {
    this.#x.send("SetInputFocus", { revert_to: InputFocus.None, focus, time: 0 });
  }

  /** Programs (Wine, for one) take it for the truth. */
  #tell(): void {
    const { root } = this.#x.setup;
    const { atoms } = this.#x;
    const value = Uint32Array.of(this.#focused?.id ?? 0);
    setProperty(this.#x, root, atoms.atom("_NET_ACTIVE_WINDOW"), atoms.atom("WINDOW"), value);
    const before = this.#told;
    this.#told = this.#focused;
    for (const window of [before, this.#told]) {
      if (window !== null) for (const listener of this.#listeners) listener(window);
    }
  }

  /** Waits for the X server to have done all that was asked, but lets the user's input through if it does not answer. */
  #patiently(what: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#log.warn(`Xwayland did not ${what} within ${PATIENCE} ms`);
        resolve();
      }, PATIENCE);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#x.sync().then(done, done);
    });
  }
}

/** As ICCCM 4.1.7 calls them: whether a window is given the focus, and whether it is told to take it. */
function inputModel(wantsInput: boolean, takesFocus: boolean): string {
  if (takesFocus) return wantsInput ? "locally active" : "globally active";
  return wantsInput ? "passive" : "no input";
}
