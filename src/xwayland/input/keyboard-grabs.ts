// SPDX-License-Identifier: Apache-2.0
import { onRequests } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** An X client has grabbed the keyboard by one of its windows (XGrabKeyboard). */
export interface KeyboardGrab {
  readonly seat: WlObject<"wl_seat">;
  readonly surface: WlObject<"wl_surface">;
}

/** Listens to what happens to keyboard grabs. */
export interface KeyboardGrabEvents {
  began(grab: KeyboardGrab): void;
  ended(grab: KeyboardGrab): void;
}

/** The keyboard grabs of one Xwayland's clients, which the X server reports by zwp_xwayland_keyboard_grab_manager_v1. */
export class KeyboardGrabs {
  /** Nothing before there is a window manager, when there are no windows either. */
  #events: KeyboardGrabEvents | null = null;

  /** Chooses who learns what happens from now on. */
  listen(events: KeyboardGrabEvents | null): void {
    this.#events = events;
  }

  /** Answers to a manager that Xwayland has bound. */
  serve(manager: WlObject<"zwp_xwayland_keyboard_grab_manager_v1">): void {
    onRequests(manager, {
      grab_keyboard: ({ id, surface, seat }) => {
        const grab = { seat, surface };
        onRequests(id, { destroy: () => this.#events?.ended(grab) });
        this.#events?.began(grab);
      },
    });
  }
}
