// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WindowStep } from "../../../../src/xwayland/base/window-state.ts";
import { xWindow } from "../../../support/x-window.ts";

/** The states that a window goes through by some steps. */
function states(...steps: WindowStep[]): string[] {
  const window = xWindow(1);
  return steps.map((step) => {
    window.advance(step);
    return window.state;
  });
}

describe("the state of an X window", () => {
  it("leads from the wish to be shown to pixels, and back when the window is unmapped", () => {
    const steps = ["map request", "map", "pair", "give role", "configure", "show", "unmap"] as const;
    assert.deepEqual(states(...steps), [
      "map requested",
      "mapped",
      "paired",
      "has role",
      "configured",
      "shown",
      "withdrawn",
    ]);
  });

  it("needs no request for a window that places itself", () => {
    assert.deepEqual(states("map", "pair"), ["mapped", "paired"]);
  });

  it("lets a surface have one role, and the window another one with its next surface", () => {
    const steps = ["map", "pair", "give role", "take role", "give role", "unpair", "pair", "give role"] as const;
    assert.deepEqual(states(...steps).slice(3), ["role taken", "role taken", "mapped", "paired", "has role"]);
  });

  it("shows nothing more of a popup that the host has dismissed, whatever it says of it after that", () => {
    const steps = ["map", "pair", "give role", "configure", "dismiss", "configure", "show", "take role"] as const;
    assert.deepEqual(states(...steps).slice(4), ["dismissed", "dismissed", "dismissed", "role taken"]);
  });

  it("stays that of a drag icon until the window is unmapped", () => {
    const steps = ["map", "drag", "pair", "give role", "take role", "unmap"] as const;
    assert.deepEqual(states(...steps).slice(1), ["drag icon", "drag icon", "drag icon", "drag icon", "withdrawn"]);
  });

  it("does not change by what comes too late", () => {
    assert.deepEqual(states("show", "configure", "unpair", "take role", "unmap"), Array(5).fill("withdrawn"));
    assert.equal(xWindow(1).advance("unmap"), false);
  });

  it("is that of a shown window while its client draws another size, and ends as that does", () => {
    const shown = ["map", "pair", "give role", "configure", "show"] as const;
    const drawn = ["draw", "configure", "draw finished", "configure", "show"] as const;
    assert.deepEqual(states(...shown, ...drawn).slice(5), ["drawing", "drawing", "drawn", "drawn", "shown"]);
    for (const step of ["dismiss", "take role", "drag"] as const) {
      assert.equal(states(...shown, "draw", step).at(-1), states(...shown, step).at(-1));
    }
  });

  it("gives no role to a window by a surface that had one", () => {
    const steps = ["map", "pair with used surface", "give role", "unpair", "pair", "give role"] as const;
    assert.deepEqual(states(...steps).slice(1), ["role taken", "role taken", "mapped", "paired", "has role"]);
  });
});
