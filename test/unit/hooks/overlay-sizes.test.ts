// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { overlaySizes } from "../../../src/hooks/overlay-sizes.ts";
import { memfd } from "../../../src/native/memory.ts";
import { defaultPolicy } from "../../../src/policy/defaults.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { proxied, type Scope, type Stage } from "../../support/proxied.ts";

const globals = [
  "wl_compositor",
  "wl_shm",
  "wl_seat",
  "wl_output",
  "wl_data_device_manager",
  "wp_viewporter",
  "xdg_wm_base",
];

/** A client that shows pictures of any size: all of them lie in the same four bytes, since nobody looks at them. */
class Pictures {
  readonly stage: Stage;
  readonly #compositor: FakeObject;
  readonly #pool: FakeObject;

  constructor(stage: Stage, compositor: FakeObject, pool: FakeObject) {
    this.stage = stage;
    this.#compositor = compositor;
    this.#pool = pool;
  }

  static async begin(t: Scope): Promise<Pictures> {
    const stage = await proxied(t, { globals, hooks: [overlaySizes(guarding(defaultPolicy("vm")))] });
    const shm = await stage.client.bind("wl_shm");
    return new Pictures(
      stage,
      await stage.client.bind("wl_compositor"),
      shm.create("create_pool", memfd("wayland-proxy-fd-pool", 4096), 4096),
    );
  }

  surface(): FakeObject {
    return this.#compositor.create("create_surface");
  }

  show(surface: FakeObject, width: number, height: number): void {
    surface.send("attach", this.#pool.create("create_buffer", 0, width, height, 4 * width, 0), 0, 0);
    surface.send("commit");
  }

  /** What the host shows of the surface that was committed last: whether there is a picture. */
  async isShown(): Promise<boolean> {
    const { client, host } = this.stage;
    await client.roundtrip();
    const attached = host.inbox.all.filter(({ name }) => name === "wl_surface.attach").at(-1);
    return attached?.args["buffer"] !== null;
  }
}

test("a cursor of a VM that is larger than cursors are is not shown, until it is smaller", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const pointer = (await client.bind("wl_seat")).create("get_pointer");
  const cursor = pictures.surface();
  pointer.send("set_cursor", 1, cursor, 0, 0);
  pictures.show(cursor, 64, 64);
  assert.equal(await pictures.isShown(), true);
  pictures.show(cursor, 1600, 1200);
  assert.equal(await pictures.isShown(), false);
  pictures.show(cursor, 256, 256);
  assert.equal(await pictures.isShown(), true);

  // A viewport makes it as large, with the same picture.
  const viewport = (await client.bind("wp_viewporter")).create("get_viewport", cursor);
  viewport.send("set_destination", 1600, 1200);
  cursor.send("commit");
  assert.equal(await pictures.isShown(), false);
  viewport.send("destroy");

  // Twice the pixels of a screen with twice as many.
  cursor.send("set_buffer_scale", 2);
  pictures.show(cursor, 512, 512);
  assert.equal(await pictures.isShown(), true);

  // One that is a cursor only afterwards.
  const late = pictures.surface();
  pictures.show(late, 1600, 1200);
  pointer.send("set_cursor", 1, late, 0, 0);
  await client.roundtrip();
  const told = host.inbox.all.filter(({ name }) => name === "wl_pointer.set_cursor");
  assert.equal(told.at(-1)?.args["surface"], null);
});

test("an icon of a drag that is larger than icons are is not shown", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const manager = await client.bind("wl_data_device_manager");
  const device = manager.create("get_data_device", await client.bind("wl_seat"));
  const origin = pictures.surface();
  const icon = pictures.surface();
  device.send("start_drag", manager.create("create_data_source"), origin, icon, 1);
  pictures.show(icon, 512, 512);
  assert.equal(await pictures.isShown(), true);
  pictures.show(icon, 513, 16);
  assert.equal(await pictures.isShown(), false);
  const large = pictures.surface();
  pictures.show(large, 1600, 1200);
  device.send("start_drag", manager.create("create_data_source"), origin, large, 1);
  await client.roundtrip();
  assert.equal(host.inbox.all.filter(({ name }) => name === "wl_data_device.start_drag").at(-1)?.args["icon"], null);
});

test("a popup that would cover the screen is closed, and one that is as large as menus are is not", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const base = await client.bind("xdg_wm_base");
  const window = pictures.surface();
  const parent = base.create("get_xdg_surface", window);
  parent.create("get_toplevel");
  const positioner = base.create("create_positioner");
  const open = (): { surface: FakeObject; shell: FakeObject; popup: FakeObject } => {
    const surface = pictures.surface();
    const shell = base.create("get_xdg_surface", surface);
    return { surface, shell, popup: shell.create("get_popup", parent, positioner) };
  };
  const menu = open();
  pictures.show(menu.surface, 1024, 600);
  assert.equal(await pictures.isShown(), true);

  const cover = open();
  pictures.show(cover.surface, 1600, 1200);
  await client.expect("xdg_popup.popup_done", ({ object }) => object === cover.popup);
  assert.equal(await pictures.isShown(), false);
  pictures.show(cover.surface, 100, 100);
  assert.equal(await pictures.isShown(), false, "it is closed");
  cover.popup.send("destroy");
  cover.shell.send("destroy");
  assert.ok(host.open);

  // Where the screen is larger, so may be a popup; a window may always.
  const output = await client.bind("wl_output");
  const screen = (await host.expect("wl_registry.bind", ({ args }) => `${args["id"]}`.includes("wl_output"))).objectArg(
    "id",
  );
  screen.send("mode", 1, 3200, 2000, 60_000);
  screen.send("scale", 2);
  screen.send("done");
  await client.expect("wl_output.done", ({ object }) => object === output);
  const large = open();
  pictures.show(large.surface, 1200, 1000);
  assert.equal(await pictures.isShown(), true);
  pictures.show(large.surface, 1201, 1000);
  await client.expect("xdg_popup.popup_done", ({ object }) => object === large.popup);
  pictures.show(window, 1600, 1000);
  assert.equal(await pictures.isShown(), true);
});
