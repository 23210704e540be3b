// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { type TestContext, test } from "node:test";
import type { DeviceHostOptions } from "../../../src/device-host.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import {
  BLOB,
  CrossDomainVm,
  FIRST_READ_PIPE,
  overlong,
  READ_PIPE,
  wayland,
} from "../../support/cross-domain-guest.ts";
import { ERR_OUT_OF_MEMORY, gpu, OK } from "../../support/gpu-guest.ts";

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
  // A window has a title from its beginning.
  for (const title of ["[vm] ", "[vm] editor"]) {
    assert.deepEqual((await window.expect("xdg_toplevel.set_title")).args, { title });
  }

  const other = await vm.program(2);
  await other.listGlobals();
  await other.send(vm.bind("wp_viewporter", 4));
  const refused = await vm.compositor.nextConnection();
  await refused.closed;
  assert.deepEqual([...vm.compositor.connections], [window], "the client that asked for what is hidden is gone, alone");
});

test("a program that compares whole words, and whose requests are too long, gets its globals and the clipboard", async (t) => {
  const vm = await boot(t, ["wl_seat", "wl_data_device_manager"]);
  vm.compositor.reactions.set("wl_data_device_manager.get_data_device", (message) => {
    const device = message.objectArg("id");
    const offer = device.create("data_offer");
    offer.send("offer", "text/plain");
    device.send("selection", offer);
  });
  const program = await vm.program(1);
  await program.listGlobals();
  const binds = [vm.bind("wl_seat", 4), vm.bind("wl_data_device_manager", 5)].map(overlong);
  await program.send(Buffer.concat([...binds, wayland(5, 1, 6, 4)]));
  // The first object that the host makes.
  const offer = 0xff000000;
  await program.until(wayland(6, 5, offer));
  await program.send(overlong(wayland(offer, 1, "text/plain")), [[FIRST_READ_PIPE, READ_PIPE]]);
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

test("the memory of a pool counts until the compositor has it no more, whatever the guest has given back", async (t) => {
  const MIB = 1024 * 1024;
  const vm = await boot(t, ["wl_shm"], { memory: 64 * MIB });
  const program = await vm.program(1);
  await program.listGlobals();
  await program.send(vm.bind("wl_shm", 4));
  const host = await vm.compositor.nextConnection();
  let nextId = 5;
  /** Makes a pool as object 5, 6, …, and gives its memory back. @returns what the device has answered */
  const makePool = async (): Promise<number> => {
    const resource = 100;
    const made = await program.image(resource, 8 * MIB);
    if (made !== OK) return made;
    await program.send(wayland(4, 0, nextId++, 8 * MIB), [[resource, BLOB]]);
    await vm.run(gpu.unref(resource));
    (await host.expect("wl_shm.create_pool")).close();
    return made;
  };
  for (let pools = 0; pools < 4; pools++) assert.equal(await makePool(), OK);
  assert.equal(await makePool(), ERR_OUT_OF_MEMORY, "it has half of what the VM has");

  // A buffer keeps its pool.
  const buffer = nextId++;
  await program.send(Buffer.concat([wayland(5, 0, buffer, 0, 16, 16, 64, 1), wayland(5, 1)]));
  await host.expect("wl_shm_pool.destroy");
  assert.equal(await makePool(), ERR_OUT_OF_MEMORY);
  await program.send(wayland(buffer, 0));
  await host.expect("wl_buffer.destroy");
  assert.equal(await makePool(), OK);
  assert.equal(await makePool(), ERR_OUT_OF_MEMORY);

  // A message that comes in two halves, in between which the guest has given the memory back.
  await program.send(wayland(6, 1));
  await host.expect("wl_shm_pool.destroy");
  assert.equal(await program.image(100, 8 * MIB), OK);
  const request = wayland(4, 0, nextId++, 8 * MIB);
  await program.send(request.subarray(0, 8), [[100, BLOB]]);
  await vm.run(gpu.unref(100));
  await program.send(request.subarray(8));
  (await host.expect("wl_shm.create_pool")).close();
  assert.equal(await makePool(), ERR_OUT_OF_MEMORY);

  await program.disconnect();
  await host.closed;
  const next = await vm.program(2);
  assert.equal(await next.image(200, 32 * MIB), OK, "what a program had is free when it has gone");
});
