// SPDX-License-Identifier: Apache-2.0
/** A policy holds for X11 programs, too, whose window manager is no client that hooks would see by itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WindowList, windowList } from "../../../src/hooks/window-list.ts";
import type { Client } from "../../../src/relay/client.ts";
import { setProperty } from "../../../src/x11/client/properties.ts";
import { Atom } from "../../../src/x11/generated/enums.ts";
import { guarding } from "../../support/policy.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

const ADD = 1;
const CLIENT_SIDE = 1;
const SERVER_SIDE = 2;

describe("the windows of X11 programs", () => {
  it("are closed with all others of a client, as by their buttons", async (t) => {
    const list = new WindowList();
    const clients = new Set<Client>();
    const noted = (client: Client): void => void clients.add(client);
    const hooks = [windowList(list, { opened: noted, changed: noted, closed: noted })];
    const { stage, x } = await WmStage.set(t, { hooks });
    const { ours } = await stage.show(x, { title: "abc", protocols: ["WM_DELETE_WINDOW"] });
    const [xwayland] = clients;
    assert.ok(xwayland);
    assert.deepEqual(
      list.of(xwayland).map(({ title }) => title),
      ["abc"],
    );
    assert.equal(list.close(xwayland), 1);
    await ours.told("WM_DELETE_WINDOW");
    ours.unmap();
    await stage.host.expect("xdg_toplevel.destroy");
    assert.deepEqual(list.of(xwayland), []);
  });
});

describe("the policy of X11 programs", () => {
  it("refuses them fullscreen, which costs the window nothing", async (t) => {
    const log: string[] = [];
    const { stage, x } = await WmStage.set(t, { guard: guarding({ fullscreen: "deny" }, log) });
    const { ours } = await stage.show(x);
    await ours.ask("_NET_WM_STATE", ADD, "_NET_WM_STATE_FULLSCREEN");
    await stage.host.expect("xdg_toplevel.unset_fullscreen");
    await stage.settled(x);
    assert.equal(stage.host.inbox.count("xdg_toplevel.set_fullscreen"), 0);
    assert.deepEqual(log, ["Xwayland: a fullscreen window is refused: see fullscreen in its policy"]);
  });

  for (const [decorations, hints, mode] of [
    ["server", 0, SERVER_SIDE],
    ["client", 1, CLIENT_SIDE],
  ] as const) {
    it(`has their frames drawn by the ${decorations}, whatever they say`, async (t) => {
      const { stage, x } = await WmStage.set(t, {
        globals: ["zxdg_decoration_manager_v1 1"],
        guard: guarding({ decorations }),
      });
      // _MOTIF_WM_HINTS, about decorations alone: none, or all.
      const properties = { _MOTIF_WM_HINTS: { type: "_MOTIF_WM_HINTS", value: [2, 0, hints, 0, 0] } };
      await stage.show(x, { properties });
      await stage.settled(x);
      const told = stage.host.inbox.all.filter(({ name }) => name === "zxdg_toplevel_decoration_v1.set_mode");
      assert.deepEqual(
        told.map((one) => one.arg("mode")),
        [mode],
      );
      assert.equal(stage.host.inbox.count("zxdg_decoration_manager_v1.get_toplevel_decoration"), 1);
    });
  }

  it("closes a menu that would cover the screen", async (t) => {
    const log: string[] = [];
    const { stage, x } = await WmStage.set(t, { guard: guarding({ maxPopup: 10 }, log) });
    await stage.show(x);
    const menu = new XTestWindow(x, { overrideRedirect: true, width: 1200, height: 1000 });
    menu.map();
    await stage.desktop.shown("popup");
    // Its client does not close it itself.
    await menu.expect("UnmapNotify");
    await stage.host.expect("xdg_popup.destroy");
    assert.match(log.join("\n"), /a popup of 1200x1000 pixels is refused/);
  });

  it("puts the prefix in front of their classes", async (t) => {
    const { stage, x } = await WmStage.set(t, { appIdPrefix: "vm.bank." });
    const { ours } = await stage.show(x);
    setProperty(x, ours.id, Atom.WM_CLASS, Atom.STRING, Buffer.from("own\0OwnProgram\0"));
    const told = await stage.host.expect("xdg_toplevel.set_app_id", ({ args }) => String(args["app_id"]).endsWith("m"));
    assert.match(String(told.arg("app_id")), /^vm\.bank\.OwnProgram$/);
  });
});
