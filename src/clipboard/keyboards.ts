// SPDX-License-Identifier: Apache-2.0
import { WlKeyboardKeyState, WlSeatCapability } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Listens to the keyboard of one seat. */
export interface KeyboardListener {
  /** One of the client's windows has the keyboard, or none any more. */
  focused(hasKeyboard: boolean): void;
  /** A key went down in one of the client's windows. */
  pressed(serial: number): void;
}

/** A seat as a client has bound it. */
interface Seat {
  hasKeyboard: boolean;
  isFocused: boolean;
  keyboard: WlObject<"wl_keyboard"> | null;
  readonly listeners: Set<KeyboardListener>;
}

/** Knows when windows of a client have the keyboard, by keyboards of our own, whether or not the client has one. */
export class Keyboards {
  readonly #client: Client;
  readonly #seats = new Map<WlObject<"wl_seat">, Seat>();
  static readonly #all = new WeakMap<Client, Keyboards>();

  private constructor(client: Client) {
    this.#client = client;
  }

  static of(client: Client): Keyboards {
    let keyboards = Keyboards.#all.get(client);
    if (keyboards === undefined) {
      keyboards = new Keyboards(client);
      Keyboards.#all.set(client, keyboards);
    }
    return keyboards;
  }

  /** The host has said what a seat has (wl_seat.capability). */
  capabilities(object: WlObject<"wl_seat">, capabilities: number): void {
    const seat = this.#seat(object);
    seat.hasKeyboard = (capabilities & WlSeatCapability.keyboard) !== 0;
    if (seat.hasKeyboard) this.#open(object, seat);
    else this.#close(seat);
  }

  /** The client has given up a seat. */
  released(object: WlObject<"wl_seat">): void {
    const seat = this.#seats.get(object);
    if (seat !== undefined) this.#close(seat);
    this.#seats.delete(object);
  }

  /** @returns what ends it */
  listen(object: WlObject<"wl_seat">, listener: KeyboardListener): () => void {
    const seat = this.#seat(object);
    seat.listeners.add(listener);
    this.#open(object, seat);
    if (seat.isFocused) listener.focused(true);
    return () => void seat.listeners.delete(listener);
  }

  #seat(object: WlObject<"wl_seat">): Seat {
    let seat = this.#seats.get(object);
    if (seat === undefined) {
      seat = { hasKeyboard: false, isFocused: false, keyboard: null, listeners: new Set() };
      this.#seats.set(object, seat);
    }
    return seat;
  }

  /** The keyboard reports nothing any more: it was unplugged, as all are while another terminal of the machine is shown. */
  #close(seat: Seat): void {
    const { keyboard } = seat;
    if (keyboard === null) return;
    seat.keyboard = null;
    if (this.#client.hasRequest(keyboard, "release")) this.#client.sendRequest(keyboard, "release", {});
    if (seat.isFocused) this.#focused(seat, false);
  }

  #focused(seat: Seat, hasKeyboard: boolean): void {
    seat.isFocused = hasKeyboard;
    for (const listener of seat.listeners) listener.focused(hasKeyboard);
  }

  #open(object: WlObject<"wl_seat">, seat: Seat): void {
    if (seat.keyboard !== null || !seat.hasKeyboard || seat.listeners.size === 0 || object.clientGone) return;
    const keyboard = this.#client.createObject("wl_keyboard", object.version);
    seat.keyboard = keyboard;
    onEvents(keyboard, {
      enter: () => this.#focused(seat, true),
      leave: () => this.#focused(seat, false),
      key: ({ serial, state }) => {
        if (state === WlKeyboardKeyState.pressed) for (const listener of seat.listeners) listener.pressed(serial);
      },
    });
    this.#client.sendRequest(object, "get_keyboard", { id: keyboard });
  }
}
