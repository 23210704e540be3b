// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { listGlobals } from "./support/wayland-info.ts";
import { WireClient } from "./support/wire-client.ts";

desktopTest(
  "an output that is plugged in and out comes and goes for clients",
  { on: ["sway-hotplug"] },
  async (desktop) => {
    const { sway } = desktop;
    const proxied = await desktop.proxied();
    const outputs = async (): Promise<number> =>
      (await listGlobals(desktop, proxied)).filter((global) => global.interface === "wl_output").length;
    assert.equal(await outputs(), 1);

    const foot = desktop.start(proxied, "foot", ["sh", "-c", "read line"], { env: { WAYLAND_DEBUG: "1" } });
    const witness = new WireClient(proxied.socket);
    const known = (): number[] =>
      [...witness.globals.values()].filter((global) => global.interface === "wl_output").map((global) => global.name);
    try {
      await witness.roundTrip();
      const [first] = known();
      await foot.says(/wl_surface[@#]\d+\.enter\(wl_output[@#]/);

      const before = await sway.outputs();
      await sway.message("create_output");
      const second = await eventually("the second output", () => known().find((name) => name !== first));
      assert.equal(await outputs(), 2);
      const bound = await foot.says(
        new RegExp(`bind\\(${second}, "wl_output", \\d+, new id \\[unknown\\][@#](\\d+)\\)`),
      );
      const added = (await sway.outputs()).find((name) => name !== before[0]) ?? "";
      await sway.message('[app_id="foot"]', "move", "container", "to", "output", added);
      await foot.says(new RegExp(`wl_surface[@#]\\d+\\.enter\\(wl_output[@#]${bound[1]}\\)`));

      await sway.unplug(added);
      await eventually("the removal of the second output", () => witness.removed.includes(second));
      assert.deepEqual(known(), [first]);
      await foot.says(new RegExp(`global_remove\\(${second}\\)`));
      // It leaves the output, or when it has let go of that before, enters the other one again: sways differ.
      await foot.says(new RegExp(`leave\\(wl_output[@#]${bound[1]}\\)|(enter\\(wl_output[@#]\\d+\\).*){3}`, "s"));
      assert.equal(await outputs(), 1);

      await sway.message("create_output");
      const third = await eventually("an output again", () => known().find((name) => name !== first));
      assert.notEqual(third, second, "names of globals are not used again");
      assert.ok(foot.running, "foot lives through it");
    } finally {
      witness.close();
    }
  },
);
