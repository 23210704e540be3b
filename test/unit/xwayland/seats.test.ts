// SPDX-License-Identifier: Apache-2.0
/** Two seats of the host's, which the X server knows as one: the whole window manager between two fakes. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { sendXdnd, XDND_VERSION, xdndAtoms } from "../../../src/xwayland/dnd/xdnd.ts";
import { eventually } from "../../support/eventually.ts";
import { type StagedWindow, WmStage } from "../../support/wm-stage.ts";

/** BTN_LEFT and KEY_A of the kernel's. */
const LEFT = 0x110;
const KEY_A = 30;

/** wl_seat.capability. */
const POINTER = 1;
const TOUCH = 4;

/** A seat of the host's, by its number. */
class Seat {
  readonly #stage: WmStage;
  readonly #number: number;

  constructor(stage: WmStage, number: number) {
    this.#stage = stage;
    this.#number = number;
  }

  /** The user moves into a window, and presses a button there. @returns the serial of that */
  press({ theirs }: StagedWindow): number {
    const { desktop } = this.#stage;
    const pointer = desktop.input("wl_pointer", this.#number);
    pointer.send("enter", desktop.serial(), theirs.surface, 20, 30);
    return this.button(true);
  }

  button(isDown: boolean): number {
    const { desktop } = this.#stage;
    const pointer = desktop.input("wl_pointer", this.#number);
    const serial = desktop.serial();
    pointer.send("button", serial, 0, LEFT, isDown ? 1 : 0);
    pointer.send("frame");
    return serial;
  }

  focus({ theirs }: StagedWindow): void {
    const { desktop } = this.#stage;
    desktop.input("wl_keyboard", this.#number).send("enter", desktop.serial(), theirs.surface, new Uint8Array(0));
  }

  unfocus({ theirs }: StagedWindow): void {
    const { desktop } = this.#stage;
    desktop.input("wl_keyboard", this.#number).send("leave", desktop.serial(), theirs.surface);
  }

  type(): void {
    const { desktop } = this.#stage;
    desktop.input("wl_keyboard", this.#number).send("key", desktop.serial(), 0, KEY_A, 1);
  }

  /** It has a pointer and touch from now on, but no keyboard. */
  loseKeyboard(): void {
    const keyboard = this.#stage.desktop.input("wl_keyboard", this.#number);
    const made = this.#stage.host.inbox.all.find(({ args }) => args["id"] === keyboard);
    made?.object.send("capabilities", POINTER | TOUCH);
  }
}

async function twoSeats(
  t: TestContext,
  ...globals: string[]
): Promise<{ stage: WmStage; x: X11Connection; seats: readonly [Seat, Seat]; windows: [StagedWindow, StagedWindow] }> {
  const { stage, x } = await WmStage.set(t, { globals: ["wl_seat 5", ...globals] });
  const windows: [StagedWindow, StagedWindow] = [await stage.show(x), await stage.show(await stage.connect())];
  return { stage, x, seats: [new Seat(stage, 0), new Seat(stage, 1)], windows };
}

describe("of two seats", () => {
  it("each presses the window that its own pointer is in, however they take turns", async (t) => {
    const { stage, seats, windows } = await twoSeats(t);
    const { heard } = stage.xwayland;
    for (const turn of [0, 1, 0, 1] as const) {
      const before = heard.length;
      seats[turn].press(windows[turn]);
      seats[turn].button(false);
      await eventually("both", () => heard.length === before + 2);
      assert.equal(heard.at(-1)?.top, windows[turn].ours.id);
    }
  });

  it("the one whose keyboard has entered last has the focus, and when it leaves the other has it", async (t) => {
    const { stage, x, seats, windows } = await twoSeats(t);
    const [one, two] = seats;
    const { heard, model } = stage.xwayland;
    one.focus(windows[0]);
    await windows[0].ours.expect("FocusIn");
    two.focus(windows[1]);
    await windows[1].ours.expect("FocusIn");
    two.unfocus(windows[1]);
    one.type();
    await eventually("the key", () => heard.length === 1);
    assert.equal(heard[0]?.focus, windows[0].ours.id);
    two.focus(windows[1]);
    one.unfocus(windows[0]);
    await stage.settled(x);
    assert.equal(model.focus, windows[1].ours.id);
  });

  it("the other has the focus at once when one loses its keyboard", async (t) => {
    const { stage, x, seats, windows } = await twoSeats(t);
    const [one, two] = seats;
    one.focus(windows[0]);
    await windows[0].ours.expect("FocusIn");
    two.focus(windows[1]);
    await windows[1].ours.expect("FocusIn");
    two.loseKeyboard();
    await windows[0].ours.expect("FocusIn");
    await stage.settled(x);
    assert.deepEqual(
      stage.log.filter((line) => line.startsWith("warn:")),
      [],
    );
  });

  it("the second drags in vain, until its button is released, and then the first can", async (t) => {
    const { stage, seats, windows } = await twoSeats(t, "wl_data_device_manager 3");
    const [one, two] = seats;
    const { ours, theirs } = windows[0];
    await ours.x.atoms.intern([...xdndAtoms, "text/plain"]);
    const cover = (): number | undefined =>
      stage.xwayland.model.stack.find(({ mapped, isInputOnly }) => mapped && isInputOnly)?.id;
    const drag = async (seat: Seat): Promise<number> => {
      const before = stage.xwayland.heard.length;
      const serial = seat.press(windows[0]);
      await eventually("the press", () => stage.xwayland.heard.length > before);
      const selection = ours.x.atoms.atom("XdndSelection");
      ours.x.send("SetSelectionOwner", { owner: ours.id, selection, time: 0 });
      const target = await eventually("the window that is below the pointer", cover);
      const types = [XDND_VERSION << 24, ours.x.atoms.atom("text/plain")];
      sendXdnd(ours.x, target, target, "XdndEnter", [ours.id, ...types]);
      return serial;
    };
    const started = async (): Promise<unknown> => (await stage.host.expect("wl_data_device.start_drag")).arg("serial");
    // The host knows no such press of the first seat's, of which the data device is.
    assert.equal(await drag(two), await started());
    two.button(false);
    await stage.host.expect("wl_data_source.destroy");
    await eventually("the window to go", () => cover() === undefined);
    assert.equal(await drag(one), await started());
    stage.desktop.input("wl_pointer", 0).send("leave", stage.desktop.serial(), theirs.surface);
  });
});
