// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { MapState } from "../../../../src/x11/generated/enums.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { WmContext } from "../../../../src/xwayland/base/wm-context.ts";
import { PopupRemapper } from "../../../../src/xwayland/shell/popup-remapper.ts";

describe("a popup whose parent has gone, or has come", () => {
  let popup: XWindow;
  let orphans: PopupRemapper;
  /** What the X server was asked for, and the number of that. */
  let asked: string[];
  let mapState: number;
  let unmapped: (sequence: number) => void;

  beforeEach(() => {
    asked = [];
    const steps = { before: () => {}, after: (step: string) => void asked.push(step) };
    popup = new XWindow(0x40_0001, { x: 0, y: 0, width: 10, height: 10 }, true, steps);
    popup.advance("map");
    asked.pop();
    mapState = MapState.Viewable;
    const handlers = new Map<string, (event: object) => void>();
    unmapped = (sequence) => {
      popup.advance("unmap");
      asked.pop();
      handlers.get("UnmapNotify")?.({ window: popup.id, sequence });
    };
    const x = {
      get sequence(): number {
        return asked.length;
      },
      send: (name: string) => void asked.push(name),
      call: (name: string) => {
        asked.push(name);
        return Promise.resolve({ map_state: mapState });
      },
    };
    const events = { on: (name: string, handler: (event: object) => void) => handlers.set(name, handler) };
    orphans = new PopupRemapper({ x, events, explain: null } as unknown as WmContext);
  });

  /** Keeps the process, which the patience with a client does not. */
  const adopt = async (): Promise<void> => {
    const alive = setInterval(() => {}, 1000);
    await orphans.remap([popup]);
    clearInterval(alive);
  };

  it("is mapped anew", async () => {
    await adopt();
    unmapped(2);
    assert.deepEqual(asked, ["GetWindowAttributes", "UnmapWindow", "MapWindow"]);
  });

  it("stays hidden if its client has hidden it", async () => {
    mapState = MapState.Unmapped;
    await adopt();
    assert.deepEqual(asked, ["GetWindowAttributes"]);
  });

  it("is hidden again if its client has hidden it just before", async () => {
    await adopt();
    unmapped(1);
    assert.deepEqual(asked.slice(1), ["UnmapWindow", "MapWindow", "UnmapWindow"]);
  });

  it("is mapped anew only if it is still to be", async () => {
    const alive = setInterval(() => {}, 1000);
    await orphans.remap([popup], () => false);
    clearInterval(alive);
    assert.deepEqual(asked, []);
  });

  it("begins with its states anew if it leaves it to the window manager to map it", async () => {
    popup.overrideRedirect = false;
    await adopt();
    assert.deepEqual(asked, ["GetWindowAttributes", "UnmapWindow"]);
    unmapped(2);
    assert.deepEqual(asked.slice(2), ["map request", "MapWindow"]);
  });

  it("stays hidden if it leaves that to the window manager, and its client has hidden it just before", async () => {
    popup.overrideRedirect = false;
    await adopt();
    unmapped(1);
    assert.deepEqual(asked.slice(2), []);
  });
});
