// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { MapState } from "../../../../src/x11/generated/enums.ts";
import { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { XEvents } from "../../../../src/xwayland/base/x-events.ts";
import { PopupRemapper } from "../../../../src/xwayland/shell/popup-remapper.ts";

describe("a popup whose parent has gone", () => {
  let popup: XWindow;
  let orphans: PopupRemapper;
  /** What the X server was asked for, and the number of that. */
  let asked: string[];
  let mapState: number;
  let unmapped: (sequence: number) => void;

  beforeEach(() => {
    popup = new XWindow(0x40_0001, { x: 0, y: 0, width: 10, height: 10 }, true);
    popup.mapped = true;
    asked = [];
    mapState = MapState.Viewable;
    const handlers = new Map<string, (event: object) => void>();
    unmapped = (sequence) => handlers.get("UnmapNotify")?.({ window: popup.id, sequence });
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
    orphans = new PopupRemapper(x as unknown as X11Connection, events as unknown as XEvents, null);
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
});
