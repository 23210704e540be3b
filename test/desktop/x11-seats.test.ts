// SPDX-License-Identifier: Apache-2.0
/** Two seats of the host's, each with a pointer and a keyboard, which the X server knows as one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeObject } from "../support/fake-object.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { XDragSource } from "./support/x-drag-source.ts";
import { servers } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

/** BTN_LEFT and KEY_A of the kernel's. */
const LEFT = 0x110;
const KEY_A = 30;

/** wl_seat.capability */
const POINTER = 1;
const TOUCH = 4;

/** A seat of the host's, with what Xwayland has of it. */
class Seat {
  readonly #scene: XScene;
  readonly #pointer: FakeObject;
  readonly #keyboard: FakeObject;

  private constructor(scene: XScene, pointer: FakeObject, keyboard: FakeObject) {
    this.#scene = scene;
    this.#pointer = pointer;
    this.#keyboard = keyboard;
  }

  /** Both seats, in the order of their globals. */
  static both(scene: XScene): [Seat, Seat] {
    const made = (name: string): FakeObject[] =>
      scene.host.inbox.all.filter((message) => message.name === name).map((message) => message.objectArg("id"));
    const [pointers, keyboards] = [made("wl_seat.get_pointer"), made("wl_seat.get_keyboard")];
    assert.deepEqual([pointers.length, keyboards.length], [2, 2]);
    const seats = pointers.map((pointer, i) => new Seat(scene, pointer, keyboards[i] as FakeObject));
    return [seats[0] as Seat, seats[1] as Seat];
  }

  point({ surface }: HostWindow): void {
    this.#pointer.send("enter", this.#scene.serial(), surface, 20, 30);
    this.#pointer.send("frame");
  }

  unpoint({ surface }: HostWindow): void {
    this.#pointer.send("leave", this.#scene.serial(), surface);
    this.#pointer.send("frame");
  }

  button(isDown: boolean): void {
    this.#pointer.send("button", this.#scene.serial(), 0, LEFT, isDown ? 1 : 0);
    this.#pointer.send("frame");
  }

  /** The keyboard enters a window. */
  focus({ surface }: HostWindow): void {
    this.#keyboard.send("enter", this.#scene.serial(), surface, new Uint8Array(0));
  }

  leave({ surface }: HostWindow): void {
    this.#keyboard.send("leave", this.#scene.serial(), surface);
  }

  /** It has a pointer and touch from now on, but no keyboard. */
  loseKeyboard(): void {
    const { all } = this.#scene.host.inbox;
    const made = all.find(({ name, args }) => name === "wl_seat.get_keyboard" && args["id"] === this.#keyboard);
    made?.object.send("capabilities", POINTER | TOUCH);
  }

  type(): void {
    for (const state of [1, 0]) this.#keyboard.send("key", this.#scene.serial(), 0, KEY_A, state);
  }
}

for (const server of Object.keys(servers)) {
  test(`two seats work in two windows, and when one leaves the other goes on, by ${server}`, async (t) => {
    const { scene, x } = await XScene.set(t, server, { globals: ["wl_seat 5"] });
    const shown = async (title: string): Promise<{ ours: XTestWindow; theirs: HostWindow }> => {
      const ours = await XTestWindow.show(x, { title });
      return { ours, theirs: await scene.shown("toplevel") };
    };
    const [first, second] = [await shown("first"), await shown("second")];
    const [one, two] = Seat.both(scene);
    for (let i = 0; i < 3; i++) {
      for (const [seat, window] of [
        [one, first],
        [two, second],
      ] as const) {
        seat.point(window.theirs);
        seat.button(true);
        await window.ours.expect("ButtonPress");
        seat.button(false);
        await window.ours.expect("ButtonRelease");
      }
    }
    one.focus(first.theirs);
    one.type();
    await first.ours.expect("KeyPress");
    two.focus(second.theirs);
    two.type();
    await second.ours.expect("KeyPress");
    two.leave(second.theirs);
    one.type();
    await first.ours.expect("KeyPress");
    two.focus(second.theirs);
    one.leave(first.theirs);
    two.type();
    await second.ours.expect("KeyPress");
  });

  test(`when a seat loses its keyboard another's has the focus at once, by ${server}`, async (t) => {
    const { scene, x } = await XScene.set(t, server, { globals: ["wl_seat 5"] });
    const ours = [await XTestWindow.show(x, { title: "first" })];
    const first = await scene.shown("toplevel");
    ours.push(await XTestWindow.show(x, { title: "second" }));
    const second = await scene.shown("toplevel");
    const [one, two] = Seat.both(scene);
    one.focus(first);
    await ours[0]?.expect("FocusIn");
    two.focus(second);
    await ours[1]?.expect("FocusIn");
    two.loseKeyboard();
    await ours[0]?.expect("FocusIn");
    assert.deepEqual(
      scene.log.filter((line) => line.startsWith("warn:")),
      [],
    );
  });

  test(`a drag by the second seat costs nobody anything, and the first one drags, by ${server}`, async (t) => {
    const { scene } = await XScene.set(t, server, { globals: ["wl_data_device_manager 3", "wl_seat 5"] });
    const ours = await XDragSource.show(await scene.connect(), "dragged");
    const theirs = await scene.shown("toplevel");
    await scene.host.expect("xdg_surface.ack_configure");
    const [one, two] = Seat.both(scene);
    two.point(theirs);
    two.button(true);
    // The host knows no such press of the first seat's, of which the data device is.
    await scene.host.expect("wl_data_device.start_drag");
    two.button(false);
    assert.equal(await ours.ended(0), "left");
    await scene.host.expect("wl_data_source.destroy");
    one.point(theirs);
    one.button(true);
    const { args } = await scene.host.expect("wl_data_device.start_drag");
    one.unpoint(theirs);
    (args["source"] as FakeObject).send("cancelled");
    assert.equal(await ours.ended(1), "left");
  });
}
