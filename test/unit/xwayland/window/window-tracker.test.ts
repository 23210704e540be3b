// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Windows } from "../../../../src/xwayland/base/windows.ts";
import type { WmContext } from "../../../../src/xwayland/base/wm-context.ts";
import type { Surfaces } from "../../../../src/xwayland/shell/surfaces.ts";
import { WindowTracker } from "../../../../src/xwayland/window/window-tracker.ts";

const ROOT = 1;
const WINDOW = 0x40_0001;

describe("windows that clients ask to have shown", () => {
  /** The requests that were made, but for those that read a property. */
  let requests: string[];
  let reads: number;
  /** The number of the last request. */
  let sequence: number;
  let tell: (name: string, event: object) => Promise<void>;

  beforeEach(async () => {
    requests = [];
    reads = 0;
    sequence = 10;
    const handlers = new Map<string, (event: object) => void | Promise<void>>();
    tell = async (name, event) => handlers.get(name)?.(event);
    const x = {
      setup: { root: ROOT, idBase: 0x20_0000, idMask: 0x1f_ffff },
      atoms: { atom: () => 0 },
      get sequence(): number {
        return sequence;
      },
      send: (name: string) => {
        sequence++;
        requests.push(name);
      },
      call: async () => {
        sequence++;
        reads++;
        return { format: 0 };
      },
    };
    const context = {
      x,
      events: {
        on: (name: string, handler: (event: object) => void) => handlers.set(name, handler),
        onProperty: () => {},
      },
      windows: new Windows({} as Surfaces),
      outputs: { home: { x: 0, y: 0 } },
    };
    new WindowTracker(context as unknown as WmContext);
    await tell("CreateNotify", { parent: ROOT, window: WINDOW, override_redirect: false });
    requests.length = 0;
  });

  const mapped = (): number => requests.filter((name) => name === "MapWindow").length;

  it("are mapped once, however often that was asked for by then", async () => {
    const asked = sequence;
    await tell("MapRequest", { window: WINDOW, sequence: asked });
    const once = reads;
    assert.ok(once > 0);
    for (let i = 0; i < 1000; i++) await tell("MapRequest", { window: WINDOW, sequence: asked });
    assert.equal(mapped(), 1);
    assert.equal(reads, once);
  });

  it("are mapped again when that is asked for after we have done so, or after their client has withdrawn them", async () => {
    await tell("MapRequest", { window: WINDOW, sequence });
    await tell("MapRequest", { window: WINDOW, sequence });
    assert.equal(mapped(), 2);
    const asked = sequence - 1;
    await tell("UnmapNotify", { window: WINDOW, sendEvent: true, sequence: asked });
    await tell("MapRequest", { window: WINDOW, sequence: asked });
    assert.equal(mapped(), 3);
  });
});
