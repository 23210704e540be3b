// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../wire/wl-object.ts";

/** A button that was pressed, or a finger that touched, in a surface of Xwayland's. */
export interface Press {
  readonly surface: WlObject;
  readonly serial: number;
}

/**
 * What the user does in X windows, by its serials: the host does much only for a client that can name such a serial, as
 * proof that the user wants it.
 */
export class UserInput {
  readonly #listeners: (() => void)[] = [];
  readonly #buttons = new Set<number>();
  #serial = 0;
  #press: Press | null = null;
  #pointed: WlObject | null = null;
  #hasKeyboard = false;

  /** The serial of the latest input; 0 before there was any. */
  get serial(): number {
    return this.#serial;
  }

  /** What was pressed last. */
  get press(): Press | null {
    return this.#press;
  }

  /** Whether what was pressed last is still held. */
  get held(): boolean {
    return this.#buttons.size > 0;
  }

  /** Whether an X window has the keyboard. */
  get hasKeyboard(): boolean {
    return this.#hasKeyboard;
  }

  /** Is told whenever there is a new serial. */
  onSerial(listener: () => void): void {
    this.#listeners.push(listener);
  }

  keyboardEnters(serial: number): void {
    this.#hasKeyboard = true;
    this.#take(serial);
  }

  keyboardLeaves(): void {
    this.#hasKeyboard = false;
  }

  key(serial: number): void {
    this.#take(serial);
  }

  pointerEnters(surface: WlObject | null): void {
    this.#pointed = surface;
    // What was held when the pointer left belongs to somebody else.
    this.#buttons.clear();
  }

  button(button: number, pressed: boolean, serial: number): void {
    if (pressed) this.#buttons.add(button);
    else this.#buttons.delete(button);
    if (pressed && this.#pointed !== null) this.#press = { surface: this.#pointed, serial };
    this.#take(serial);
  }

  touch(surface: WlObject | null, serial: number): void {
    if (surface !== null) this.#press = { surface, serial };
    this.#take(serial);
  }

  #take(serial: number): void {
    this.#serial = serial;
    for (const listener of this.#listeners) listener();
  }
}
