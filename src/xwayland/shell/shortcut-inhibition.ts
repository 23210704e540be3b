// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { KeyboardGrab } from "../input/keyboard-grabs.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "globals" | "windows" | "grabs" | "explain">;

/**
 * Milliseconds for which a client has to have the keyboard alone. Menus grab it, too, and open a moment later; GNOME asks
 * the user whether a program may have the shortcuts.
 */
export const GRAB_DELAY_MS = 200;

/**
 * Inhibits the host's shortcuts for a program that grabs the keyboard, such as a viewer of virtual machines. The
 * program then gets the keys by which the host's user controls the desktop, too, where the host agrees. Menus, which
 * grab the keyboard while they are open, are left alone.
 */
export class ShortcutInhibition {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  readonly #manager: WlObject<"zwp_keyboard_shortcuts_inhibit_manager_v1"> | null;
  readonly #grabs = new Set<KeyboardGrab>();
  /** The timers of grabs that may be worth it. */
  readonly #timers = new Map<KeyboardGrab, NodeJS.Timeout>();
  readonly #inhibitors = new Map<KeyboardGrab, WlObject<"zwp_keyboard_shortcuts_inhibitor_v1">>();

  constructor(context: Context) {
    this.#context = context;
    const { globals, grabs, windows } = context;
    this.#manager = globals.bind("zwp_keyboard_shortcuts_inhibit_manager_v1", 1);
    if (this.#manager === null) return;
    grabs.listen({
      began: (grab) => {
        this.#grabs.add(grab);
        this.#consider();
      },
      ended: (grab) => {
        this.#grabs.delete(grab);
        this.#release(grab);
      },
    });
    windows.listen({
      configured: () => this.#consider(),
      roleTaken: (window) => this.#lost(window),
    });
  }

  close(): void {
    this.#context.grabs.listen(null);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Begins to wait for those that are not waited for. */
  #consider(): void {
    for (const grab of this.#grabs) {
      if (this.#timers.has(grab) || this.#inhibitors.has(grab)) continue;
      this.#timers.set(
        grab,
        setTimeout(() => this.#inhibit(grab), GRAB_DELAY_MS),
      );
    }
  }

  #inhibit(grab: KeyboardGrab): void {
    this.#timers.delete(grab);
    const { client, explain, windows } = this.#context;
    const { surface, seat } = grab;
    const window = windows.withSurface(surface);
    if (this.#manager === null || window === null || !(window.role instanceof Toplevel) || seat.clientGone) return;
    // When it closes, the grab is considered again.
    if (window.popups.size > 0) return;
    // A surface has one for each seat (already_inhibited).
    for (const other of this.#inhibitors.keys()) if (other.surface === surface && other.seat === seat) return;
    explain?.(`${window} has grabbed the keyboard, and is to have the host's shortcuts`);
    const id = client.createObject("zwp_keyboard_shortcuts_inhibitor_v1", 1);
    client.injectRequest(this.#manager, "inhibit_shortcuts", {
      id,
      surface,
      seat,
    });
    this.#inhibitors.set(grab, id);
  }

  /** A window is not shown any more: if it was a menu, its parent has the keyboard alone now. */
  #lost(window: XWindow): void {
    for (const grab of this.#grabs) if (grab.surface === window.surface?.object) this.#release(grab);
    this.#consider();
  }

  #release(grab: KeyboardGrab): void {
    clearTimeout(this.#timers.get(grab));
    this.#timers.delete(grab);
    const inhibitor = this.#inhibitors.get(grab);
    if (inhibitor === undefined) return;
    this.#inhibitors.delete(grab);
    // The policy may have refused it.
    if (inhibitor.hostId === 0) return;
    this.#context.client.sendRequest(inhibitor, "destroy", {});
  }
}
