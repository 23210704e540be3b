// SPDX-License-Identifier: Apache-2.0
/** The tools of graphics tablets in X windows: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { type StagedWindow, WmStage, type WmStageOptions } from "../../support/wm-stage.ts";

/** A stage with a tablet on the host's side, and its tool. */
async function withTablet(
  t: TestContext,
  options: WmStageOptions = {},
): Promise<{ stage: WmStage; x: X11Connection; tool: FakeObject; enter(window: StagedWindow): void }> {
  const globals = ["zwp_tablet_manager_v2 1", ...(options.globals ?? [])];
  const { stage, x } = await WmStage.set(t, { ...options, globals });
  const seat = (await stage.host.expect("zwp_tablet_manager_v2.get_tablet_seat")).objectArg("tablet_seat");
  const [tablet, tool] = [seat.create("tablet_added"), seat.create("tool_added")];
  for (const device of [tablet, tool]) device.send("done");
  const enter = ({ theirs }: StagedWindow): void => {
    tool.send("proximity_in", stage.desktop.serial(), tablet, theirs.surface);
    tool.send("frame", 0);
  };
  return { stage, x, tool, enter };
}

describe("the tool of a tablet", () => {
  it("comes to a window that is on top before, whatever order the X server knew", async (t) => {
    const { stage, x, tool, enter } = await withTablet(t);
    const [first, second] = [await stage.show(x), await stage.show(x)];
    const { heard } = stage.xwayland;
    for (const window of [first, second, first]) {
      const before = heard.length;
      enter(window);
      await eventually("the tool", () => heard.length > before);
      assert.equal(heard.at(-1)?.top, window.ours.id);
      tool.send("proximity_out");
    }
  });

  it("is where it belongs for X, on a host whose scale X programs are to draw for, and so is its cursor", async (t) => {
    const { stage, x, tool, enter } = await withTablet(t, { globals: ["wp_viewporter 1"], unscale: 2 });
    const { client } = stage.xwayland;
    enter(await stage.show(x, { width: 400, height: 300 }));
    tool.send("motion", 10, 20);
    const { args, object } = await client.expect("zwp_tablet_tool_v2.motion");
    assert.deepEqual([args["x"], args["y"]], [20, 40]);
    object.send("set_cursor", 1, null, 8, 6);
    const set = await stage.host.expect("zwp_tablet_tool_v2.set_cursor");
    assert.deepEqual([set.arg("hotspot_x"), set.arg("hotspot_y")], [4, 3]);
  });
});
