// SPDX-License-Identifier: Apache-2.0
/** The examples that are programs of their own, by the package's own name and nothing but its API. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { connectUnix } from "../../../src/native/socket.ts";
import { parse } from "../../../src/protocol/xml.ts";
import { CrossDomainProgram, wayland } from "../../support/cross-domain-guest.ts";
import { ExampleStage, exampleFile } from "../../support/example.ts";
import { FakeQemu } from "../../support/fake-qemu.ts";
import { FakeVirtqueue, QUEUE_SIZE } from "../../support/fake-virtqueue.ts";
import { OK, typeOf } from "../../support/gpu-guest.ts";

const bell = parse(
  `<protocol name="acme_bell"><interface name="acme_bell_v1" version="1">
    <request name="ring"><arg name="times" type="uint"/></request>
    <request name="destroy" type="destructor"/><event name="rung"/>
  </interface></protocol>`,
  "acme-bell.xml",
);

test("a protocol of one's own is relayed, and its hook has types and changes a message", async (t) => {
  const stage = new ExampleStage(t, ["acme_bell_v1"], bell);
  await stage.start(exampleFile("private-protocol"));
  const { client, host } = await stage.connect("wayland-guest");
  const ours = await client.bind("acme_bell_v1");
  ours.send("ring", 2);
  assert.equal((await host.expect("acme_bell_v1.ring")).arg("times"), 2);
  ours.send("ring", 7);
  const rung = await host.expect("acme_bell_v1.ring");
  assert.equal(rung.arg("times"), 3);
  rung.object.send("rung");
  await client.expect("acme_bell_v1.rung");
});

test("a device with a hook serves a VM, whose windows do not become fullscreen", async (t) => {
  const stage = new ExampleStage(t, ["wl_compositor", "xdg_wm_base"]);
  const path = join(stage.directory, "vm.sock");
  await stage.start(exampleFile("device-with-hook"), path);
  const qemu = new FakeQemu({ connection: connectUnix(path) });
  const driver = new FakeVirtqueue(qemu, 0);
  t.after(() => {
    driver.close();
    qemu.close();
  });
  await qemu.realize();
  await qemu.start(QUEUE_SIZE);
  const run = async (command: Buffer): Promise<void> => assert.equal(typeOf(await driver.command(command)), OK);
  const program = new CrossDomainProgram({ qemu, driver, run }, 1);
  await program.connect();
  const host = await stage.compositor.nextConnection();
  await program.listGlobals();
  // wl_registry.bind twice, a surface, its xdg_surface, a toplevel that asks for the screen, and then for a title.
  const [compositor, shell] = stage.compositor.globals;
  const bind = (name = 0, type: string, id: number): Buffer => wayland(2, 0, name, type, 1, id);
  await program.send(
    Buffer.concat([
      bind(compositor?.name, "wl_compositor", 4),
      bind(shell?.name, "xdg_wm_base", 5),
      wayland(4, 0, 6),
      wayland(5, 2, 7, 6),
      wayland(7, 1, 8),
      wayland(8, 11, 0),
      wayland(8, 2, "mail"),
    ]),
  );
  await host.expect("xdg_toplevel.set_title", (message) => message.arg("title") === "[vm] mail");
  assert.equal(host.inbox.count("xdg_toplevel.set_fullscreen"), 0);
});
