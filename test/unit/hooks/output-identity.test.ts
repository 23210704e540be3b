// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignNames } from "../../../src/hooks/foreign-names.ts";
import { outputIdentity } from "../../../src/hooks/output-identity.ts";
import { memfd } from "../../../src/native/memory.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { vmPolicy } from "../../../src/protocol/vm-policy.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { type Pair, proxied } from "../../support/proxied.ts";

const SERIAL = "SN0815";

test("a VM learns make and model of a screen, and no serial number, by whatever message", async (t) => {
  const { client, host, compositor } = await proxied(t, {
    globals: ["wl_output", "zxdg_output_manager_v1", "zwlr_output_manager_v1", "kde_output_device_v2"],
    hooks: [outputIdentity(guarding({ serialNumbers: "deny" }))],
    policy: new GlobalPolicy({ expose: ["zwlr_output_manager_v1", "kde_output_device_v2"] }),
  });
  compositor.reactions.set("zwlr_output_manager_v1.stop", (message) => {
    const head = message.object.create("head");
    head.send("description", `Acme Wide ${SERIAL} (DP-1)`);
    head.send("make", "Acme");
    head.send("serial_number", SERIAL);
  });
  const output = await client.bind("wl_output");
  const screen = (await host.expect("wl_registry.bind")).objectArg("id");
  screen.send("geometry", 0, 0, 600, 340, 0, "Acme", "Wide", 0);
  screen.send("name", "DP-1");
  screen.send("description", `Acme Wide ${SERIAL} (DP-1)`);
  assert.deepEqual((await client.expect("wl_output.description")).args, { description: "Acme Wide" });

  const manager = await client.bind("zxdg_output_manager_v1");
  manager.create("get_xdg_output", output);
  const xdg = (await host.expect("zxdg_output_manager_v1.get_xdg_output")).objectArg("id");
  xdg.send("description", `Acme Wide ${SERIAL} (DP-1)`);
  assert.deepEqual((await client.expect("zxdg_output_v1.description")).args, { description: "Acme Wide" });

  await client.bind("kde_output_device_v2");
  const device = (await host.expect("wl_registry.bind", ({ args }) => `${args["id"]}`.includes("kde"))).objectArg("id");
  device.send("serial_number", SERIAL);
  device.send("edid", Buffer.from(SERIAL).toString("base64"));
  assert.deepEqual((await client.expect("kde_output_device_v2.serial_number")).args, { serialNumber: "" });
  assert.deepEqual((await client.expect("kde_output_device_v2.edid")).args, { raw: "" });

  (await client.bind("zwlr_output_manager_v1")).send("stop");
  await client.expect("zwlr_output_head_v1.serial_number");
  const told = client.inbox.all.map(({ name, args }) => `${name} ${Object.values(args)}`);
  assert.deepEqual(
    told.filter((text) => text.includes(SERIAL)),
    [],
  );
});

test("a VM learns nothing of a screen by the protocols of KDE, nor by its color profile", async (t) => {
  const { client, host } = await proxied(t, {
    globals: [
      "kde_output_order_v1",
      "kde_primary_output_v1",
      "kde_output_device_v2",
      "wl_output",
      "wp_color_manager_v1",
    ],
    hooks: [outputIdentity(guarding({ serialNumbers: "deny", outputNames: "deny" }))],
    policy: new GlobalPolicy({ expose: ["kde_output_device_v2"] }),
  });
  const bound = async (name: string): Promise<FakeObject> => {
    await client.bind(name);
    return (await host.expect("wl_registry.bind", ({ args }) => `${args["id"]}`.includes(name))).objectArg("id");
  };
  (await bound("kde_output_order_v1")).send("output", "DP-1");
  (await bound("kde_primary_output_v1")).send("primary_output", "DP-1");
  const device = await bound("kde_output_device_v2");
  device.send("name", "DP-1");
  device.send("uuid", "0815-4711");
  await client.expect("kde_output_device_v2.uuid");
  const told = client.inbox.all.filter(({ name }) => name.startsWith("kde_"));
  assert.deepEqual(
    told.map(({ args }) => Object.values(args)[0]),
    ["screen-1", "screen-1", "screen-1", ""],
  );
  const output = await client.bind("wl_output");
  const color = (await client.bind("wp_color_manager_v1")).create("get_output", output);
  color.create("get_image_description").create("get_information");
  const info = (await host.expect("wp_image_description_v1.get_information")).objectArg("information");
  info.send("icc_file", memfd("wayland-proxy-fd-profile", 4096), 4096);
  info.send("done");
  await client.expect("wp_image_description_info_v1.done");
  assert.equal(client.inbox.count("wp_image_description_info_v1.icc_file"), 0);
});

