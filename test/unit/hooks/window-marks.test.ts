// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { proxied, type Scope, type Setting, type Stage } from "../../support/proxied.ts";
import { openWindow, type Window, windowGlobals } from "../../support/window.ts";

/** What fits into a message of 4096 bytes, behind its header, the window that it is for and the length, and before the NUL. */
const ROOM = 4096 - 8 - 4 - 4 - 1;

/** A stage with a window whose marks were told, which is no more to be expected. */
async function marked(t: Scope, setting: Setting): Promise<Stage & Window> {
  const stage = await proxied(t, { globals: windowGlobals, ...setting });
  const window = await openWindow(stage);
  if (setting.tag) await stage.host.expect("xdg_toplevel.set_title");
  if (setting.appIdPrefix) await stage.host.expect("xdg_toplevel.set_app_id");
  return Object.assign(stage, window);
}

/** The titles that the host sees for those that the client sets. */
async function titles(t: Scope, tag: string | undefined, ...set: string[]): Promise<unknown[]> {
  const { host, toplevel } = await marked(t, { tag });
  for (const title of set) toplevel.ours.send("set_title", title);
  const seen = [];
  for (const _ of set) seen.push((await host.expect("xdg_toplevel.set_title")).arg("title"));
  return seen;
}

describe("the tag", () => {
  it("stands before every title", async (t) => {
    assert.deepEqual(await titles(t, "[vm] ", "foot", "", "grüße 👋"), ["[vm] foot", "[vm] ", "[vm] grüße 👋"]);
  });

  it("stands in front of a title that is written from right to left", async (t) => {
    assert.deepEqual(await titles(t, "[vm] ", "שלום", "\u202efoot"), ["[vm] \u2068שלום\u2069", "[vm] foot"]);
  });

  it("that is written from right to left itself keeps what follows in a part of its own", async (t) => {
    assert.deepEqual(await titles(t, "[שלום] ", "1 (foot)"), ["[שלום] \u20681 (foot)\u2069"]);
  });

  it("is not there if there is none", async (t) => {
    assert.deepEqual(await titles(t, undefined, "foot"), ["foot"]);
  });

  it("is not there if it is empty", async (t) => {
    assert.deepEqual(await titles(t, "", "foot"), ["foot"]);
  });

  it("leaves of a long title what fits into a message, in whole characters", async (t) => {
    const seen = await titles(t, "[vm] ", "x".repeat(ROOM), "é".repeat(2039), "👋".repeat(1019));
    assert.deepEqual(seen, [
      `[vm] ${"x".repeat(ROOM - 5)}`,
      `[vm] ${"é".repeat(Math.floor((ROOM - 5) / 2))}`,
      `[vm] ${"👋".repeat(Math.floor((ROOM - 5) / 4))}`,
    ]);
  });

  it("that is very long itself is cut, too", async (t) => {
    assert.deepEqual(await titles(t, "ü".repeat(5000), "foot"), [`${"ü".repeat(Math.floor(ROOM / 2))}f`]);
  });

  it("is put on last: no other hook can take it off", async (t) => {
    const { host, toplevel } = await marked(t, {
      tag: "[vm] ",
      hooks: [{ requests: { xdg_toplevel: { set_title: (message) => message.change({ title: "fake" }) } } }],
    });
    toplevel.ours.send("set_title", "foot");
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "[vm] fake");
  });
});

describe("a window", () => {
  it("has the marks as soon as it is made, before anything else is said of it", async (t) => {
    const stage = await proxied(t, { globals: windowGlobals, tag: "[vm] ", appIdPrefix: "vm." });
    const { surface } = await openWindow(stage);
    surface.ours.send("commit");
    await stage.host.expect("wl_surface.commit");
    const told = stage.host.inbox.all.slice(-4).map(({ name, args }) => [name, ...Object.values(args)].slice(0, 2));
    assert.deepEqual(
      told.map(([name, text]) => (typeof text === "string" ? `${name} ${JSON.stringify(text)}` : name)),
      [
        "xdg_surface.get_toplevel",
        'xdg_toplevel.set_title "[vm] "',
        'xdg_toplevel.set_app_id "vm."',
        "wl_surface.commit",
      ],
    );
  });

  it("has its titles and no more when there are no marks", async (t) => {
    const stage = await proxied(t, { globals: windowGlobals });
    await openWindow(stage);
    await stage.client.roundtrip();
    assert.equal(stage.host.inbox.count("xdg_toplevel.set_title"), 0);
  });

  it("has the marks with its last title and id when it is shown again, though hosts forget them", async (t) => {
    const { host, client, toplevel } = await marked(t, { tag: "[vm] ", appIdPrefix: "vm." });
    toplevel.ours.send("set_title", "foot");
    toplevel.ours.send("set_app_id", "org.foot");
    await host.expect("xdg_toplevel.set_app_id");
    const made = host.inbox.all.find(({ name }) => name === "xdg_wm_base.get_xdg_surface")?.objectArg("id");
    made?.send("configure", 7);
    const configured = await client.expect("xdg_surface.configure");
    configured.object.send("ack_configure", 7);
    assert.equal((await host.expect("xdg_toplevel.set_title")).arg("title"), "[vm] foot");
    assert.equal((await host.expect("xdg_toplevel.set_app_id")).arg("app_id"), "vm.org.foot");
    await host.expect("xdg_surface.ack_configure");
  });

  it("that is destroyed gets no more messages", async (t) => {
    const { host, client, toplevel } = await marked(t, { tag: "[vm] " });
    toplevel.ours.send("destroy");
    await host.expect("xdg_toplevel.destroy");
    const made = host.inbox.all.find(({ name }) => name === "xdg_wm_base.get_xdg_surface")?.objectArg("id");
    made?.send("configure", 7);
    (await client.expect("xdg_surface.configure")).object.send("ack_configure", 7);
    await host.expect("xdg_surface.ack_configure");
    assert.equal(host.inbox.count("xdg_toplevel.set_title"), 1);
  });
});

