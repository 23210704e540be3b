// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";

/** A key, a button or a touch, which went down. */
export interface Input {
  readonly seat: WlObject;
  readonly serial: number;
  /** In milliseconds of performance.now(). */
  readonly at: number;
}

/** A button that was pressed in a surface of Xwayland's, or a finger that touched it. */
export interface Press extends Input {
  /** The wl_pointer or wl_touch. */
  readonly device: WlObject;
  readonly surface: WlObject;
  /** 0 for a touch. */
  readonly button: number;
}

/** Has the pointer in the host's place while something is dragged out of an X window. */
export interface PointerHolder {
  /** The host lets the pointer enter a surface. Resolves when Xwayland may hear of that. */
  hostEnters(surface: WlObject | null): Promise<void>;
  /** The host takes the pointer away. @returns whether Xwayland is not to hear of it now */
  hostLeaves(serial: number): boolean;
  /** A button of a pointer is released in a surface of Xwayland's, which is to hear of it. */
  hostReleases(pointer: WlObject, button: number): void;
}

/**
 * What the user does in X windows, by its serials: the host does much only for a client that can name such a serial, as
 * proof that the user wants it. What was done with a seat that Xwayland has released proves nothing: it cannot be named.
 */
export class UserInput {
  /** Null while nothing is dragged out of an X window. */
  drag: PointerHolder | null = null;
  readonly #listeners = new Set<() => void>();
  /** Of pointers, keyboards and touch screens. */
  readonly #seats = new WeakMap<WlObject, WlObject>();
  /** By their buttons. */
  readonly #held = new Map<number, Press>();
  /** The latest in each surface. */
  readonly #presses = new WeakMap<WlObject, Press>();
  #serial = 0;
  #latest: Input | null = null;
  #pointed: WlObject | null = null;
  /** Those that are in X windows. */
  readonly #keyboards = new Set<WlObject>();

  /** The serial of the latest input, or of the keyboard's entering if that is later; 0 before there was any. */
  get serial(): number {
    return this.#serial;
  }

  /** The latest key, button or touch that went down; null before there was any. */
  get latest(): Input | null {
    return ofKnownSeat(this.#latest);
  }

  /** What is held, if that is one button alone. */
  get held(): Press | null {
    const [press, another] = this.#held.values();
    return press !== undefined && another === undefined ? ofKnownSeat(press) : null;
  }

  /** The latest button or touch in a surface, whether it is held or not; null for none. */
  pressIn(surface: WlObject): Press | null {
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
  deviceMade(seat: WlObject, device: WlObject): void {
    this.#seats.set(device, seat);
  }

  keyboardEnters(keyboard: WlObject, serial: number): void {
    this.#keyboards.add(keyboard);
    this.#take(serial);
  }

  keyboardLeaves(keyboard: WlObject): void {
    this.#keyboards.delete(keyboard);
  }

  key(keyboard: WlObject, pressed: boolean, serial: number): void {
    const seat = this.#seats.get(keyboard);
    if (pressed && seat !== undefined) this.#latest = { seat, serial, at: performance.now() };
    this.#take(serial);
  }

  pointerEnters(surface: WlObject | null): void {
    this.#pointed = surface;
  }

  pointerLeaves(): void {
    this.#pointed = null;
    // What is held belongs to somebody else from now on.
    this.#held.clear();
  }

  button(pointer: WlObject, button: number, pressed: boolean, serial: number): void {
    const press = pressed ? this.#pressed(pointer, this.#pointed, button, serial) : null;
    if (press !== null) this.#held.set(button, press);
    else if (!pressed) this.#held.delete(button);
    this.#take(serial);
  }

  touch(touch: WlObject, surface: WlObject | null, serial: number): void {
    this.#pressed(touch, surface, 0, serial);
    this.#take(serial);
  }

  #pressed(device: WlObject, surface: WlObject | null, button: number, serial: number): Press | null {
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
