// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guarding } from "../../support/policy.ts";
import { proxied } from "../../support/proxied.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

const globals = [...windowGlobals, "zxdg_decoration_manager_v1"];
const CLIENT_SIDE = 1;
const SERVER_SIDE = 2;

for (const [decorations, mode, other] of [
  ["server", SERVER_SIDE, CLIENT_SIDE],
  ["client", CLIENT_SIDE, SERVER_SIDE],
] as const) {
  describe(`decorations = "${decorations}"`, () => {
    it("holds for a window whose program knows nothing of decorations", async (t) => {
      const stage = await proxied(t, { globals, guard: guarding({ decorations }) });
      await stage.client.roundtrip();
      void stage.client.registry;
      await stage.client.roundtrip();
      const { toplevel, surface } = await openWindow(stage);
      const set = await stage.host.expect("zxdg_toplevel_decoration_v1.set_mode");
      assert.equal(set.arg("mode"), mode);
      set.object.send("configure", mode);
      toplevel.ours.send("destroy");
      surface.ours.send("commit");
      await stage.host.expect("wl_surface.commit");
      const ended = stage.host.inbox.all.map(({ name }) => name).filter((name) => name.endsWith(".destroy"));
      assert.deepEqual(ended, ["zxdg_toplevel_decoration_v1.destroy", "xdg_toplevel.destroy"]);
    });

    it("holds whatever a program asks for, which learns what the host says", async (t) => {
      const stage = await proxied(t, { globals, guard: guarding({ decorations }) });
      const { toplevel } = await openWindow(stage);
      const asked = await stage.host.expect("zxdg_toplevel_decoration_v1.set_mode");
      asked.object.send("configure", mode);
      const decoration = (await stage.client.bind("zxdg_decoration_manager_v1")).create(
        "get_toplevel_decoration",
        toplevel.ours,
      );
      decoration.send("set_mode", other);
      decoration.send("unset_mode");
      assert.equal((await stage.client.expect("zxdg_toplevel_decoration_v1.configure")).arg("mode"), mode);
      asked.object.send("configure", mode);
      assert.equal((await stage.client.expect("zxdg_toplevel_decoration_v1.configure")).object, decoration);
      decoration.send("destroy");
      toplevel.ours.send("destroy");
      await stage.host.expect("xdg_toplevel.destroy");
      assert.equal(stage.host.inbox.count("zxdg_toplevel_decoration_v1.set_mode"), 1);
      assert.equal(stage.host.inbox.count("zxdg_decoration_manager_v1.get_toplevel_decoration"), 1);
    });
  });
}

describe("decorations", () => {
  it("of a host with KDE's protocol alone are forced there", async (t) => {
    const stage = await proxied(t, {
      globals: [...windowGlobals, "org_kde_kwin_server_decoration_manager"],
      guard: guarding({ decorations: "server" }),
    });
    const { surface } = await openWindow(stage);
    const manager = await stage.client.bind("org_kde_kwin_server_decoration_manager");
    manager.create("create", surface.ours).send("request_mode", 1);
    assert.equal((await stage.host.expect("org_kde_kwin_server_decoration.request_mode")).arg("mode"), 2);
  });

  it("are the program's own choice as long as nobody says otherwise", async (t) => {
    const stage = await proxied(t, { globals, guard: guarding({}) });
    const { toplevel } = await openWindow(stage);
    const manager = await stage.client.bind("zxdg_decoration_manager_v1");
    manager.create("get_toplevel_decoration", toplevel.ours).send("set_mode", CLIENT_SIDE);
    assert.equal((await stage.host.expect("zxdg_toplevel_decoration_v1.set_mode")).arg("mode"), CLIENT_SIDE);
  });
});
