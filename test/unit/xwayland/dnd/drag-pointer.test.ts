// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Client } from "../../../../src/relay/client.ts";
import type { WlObject } from "../../../../src/wire/wl-object.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import { DragPointer } from "../../../../src/xwayland/dnd/drag-pointer.ts";
import { type Press, UserInput } from "../../../../src/xwayland/input/user-input.ts";
import { patiently } from "../../../support/inbox.ts";

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const nobody = { refused() {}, outlived() {} };

interface Stage {
  readonly pointer: DragPointer;
  readonly input: UserInput;
  readonly origin: WlObject<"wl_surface">;
  /** The names of what Xwayland is sent. */
  readonly sent: string[];
}

function stage(): Stage {
  const sent: string[] = [];
  const client = { hasEvent: () => true, sendEvent: (_object: WlObject, name: string) => sent.push(name) };
  const origin = {} as WlObject<never>;
  const press: Partial<Press<"wl_pointer">> = {
    device: {} as WlObject<"wl_pointer">,
    surface: origin,
    button: 0x110,
    serial: 1,
  };
  const window = new XWindow(0x40_0001, { x: 0, y: 0, width: 10, height: 10 }, false);
  const input = new UserInput();
  const pointer = new DragPointer(client as unknown as Client, input, press as Press<"wl_pointer">, window, nobody);
  return { pointer, input, origin, sent };
}

const entered = (pointer: DragPointer, surface: WlObject<"wl_surface">): Promise<void> =>
  patiently(pointer.hostEnters(surface), (why) => new Error(`the pointer enters nothing: ${why}`));

describe("the pointer of a drag", () => {
  it("enters another surface when the drag has ended, though the X server does not answer", async () => {
    const { pointer, sent } = stage();
    pointer.hostLeaves(2);
    pointer.release(new Promise(() => {}));
    await entered(pointer, {} as WlObject<never>);
    assert.deepEqual(sent, ["button", "frame", "leave", "frame"]);
  });

  it("leaves the window where it was pressed only later than the release, which FLTK has to take in first", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { pointer, input, sent } = stage();
    pointer.hostLeaves(2);
    pointer.release();
    await settled();
    assert.deepEqual(sent, ["button", "frame"]);
    t.mock.timers.tick(1000);
    await settled();
    assert.deepEqual(sent, ["button", "frame", "leave", "frame"]);
    assert.equal(input.drag, null);
  });

  it("does not leave the window where it was pressed if the host has it there again", async () => {
    const { pointer, input, origin, sent } = stage();
    pointer.hostLeaves(2);
    pointer.release();
    await entered(pointer, origin);
    assert.deepEqual(sent, ["button", "frame"]);
    assert.equal(input.drag, null);
  });
});
