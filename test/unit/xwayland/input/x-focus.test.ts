// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { NotifyDetail, NotifyMode } from "../../../../src/x11/generated/enums.ts";
import type { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { Windows } from "../../../../src/xwayland/base/windows.ts";
import type { XEvents } from "../../../../src/xwayland/base/x-events.ts";
import { XFocus } from "../../../../src/xwayland/input/x-focus.ts";
import { xWindow } from "../../../support/x-window.ts";

describe("the X server's focus", () => {
  const own = xWindow(0x40_0001);
  const dialog = xWindow(0x40_0002);
  const stranger = xWindow(0x60_0001);
  let focus: XFocus;
  /** To which windows the X server was told to give it. */
  let given: number[];
  /** The number of the last request. */
  let sequence: number;
  let focused: (window: XWindow, sequence: number, mode?: number) => void;

  beforeEach(() => {
    given = [];
    sequence = 100;
    const windows = new Map([own, dialog, stranger].map((window) => [window.id, window]));
    const x = {
      setup: { root: 1, idBase: 0x20_0000, idMask: 0x1f_ffff },
      atoms: { atom: () => 0 },
      get sequence(): number {
        return sequence;
      },
      send: (name: string, { focus: id }: { focus: number }) => {
        sequence++;
        if (name === "SetInputFocus") given.push(id);
      },
      sync: () => Promise.resolve(),
    };
    const events = {
      on: (name: string, handler: (event: object) => void) => {
        if (name !== "FocusIn") return;
        focused = ({ id }, number, mode = NotifyMode.Normal) =>
          handler({ event: id, mode, detail: NotifyDetail.Nonlinear, sequence: number });
      },
      now: () => Promise.resolve(1),
    };
    focus = new XFocus(
      x as unknown as X11Connection,
      events as unknown as XEvents,
      { get: (id: number) => windows.get(id), listen: () => {} } as unknown as Windows,
      null,
    );
  });

  it("is taken back from another client that has taken it since it was given", async () => {
    await focus.move(own);
    focused(stranger, sequence);
    assert.deepEqual(given, [own.id, own.id]);
  });

  it("is not given again when another client had it before it was given, which is reported only then", async () => {
    await focus.move(own);
    focused(stranger, sequence - 1);
    assert.deepEqual(given, [own.id]);
  });

  it("may go to another window of the same client, and pass by when a client grabs the keyboard", async () => {
    await focus.move(own);
    focused(dialog, sequence);
    focused(stranger, sequence, NotifyMode.Grab);
    focused(stranger, sequence, NotifyMode.Ungrab);
    assert.deepEqual(given, [own.id]);
  });

  it("is left to whoever takes it for the eleventh time, until the user goes to a window again", async () => {
    await focus.move(own);
    for (let i = 0; i < 20; i++) focused(stranger, sequence);
    assert.equal(given.length, 11);
    await focus.move(own);
    focused(stranger, sequence);
    assert.equal(given.length, 13);
  });
});
