// SPDX-License-Identifier: Apache-2.0
/** The whole window manager, between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

describe("a window of an X client", () => {
  it("becomes a toplevel with its title, shows what was drawn in its size, and goes when it is unmapped", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const window = await XTestWindow.show(x, { width: 300, height: 200, title: "a window" });
    const toplevel = await stage.desktop.shown("toplevel");
    const title = await stage.host.expect("xdg_toplevel.set_title");
    assert.equal(title.arg("title"), "a window");
    await stage.host.expect("wl_surface.commit", () => toplevel.isMapped);
    assert.deepEqual(stage.desktop.contentSize(toplevel), [300, 200]);
    window.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    await stage.settled(x);
    assert.deepEqual(stage.desktop.windows, []);
  });
});
