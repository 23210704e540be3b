// SPDX-License-Identifier: Apache-2.0
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fd } from "../../../src/native/fd.ts";
import type { Input } from "./compositor.ts";
import { keyFor, leftShift, usKeymap } from "./us-keyboard.ts";
import { WireClient } from "./wire-client.ts";

// Opcodes of virtual-keyboard-unstable-v1 and wlr-virtual-pointer-unstable-v1.
const createVirtualKeyboard = 0;
const createVirtualPointer = 0;
const keyboard = { keymap: 0, key: 1, modifiers: 2 };
const pointer = { motionAbsolute: 1, button: 2, frame: 4 };

const xkbV1 = 1;
const shiftModifier = 1;
const pressed = 1;
const released = 0;
const buttonCodes = { left: 0x110, right: 0x111 };

/**
 * A virtual keyboard and pointer on a wlroots compositor, which stay until closed: devices that come and go between
 * strokes, as those of wtype, lose characters. It speaks to the compositor directly, never through the proxy.
 */
export class VirtualInput implements Input {
  readonly #client: WireClient;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #keyboard: number;
  readonly #pointer: number;

  private constructor(client: WireClient, folder: string, size: { width: number; height: number }) {
    this.#client = client;
    this.#size = size;
    const seat = client.bind("wl_seat", 1);
    const keyboards = client.bind("zwp_virtual_keyboard_manager_v1", 1);
    this.#keyboard = client.newId();
    client.request(keyboards, createVirtualKeyboard, [seat, this.#keyboard]);
    const keymap = Buffer.from(`${usKeymap}\0`);
    const file = join(folder, "keymap");
    writeFileSync(file, keymap);
    using fd = new Fd(openSync(file, "r"));
    client.request(this.#keyboard, keyboard.keymap, [xkbV1, keymap.length], fd);
    const pointers = client.bind("zwlr_virtual_pointer_manager_v1", 1);
    this.#pointer = client.newId();
    client.request(pointers, createVirtualPointer, [seat, this.#pointer]);
  }

  /** Adds the devices to the compositor at `socket`, whose layout has `size`; `folder` gets the keymap's file. */
  static async open(socket: string, folder: string, size: { width: number; height: number }): Promise<VirtualInput> {
    const client = new WireClient(socket);
    await client.roundTrip();
    const input = new VirtualInput(client, folder, size);
    await client.roundTrip();
    return input;
  }

  async move(x: number, y: number): Promise<void> {
    const place = [x, y, this.#size.width, this.#size.height];
    this.#client.request(this.#pointer, pointer.motionAbsolute, [this.#now(), ...place]);
    this.#client.request(this.#pointer, pointer.frame);
    await this.#client.roundTrip();
  }

  async click(button: "left" | "right" = "left"): Promise<void> {
    await this.#button(button, pressed);
    await this.#button(button, released);
  }

  press(): Promise<void> {
    return this.#button("left", pressed);
  }

  release(): Promise<void> {
    return this.#button("left", released);
  }

  async type(text: string): Promise<void> {
    for (const character of text) {
      const { code, shift } = keyFor(character);
      if (shift) this.#shift(pressed);
      this.#key(code, pressed);
      this.#key(code, released);
      if (shift) this.#shift(released);
      await this.#client.roundTrip();
    }
  }

  close(): void {
    this.#client.close();
  }

  #button(button: "left" | "right", state: number): Promise<void> {
    this.#client.request(this.#pointer, pointer.button, [this.#now(), buttonCodes[button], state]);
    this.#client.request(this.#pointer, pointer.frame);
    return this.#client.roundTrip();
  }

  // wlroots does not derive the modifiers of virtual keyboards from their keys; they are told apart from them.
  #shift(state: number): void {
    this.#key(leftShift, state);
    this.#client.request(this.#keyboard, keyboard.modifiers, [state === pressed ? shiftModifier : 0, 0, 0, 0]);
  }

  #key(code: number, state: number): void {
    this.#client.request(this.#keyboard, keyboard.key, [this.#now(), code, state]);
  }

  #now(): number {
    return Math.trunc(performance.now());
  }
}
