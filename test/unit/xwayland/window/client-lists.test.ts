// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { WindowListener } from "../../../../src/xwayland/base/windows.ts";
import type { WmContext } from "../../../../src/xwayland/base/wm-context.ts";
import { ClientLists } from "../../../../src/xwayland/window/client-lists.ts";
import { Clock } from "../../../support/clock.ts";
import { xWindow } from "../../../support/x-window.ts";

/** The lists with an X server that only notes what is written: the name of each property, and its windows. */
function stage(): {
  listener: Required<WindowListener>;
  written: [string, number[]][];
  focus: (window: XWindow) => void;
} {
  const written: [string, number[]][] = [];
  const listeners: WindowListener[] = [];
  let focus = (_: XWindow): void => {};
  const x = {
    setup: { root: 1 },
    maxRequest: 1 << 22,
    atoms: { atom: (name: string) => name },
    send: (_: string, { property, data }: { property: string; data: Uint8Array }) =>
      written.push([property, [...new Uint32Array(data.buffer, data.byteOffset, data.length / 4)]]),
  };
  const context = {
    x,
    client: { onEnded: () => {} },
    windows: { listen: (listener: WindowListener) => listeners.push(listener) },
    user: {
      listen: (listener: (window: XWindow) => void) => {
        focus = listener;
      },
    },
  };
  new ClientLists(context as unknown as WmContext);
  return { listener: listeners[0] as Required<WindowListener>, written, focus: (window) => focus(window) };
}

describe("the lists of windows", () => {
  it("have windows as they came, and as the user was in them", (t) => {
    const clock = new Clock(t);
    const { listener, written, focus } = stage();
    const [first, second] = [xWindow(101), xWindow(102)];
    listener.mapped(first);
    clock.pass(10);
    listener.mapped(second);
    clock.pass(10);
    first.focusedAt = 1;
    focus(first);
    clock.pass(10);
    assert.deepEqual(written.slice(-3), [
      ["_NET_CLIENT_LIST", [101, 102]],
      ["_NET_CLIENT_LIST_STACKING", [101, 102]],
      ["_NET_CLIENT_LIST_STACKING", [102, 101]],
    ]);
    listener.unmapped(first);
    clock.pass(10);
    assert.deepEqual(
      written.slice(-2).map(([, windows]) => windows),
      [[102], [102]],
    );
  });

  it("are written the less often the longer they are", (t) => {
    const clock = new Clock(t);
    const { listener, written } = stage();
    const MANY = 5000;
    for (let id = 1; id <= MANY; id++) {
      listener.mapped(xWindow(id));
      clock.pass(0.1);
    }
    clock.pass(1000);
    const all = written.reduce((sum, [, windows]) => sum + windows.length, 0);
    assert.ok(all < 40 * MANY, `${all} windows were written`);
    assert.equal(written.at(-1)?.[1].length, MANY);
  });
});
