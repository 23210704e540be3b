// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignMenus } from "../../../src/hooks/foreign-menus.ts";
import { outputIdentity } from "../../../src/hooks/output-identity.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { vmPolicy } from "../../../src/protocol/vm-policy.ts";
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

test("names on a VM's bus do not reach the host, while the rest of GTK's hints does", async (t) => {
  const { client, host } = await proxied(t, { globals: ["wl_compositor", "gtk_shell1"], hooks: [foreignMenus()] });
  const surface = (await client.bind("wl_compositor")).create("create_surface");
  const gtk = (await client.bind("gtk_shell1")).create("get_gtk_surface", surface);
  gtk.send("set_dbus_properties", "org.gnome.Files", null, null, null, null, ":1.42");
  gtk.send("set_modal");
  await host.expect("gtk_surface1.set_modal");
  assert.ok(!host.inbox.all.some(({ name }) => name === "gtk_surface1.set_dbus_properties"));
});

test("KDE's menus by names on the bus are offered to a VM only by name", () => {
  const menus = "org_kde_kwin_appmenu_manager";
  assert.equal(vmPolicy({}).offered(menus, 2, 2), 0);
  assert.equal(vmPolicy({ expose: [`${menus}=1`] }).offered(menus, 2, 2), 1);
  assert.equal(vmPolicy({ expose: [menus], hide: [menus] }).offered(menus, 2, 2), 0);
  assert.equal(new GlobalPolicy().offered(menus, 2, 2), 2);
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
