// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import { WlPointerButtonState } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { XWindow } from "../base/window.ts";
import type { PointerHolder, Press, UserInput } from "../input/user-input.ts";

/** Milliseconds that a drag has to end when the host has the pointer enter a surface, and the X server to follow. */
const DROP_TIMEOUT_MS = 500;
/** Milliseconds that the pointer stays in the window that it was dragged from, if the host does not have it elsewhere. */
const STAY_MS = 300;

/** Learns from a drag's pointer that the host has no such drag. */
export interface DragPointerListener {
  /** The button is released and the host has not taken the drag up, as when it came too late. */
  refused(): void;
  /** The host has let the pointer enter another surface, and the drag goes on. It has to release the pointer now. */
  outlived(): void;
}

/**
 * The pointer as Xwayland sees it during a drag out of an X window. Then the host has taken the pointer away. But an X
 * client that drags looks for what is under the pointer, and waits for the button to be released. So Xwayland is not
 * informed that the pointer has left, and its button stays pressed. The pointer is moved to where X has what the host
 * says it is over.
 */
export class DragPointer implements PointerHolder {
  readonly #client: Client;
  readonly #input: UserInput;
  readonly #press: Press<"wl_pointer">;
  readonly #origin: XWindow;
  readonly #listener: DragPointerListener;
  readonly #released: Promise<void>;
  #resolve: (after?: Promise<void>) => void = () => {};
  /** The serial with which the host has taken the pointer away; null while it has not. */
  #leave: number | null = null;
  #isReleased = false;
  /** Runs while Xwayland does not know yet that the pointer has left. */
  #stay: NodeJS.Timeout | null = null;

  /** @param origin the window in which the button was pressed */
  constructor(
    client: Client,
    input: UserInput,
    press: Press<"wl_pointer">,
    origin: XWindow,
    listener: DragPointerListener,
  ) {
    this.#client = client;
    this.#input = input;
    this.#press = press;
    this.#origin = origin;
    this.#listener = listener;
    this.#released = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    input.drag = this;
  }

  /** Moves it to a place on X's root window. Xwayland has a clock of its own. */
  move(x: number, y: number): void {
    if (this.#isReleased) return;
    const { geometry } = this.#origin;
    const place = { surface_x: x - geometry.x, surface_y: y - geometry.y };
    this.#client.sendEvent(this.#press.device, "motion", { time: 0, ...place });
    this.#frame();
  }

  /** The host takes the pointer away. @returns whether Xwayland is not to hear of it now */
  hostLeaves(serial: number): boolean {
    if (this.#isReleased) return false;
    this.#leave = serial;
    return true;
  }

  /** A button of a pointer is released in a surface of Xwayland's, which is to hear of it. */
  hostReleases(pointer: WlObject<"wl_pointer">, button: number): void {
    if (!this.#isReleased && pointer === this.#press.device && button === this.#press.button) this.#listener.refused();
  }

  /**
   * The host lets the pointer enter a surface. Resolves when Xwayland knows of the end, behind which that belongs;
   * if the drag does not end by itself, it is made to.
   */
  async hostEnters(surface: WlObject<"wl_surface"> | null): Promise<void> {
    const timer = setTimeout(() => this.#listener.outlived(), DROP_TIMEOUT_MS);
    await this.#released;
    clearTimeout(timer);
    if (surface === this.#press.surface) this.#end();
    else this.#leaveWindow();
  }

  /**
   * Releases the button, if the host has not left that to Xwayland, and then lets the pointer be where the host has it. It
   * leaves the window later than that: FLTK drops on what is under the pointer when it looks, and takes both in at once.
   *
   * @param after what it is not to enter another surface before, if that does not take too long
   */
  release(after?: Promise<void>): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    const { device: pointer, button, serial } = this.#press;
    if (this.#leave !== null) {
      this.#client.sendEvent(pointer, "button", { serial, time: 0, button, state: WlPointerButtonState.released });
      this.#frame();
    }
    this.#stay = setTimeout(() => void this.#goElsewhere(), STAY_MS);
    this.#stay.unref();
    this.#resolve(after && Promise.race([after, pause(DROP_TIMEOUT_MS, undefined, { ref: false })]));
  }

  async #goElsewhere(): Promise<void> {
    await this.#released;
    this.#leaveWindow();
  }

  #leaveWindow(): void {
    const { device: pointer, surface } = this.#press;
    if (this.#stay === null) return;
    if (this.#leave !== null) {
      if (!surface.clientGone) this.#client.sendEvent(pointer, "leave", { serial: this.#leave, surface });
      this.#frame();
    }
    this.#end();
  }

  /** The pointer is where the host has it. */
  #end(): void {
    if (this.#stay !== null) clearTimeout(this.#stay);
    this.#stay = null;
    if (this.#input.drag === this) this.#input.drag = null;
  }

  #frame(): void {
    const { device: pointer } = this.#press;
    if (this.#client.hasEvent(pointer, "frame")) this.#client.sendEvent(pointer, "frame", {});
  }
}
