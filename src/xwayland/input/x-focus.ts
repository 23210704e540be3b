// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../x11/client/connection.ts";
import { clientOf } from "../../x11/client/ids.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { InputFocus, NotifyDetail, NotifyMode } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { Windows } from "../base/windows.ts";
import type { Explain } from "../base/wm-context.ts";
import { tell, wants } from "../base/wm-protocols.ts";
import type { XEvents } from "../base/x-events.ts";

/**
 * The number of times that the focus is taken back from other clients, until the host gives it anew: two could fight
 * for ever.
 */
const MAX_THEFTS = 10;

/** The X server's focus, which belongs to the window with the host's keyboard, and to its client. */
export class XFocus {
  static readonly atoms: readonly string[] = ["WM_TAKE_FOCUS"];

  readonly #x: X11Connection;
  readonly #events: XEvents;
  readonly #windows: Windows;
  readonly #explain: Explain | null;
  /** Whom the host means. */
  #owner: XWindow | null = null;
  /** The window that has the focus. */
  #holder: XWindow | null = null;
  /** The number of the request by which we gave it last. */
  #given = 0;
  #thefts = 0;
  #arrived: () => void = () => {};

  constructor(x: X11Connection, events: XEvents, windows: Windows, explain: Explain | null) {
    this.#x = x;
    this.#events = events;
    this.#windows = windows;
    this.#explain = explain;
    events.on("FocusIn", (event) => this.#focused(event));
    windows.listen({
      unmapped: (window) => {
        if (window === this.#owner) this.#owner = null;
        if (window !== this.#holder) return;
        this.#holder = null;
        // The X server leaves it to nobody, or to whom the client chose: a menu had it, and its window gets it back.
        if (this.#owner !== null) void this.#give();
      },
    });
  }

  /**
   * Gives a window the focus in the way that its client wants (ICCCM 4.1.7), or takes it from all. Resolves when that is
   * done: never, if a client does not take what it wants to take itself.
   */
  async move(window: XWindow | null): Promise<void> {
    this.#owner = window;
    this.#thefts = 0;
    await this.#give();
    await this.#x.sync();
  }

  /** Resolves when the client has it, for one that takes it itself. */
  #give(): Promise<void> | undefined {
    const window = this.#owner;
    const takesFocus = window !== null && wants(this.#x, window, "WM_TAKE_FOCUS");
    const wantsInput = window?.properties?.wantsInput === true;
    const isWithClient = window !== null && this.#holder !== null && this.#related(this.#holder, window);
    // Where the client decides itself, nobody else may have it until then.
    if (wantsInput || !isWithClient) {
      const focus = wantsInput ? window.id : InputFocus.None;
      this.#x.send("SetInputFocus", { revert_to: InputFocus.None, focus, time: 0 });
      this.#holder = null;
    }
    this.#given = this.#x.sequence;
    if (window === null || !takesFocus) return undefined;
    // Its client passes the time on, and the X server ignores what is older than the latest change.
    const told = this.#events.now().then((time) => {
      if (this.#owner === window) tell(this.#x, window, "WM_TAKE_FOCUS", time);
    });
    if (wantsInput || this.#holder === window) return told;
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  /** A window has got the focus, or one within it. */
  #focused({ event: id, mode, detail, sequence }: EventOf<"FocusIn">): void {
    const window = this.#windows.get(id);
    const isPassing = mode === NotifyMode.Grab || mode === NotifyMode.Ungrab || detail === NotifyDetail.Pointer;
    if (window === undefined || isPassing) return;
    this.#holder = window;
    // What we asked for since then is still to come.
    if (sequence < this.#given) return;
    if (this.#owner !== null && this.#related(window, this.#owner)) return this.#arrived();
    if (this.#thefts++ >= MAX_THEFTS) return;
    this.#explain?.(`${window} has taken the focus, which ${this.#owner ?? "no window"} gets back`);
    void this.#give();
  }

  #related(a: XWindow, b: XWindow): boolean {
    const { setup } = this.#x;
    return clientOf(setup, a.id) === clientOf(setup, b.id);
  }
}

/**
 * The name of an input model in ICCCM 4.1.7: whether a window is given the focus, and whether it is asked to take it.
 */
export function inputModel(wantsInput: boolean, takesFocus: boolean): string {
  if (takesFocus) return wantsInput ? "locally active" : "globally active";
  return wantsInput ? "passive" : "no input";
}
