// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { DeviceHostOptions } from "../../../src/device-host.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { CrossDomainVm, FIRST_READ_PIPE, READ_PIPE, wayland } from "../../support/cross-domain-guest.ts";

async function boot(
  t: TestContext,
  globals: readonly string[],
  options: Partial<DeviceHostOptions> = {},
): Promise<CrossDomainVm> {
  const vm = new CrossDomainVm(globals, options);
  t.after(() => vm.close());
  await vm.boot();
  return vm;
}

test("it is the host that marks a VM's titles, and hides what the VM is not to use", async (t) => {
  const vm = await boot(t, ["wl_compositor", "xdg_wm_base", "wp_viewporter"], {
    policy: new GlobalPolicy({ hide: ["wp_viewporter"] }),
    tag: "[vm] ",
  });
  const editor = await vm.program(1);
  await editor.listGlobals();
  const title = [
    vm.bind("wl_compositor", 4),
    vm.bind("xdg_wm_base", 5),
    wayland(4, 0, 6),
    wayland(5, 2, 7, 6),
    wayland(7, 1, 8),
    wayland(8, 2, "editor"),
  ];
  await editor.send(Buffer.concat(title));
  const window = await vm.compositor.nextConnection();
  const { args } = await window.expect("xdg_toplevel.set_title");
  assert.deepEqual(args, { title: "[vm] editor" });

  const other = await vm.program(2);
  await other.listGlobals();
  await other.send(vm.bind("wp_viewporter", 4));
  const refused = await vm.compositor.nextConnection();
  await refused.closed;
  assert.deepEqual([...vm.compositor.connections], [window], "the client that asked for what is hidden is gone, alone");
});

test("a program that compares whole words of the channel page gets its globals and the clipboard", async (t) => {
  const vm = await boot(t, ["wl_seat", "wl_data_device_manager"]);
  vm.compositor.reactions.set("wl_data_device_manager.get_data_device", (message) => {
    const device = message.objectArg("id");
    const offer = device.create("data_offer");
    offer.send("offer", "text/plain");
    device.send("selection", offer);
  });
  const program = await vm.program(1);
  await program.listGlobals();
  await program.send(Buffer.concat([vm.bind("wl_seat", 4), vm.bind("wl_data_device_manager", 5), wayland(5, 1, 6, 4)]));
  // The first object that the host makes.
  const offer = 0xff000000;
  await program.until(wayland(6, 5, offer));
  await program.send(wayland(offer, 1, "text/plain"), [[FIRST_READ_PIPE, READ_PIPE]]);
  const host = await vm.compositor.nextConnection();
  const fd = (await host.expect("wl_data_offer.receive")).fdArg("fd");
  writeSync(fd.raw, "copied on the host");
  fd.close();
  const id = FIRST_READ_PIPE;
  assert.deepEqual(await program.next(), {
    command: "read",
    id,
    hangUp: false,
    data: Buffer.from("copied on the host"),
  });
  assert.deepEqual(await program.next(), { command: "read", id, hangUp: true, data: Buffer.alloc(0) });
});
