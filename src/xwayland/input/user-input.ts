// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";

/** A key, a button or a touch, which went down. */
export interface Input {
  readonly seat: WlObject<"wl_seat">;
  readonly serial: number;
  /** The time, in milliseconds of performance.now(). */
  readonly at: number;
}

/** A button that was pressed in a surface of Xwayland's, or a finger that touched it. */
export interface Press<Device extends "wl_pointer" | "wl_touch" = "wl_pointer" | "wl_touch"> extends Input {
  readonly device: WlObject<Device>;
  readonly surface: WlObject<"wl_surface">;
  /** 0 for a touch. */
  readonly button: number;
}

/** Holds the pointer in the host's place during a drag out of an X window. */
export interface PointerHolder {
  /** The host lets the pointer enter a surface. Resolves when Xwayland may hear of that. */
  hostEnters(surface: WlObject<"wl_surface"> | null): Promise<void>;
  /** The host takes the pointer away. @returns whether Xwayland is not to hear of it now */
  hostLeaves(serial: number): boolean;
  /** A button of a pointer is released in a surface of Xwayland's, which is to hear of it. */
  hostReleases(pointer: WlObject<"wl_pointer">, button: number): void;
}

/**
 * The user's actions in X windows, by their serials. The host does much only for a client that can name such a serial,
 * as proof that the user wants it. What was done with a seat that Xwayland has released proves nothing: it cannot be
 * named.
 */
export class UserInput {
  /** Null while nothing is dragged out of an X window. */
  drag: PointerHolder | null = null;
  readonly #listeners = new Set<() => void>();
  /** The seats of pointers, keyboards and touch screens. */
  readonly #seats = new WeakMap<WlObject, WlObject<"wl_seat">>();
  /** The presses that are held, by their buttons. */
  readonly #held = new Map<number, Press<"wl_pointer">>();
  /** The latest in each surface. */
  readonly #presses = new WeakMap<WlObject<"wl_surface">, Press>();
  readonly #pointers = new WeakMap<WlObject<"wl_seat">, WlObject<"wl_pointer">>();
  #serial = 0;
  #latest: Input | null = null;
  #pointed: WlObject<"wl_surface"> | null = null;
  /** The keyboards that are in X windows. */
  readonly #keyboards = new Set<WlObject<"wl_keyboard">>();

  /** The serial of the latest input, or of the keyboard's entering if that is later; 0 before there was any. */
  get serial(): number {
    return this.#serial;
  }

  /** The latest key, button or touch that went down; null before there was any. */
  get latest(): Input | null {
    return ofKnownSeat(this.#latest);
  }

  /** The press that is held, if that is of one button alone. */
  get held(): Press<"wl_pointer"> | null {
    const [press, another] = this.#held.values();
    return press !== undefined && another === undefined ? ofKnownSeat(press) : null;
  }

  /** The latest button or touch in a surface, whether it is held or not; null for none. */
  pressIn(surface: WlObject<"wl_surface">): Press | null {
    return ofKnownSeat(this.#presses.get(surface) ?? null);
  }

  /** Whether an X window has the keyboard. */
  get hasKeyboard(): boolean {
    return this.#keyboards.size > 0;
  }

  /** Called whenever there is a new serial. @returns what ends that */
  onSerial(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A seat has got a pointer, a keyboard or a touch screen. */
  deviceMade(seat: WlObject<"wl_seat">, device: WlObject): void {
    this.#seats.set(device, seat);
    if (device.is("wl_pointer")) this.#pointers.set(seat, device);
  }

  /** The pointer of a seat; null for one that Xwayland has released. */
  pointerOf(seat: WlObject<"wl_seat">): WlObject<"wl_pointer"> | null {
    const pointer = this.#pointers.get(seat);
    return pointer === undefined || pointer.clientGone ? null : pointer;
  }

  /** The surface of Xwayland's that a pointer is in; null for none. */
  get pointed(): WlObject<"wl_surface"> | null {
    return this.#pointed;
  }

  keyboardEnters(keyboard: WlObject<"wl_keyboard">, serial: number): void {
    this.#keyboards.add(keyboard);
    this.#take(serial);
  }

  keyboardLeaves(keyboard: WlObject<"wl_keyboard">): void {
    this.#keyboards.delete(keyboard);
  }

  key(keyboard: WlObject<"wl_keyboard">, pressed: boolean, serial: number): void {
    const seat = this.#seats.get(keyboard);
    if (pressed && seat !== undefined) this.#latest = { seat, serial, at: performance.now() };
    this.#take(serial);
  }

  pointerEnters(surface: WlObject<"wl_surface"> | null): void {
    this.#pointed = surface;
  }

  pointerLeaves(): void {
    this.#pointed = null;
    // What is held belongs to another client from now on.
    this.#held.clear();
  }

  button(pointer: WlObject<"wl_pointer">, button: number, pressed: boolean, serial: number): void {
    const press = pressed ? this.#pressed(pointer, this.#pointed, button, serial) : null;
    if (press !== null) this.#held.set(button, press);
    else if (!pressed) this.#held.delete(button);
    this.#take(serial);
  }

  touch(touch: WlObject<"wl_touch">, surface: WlObject<"wl_surface"> | null, serial: number): void {
    this.#pressed(touch, surface, 0, serial);
    this.#take(serial);
  }

  #pressed<Device extends "wl_pointer" | "wl_touch">(
    device: WlObject<Device>,
    surface: WlObject<"wl_surface"> | null,
    button: number,
    serial: number,
  ): Press<Device> | null {
    const seat = this.#seats.get(device);
    if (seat === undefined || surface === null) return null;
    const press = { seat, device, surface, button, serial, at: performance.now() };
    this.#latest = press;
    this.#presses.set(surface, press);
    return press;
  }

  #take(serial: number): void {
    this.#serial = serial;
    for (const listener of this.#listeners) listener();
  }
}

function ofKnownSeat<T extends Input>(input: T | null): T | null {
  return input === null || input.seat.clientGone ? null : input;
}