describe("the prefix", () => {
  it("stands before every application id, also of one that begins with it", async (t) => {
    const { host, toplevel } = await marked(t, { appIdPrefix: "vm." });
    for (const id of ["foot", "vm.foot", ""]) toplevel.ours.send("set_app_id", id);
    for (const id of ["vm.foot", "vm.vm.foot", "vm."]) {
      assert.equal((await host.expect("xdg_toplevel.set_app_id")).arg("app_id"), id);
    }
  });

  it("stands before the application id of a request for the focus, and of GTK's", async (t) => {
    const { client, host } = await marked(t, {
      globals: [...windowGlobals, "xdg_activation_v1", "gtk_shell1"],
      policy: new GlobalPolicy({ expose: ["gtk_shell1"] }),
      appIdPrefix: "vm.",
    });
    (await client.bind("xdg_activation_v1")).create("get_activation_token").send("set_app_id", "foot");
    assert.equal((await host.expect("xdg_activation_token_v1.set_app_id")).arg("app_id"), "vm.foot");
    const surface = (await client.bind("wl_compositor")).create("create_surface");
    const gtk = (await client.bind("gtk_shell1")).create("get_gtk_surface", surface);
    gtk.send("set_dbus_properties", "org.foot", null, null, null, null, null);
    gtk.send("set_dbus_properties", null, null, null, null, null, null);
    const told = [
      await host.expect("gtk_surface1.set_dbus_properties"),
      await host.expect("gtk_surface1.set_dbus_properties"),
    ];
    assert.deepEqual(
      told.map((one) => one.arg("application_id")),
      ["vm.org.foot", null],
    );
  });
});

describe("the marks", () => {
  it("are on windows of the unstable xdg-shell, too", async (t) => {
    const { client, host } = await proxied(t, {
      globals: ["wl_compositor 6", "zxdg_shell_v6"],
      tag: "[vm] ",
      appIdPrefix: "vm.",
    });
    const surface = (await client.bind("wl_compositor")).create("create_surface");
    const xdgSurface = (await client.bind("zxdg_shell_v6")).create("get_xdg_surface", surface);
    const toplevel = xdgSurface.create("get_toplevel");
    toplevel.send("set_title", "foot");
    toplevel.send("set_app_id", "foot");
    for (const text of ["", "foot"]) {
      assert.equal((await host.expect("zxdg_toplevel_v6.set_title")).arg("title"), `[vm] ${text}`);
      assert.equal((await host.expect("zxdg_toplevel_v6.set_app_id")).arg("app_id"), `vm.${text}`);
    }
    xdgSurface.send("ack_configure", 1);
    assert.equal((await host.expect("zxdg_toplevel_v6.set_title")).arg("title"), "[vm] foot");
  });

  it("are on windows of the oldest shell, too", async (t) => {
    const { client, host } = await proxied(t, {
      globals: ["wl_compositor 6", "wl_shell"],
      tag: "[vm] ",
      appIdPrefix: "vm.",
    });
    const surface = (await client.bind("wl_compositor")).create("create_surface");
    const window = (await client.bind("wl_shell")).create("get_shell_surface", surface);
    window.send("set_title", "foot");
    window.send("set_class", "foot");
    for (const text of ["", "foot"]) {
      assert.equal((await host.expect("wl_shell_surface.set_title")).arg("title"), `[vm] ${text}`);
      assert.equal((await host.expect("wl_shell_surface.set_class")).arg("class_"), `vm.${text}`);
    }
  });

  it("are on the description that a window can have beside its title", async (t) => {
    const { client, host, toplevel } = await marked(t, {
      globals: [...windowGlobals, "xdg_toplevel_tag_manager_v1"],
      tag: "[vm] ",
    });
    const manager = await client.bind("xdg_toplevel_tag_manager_v1");
    manager.send("set_toplevel_description", toplevel.ours, "settings");
    const told = await host.expect("xdg_toplevel_tag_manager_v1.set_toplevel_description");
    assert.equal(told.arg("description"), "[vm] settings");
    manager.send("set_toplevel_description", toplevel.ours, "x".repeat(ROOM));
    const long = await host.expect("xdg_toplevel_tag_manager_v1.set_toplevel_description");
    assert.equal(long.arg("description"), `[vm] ${"x".repeat(ROOM - 5)}`, "as long as hosts take it");
  });
});
