// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Session } from "../../../../src/relay/session.ts";
import type { WlObject } from "../../../../src/wire/wl-object.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import { DragPointer } from "../../../../src/xwayland/dnd/drag-pointer.ts";
import type { Press } from "../../../../src/xwayland/input/user-input.ts";
import { patiently } from "../../../support/inbox.ts";

const nobody = { refused() {}, outlived() {} };

/** The pointer of a drag, with the names of what Xwayland is sent. */
function stage(): { pointer: DragPointer; sent: string[] } {
  const sent: string[] = [];
  const session = { sendEvent: (_object: WlObject, _interface: string, name: string) => sent.push(name) };
  const press = { device: { version: 7 }, surface: {}, button: 0x110, serial: 1 };
  const origin = new XWindow(0x40_0001, { x: 0, y: 0, width: 10, height: 10 }, false);
  return { pointer: new DragPointer(session as unknown as Session, press as Press, origin, nobody), sent };
}

const entered = (pointer: DragPointer): Promise<void> =>
  patiently(pointer.hostEnters(), (why) => new Error(`the pointer enters nothing: ${why}`));

describe("the pointer of a drag", () => {
  it("enters another surface when the drag has ended, though the X server does not answer", async () => {
    const { pointer, sent } = stage();
    pointer.hostLeaves(2);
    pointer.release(new Promise(() => {}));
    await entered(pointer);
    assert.deepEqual(sent, ["button", "frame", "leave", "frame"]);
  });
});