test("the name of an icon is none of a file of the host's", async (t) => {
  const { client, host } = await proxied(t, { globals: ["xdg_toplevel_icon_manager_v1"], hooks: [foreignNames()] });
  const icon = (await client.bind("xdg_toplevel_icon_manager_v1")).create("create_icon");
  icon.send("set_name", "/run/user/1000/fifo");
  icon.send("set_name", "../../etc/icon");
  icon.send("set_name", "org.gnome.Files");
  assert.equal((await host.expect("xdg_toplevel_icon_v1.set_name")).arg("icon_name"), "org.gnome.Files");
});

test("names on a VM's bus do not reach the host, while the rest of GTK's hints does", async (t) => {
  const { client, host } = await proxied(t, { globals: ["wl_compositor", "gtk_shell1"], hooks: [foreignNames()] });
  const surface = (await client.bind("wl_compositor")).create("create_surface");
  const gtk = (await client.bind("gtk_shell1")).create("get_gtk_surface", surface);
  gtk.send("set_dbus_properties", "org.gnome.Files", null, null, null, null, ":1.42");
  gtk.send("set_modal");
  await host.expect("gtk_surface1.set_modal");
  assert.ok(!host.inbox.all.some(({ name }) => name === "gtk_surface1.set_dbus_properties"));
});

for (const menus of ["org_kde_kwin_appmenu_manager", "org_kde_kwin_server_decoration_palette_manager"])
  test(`${menus}, which takes names of the VM's, is offered to a VM only by name`, () => {
    assert.equal(vmPolicy({}).offered(menus, 2, 2), 0);
    assert.equal(vmPolicy({ expose: [`${menus}=1`] }).offered(menus, 2, 2), 1);
    assert.equal(vmPolicy({ expose: [menus], hide: [menus] }).offered(menus, 2, 2), 0);
    assert.equal(new GlobalPolicy().offered(menus, 1, 1), 1);
  });

test("names of outputs stay the host's, or are others that every program sees the same", async (t) => {
  const guard = guarding({});
  const stage = await proxied(t, { globals: ["wl_output", "zxdg_output_manager_v1"], hooks: [outputIdentity(guard)] });
  const told = async (pair: Pair, name: string): Promise<unknown[]> => {
    const output = await pair.client.bind("wl_output");
    const screen = (await pair.host.expect("wl_registry.bind")).objectArg("id");
    screen.send("geometry", 0, 0, 600, 340, 0, "Acme", "Wide", 0);
    screen.send("name", name);
    screen.send("description", `Acme Wide (${name})`);
    const first = (await pair.client.expect("wl_output.name")).arg("name");
    const description = (await pair.client.expect("wl_output.description")).arg("description");
    (await pair.client.bind("zxdg_output_manager_v1")).create("get_xdg_output", output);
    const xdg = (await pair.host.expect("zxdg_output_manager_v1.get_xdg_output")).objectArg("id");
    xdg.send("name", name);
    xdg.send("description", `Acme Wide (${name})`);
    const second = (await pair.client.expect("zxdg_output_v1.name")).arg("name");
    return [first, description, second, (await pair.client.expect("zxdg_output_v1.description")).arg("description")];
  };
  assert.deepEqual(await told(stage, "DP-1"), ["DP-1", "Acme Wide (DP-1)", "DP-1", "Acme Wide (DP-1)"]);
  guard.replace({ ...guard.policy, outputNames: "deny" });
  assert.deepEqual(await told(await stage.connect(), "DP-1"), ["screen-1", "screen", "screen-1", "screen"]);
  assert.deepEqual(await told(await stage.connect(), "HDMI-2"), ["screen-2", "screen", "screen-2", "screen"]);
  assert.deepEqual(await told(await stage.connect(), "DP-1"), ["screen-1", "screen", "screen-1", "screen"]);
});
