// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import { frameHooks } from "../../../src/frame/frame-hooks.ts";
import { BAR, Decorated } from "../../support/decorated.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";

const FRAME = 4;

it("the frame of a policy is around a title bar, which has no shadow then", async (t) => {
  const frame = { color: "#cc3333", label: "", width: FRAME };
  const hooks = frameHooks(guarding({ frame }), frame, async () => null);
  const all = await Decorated.begin(t, { hooks, isFramed: true });
  all.decorate();
  await all.begin();
  all.configure(400, 300);
  const { width, height, serial } = await all.configured();
  assert.deepEqual([width, height], [400 - 2 * FRAME, 300 - 2 * FRAME - BAR]);
  all.acknowledge(serial);
  all.show(width, height);
  assert.equal(await all.geometry(), `${-FRAME},${-FRAME - BAR} 400x300`);
  const placed = new Map(
    all.stage.host.inbox.all
      .filter(({ name }) => name === "wl_subcompositor.get_subsurface")
      .map((made) => [made.objectArg("surface"), all.last("wl_subsurface.set_position", made.objectArg("id"))?.args]),
  );
  const isBar = (surface: FakeObject): boolean => {
    const { x, y } = placed.get(surface) ?? {};
    return x === 0 && y === -BAR;
  };
  await eventually("the bar", () => all.sides.some((side) => isBar(side) && all.shows(side)));
  // Four edges, four corners, and the bar alone.
  assert.equal(all.sides.filter((side) => all.shows(side)).length, 9);
});
