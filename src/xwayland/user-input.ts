// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../wire/wl-object.ts";
import type { DragPointer } from "./drag-pointer.ts";

/** A button that was pressed in a surface of Xwayland's. */
export interface Press {
  readonly pointer: WlObject;
  readonly surface: WlObject;
  readonly button: number;
  readonly serial: number;
}

/**
 * What the user does in X windows, by its serials: the host does much only for a client that can name such a serial, as
 * proof that the user wants it.
 */
export class UserInput {
  /** Has the pointer in the host's place while something is dragged out of an X window; else null. */
  drag: DragPointer | null = null;
  readonly #listeners: (() => void)[] = [];
  /** By their buttons. */
  readonly #held = new Map<number, Press>();
  #serial = 0;
  #pointed: WlObject | null = null;
  #hasKeyboard = false;

  /** The serial of the latest input; 0 before there was any. */
  get serial(): number {
    return this.#serial;
  }

  /** What is held, if that is one button alone. */
  get held(): Press | null {
    const [press, another] = this.#held.values();
    return press !== undefined && another === undefined ? press : null;
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
  }

  pointerLeaves(): void {
    this.#pointed = null;
    // What is held belongs to somebody else from now on.
    this.#held.clear();
  }

  button(pointer: WlObject, button: number, pressed: boolean, serial: number): void {
    if (!pressed) this.#held.delete(button);
    else if (this.#pointed !== null) this.#held.set(button, { pointer, surface: this.#pointed, button, serial });
    this.#take(serial);
  }

  touch(serial: number): void {
    this.#take(serial);
  }

  #take(serial: number): void {
    this.#serial = serial;
    for (const listener of this.#listeners) listener();
  }
}
