// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { noStates, readHostStates } from "../../../src/frame/host-states.ts";

const MAXIMIZED = [1, 0, 0, 0];
const ACTIVATED = [4, 0, 0, 0];

test("the states of a window are read from whatever array a host sends, of any length", () => {
  const both = { ...noStates, maximized: true, activated: true };
  for (const [bytes, states] of [
    [[], noStates],
    [[1, 0, 0], noStates],
    [[...MAXIMIZED, ...ACTIVATED], both],
    [[...MAXIMIZED, ...ACTIVATED, 2], both],
    [[...MAXIMIZED, ...ACTIVATED, 2, 0, 0], both],
  ] as const) {
    for (const given of [Uint8Array.from(bytes), Buffer.from(bytes)]) {
      assert.deepEqual(readHostStates(given), states, `${bytes.length} bytes`);
    }
  }
});
