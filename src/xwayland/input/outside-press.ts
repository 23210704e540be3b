// SPDX-License-Identifier: Apache-2.0
import { LEFT } from "../../frame/own-surfaces.ts";
import { WlPointerButtonState as ButtonState } from "../../protocol/generated/enums.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { EventMask, StackMode } from "../../x11/generated/enums.ts";
import { createHiddenWindow } from "../base/hidden-window.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "x" | "input" | "outputs" | "windows" | "pingBarrier">;

/** Windows among which menus are looked for, the latest that are shown. */
const MAX_WINDOWS = 200;

/**
 * Lets X clients hear of a press that is on none of their windows, but on a title bar of ours. An open menu, whose client
 * has grabbed the pointer, closes by it. On a desktop of X that is the press on the window manager's frame. Here it is a press
 * on a window of ours that is shown for as long, so that nobody gets it who has not grabbed the pointer.
 */
export class OutsidePress {
  readonly #context: Context;
  #window: number | null = null;
  #isUnderway = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Nothing happens without a menu or the like.
   *
   * @param seat whose pointer's button it seems to be
   * @param at the window whose bar was pressed
   */
  press(seat: WlObject<"wl_seat">, at: XWindow): void {
    const { windows, input } = this.#context;
    const pointer = input.pointerOf(seat);
    const hasMenu = windows.shown.latest(MAX_WINDOWS).some(({ overrideRedirect }) => overrideRedirect);
    // What Xwayland knows of a pointer that is in a window of its own, or drags something, is not to be wrong.
    if (pointer === null || !hasMenu || this.#isUnderway || input.pointed !== null || input.drag !== null) return;
    this.#isUnderway = true;
    // When the X server or the session has gone there is nothing left to do.
    void this.#deliver(pointer, at)
      .catch(() => {})
      .finally(() => {
        this.#isUnderway = false;
      });
  }

  async #deliver(pointer: WlObject<"wl_pointer">, { surface, geometry }: XWindow): Promise<void> {
    const { client, x, outputs, pingBarrier, input } = this.#context;
    const place = [...outputs].flatMap(({ place }) => place ?? []).at(-1);
    if (place === undefined || surface === null) return;
    // All windows begin at the other corner.
    const [left, top] = [place.x + place.width - 1, place.y + place.height - 1];
    this.#window ??= this.#createWindow();
    const window = this.#window;
    x.send("ConfigureWindow", { window, x: left, y: top, stack_mode: StackMode.Above });
    x.send("MapWindow", { window });
    await x.sync();
    // Meanwhile the user may be elsewhere.
    if (input.pointed === null && !pointer.clientGone && !surface.object.clientGone) {
      // No cursor is set by that.
      const serial = 0;
      const where = { surface_x: left - geometry.x, surface_y: top - geometry.y };
      client.sendEvent(pointer, "enter", { serial, surface: surface.object, ...where });
      client.sendEvent(pointer, "motion", { time: 0, ...where });
      this.#frame(pointer);
      for (const state of [ButtonState.pressed, ButtonState.released]) {
        client.sendEvent(pointer, "button", { serial, time: 0, button: LEFT, state });
        this.#frame(pointer);
      }
      client.sendEvent(pointer, "leave", { serial, surface: surface.object });
      this.#frame(pointer);
      await pingBarrier.passed();
    }
    x.send("UnmapWindow", { window });
  }

  #createWindow(): number {
    const { x } = this.#context;
    const window = createHiddenWindow(x);
    // Else the press would be the root window's.
    x.send("ChangeWindowAttributes", { window, event_mask: EventMask.ButtonPress | EventMask.ButtonRelease });
    return window;
  }

  #frame(pointer: WlObject<"wl_pointer">): void {
    const { client } = this.#context;
    if (client.hasEvent(pointer, "frame")) client.sendEvent(pointer, "frame", {});
  }
}
