// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { appendProperty } from "../../../../src/x11/client/properties.ts";
import { Atom, EventMask } from "../../../../src/x11/generated/enums.ts";
import { WmStage } from "../../../support/wm-stage.ts";
import { XTestWindow } from "../../../support/x-test-window.ts";

/** Source indications of EWMH. */
const UNKNOWN = 0;
const APPLICATION = 1;

const PRESSED = 1;

/** A window in which the user has just pressed a key, and one of another client. */
async function twoClients(t: TestContext) {
  const { stage, x } = await WmStage.set(t, { globals: ["xdg_activation_v1 1"] });
  const { desktop, host } = stage;
  await XTestWindow.show(x, { width: 300, height: 200, title: "terminal" });
  const terminal = await desktop.shown("toplevel");
  await host.expect("wl_surface.commit", () => terminal.isMapped);
  const editor = await XTestWindow.show(await stage.connect(), { width: 300, height: 200, title: "editor" });
  const other = await desktop.shown("toplevel");
  await host.expect("wl_surface.commit", () => other.isMapped);
  desktop.focus(terminal);
  const press = async (): Promise<number> => {
    const serial = desktop.serial();
    desktop.input("wl_keyboard").send("key", serial, 0, 28, PRESSED);
    await stage.settled(x);
    return serial;
  };
  return { stage, terminal, other, editor, press };
}

/** The X server's time. */
async function serverTime(window: XTestWindow): Promise<number> {
  const { x, id } = window;
  x.send("ChangeWindowAttributes", { window: id, event_mask: EventMask.PropertyChange });
  appendProperty(x, id, Atom.WM_COMMAND, Atom.STRING, new Uint8Array(0));
  return (await window.expect("PropertyNotify", ({ atom }) => atom === Atom.WM_COMMAND)).time;
}

describe("a window of another client than the one with the keyboard", () => {
  it("comes to the front by the user's latest input, when it asks because of that", async (t) => {
    const { stage, terminal, other, editor, press } = await twoClients(t);
    const serial = await press();
    await editor.ask("_NET_ACTIVE_WINDOW", APPLICATION, await serverTime(editor), 0);
    const named = await stage.host.expect("xdg_activation_token_v1.set_serial");
    assert.equal(named.arg("serial"), serial);
    assert.equal((await stage.host.expect("xdg_activation_token_v1.set_surface")).arg("surface"), terminal.surface);
    const token = await stage.host.expect("xdg_activation_token_v1.commit");
    token.object.send("done", "a token");
    const activated = await stage.host.expect("xdg_activation_v1.activate");
    assert.deepEqual([activated.arg("token"), activated.arg("surface")], ["a token", other.surface]);
  });

  it("is not reported as the user's wish when they have done something else since", async (t) => {
    const { stage, editor, press } = await twoClients(t);
    await press();
    // Ten seconds ago.
    const before = (await serverTime(editor)) - 10_000;
    await editor.ask("_NET_ACTIVE_WINDOW", APPLICATION, before >>> 0, 0);
    await stage.host.expect("xdg_activation_token_v1.commit");
    assert.equal(stage.host.inbox.count("xdg_activation_token_v1.set_serial"), 0);
  });

  it("comes to the front for a tool that names neither a source nor a time, as wmctrl", async (t) => {
    const { stage, editor, press } = await twoClients(t);
    const serial = await press();
    await editor.ask("_NET_ACTIVE_WINDOW", UNKNOWN, 0, 0);
    assert.equal((await stage.host.expect("xdg_activation_token_v1.set_serial")).arg("serial"), serial);
  });
});
