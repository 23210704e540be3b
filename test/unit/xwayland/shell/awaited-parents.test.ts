// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { XWindow } from "../../../../src/xwayland/base/window.ts";
import { AwaitedParents } from "../../../../src/xwayland/shell/awaited-parents.ts";
import { xWindow } from "../../../support/x-window.ts";

describe("windows that are mapped before the one that they belong to", () => {
  /** Ids of one client share their hundreds here. */
  let awaited: AwaitedParents;
  let splash: XWindow;
  let main: XWindow;

  beforeEach(() => {
    awaited = new AwaitedParents(({ id }) => Math.floor(id / 100));
    splash = xWindow(101, {}, 0, true);
    main = xWindow(102);
  });

  it("belong to the first window of their client's that leaves it to the window manager to place it", () => {
    awaited.add(splash, false);
    assert.deepEqual(awaited.take(xWindow(103, {}, 0, true)), []);
    assert.deepEqual(awaited.take(xWindow(201)), []);
    assert.deepEqual(awaited.take(main), [splash]);
    assert.deepEqual(awaited.take(main), []);
  });

  it("belong to the window that they name, whoever's that is", () => {
    const tooltip = xWindow(101, { transientFor: 201 }, 0, true);
    awaited.add(tooltip, false);
    assert.deepEqual(awaited.take(xWindow(201, {}, 0, true)), [tooltip]);
  });

  it("belong to any window if they are not shown until then", () => {
    const notice = xWindow(301, {}, 0, true);
    awaited.add(notice, true);
    awaited.add(splash, false);
    assert.deepEqual(awaited.take(xWindow(201, {}, 0, true)), []);
    assert.deepEqual(awaited.take(xWindow(201)), [notice]);
  });

  it("wait no more when they have gone, whatever they have said meanwhile", () => {
    const tooltip = xWindow(101, { transientFor: 201 }, 0, true);
    awaited.add(tooltip, true);
    tooltip.properties = null;
    awaited.delete(tooltip);
    for (const window of [main, xWindow(201)]) assert.deepEqual(awaited.take(window), []);
  });
});
